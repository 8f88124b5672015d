"""Whether a page costs the same with 1 000 000 invoices as with 10 000.

The promise is a difference of at most 30 %.  The small and the large database take
turns, request by request.  Both are made anew, which takes minutes:
``make bench-scale`` runs this, ``make bench`` does not.
"""

from __future__ import annotations

from collections.abc import Iterator

import _bench

from benchmarks import _bare
from benchmarks._journeys import Journey, documents, next_page, series_of
from benchmarks._measure import Client, Stick
from benchmarks._setup import DATABASES, MANY, Place

TIMES, WARM = 80, 20
COPIES = 99
MOST = 1.3
WHOLE = 100
HEADS = ("page", "10 000", "1 000 000", "ratio", "promised", "")


def pages(place: Place) -> Iterator[Journey]:
    """Yield what is measured on a database."""
    app = place.app()
    manager = Client(app, place.cookie("manager"))
    member = Client(app, place.cookie("member"))
    record, draft = documents(place)

    def page(name: str, path: str, client: Client = manager) -> Journey:
        return Journey(name, client, [client.request(path) for _ in range(TIMES)])

    yield page("List", "/invoices/")
    yield page("List, next page", next_page(manager))
    yield page("List of a month", "/invoices/?from=2026-03-01&to=2026-03-31")
    yield page("List, validated", "/invoices/?validation_status=valid")
    yield page("List, to be paid", "/invoices/?paid_status=open")
    yield page("List by amount", "/invoices/?sort=-ttc")
    yield page("List by what is to be paid", "/invoices/?sort=-to_pay")
    yield page("List of a member", "/invoices/", member)
    yield page("Home of a manager", "/")
    yield page("Home of a member", "/", member)
    yield page("Record", f"/invoices/{record}/")
    yield page("Form", f"/invoices/{draft}/edit")


def main() -> None:
    """Print a table for each database."""
    bare = Client(_bare.app())
    bare.get("/")
    for database in DATABASES:
        with (
            database(MANY, WHOLE) as few,
            database(MANY, WHOLE, copies=COPIES) as many,
        ):
            both = zip(pages(few), pages(many), strict=True)
            found = {
                one.name: Stick(bare).costs(
                    [series_of(few, one), series_of(many, other)], warm=WARM
                )
                for one, other in both
            }
        _bench.print_table(
            f"Bare views per page, by the number of invoices ({few.name})",
            HEADS,
            [
                row(name, *(cost.ratio for cost in costs))
                for name, costs in found.items()
            ],
        )


def row(name: str, few: float, many: float) -> tuple[str, ...]:
    """Return a row of the table."""
    ratio = many / few
    kept = _bench.judged(ratio <= MOST)
    return name, f"{few:.2f}", f"{many:.2f}", f"{ratio:.2f}", "≤ 1.3", kept


if __name__ == "__main__":
    _bench.run(main)
