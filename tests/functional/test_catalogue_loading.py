"""What documents load of the catalogue, and what of them is kept there."""

from decimal import Decimal

import pytest

from endi_like.models.catalogue import CatalogueItem
from endi_like.models.sales import Invoice
from endi_like.services.loading import loaded
from endi_like.workflow.errors import Refused
from tests.factories import (
    make_company,
    make_invoice,
    make_item,
    make_membership,
    make_user,
    make_vat,
    move,
)
from tests.functional.pages import document_form, save, words

PRICES = """
product  document  rate  cost      | loaded
ht       ht        20    10        | 10
ttc      ttc       20    12        | 12
ht       ttc       20    10        | 12
ttc      ht        20    12        | 10
ttc      ht        19.6  100.25    | 83.82103
ht       ttc       19.6  83.82103  | 100.24995
ttc      ht        -1    5         | 5
supplier ttc       20    7.5       | 9
"""


@pytest.mark.parametrize("row", PRICES.strip().splitlines()[1:])
def test_a_price_is_converted_to_the_mode_of_the_document(db, row):
    said, expected = row.split("|")
    mode, wanted, rate, cost = said.split()
    item = make_item(
        db,
        mode=mode,
        cost=Decimal(cost),
        supplier_cost=Decimal(cost) if mode == "supplier" else None,
        vat=make_vat(db, rate),
    )
    (line,) = loaded(db, item, wanted).lines
    assert line["cost"] == Decimal(expected.strip())


def group_of(db, company):
    """Return a group of a board, a work item of it, and of free work."""
    board = make_item(db, company, name="Board", cost=Decimal(10), unit="m")
    floor = make_item(
        db, company, name="Floor", parts=[{"part": board, "quantity": Decimal(3)}]
    )
    free = {
        "description": "Work",
        "cost": Decimal("40.5"),
        "vat": make_vat(db, "10"),
        "unit": "h",
    }
    parts = [{"part": board, "quantity": Decimal(2)}, {"part": floor}, free]
    return make_item(
        db,
        company,
        kind="group",
        name="Parquet",
        description="As agreed",
        parts=parts,
    )


def test_a_group_is_loaded_with_its_lines(db):
    found = loaded(db, group_of(db, make_company(db)), "ht")
    assert (found.is_group, found.title) == (True, "Parquet")
    names = ("description", "cost", "quantity", "unit")
    assert [tuple(one[name] for name in names) for one in found.lines] == [
        ("Board", 10, 2, "m"),
        ("Floor", 30, 1, ""),
        ("Work", Decimal("40.5"), 1, "h"),
    ]


def test_what_is_not_offered_is_not_loaded(db):
    item = make_item(db)
    move(db, item, "archive")
    with pytest.raises(Refused, match="not offered"):
        loaded(db, item, "ht")
    rate = make_vat(db, "7", label="7 % of before")
    old = make_item(db, vat=rate)
    rate.active = False
    db.flush()
    with pytest.raises(Refused, match="VAT rate"):
        loaded(db, old, "ht")


def load(page, item, status=200, **typed):
    """Press the button that loads something, where there is no script."""
    form = document_form(page)
    for name, value in typed.items():
        form[name] = value
    form["load"].force_value(str(item.id) if item else "")
    values = [one.value_if_submitted() for one in form.fields["action"]]
    return form.submit("action", index=values.index("load"), status=status)


def test_lines_and_groups_are_added_and_nothing_typed_is_lost(db, member, customer):
    company = customer.company
    board = make_item(db, company, name="Board", cost=Decimal("10.5"), unit="m")
    group = group_of(db, company)
    page = load(member.get("/invoices/add"), board, name="Roof")
    assert document_form(page)["name"].value == "Roof"
    page = load(page, board)
    page = load(page, group)
    form = document_form(page)
    costs = [one.value for one in form.fields["cost"]]
    assert costs == ["10.50", "10.50", "10.00", "30.00", "40.50"]
    assert [one.value for one in form.fields["title"]] == ["", "Parquet"]
    assert "111.50" in words(page), "21 + 20 + 30 + 40.5"
    assert db.query(Invoice).count() == 0
    form["account_id"].force_value(str(customer.id))
    values = [one.value_if_submitted() for one in form.fields["action"]]
    form.submit("action", index=values.index("save"), status=303)
    invoice = db.query(Invoice).one()
    assert invoice.ht == Decimal("111.50")
    board.cost = Decimal(99)
    db.flush()
    db.expire_all()
    assert invoice.lines[0].cost == Decimal("10.5"), "a copy follows nothing"
    page = load(member.get(f"/invoices/{invoice.id}/edit"), board, mode="ttc")
    costs = [one.value for one in document_form(page).fields["cost"]]
    assert costs[-1] == "118.80"


def test_nothing_is_loaded_of_elsewhere(db, member, customer):
    for item in (make_item(db), None):
        page = load(member.get("/invoices/add"), item, name="Roof")
        assert "Choose something of the catalogue first." in words(page)
        assert document_form(page)["name"].value == "Roof"
    item = make_item(db)
    member.get(f"/catalogue/{item.id}/lines", status=404)


def test_an_invoice_takes_nothing_of_another_company(db, login, customer):
    item, user = make_item(db), make_user(db)
    for company in (customer.company, item.company):
        make_membership(db, user, company)
    browser, invoice = login(user), make_invoice(db, customer)
    page = load(browser.get(f"/invoices/{invoice.id}/edit"), item)
    assert "Choose something of the catalogue first." in words(page)
    form = browser.get("/invoices/add")
    assert 'data-along="company company_id"' in form.text


def test_the_lines_as_the_form_asks_for_them(db, member, company):
    item = make_item(db, company, name="Board", description="Oak", cost=Decimal("1.5"))
    answer = member.get(f"/catalogue/{item.id}/lines?mode=ttc").json
    (line,) = answer.pop("lines")
    assert answer == {"is_group": False, "id": "", "title": "", "description": ""}
    assert (line["description"], line["cost"]) == ("Board\nOak", "1.80")
    move(db, item, "archive")
    answer = member.get(f"/catalogue/{item.id}/lines").json
    assert answer == {"refused": f"“{item.title}” is not offered any more."}


def test_a_group_of_a_document_is_kept_in_the_catalogue(db, member, customer):
    invoice = make_invoice(db, customer, mode="ttc")
    group = invoice.groups[0]
    group.title, group.description = "Roof", "In autumn"
    db.flush()
    page = member.get(f"/invoices/{invoice.id}/")
    page = page.click("Save this group into the catalogue")
    save(page, name="Roof of tiles")
    item = db.query(CatalogueItem).one()
    assert (item.kind, item.name, item.mode) == ("group", "Roof of tiles", "ttc")
    assert [one.cost for one in item.parts] == [one.cost for one in group.lines]
    assert item.company_id == customer.company_id
    db.refresh(invoice)
    assert loaded(db, item, "ttc").lines[0]["description"] == (
        invoice.lines[0].description
    )


def test_only_a_group_one_sees_is_kept(db, member, customer):
    theirs = make_invoice(db)
    for key in (theirs.groups[0].id, 99999, "x", ""):
        page = member.get(f"/catalogue/add?group={key}")
        assert document_form(page)["name"].value == ""
