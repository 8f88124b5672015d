"""What a request costs: the CPU time of the web process and of the database together.

Every figure comes from requests to the real application in this process, warm, with
10 000 invoices.  Both databases and a bare Pyramid view take turns, request by request:
the ratio to that view holds on any machine and under any load.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import _bench

from benchmarks import _bare
from benchmarks._journeys import Journey, journeys, series_of
from benchmarks._measure import REFERENCE_MS, Client, Cost, Stick
from benchmarks._setup import DATABASES

TIMES, WARM = 150, 30
HEADS = ("what", *("SQLite", "PostgreSQL") * 3, "promised", "")


def measured(stick: Stick) -> Iterator[tuple[Journey, list[Cost]]]:
    """Yield what every journey costs on each database."""
    with ExitStack() as stack:
        places = [stack.enter_context(database()) for database in DATABASES]
        roads = [journeys(place, place.app(), TIMES) for place in places]
        for same in zip(*roads, strict=True):
            pairs = zip(places, same, strict=True)
            series = [series_of(place, journey) for place, journey in pairs]
            yield same[0], stick.costs(series, warm=WARM)


def kept(journey: Journey, costs: list[Cost]) -> str:
    """Say whether a promise was kept."""
    if not journey.promise:
        return ""
    good = all(
        cost.at_reference <= journey.most_ms
        and cost.ratio <= (journey.most_ratio or cost.ratio)
        for cost in costs
    )
    return _bench.judged(good)


def row(journey: Journey, costs: list[Cost]) -> tuple[str, ...]:
    """Return a row of the table."""
    return (
        journey.name,
        *(f"{cost.at_reference:.1f} ms" for cost in costs),
        *(f"{cost.ratio:.2f} ×" for cost in costs),
        *(f"{cost.ms:.1f} ms" for cost in costs),
        journey.promise,
        kept(journey, costs),
    )


def main() -> None:
    """Print the table."""
    bare = Client(_bare.app())
    bare.get("/")
    stick = Stick(bare)
    rows = [row(journey, costs) for journey, costs in measured(stick)]
    _bench.print_table(f"CPU time per request ({_bench.machine()})", HEADS, rows)
    slow, fast = max(stick.seen), min(stick.seen)
    print(
        f"\nFirst milliseconds on a machine whose bare view takes {REFERENCE_MS} ms,"
        f" then bare views, then milliseconds here,"
        f"\nwhere the bare view took {fast:.1f} to {slow:.1f} ms."
    )


if __name__ == "__main__":
    _bench.run(main)
