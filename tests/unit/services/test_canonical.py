"""What is written as one line is the same when it is read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.services.canonical import line, read
from endi_like.services.printed import (
    Letterhead,
    PrintedLine,
    PrintedRate,
    Recipient,
    Sender,
    Terms,
)


@dataclass(frozen=True)
class Small:
    """Each kind of field, and one that came later."""

    text: str
    amount: Decimal | None
    day: date
    pairs: tuple[tuple[str, Decimal], ...]
    later: bool = False


PIECES = (Small, Letterhead, PrintedLine, PrintedRate, Recipient, Sender, Terms)


@pytest.mark.parametrize("kind", PIECES)
def test_every_piece_of_a_paper_is_read_as_it_was_written(kind):
    @given(st.from_type(kind))
    def same(piece):
        written = line(piece)
        again = read(kind, written)
        assert repr(again) == repr(piece)
        assert line(again) == written
        assert written.isascii()

    same()


SMALL = Small("Élan", Decimal("1.50"), date(2026, 11, 20), (("a", Decimal("1E+3")),))
WRITTEN = (
    '{"amount":"1.50","day":"2026-11-20","later":false,'
    '"pairs":[["a","1E+3"]],"text":"\\u00c9lan"}'
)


def test_amounts_and_days_are_texts_and_names_are_in_order():
    assert line(SMALL) == WRITTEN


def test_a_field_that_came_later_has_its_default():
    assert read(Small, WRITTEN.replace('"later":false,', "")) == SMALL


def test_what_nobody_asks_for_any_more_is_left_out():
    assert read(Small, WRITTEN.replace('"later"', '"former":1,"later"')) == SMALL
