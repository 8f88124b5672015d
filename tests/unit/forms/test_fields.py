"""Each kind of field with a table: what was sent, what it means or what is said."""

from datetime import date
from decimal import Decimal

import colander
import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.forms.fields import (
    Amount,
    Bic,
    Choice,
    Choices,
    Count,
    Day,
    Email,
    Flag,
    Iban,
    Line,
    PercentField,
    Picked,
    QuantityField,
    Schema,
    Search,
    Secret,
    Text,
)
from endi_like.translation import translator

CUSTOMERS = {7: "Café", 8: "Moulin"}
RATES = ((1, "20 %", Decimal(20)), (2, "0 %", Decimal(-1)))


class Everything(Schema):
    line = Line(longest=10, missing=None)
    text = Text(longest=20, missing=None)
    secret = Secret(missing=None)
    amount = Amount(missing=None)
    paid = Amount(missing=None, low=Decimal("0.01"), decimals=2)
    quantity = QuantityField(missing=None)
    percent = PercentField(missing=None)
    count = Count(low=1, high=99, missing=None)
    day = Day(missing=None)
    mode = Choice((("ht", "before tax"), ("ttc", "with tax")), missing=None)
    rate = Choice("rates", missing=None)
    several = Choices("rates")
    customer = Picked("customers", missing=None)
    email = Email(missing=None)
    iban = Iban(missing=None)
    bic = Bic(missing=None)
    flag = Flag()


NAMES = [node.name for node in Everything()]


def bound(locale="en"):
    search = Search("/customers", CUSTOMERS.get)
    return Everything().bind(locale=locale, rates=RATES, customers=search)


def read(name, value, locale="en"):
    return bound(locale).deserialize({name: value})[name]


def sentence(name, value, locale="en"):
    with pytest.raises(colander.Invalid) as refused:
        bound(locale).deserialize({name: value})
    (error,) = refused.value.children
    assert error.node.name == name
    return translator("en")(error.messages()[0])


NUL = "a\0b"

