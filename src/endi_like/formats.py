"""Amounts and dates as people write them, in their language.

A page formats hundreds of amounts, many of them alike: the signs of a language are
looked up once, and an amount that was written lately is not written again.
Amounts are rounded here by our own rule, because Babel rounds half to even.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_currency_symbol

from endi_like.i18n import _
from endi_like.money import MAX_AMOUNT, round_to, to_cents

MINUS = "\N{MINUS SIGN}"
BLANK = "\N{NO-BREAK SPACE}"
NARROW_BLANK = "\N{NARROW NO-BREAK SPACE}"
LONGEST_NUMBER = 40
MACHINE_NUMBER = re.compile(r"-?[0-9]*\.(?P<fraction>[0-9]+)")

REGIONS = {"en": "en_GB"}
"""English is written for European readers: the day before the month."""

SHORT_DATES = {"de": "{0.day:02}.{0.month:02}.{0.year:04}"}
SHORT_DATE = "{0.day:02}/{0.month:02}/{0.year:04}"
DAYS = {"de": "{day}. {month}"}
DAY = "{day} {month}"
SIZES = {"fr": ("ko", "Mo", "Go")}


@dataclass(frozen=True, slots=True)
class Signs:
    """How a language writes numbers and dates."""

    decimal: str
    group: str
    separators: dict[int, str]
    percent: str
    currency_first: bool
    number: re.Pattern[str]
    months: dict[int, str]
    short_date: str
    day: str


@lru_cache(maxsize=64)
def signs_of(locale: str) -> Signs:
    """Return how a language writes numbers and dates; looked up once."""
    found = Locale.parse(REGIONS.get(locale, locale))
    symbols = found.number_symbols["latn"]
    # Fonts know the wider blank, and it reads better in tables.
    group = symbols["group"].replace(NARROW_BLANK, BLANK)
    percent = found.percent_formats[None].pattern.lstrip("#,0.")
    return Signs(
        decimal=symbols["decimal"],
        group=group,
        separators=str.maketrans({",": group, ".": symbols["decimal"]}),
        percent=percent.replace(NARROW_BLANK, BLANK),
        currency_first=found.currency_formats["standard"].pattern[0] == "\xa4",
        number=_number_pattern(symbols["decimal"], group),
        months=dict(found.months["format"]["abbreviated"]),
        short_date=SHORT_DATES.get(found.language, SHORT_DATE),
        day=DAYS.get(found.language, DAY),
    )


def amount(
    value: Decimal | None,
    locale: str,
    decimals: int = 2,
    up_to: int | None = None,
    grouping: bool = True,
) -> str:
    """Return "1 848,00", rounded to so many decimals; nothing for nothing.

    With ``up_to``, further decimals are written as far as they are not zero.
    """
    if value is None:
        return ""
    # a decimal takes longer to be hashed than to be written
    return _amount(str(value), locale, decimals, up_to, grouping)


def unit_price(value: Decimal | None, locale: str) -> str:
    """Return a price with two decimals, or up to five where it has them."""
    return amount(value, locale, decimals=2, up_to=5)


def quantity(value: Decimal | None, locale: str) -> str:
    """Return "3" or "1,25": as many decimals as needed, up to five."""
    return amount(value, locale, decimals=0, up_to=5)


def percent(value: Decimal | None, locale: str) -> str:
    """Return "19,6 %": as many decimals as needed, up to two."""
    if value is None:
        return ""
    return amount(value, locale, decimals=0, up_to=2) + signs_of(locale).percent


def with_currency(value: Decimal | None, locale: str, currency: str) -> str:
    """Return "1 630,39 €" where an amount stands alone; ``currency`` is like "EUR"."""
    if value is None:
        return ""
    symbol = _currency_symbol(currency, locale)
    text = amount(abs(value), locale)
    minus = MINUS if to_cents(value) < 0 else ""
    if not signs_of(locale).currency_first:
        return f"{minus}{text}{BLANK}{symbol}"
    # "€5.00", but "CHF 5.00"
    blank = BLANK if symbol[-1:].isalpha() else ""
    return f"{minus}{symbol}{blank}{text}"


def parse_amount(text: str, locale: str) -> Decimal:
    """Return the amount somebody typed in their language, with up to five decimals."""
    return parse_decimal(text, locale)


def parse_decimal(
    text: str, locale: str, decimals: int = 5, most: Decimal = MAX_AMOUNT
) -> Decimal:
    """Return the number somebody typed; blanks may group its digits.

    Raises ``ValueError`` with a sentence for the person.  "1234.56" is understood in
    every language, except where it could as well be grouped digits.
    """
    written = text.strip()
    shown = {"text": written[:LONGEST_NUMBER]}
    plain = _plain_number(written, signs_of(locale))
    if plain is None:
        raise ValueError(_("“${text}” is not a number.", mapping=shown))
    if len(plain.partition(".")[2]) > decimals:
        raise ValueError(
            _(
                "“${text}” has more than ${count} decimals.",
                mapping=shown | {"count": decimals},
            )
        )
    value = Decimal(plain)
    if abs(value) > most:
        raise ValueError(_("“${text}” is too large.", mapping=shown))
    return value if value else abs(value)


@lru_cache(maxsize=2048)
def date_short(day: date | None, locale: str) -> str:
    """Return "20/11/2026", for tables; nothing for nothing."""
    return "" if day is None else signs_of(locale).short_date.format(day)


@lru_cache(maxsize=2048)
def date_long(day: date, locale: str) -> str:
    """Return "20 November 2026", for letters and documents."""
    return format_date(day, "long", locale=REGIONS.get(locale, locale))


def month(day: date, locale: str) -> str:
    """Return "Nov", for charts and tables of a year."""
    return signs_of(locale).months[day.month]


def moment(
    instant: datetime, locale: str, time_zone: str, with_year: bool = False
) -> str:
    """Return "9 Nov, 10:20", or "9 Nov 2026, 10:20", as the clock on the wall said.

    Raises ``ValueError`` for an instant without its zone.
    """
    if instant.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    local = instant.astimezone(ZoneInfo(time_zone))
    signs = signs_of(locale)
    day = signs.day.format(day=local.day, month=signs.months[local.month])
    year = f" {local.year}" if with_year else ""
    return f"{day}{year}, {local.hour:02}:{local.minute:02}"


def iban(text: str) -> str:
    """Return an account as people read it, in fours that stay on one line."""
    signs = "".join(text.split())
    return BLANK.join(signs[at : at + 4] for at in range(0, len(signs), 4))


def file_size(size: int, locale: str) -> str:
    """Return "84 kB" or "1,2 MB", in the words of the language; of a few bytes 1 kB."""
    thousand = Decimal(1000)
    kilobytes = max(round_to(size / thousand, Decimal(1)), Decimal(size > 0))
    kilobyte, megabyte, gigabyte = SIZES.get(locale, ("kB", "MB", "GB"))
    if kilobytes < thousand:
        return f"{amount(kilobytes, locale, decimals=0)}{BLANK}{kilobyte}"
    megabytes, unit = kilobytes / thousand, megabyte
    if round_to(megabytes, Decimal(1)) >= thousand:
        megabytes, unit = megabytes / thousand, gigabyte
    return f"{amount(megabytes, locale, decimals=0, up_to=1)}{BLANK}{unit}"


@lru_cache(maxsize=2000)
def _amount(
    plain: str, locale: str, decimals: int, up_to: int | None, grouping: bool
) -> str:
    rounded = round_to(Decimal(plain), _exponent(max(decimals, up_to or 0)))
    text = format(abs(rounded), ",f" if grouping else "f")
    if up_to is not None and up_to > decimals:
        text = _without_zeros(text, decimals)
    text = text.translate(signs_of(locale).separators)
    return MINUS + text if rounded < 0 else text


@lru_cache(maxsize=64)
def _currency_symbol(currency: str, locale: str) -> str:
    return get_currency_symbol(currency, locale=locale)


@lru_cache(maxsize=16)
def _exponent(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def _without_zeros(text: str, least: int) -> str:
    """Cut the zeros at the end, keeping so many decimals at least."""
    whole, _point, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    return f"{whole}.{fraction}" if fraction else whole


def _number_pattern(decimal: str, group: str) -> re.Pattern[str]:
    """Match digits, alone or grouped by three with one sign, and decimals."""
    blanks = re.escape(f" {BLANK}{NARROW_BLANK}{group}")
    return re.compile(
        rf"""
        (?P<minus>-?)
        (?P<whole>
            [0-9]*
            | [1-9][0-9]{{0,2}} (?P<blank>[{blanks}]) [0-9]{{3}}
              (?: (?P=blank) [0-9]{{3}} )*
        )
        (?: {re.escape(decimal)} (?P<fraction>[0-9]+) )?
        """,
        re.VERBOSE,
    )


def _plain_number(text: str, signs: Signs) -> str | None:
    """Return the number as Python writes it, or nothing when it is none."""
    text = text.replace(MINUS, "-")
    if len(text) > LONGEST_NUMBER or not any(sign in "0123456789" for sign in text):
        return None
    if match := signs.number.fullmatch(text):
        whole = re.sub("[^0-9]", "", match["whole"])
        fraction = match["fraction"]
        return f"{match['minus']}{whole or 0}" + (f".{fraction}" if fraction else "")
    return text if _is_machine_number(text, signs) else None


def _is_machine_number(text: str, signs: Signs) -> bool:
    """Tell whether "1234.56" can mean but one thing: three decimals may be a group."""
    match = MACHINE_NUMBER.fullmatch(text)
    if match is None or signs.decimal == ".":
        return False
    return signs.group != "." or len(match["fraction"]) != 3
