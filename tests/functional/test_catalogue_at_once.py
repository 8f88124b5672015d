"""Two change the catalogue at once, one of them what the other makes something of."""

import threading
import time
from decimal import Decimal

from sqlalchemy.orm import Session

from endi_like.models.catalogue import CatalogueItem
from endi_like.services import catalogue
from tests.factories import make_company, make_item, signed
from tests.processes import in_session, wrong

LEAD = 0.5
"""So many seconds after the other one has begun, the slower one does."""


def furnish(db):
    """Return the ids of a product and of a work item that is made of another one."""
    board, nail = (make_item(db, company) for company in [make_company(db)] * 2)
    floor = make_item(db, board.company, kind="work", parts=[{"part": nail}])
    return board.id, floor.id


def change(engine, key, *, flushed=None, **values):
    """Write other values of an item; let another one begin before it is committed."""
    with Session(engine) as db, db.begin():
        signed(db)
        item = db.get_one(CatalogueItem, key)
        found = catalogue.values(item)
        parts = [*found["parts"], *values.pop("more", ())]
        catalogue.write(db, item, {**found, "parts": parts, **values})
        db.flush()
        if flushed:
            flushed()


def part(key):
    """Return what a form says of one part."""
    given = {"id": None, "part_id": key, "description": "", "quantity": Decimal(2)}
    left = ("unit", "cost", "supplier_cost", "vat_id", "product")
    return given | {name: "" if name in ("unit", "product") else None for name in left}


def test_the_price_of_a_part_that_is_changed_meanwhile_is_the_new_one(place):
    board, floor = in_session(place, furnish)
    engine = place.engine()
    slower = threading.Thread(
        target=change, args=(engine, floor), kwargs={"more": [part(board)]}
    )

    def begin():
        slower.start()
        time.sleep(LEAD)

    change(engine, board, flushed=begin, cost=Decimal("71.00"))
    slower.join()
    engine.dispose()

    parts = in_session(place, lambda db: len(db.get_one(CatalogueItem, floor).parts))
    assert parts == 2
    assert wrong(place) == []
