"""What is written can be read back, and what could mean two things is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.numbers import parse_decimal as babel_parse
from hypothesis import given
from hypothesis import strategies as st

from endi_like.formats import (
    BLANK,
    MINUS,
    NARROW_BLANK,
    amount,
    date_long,
    date_short,
    file_size,
    moment,
    parse_amount,
    parse_decimal,
    percent,
    quantity,
    unit_price,
    with_currency,
)
from endi_like.i18n import LANGUAGES
from endi_like.money import MAX_AMOUNT

LOCALES = st.sampled_from(LANGUAGES)
AMOUNTS = st.decimals(-MAX_AMOUNT, MAX_AMOUNT, places=2)
PRICES = st.decimals(-MAX_AMOUNT, MAX_AMOUNT, places=5)


@given(AMOUNTS, LOCALES, st.booleans())
def test_T6_an_amount_that_was_written_is_read_back(
    value: Decimal, locale: str, grouping: bool
) -> None:
    assert parse_amount(amount(value, locale, grouping=grouping), locale) == value


@given(PRICES, LOCALES)
def test_T6_prices_and_quantities_that_were_written_are_read_back(
    value: Decimal, locale: str
) -> None:
    assert parse_amount(unit_price(value, locale), locale) == value
    assert parse_amount(quantity(value, locale), locale) == value


@given(AMOUNTS, LOCALES)
def test_babel_reads_the_same(value: Decimal, locale: str) -> None:
    text = amount(value, locale).replace(MINUS, "-")
    group = NARROW_BLANK if locale == "fr" else BLANK
    assert babel_parse(text.replace(BLANK, group), locale, strict=True) == value


@given(PRICES)
def test_what_programs_write_is_read_in_english_and_french(value: Decimal) -> None:
    for locale in ("en", "fr"):
        assert parse_amount(str(value), locale) == value


@given(AMOUNTS)
def test_what_programs_write_in_cents_is_read_in_every_language(
    value: Decimal,
) -> None:
    for locale in LANGUAGES:
        assert parse_amount(str(value), locale) == value


@given(st.text(), LOCALES)
def test_any_other_text_is_refused_or_a_finite_number(text: str, locale: str) -> None:
    try:
        value = parse_amount(text, locale)
    except ValueError:
        return
    assert abs(value) <= MAX_AMOUNT
    assert set(text.strip()) <= set(f"0123456789-., {MINUS}{BLANK}{NARROW_BLANK}")


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en", "1,848.00"), ("fr", f"1{BLANK}848,00"), ("de", "1.848,00")],
)
def test_an_amount_is_written_in_the_language_of_the_reader(
    locale: str, text: str
) -> None:
    assert amount(Decimal(1848), locale) == text
    assert amount(Decimal(-1848), locale) == MINUS + text


def test_an_amount_is_rounded_half_up_before_it_is_written() -> None:
    assert amount(Decimal("0.125"), "en") == "0.13"
    assert amount(Decimal("-2.345"), "en") == f"{MINUS}2.35"
    assert amount(Decimal("-0.004"), "en") == "0.00"


class Unhashed(Decimal):
    """An amount that cannot be looked up by itself."""

    __hash__ = None  # type: ignore[assignment]


def test_an_amount_is_kept_by_how_it_is_written() -> None:
    assert amount(Unhashed("1848.5"), "de") == amount(Unhashed("1848.50"), "de")
    assert amount(Decimal("1E+3"), "de") == amount(Decimal("1000.00000"), "de")


@pytest.mark.parametrize("write", [amount, unit_price, quantity, percent])
def test_nothing_is_written_for_nothing(write: object) -> None:
    assert write(None, "fr") == ""
    assert with_currency(None, "fr", "EUR") == ""
    assert date_short(None, "fr") == ""


@pytest.mark.parametrize(
    ("value", "price", "number"),
    [
        ("1200", "1,200.00", "1,200"),
        ("1.5", "1.50", "1.5"),
        ("0.12345", "0.12345", "0.12345"),
        ("10.00000", "10.00", "10"),
    ],
)
def test_prices_and_quantities_show_the_decimals_they_have(
    value: str, price: str, number: str
) -> None:
    assert unit_price(Decimal(value), "en") == price
    assert quantity(Decimal(value), "en") == number


@pytest.mark.parametrize(
    ("locale", "rate", "money", "debt"),
    [
        ("en", "19.6%", "€1,630.39", "−€1.00"),
        ("fr", "19,6_%", "1_630,39_€", "−1,00_€"),
        ("de", "19,6_%", "1.630,39_€", "−1,00_€"),
    ],
)
def test_rates_and_currencies_are_written(
    locale: str, rate: str, money: str, debt: str
) -> None:
    found = [
        percent(Decimal("19.60"), locale),
        with_currency(Decimal("1630.39"), locale, "EUR"),
        with_currency(Decimal(-1), locale, "EUR"),
    ]
    assert found == [text.replace("_", BLANK) for text in (rate, money, debt)]
    assert with_currency(Decimal(5), "en", "CHF") == f"CHF{BLANK}5.00"


@pytest.mark.parametrize(
    ("locale", "text", "value"),
    [
        ("fr", "1 848,00", "1848"),
        ("fr", f"1{BLANK}848,00", "1848"),
        ("fr", f"1{NARROW_BLANK}848,00", "1848"),
        ("fr", "1848,5", "1848.5"),
        ("fr", "1.5", "1.5"),
        ("fr", "1.234", "1.234"),
        ("fr", f"{MINUS}12,30", "-12.30"),
        ("fr", "-12,30", "-12.30"),
        ("fr", " 7 ", "7"),
        ("fr", ",5", "0.5"),
        ("fr", "-0", "0"),
        ("fr", "12,34567", "12.34567"),
        ("en", "1,848.00", "1848"),
        ("en", "1 848.00", "1848"),
        ("en", "1234.56", "1234.56"),
        ("en", "1.234", "1.234"),
        ("en", "1,234", "1234"),
        ("de", "1.848,00", "1848"),
        ("de", "1 848,00", "1848"),
        ("de", "1.234", "1234"),
        ("de", "1.234.567", "1234567"),
        ("de", "1234.56", "1234.56"),
        ("de", "12.5", "12.5"),
        ("de", "99999999999,99", "99999999999.99"),
    ],
)
def test_numbers_are_read_as_people_write_them(
    locale: str, text: str, value: str
) -> None:
    assert parse_amount(text, locale) == Decimal(value)


def test_zero_is_read_without_a_sign() -> None:
    assert str(parse_amount("-0,00", "fr")) == "0.00"


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ",",
        "NaN",
        "Infinity",
        "-inf",
        "1e5",
        "1E400",
        "1_000",
        "٣",
        "１２",
        "½",
        "0x10",
        "12 €",
        "€12",
        "12 %",
        "--5",
        "5-",
        "(5)",
        "1 2",
        "1 23,00",
        "12 34",
        "1  234",
        "1,,5",
        "1.2.3",
        "1;5",
        "12\x00",
        "12\n13",
        "9" * 41,
        "1" * 10_000,
    ],
)
def test_what_is_no_number_is_refused(text: str, locale: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_amount(text, locale)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "1,5"),
        ("en", "1234,56"),
        ("en", "1,234,56"),
        ("en", "0,123"),
        ("fr", "1,234.56"),
        ("fr", "1.234,56"),
        ("de", "1234.567"),
        ("de", "0.123"),
        ("de", ".500"),
        ("de", "1,234.56"),
        ("de", "1.234 567"),
        ("de", "1.2345,00"),
    ],
)
def test_what_could_mean_two_things_is_refused(locale: str, text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_amount(text, locale)


def test_too_many_decimals_are_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        parse_amount("1,234567", "fr")
    with pytest.raises(ValueError, match="more than"):
        parse_decimal("5,125", "fr", decimals=2)
    assert parse_decimal("5", "fr", decimals=0) == 5


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        parse_amount("100 000 000 000,00", "fr")
    with pytest.raises(ValueError, match="too large"):
        parse_decimal("100,01", "fr", most=Decimal(100))
    with pytest.raises(ValueError, match="too large"):
        parse_decimal("-100,01", "fr", most=Decimal(100))


def test_a_refusal_is_a_sentence_about_what_was_typed() -> None:
    with pytest.raises(ValueError, match="number") as refusal:
        parse_amount("85,0O", "fr")
    assert refusal.value.args[0].interpolate() == "“85,0O” is not a number."


@pytest.mark.parametrize(
    ("locale", "short", "long", "at"),
    [
        ("en", "20/11/2026", "20 November 2026", "9 Nov, 10:20"),
        ("fr", "20/11/2026", "20 novembre 2026", "9 nov., 10:20"),
        ("de", "20.11.2026", "20. November 2026", "9. Nov., 10:20"),
    ],
)
def test_dates_are_written_in_the_language_of_the_reader(
    locale: str, short: str, long: str, at: str
) -> None:
    day = date(2026, 11, 20)
    assert (date_short(day, locale), date_long(day, locale)) == (short, long)
    instant = datetime(2026, 11, 9, 9, 20, tzinfo=UTC)
    assert moment(instant, locale, "Europe/Paris") == at


def test_a_moment_can_say_its_year_and_is_told_where_it_is_read() -> None:
    instant = datetime(2026, 12, 31, 23, 5, tzinfo=UTC)
    found = moment(instant, "en", "Europe/Paris", with_year=True)
    assert found == "1 Jan 2027, 00:05"


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment(datetime(2026, 11, 9), "en", "Europe/Paris")


def test_old_years_have_four_digits() -> None:
    assert date_short(date(987, 1, 2), "de") == "02.01.0987"


@pytest.mark.parametrize(
    ("size", "locale", "said"),
    [
        (0, "en", "0 kB"),
        (1, "en", "1 kB"),
        (84_499, "en", "84 kB"),
        (999_500, "de", "1 MB"),
        (1_249_000, "fr", "1,2 Mo"),
        (84_000, "fr", "84 ko"),
    ],
)
def test_a_size_is_written_in_the_words_of_the_language(
    size: int, locale: str, said: str
) -> None:
    assert file_size(size, locale) == said.replace(" ", BLANK)
