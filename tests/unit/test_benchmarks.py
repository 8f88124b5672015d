"""What benchmarks measure can be made: they are run by hand, and seldom."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks._setup import fill
from endi_like.db import make_engine
from endi_like.models.contacts import Address
from endi_like.models.sales import Invoice

FEW = 3


def test_a_database_is_filled_as_the_tables_are_now(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'bench.sqlite'}")
    fill(engine, FEW, FEW)
    with Session(engine) as db:
        assert db.scalar(select(func.count(Invoice.id))) == FEW
        invoice = db.scalars(select(Invoice)).first()
        assert invoice.account.entity.name == invoice.account.name
        assert invoice.account.letters_to(invoice.date) is not None
        assert db.scalar(select(func.count(Address.id))) > 0
    engine.dispose()
