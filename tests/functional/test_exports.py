"""Exports: the rows of the list, as numbers and texts that nothing computes."""

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from endi_like.grids.core import Grid
from tests.factories import (
    make_company,
    make_customer,
    make_entity,
    make_invoice,
    make_member,
    make_user,
    make_vat,
    pay,
)

EVIL = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    '=HYPERLINK("http://x")',
    "=cmd|' /C calc'!A0",
    "'=1+1",
    "＝1+1",
]


@pytest.fixture
def company(db):
    return make_company(db, name="Menuiserie Élan")


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name='Ville; de "Rennes", 2\n<b>')


@pytest.fixture
def accountant(db, login):
    return login(make_user(db, roles={"accountant"}))


@pytest.fixture
def invoices(db, customer):
    draft = make_invoice(db, customer, name="Draft", lines=["-1234.5"])
    late = make_invoice(db, customer, status="valid", date=date(2026, 1, 5))
    part = make_invoice(db, customer, name="Part", status="valid", lines=["0.005"])
    pay(db, make_invoice(db, customer, name="Paid", status="valid"))
    return draft, late, part


# what the spreadsheets of a language separate cells by, and write decimals with
SIGNS = {"en": (",", "."), "fr": (";", ","), "de": (";", ",")}


def csv_of(browser, query="", name="invoices", language="en"):
    answer = browser.get(f"/{name}/export.csv{query}")
    assert answer.body.startswith(b"\xef\xbb\xbf")
    text = answer.body.decode("utf-8-sig")
    separator, _decimal = SIGNS[language]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def as_read(cell, language):
    """Return the number, the day or the text that a spreadsheet takes a cell for."""
    decimal = re.escape(SIGNS[language][1])
    if re.fullmatch(rf"-?\d+({decimal}\d+)?", cell):
        return Decimal(cell.replace(SIGNS[language][1], "."))
    return date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else cell


def xlsx_of(browser, query="", name="invoices"):
    answer = browser.get(f"/{name}/export.xlsx{query}")
    sheet = load_workbook(io.BytesIO(answer.body)).active
    return [list(row) for row in sheet.iter_rows()]


def values(rows):
    return [[cell.value for cell in row] for row in rows]


@pytest.mark.parametrize(
    "query", ["", "?q=part", "?sort=-ttc", "?validation_status=valid"]
)
def test_both_exports_hold_the_rows_of_the_list_in_its_order(
    invoices, accountant, query
):
    listed = accountant.get(f"/invoices/{query}{'&' if query else '?'}fmt=json").json
    numbers = [row["number"] or "" for row in listed["rows"]]

    assert [row[0] for row in csv_of(accountant, query)[1:]] == numbers
    assert [row[0] or "" for row in values(xlsx_of(accountant, query))[1:]] == numbers
    assert len(numbers) == listed["count"]


def test_an_export_holds_all_pages(db, customer, accountant):
    for _ in range(83):
        make_invoice(db, customer)

    assert len(csv_of(accountant)) == 84
    assert len(xlsx_of(accountant, "?after=x")) == 84


def test_the_columns_are_those_of_the_list_with_the_second_text_beside(
    invoices, accountant
):
    header, *_rows = csv_of(accountant)

    assert header == [
        "Number",
        "Internal number",
        "Date",
        "Company",
        "Customer",
        "Subject",
        "Status",
        "Excl. VAT",
        "Incl. VAT",
        "To be paid",
    ]
    assert values(xlsx_of(accountant))[0] == header


@pytest.mark.parametrize(
    ("language", "state", "written"),
    [
        ("en", "Draft", "-1234.50"),
        ("fr", "Brouillon", "-1234,50"),
        ("de", "Entwurf", "-1234,50"),
    ],
)
def test_a_row_of_csv_reads_back_as_it_was_in_each_language(
    db, invoices, customer, login, language, state, written
):
    browser = login(make_user(db, roles={"accountant"}, language=language))
    (row,) = csv_of(browser, "?q=draft", language=language)[1:]

    assert row[7] == written
    assert [as_read(cell, language) for cell in row] == [
        "",
        "Menuiserie Élan 2026-11 F1",
        date(2026, 11, 20),
        "Menuiserie Élan",
        customer.name,
        "Draft",
        state,
        Decimal("-1234.50"),
        Decimal("-1481.40"),
        "",
    ]


@pytest.mark.parametrize("language", SIGNS)
def test_rates_and_places_are_numbers_in_each_language(db, login, language):
    make_vat(db, "5.5", label="-5.5; -5,5", position=-2)
    reader = login(make_user(db, roles={"auditor"}, language=language))

    (row,) = csv_of(reader, name="vat-rates", language=language)[1:]

    read = [as_read(cell, language) for cell in row[:4]]
    assert read == ["'-5.5; -5,5", Decimal("5.5"), "", Decimal(-2)]


