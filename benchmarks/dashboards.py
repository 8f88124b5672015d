"""What the first page costs at 100 000 documents of one company.

``make bench`` runs this after the pages: what is promised there of 10 000 invoices is
asked here of a member who may see ten times as many, all of them theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import _bench
from sqlalchemy.orm import Session

from benchmarks import _bare
from benchmarks._journeys import Journey, lines, series_of
from benchmarks._measure import Client, Stick
from benchmarks._rows import CUSTOMERS, NOW
from benchmarks._setup import DATABASES, MANY, Place
from benchmarks.pages import HEADS, row
from endi_like.models.contacts import CreditAccount
from endi_like.models.options import PaymentConditions
from tests.factories import make_invoice, signed

COPIES = 9
TIMES, WARM = 150, 30
WHOLE = 100
LATELY = 10
"""So many documents were moved since: what happened last to them is told."""

OWNER, AUTHOR = "other", 5
"""Who is a member of the company, and their id."""


def touch(place: Place) -> None:
    """Write a few documents of the company, and have them wait for validation."""
    with Session(place.engine) as db, db.begin():
        signed(db, lambda: NOW + timedelta(minutes=1), author=AUTHOR)
        account = db.get_one(CreditAccount, CUSTOMERS + 1)
        terms = db.get_one(PaymentConditions, 1)
        for _ in range(LATELY):
            made = lines(db, 3)
            make_invoice(
                db, account, lines=made, payment_conditions=terms, status="wait"
            )


def journeys(place: Place) -> Iterator[Journey]:
    """Yield what is measured on a database."""
    app = place.app()
    for name, login in (("Home of a member", OWNER), ("Home of a manager", "manager")):
        client = Client(app, place.cookie(login))
        requests = [client.request("/") for _ in range(TIMES)]
        yield Journey(name, client, requests, "≤ 40 ms", 40)


def main() -> None:
    """Print the table."""
    bare = Client(_bare.app())
    bare.get("/")
    with ExitStack() as stack:
        places = [
            stack.enter_context(database(MANY, WHOLE, copies=COPIES, companies=1))
            for database in DATABASES
        ]
        for place in places:
            touch(place)
        rows = [
            row(
                same[0],
                Stick(bare).costs(
                    [series_of(*pair) for pair in zip(places, same, strict=True)],
                    warm=WARM,
                ),
            )
            for same in zip(*map(journeys, places), strict=True)
        ]
    title = f"CPU time of the first page, 100 000 documents ({_bench.machine()})"
    _bench.print_table(title, HEADS, rows)


if __name__ == "__main__":
    _bench.run(main)
