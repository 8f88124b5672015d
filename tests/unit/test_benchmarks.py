"""What benchmarks measure can be made: they are run by hand, and seldom."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import _bench
from benchmarks._rows import Invoices
from benchmarks._setup import fill
from endi_like.db import make_engine
from endi_like.models.contacts import Address
from endi_like.models.sales import Invoice

FEW = 3


def test_a_database_is_filled_as_the_tables_are_now(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'bench.sqlite'}")
    fill(engine, Invoices(FEW, FEW))
    with Session(engine) as db:
        assert db.scalar(select(func.count(Invoice.id))) == FEW
        invoice = db.scalars(select(Invoice)).first()
        assert invoice.account.entity.name == invoice.account.name
        assert invoice.account.letters_to(invoice.date) is not None
        assert db.scalar(select(func.count(Address.id))) > 0
    engine.dispose()


@pytest.mark.parametrize("kept", [True, False])
def test_all_tables_are_printed_before_a_promise_missed_is_a_failure(
    kept, capsys, monkeypatch
):
    monkeypatch.setattr(_bench, "seen", set())

    def main():
        _bench.print_table("First", ("what", ""), [("one", _bench.judged(kept))])
        _bench.print_table("Second", ("what", ""), [("two", _bench.judged(True))])

    if kept:
        _bench.run(main)
    else:
        with pytest.raises(SystemExit) as ended:
            _bench.run(main)
        assert ended.value.code == 1
    assert "| two | ok |" in capsys.readouterr().out
