"""What a request costs: the CPU time of the web process and of the database together.

Every figure is the median of many requests to the real application in this process,
warm, with 10 000 invoices.  A bare Pyramid view runs in between, request by request,
so that the ratio to it holds on any machine and under any load.
"""

from __future__ import annotations

import _bench

from benchmarks import _bare
from benchmarks._journeys import Journey, journeys
from benchmarks._measure import Client, Cost, Stick, backend_of
from benchmarks._setup import DATABASES

TIMES, WARM = 150, 30
HEADS = ("what", "SQLite", "PostgreSQL", "× bare", "× bare", "promised", "")


def kept(journey: Journey, costs: list[Cost]) -> str:
    """Say whether a promise was kept."""
    if not journey.promise:
        return ""
    good = all(
        cost.ms <= journey.most_ms and cost.ratio <= (journey.most_ratio or cost.ratio)
        for cost in costs
    )
    return "ok" if good else "MISSED"


def main() -> None:
    """Print the table."""
    bare = Client(_bare.app())
    bare.get("/")
    found: dict[str, tuple[Journey, list[Cost]]] = {}
    for database in DATABASES:
        with database() as place:
            for journey in journeys(place, place.app(), TIMES):
                stick = Stick(bare, backend_of(place.engine))
                cost = stick.cost(
                    journey.client, journey.requests, warm=WARM, status=journey.status
                )
                found.setdefault(journey.name, (journey, []))[1].append(cost)
    rows = [
        (
            name,
            *(f"{cost.ms:.1f} ms" for cost in costs),
            *(f"{cost.ratio:.1f}" for cost in costs),
            journey.promise,
            kept(journey, costs),
        )
        for name, (journey, costs) in found.items()
    ]
    _bench.print_table(f"CPU time per request ({_bench.machine()})", HEADS, rows)


if __name__ == "__main__":
    main()