GOOD = {
    "line": [
        ("Roof", "Roof"),
        ("  Roof  ", "Roof"),
        ("e\u0301te\u0301", "été"),
        ("x" * 10, "x" * 10),
        ("<b>=1+1", "<b>=1+1"),
        ("👩\u200d🔧", "👩\u200d🔧"),
        ("", None),
        ("   ", None),
        ("\u200b \ufeff", None),
        (None, None),
    ],
    "text": [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\tb", "a\tb"),
        ("\n\n", None),
    ],
    "secret": [("  blanks count  ", "  blanks count  ")],
    "amount": [
        ("1848", Decimal("1848")),
        ("1,848.00", Decimal("1848.00")),
        ("-0.5", Decimal("-0.5")),
        ("−12.34567", Decimal("-12.34567")),
        (12, Decimal(12)),
        (Decimal("12.5"), Decimal("12.5")),
        ("99999999999.99", Decimal("99999999999.99")),
    ],
    "paid": [("0.01", Decimal("0.01")), ("5.00000", Decimal(5))],
    "quantity": [("1.25", Decimal("1.25")), ("-3", Decimal(-3))],
    "percent": [("0", Decimal(0)), ("5.5", Decimal("5.5")), ("100", Decimal(100))],
    "count": [("1", 1), (" 99 ", 99), ("007", 7), (12, 12)],
    "day": [
        ("2026-11-20", date(2026, 11, 20)),
        ("1990-01-01", date(1990, 1, 1)),
        ("2100-12-31", date(2100, 12, 31)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
    "mode": [("ht", "ht"), ("ttc", "ttc")],
    "rate": [("1", 1), (2, 2)],
    "several": [([], []), (["2", "1"], [1, 2]), (["2", "2"], [2]), ([1], [1])],
    "customer": [("7", 7), (8, 8)],
    "email": [
        ("jérôme@exämple.org", "jérôme@exämple.org"),
        ("a.b+c@sub.example.co.uk", "a.b+c@sub.example.co.uk"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
    "iban": [
        ("FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"),
        ("be68539007547034", "BE68539007547034"),
    ],
    "bic": [("agrifrpp", "AGRIFRPP"), ("GEBABEBB036", "GEBABEBB036")],
    "flag": [("true", True), ("false", False), (True, True), (False, False)],
}

BAD = {
    "line": [
        ("x" * 11, "This is 11 characters long, 10 fit."),
        ("x" * 10_000_000, "This is 10000000 characters long, 10 fit."),
        (NUL, "“a\ufffdb” contains unprintable signs."),
        ("a\nb", "This must be one single line."),
        ("a\x1b[31mb", "“a\ufffd[31mb” contains unprintable signs."),
        ("a\u202eb", "“a\ufffdb” contains unprintable signs."),
        ("a\uffffb", "“a\ufffdb” contains unprintable signs."),
        ("a\ud800b", "“a\ufffdb” contains unprintable signs."),
        (12, "One single value is expected here."),
    ],
    "text": [
        ("x" * 21, "This is 21 characters long, 20 fit."),
        (NUL, "“a\ufffdb” contains unprintable signs."),
    ],
    "secret": [
        (NUL, "This contains unprintable signs."),
        ("x" * 201, "This is 201 characters long, 200 fit."),
    ],
    "amount": [
        ("85,0O", "“85,0O” is not a number."),
        *[
            (text, f"“{text}” is not a number.")
            for text in (
                *("NaN", "sNaN", "Infinity", "-inf", "1e5", "1_000", "0x10", "++1"),
                *("٣", "１２", "1,5", "5 €", "$5", "--1", "1.2.3", "½", "True"),
            )
        ],
        ("1" * 400, f"“{'1' * 39}…” is not a number."),
        ("100000000000", "“100000000000” is too large: 99,999,999,999.99 is the most."),
        ("1.000001", "“1.000001” has more than 5 decimals."),
        (Decimal("NaN"), "“NaN” is not a number."),
        (Decimal("sNaN"), "“sNaN” is not a number."),
        (Decimal("Infinity"), "“Infinity” is not a number."),
        (
            Decimal("1E+1000000"),
            "“1E+1000000” is too large: 99,999,999,999.99 is the most.",
        ),
        (Decimal("1E-1000000"), "“1E-1000000” has more than 5 decimals."),
        (
            10**5000,
            f"“1{'0' * 38}…” is too large: 99,999,999,999.99 is the most.",
        ),
        (True, "One single value is expected here."),
        (1.5, "One single value is expected here."),
    ],
    "paid": [
        ("0", "“0” is too small: 0.01 is the least."),
        ("-5", "“-5” is too small: 0.01 is the least."),
        ("1.001", "“1.001” has more than 2 decimals."),
    ],
    "percent": [
        ("100.01", "“100.01” is too large: 100 is the most."),
        ("-1", "“-1” is too small: 0 is the least."),
        ("5.555", "“5.555” has more than 2 decimals."),
    ],
    "count": [
        ("0", "“0” is not between 1 and 99."),
        ("100", "“100” is not between 1 and 99."),
        (100, "“0x64” is not between 1 and 99."),
        *[
            (text, f"“{text}” is not a whole number.")
            for text in ("1.0", "1_0", "٣", "１", "+1", "1e1", "a", "9" * 13)
        ],
        (10**30, "“0xc9f2c9cd04674edea40000000” is not between 1 and 99."),
        (True, "One single value is expected here."),
    ],
    "day": [
        *[
            (text, f"“{text}” is not a date: write year-month-day, as 2026-11-20.")
            for text in (
                *("20/11/2026", "2026-02-30", "20261120", "2026-W47-5", "2026-1-1"),
                *("0000-01-01", "２０２６-11-20", "2026-11-20T10:00", "tomorrow"),
            )
        ],
        (
            "0001-01-01",
            "The year 1 cannot be meant: it must be from 1990 to 2100.",
        ),
        (
            "9999-12-31",
            "The year 9999 cannot be meant: it must be from 1990 to 2100.",
        ),
    ],
    "mode": [("net", "“net” cannot be chosen here.")],
    "rate": [
        ("3", "“3” cannot be chosen here."),
        ("01", "“01” cannot be chosen here."),
        (3, "“3” cannot be chosen here."),
        (10**30, "“0xc9f2c9cd04674edea40000000” cannot be chosen here."),
        (True, "One single value is expected here."),
    ],
    "several": [
        (["1", "9"], "“9” cannot be chosen here."),
        ([["1"]], "One single value is expected here."),
        ("1", "A list is expected here."),
    ],
    "customer": [
        ("9", "“9” cannot be chosen here."),
        (9, "“9” cannot be chosen here."),
        ("0", "“0” is not between 1 and 2147483647."),
        ("Café", "“Café” is not a whole number."),
        ("9999999999", "“9999999999” is not between 1 and 2147483647."),
    ],
    "email": [
        *[
            (text, f"“{text}” is not an e-mail address.")
            for text in (
                *("a@b", "a@b.c, evil@y.z", "@b.org", "a@", "a@@b.org", "a@b..org"),
                *("a b@c.org", "a@-b.org", "a@b.123", ".a@b.org", "a..b@c.org"),
                *("<a@b.org>", "a@b.org;"),
            )
        ],
        (
            "a@" + "x" * 64 + ".org",
            f"“a@{'x' * 37}…” is not an e-mail address.",
        ),
        ("a@b.org\r\nBcc: x@y.z", "This must be one single line."),
        ("a\0@b.org", "“a\ufffd@b.org” contains unprintable signs."),
        (
            "a@" + "b." * 200 + "org",
            "This is 405 characters long, 254 fit.",
        ),
    ],
    "iban": [
        (
            "FR76 3000 6000 0112 3456 7890 188",
            "“FR76 3000 6000 0112 3456 7890 188” is not an IBAN: "
            "please compare it with the bank's paper.",
        ),
        (
            "hello",
            "“hello” is not an IBAN: please compare it with the bank's paper.",
        ),
    ],
    "bic": [("AGRI", "“AGRI” is not a BIC: it has 8 or 11 signs.")],
    "flag": [
        ("on", "“on” is neither true nor false."),
        ("True", "“True” is neither true nor false."),
        (1, "One single value is expected here."),
    ],
}


def rows(table):
    return [
        pytest.param(name, *case, id=f"{name}-{number}")
        for name, cases in table.items()
        for number, case in enumerate(cases)
    ]


@pytest.mark.parametrize(("name", "value", "meaning"), rows(GOOD))
def test_a_good_value_means(name, value, meaning):
    found = read(name, value)

    assert found == meaning
    assert type(found) is type(meaning)


@pytest.mark.parametrize(("name", "value", "said"), rows(BAD))
def test_a_bad_value_is_refused_with(name, value, said):
    assert sentence(name, value) == said


STRUCTURES = [[], ["x"], {}, {"a": "b"}, [["x"]], ({},)]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "several"])
@pytest.mark.parametrize("value", STRUCTURES, ids=repr)
def test_I12_a_structure_in_the_place_of_a_value_is_an_error(name, value):
    assert sentence(name, value) == "One single value is expected here."


@pytest.mark.parametrize("value", [1, "x", [], ["x"], True, 1.5], ids=repr)
def test_a_value_in_the_place_of_a_form_is_an_error(value):
    with pytest.raises(colander.Invalid):
        bound().deserialize(value)


def test_a_required_field_asks_to_be_filled_in():
    class Form(Schema):
        name = Line()

    for empty in ({}, {"name": ""}, {"name": "  "}, {"name": None}):
        with pytest.raises(colander.Invalid) as refused:
            Form().deserialize(empty)
        assert refused.value.asdict() == {"name": "Please fill this in."}


def test_I12_only_what_was_offered_is_returned():
    found = bound().deserialize({"line": "x", "is_admin": "true", "id": "1"})

    assert set(found) == set(NAMES)


@pytest.mark.parametrize(
    ("locale", "text", "value"),
    [
        ("fr", "1 848,50", "1848.5"),
        ("fr", "1\u202f848,50", "1848.5"),
        ("fr", "1848.50", "1848.5"),
        ("de", "1.848,50", "1848.5"),
        ("de", "1.848", "1848"),
        ("en", "1,848.50", "1848.5"),
    ],
)
def test_amounts_are_read_in_the_language_of_the_form(locale, text, value):
    assert read("amount", text, locale) == Decimal(value)


def test_an_amount_of_another_language_is_refused_rather_than_misread():
    assert sentence("amount", "1,5", "en") == "“1,5” is not a number."


amounts = st.decimals(
    Decimal("-99999999999.99"), Decimal("99999999999.99"), places=5, allow_nan=False
)


@given(amounts, st.sampled_from(["en", "fr", "de"]))
def test_a_value_survives_being_shown_and_sent_back(value, locale):
    schema = bound(locale)
    for name in ("amount", "quantity"):
        shown = schema.serialize({name: value})[name]
        assert schema.deserialize({name: shown})[name] == value


def test_values_are_shown_as_they_are_edited():
    shown = bound("fr").serialize(
        {
            "amount": Decimal("1848.5"),
            "quantity": Decimal("6.50"),
            "day": date(2026, 11, 20),
            "rate": 2,
            "several": [1],
            "flag": True,
            "iban": "BE68539007547034",
            "secret": "never shown",
        }
    )

    assert shown["amount"].replace("\u202f", " ").replace("\xa0", " ") == "1 848,50"
    assert shown["quantity"] == "6,5"
    assert shown["day"] == "2026-11-20"
    assert shown["rate"] == "2"
    assert shown["several"] == ["1"]
    assert shown["flag"] == "true"
    assert shown["iban"] == "BE68 5390 0754 7034"
    assert shown["secret"] == ""
    assert shown["line"] is colander.null


def test_one_binding_does_not_leak_into_another():
    schema = Everything()
    search = Search("/customers", CUSTOMERS.get)
    few = schema.bind(locale="en", rates=RATES[:1], customers=search)
    schema.bind(locale="en", rates=RATES, customers=search)

    with pytest.raises(colander.Invalid):
        few.deserialize({"rate": "2"})