def test_in_a_sheet_numbers_are_numbers_and_days_are_days(invoices, accountant):
    (_header, row) = xlsx_of(accountant, "?q=draft")

    assert [cell.data_type for cell in row] == [*"nsd", *"ssss", *"nnn"]
    assert row[2].value == datetime(2026, 11, 20)
    assert [cell.value for cell in row[7:]] == [-1234.5, -1481.4, None]
    assert row[7].number_format == "#,##0.00"
    assert row[2].number_format == "yyyy-mm-dd"


def test_states_are_said_in_words(invoices, accountant):
    states = {row[6] for row in csv_of(accountant)[1:]}

    assert states == {
        "Draft",
        "Waiting for payment, Late",
        "Waiting for payment",
        "Settled",
    }


def test_headings_and_states_speak_the_language_of_the_reader(db, invoices, login):
    browser = login(make_user(db, roles={"accountant"}, language="fr"))
    header, *rows = csv_of(browser, language="fr")

    assert header[1:3] == ["Numéro interne", "Date"]
    assert header[0] == "Numéro"
    assert "Brouillon" in {row[6] for row in rows}


@pytest.mark.parametrize("evil", EVIL)
def test_I3_no_text_becomes_a_formula(db, company, accountant, evil):
    entity = make_entity(db, name=evil)
    make_invoice(db, make_customer(db, company, entity), name=evil)

    (row,) = csv_of(accountant)[1:]
    for text in (row[4], row[5]):
        assert text.lstrip()[:1] not in ("=", "+", "-", "@", "＝")
        assert evil.strip() in text
    (_header, cells) = xlsx_of(accountant)
    for cell in (cells[4], cells[5]):
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert cell.value.lstrip()[:1] not in ("=", "+", "-", "@", "＝")


def test_an_export_is_a_file_named_after_the_list_and_the_day(invoices, accountant):
    for ending in ("csv", "xlsx"):
        answer = accountant.get(f"/invoices/export.{ending}")
        wanted = f'attachment; filename="invoices-2026-11-20.{ending}"'
        assert answer.headers["Content-Disposition"].split("; filename*")[0] == wanted
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_A3_a_member_exports_the_rows_of_their_companies_only(
    db, company, customer, login
):
    make_invoice(db, customer, name="Mine")
    make_invoice(db, name="Theirs")
    member = login(make_member(db, company))

    assert [row[5] for row in csv_of(member)[1:]] == ["Mine"]
    assert [row[5] for row in values(xlsx_of(member))[1:]] == ["Mine"]


def test_an_empty_list_is_a_file_with_headings(accountant):
    assert len(csv_of(accountant)) == 1
    assert len(xlsx_of(accountant)) == 1


def test_customers_are_exported_too(db, company, login):
    make_customer(db, company, name="=cmd()", place={"city": "Brest"})
    browser = login(make_user(db, roles={"manager"}))

    rows = values(xlsx_of(browser, name="customers"))

    assert rows[1][0] == "'=cmd()"
    assert "Brest" in rows[1]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_says_how_long_it_is(invoices, accountant, ending):
    answer = accountant.get(f"/invoices/export.{ending}")

    assert answer.headers["Content-Length"] == str(len(answer.body))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_that_breaks_is_an_error_and_not_half_a_file(
    invoices, accountant, monkeypatch, ending
):
    every = Grid.every

    def breaking(*args):
        yield next(every(*args))
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(Grid, "every", breaking)

    answer = accountant.get(f"/invoices/export.{ending}", status=500)

    assert "Content-Disposition" not in answer.headers
    assert answer.content_type == "text/html"


def test_named_zero_rates_are_zero_wherever_they_are_read(db, login):
    make_vat(db, "5.5", label="Reduced")
    make_vat(db, "-1", label="Abroad", mention="Article 283-2")
    reader = login(make_user(db, roles={"auditor"}))

    listed = reader.get("/vat-rates/?sort=label&fmt=json").json["rows"]
    rows = csv_of(reader, "?sort=label", name="vat-rates")
    cells = xlsx_of(reader, "?sort=label", name="vat-rates")

    said = [(row["value"], row["mention"]) for row in listed]
    assert said == [("0", "Article 283-2"), ("5.5", "")]
    assert [tuple(row[1:3]) for row in rows[1:]] == said
    assert [row[1].value for row in cells[1:]] == [0, 5.5]
    assert cells[1][1].number_format == 'General" %"'
