"""How a cell of a CSV file is read: its text, or the sentence that says why not."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from endi_like.i18n import _
from endi_like.money import MAX_AMOUNT
from endi_like.services.countries import names_of
from endi_like.text import forbidden, is_invisible

Reader: TypeAlias = Callable[[str], Any]

LONGEST_NOTE = 10_000
LONGEST_KEY = 18
LONGEST_AMOUNT = 30
MOST_SHOWN = 60
TRUTH = {"t": True, "f": False, "true": True, "false": False, "1": True, "0": False}
LINE_SIGNS = "\n\t"
LETTERS_OF_CURRENCY = re.compile(r"[A-Z]{3}")
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WHOLE = re.compile(r"-?\d+", re.ASCII)
AMOUNT = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class Unreadable(ValueError):
    """A cell cannot be read; the argument is the sentence saying why."""


def shown(text: str) -> str:
    """Return the beginning of what was typed, fit to be printed anywhere."""
    seen = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:60])
    return f"{seen}…" if len(text) > MOST_SHOWN else seen


def text(longest: int, allowed: str = "") -> Reader:
    """Return the reader of a text of limited size."""

    def read(cell: str) -> str:
        found = cell.strip()
        if found.isascii() and found.isprintable() and len(found) <= longest:
            return found
        found = unicodedata.normalize("NFC", found)
        if not found.isprintable():
            if is_invisible(found):
                return ""
            if forbidden(found, allowed):
                raise Unreadable(
                    _(
                        "“${value}” contains unprintable signs.",
                        mapping={"value": shown(found)},
                    )
                )
        # what it is searched by may be longer than the text itself
        length = len(found) if found.isascii() else len(found.casefold())
        if length > longest:
            raise Unreadable(
                _(
                    "This is ${n} characters long, ${most} fit.",
                    mapping={"n": length, "most": longest},
                )
            )
        return found

    return read


def lines(longest: int = LONGEST_NOTE) -> Reader:
    """Return the reader of a text of several lines."""
    read_text = text(longest, LINE_SIGNS)

    def read(cell: str) -> Any:
        return read_text(cell.replace("\r\n", "\n").replace("\r", "\n"))

    return read


def one_of(known: Collection[str]) -> Reader:
    """Return the reader of one of a few words, whatever their case."""
    offered = ", ".join(known)

    def read(cell: str) -> str:
        found = cell.strip().casefold()
        if found not in known:
            raise Unreadable(
                _(
                    "“${value}” is none of: ${known}.",
                    mapping={"value": shown(cell), "known": offered},
                )
            )
        return found

    return read


def key(cell: str) -> int:
    """Return a key by which rows point at one another."""
    found = cell.strip()
    if not WHOLE.fullmatch(found) or len(found) > LONGEST_KEY:
        raise Unreadable(no_number(cell))
    return int(found)


def no_number(cell: str) -> str:
    """Return the sentence about what is no whole number."""
    return _("“${value}” is no whole number.", mapping={"value": shown(cell)})


def days(cell: str) -> int:
    """Return a number of days."""
    found = cell.strip()
    if not found.isascii() or not found.isdigit() or len(found) > len("9999"):
        raise Unreadable(
            _("“${value}” is no number of days.", mapping={"value": shown(cell)})
        )
    return int(found)


def amount(decimals: int, least: Decimal, most: Decimal = MAX_AMOUNT) -> Reader:
    """Return the reader of an exact number, with a point before its decimals."""

    def read(cell: str) -> Decimal:
        found = cell.strip()
        try:
            if len(found) > LONGEST_AMOUNT or not AMOUNT.fullmatch(found):
                raise InvalidOperation
            value = Decimal(found)
        except InvalidOperation:
            sentence = _(
                "“${value}” is no amount such as 1234.50.",
                mapping={"value": shown(cell)},
            )
            raise Unreadable(sentence) from None
        whole = value.scaleb(decimals)
        if not least <= value <= most or whole != whole.to_integral_value():
            raise Unreadable(
                _(
                    "${value} is not between ${least} and ${most}, with at most "
                    "${decimals} decimals.",
                    mapping={
                        "value": shown(cell),
                        "least": str(least),
                        "most": str(most),
                        "decimals": decimals,
                    },
                )
            )
        return value

    return read


def truth(cell: str) -> bool:
    """Return whether something is so: ``t`` or ``f``."""
    found = TRUTH.get(cell.strip().casefold())
    if found is None:
        raise Unreadable(
            _("“${value}” is neither t nor f.", mapping={"value": shown(cell)})
        )
    return found


def day(cell: str) -> dt.date:
    """Return a date, as ISO 8601 writes it."""
    found = cell.strip()
    try:
        if not DAY.fullmatch(found):
            raise ValueError
        return dt.date.fromisoformat(found)
    except ValueError:
        raise Unreadable(no_date(cell)) from None


def no_date(cell: str) -> str:
    """Return the sentence about what is no date."""
    return _(
        "“${value}” is no date such as 2026-11-29.", mapping={"value": shown(cell)}
    )


def moment(zone: ZoneInfo) -> Reader:
    """Return the reader of a moment; without a zone, or a time, it is that of here."""

    def read(cell: str) -> dt.datetime:
        found = cell.strip()
        try:
            if not DAY.fullmatch(found[:10]):
                raise ValueError
            value = dt.datetime.fromisoformat(found)
            value = value if value.tzinfo else value.replace(tzinfo=zone)
            return value.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise Unreadable(no_date(cell)) from None

    return read


def country(cell: str) -> str:
    """Return the two letters of a country."""
    found = cell.strip().upper()
    if found not in names_of("en"):
        raise Unreadable(
            _(
                "“${value}” is no country: two letters such as BE are.",
                mapping={"value": shown(cell)},
            )
        )
    return found


def currency(cell: str) -> str:
    """Return the three letters of a currency."""
    found = cell.strip().upper()
    if not LETTERS_OF_CURRENCY.fullmatch(found):
        raise Unreadable(
            _(
                "“${value}” is no currency: three letters such as EUR are.",
                mapping={"value": shown(cell)},
            )
        )
    return found
