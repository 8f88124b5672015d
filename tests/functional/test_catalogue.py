"""The catalogue of a company: products, work items, groups of lines, categories."""

from decimal import Decimal

import pytest

from endi_like.models.catalogue import CatalogueItem, Category
from endi_like.models.history import FieldChange
from endi_like.money import MAX_AMOUNT
from endi_like.services import catalogue
from endi_like.services.refusals import WrongValues
from tests.factories import (
    NOW,
    make_category,
    make_company,
    make_item,
    make_member,
    make_membership,
    make_user,
    make_vat,
    move,
)
from tests.functional.pages import button, offered, post, press, save, words


def only(db):
    """Return the only thing of all catalogues there is."""
    return db.query(CatalogueItem).one()


def new(db, **values):
    """Return what is sent to put a product into the catalogue."""
    return {
        "kind": "product",
        "name": "Oak board",
        "reference": "OAK-1",
        "category_id": "",
        "description": "Dried for two years",
        "mode": "ht",
        "cost": "12.50",
        "unit": "m",
        "vat_id": make_vat(db).id,
        "product": "706",
        "supplier_cost": "",
        "overhead": "0",
        "margin": "0",
        "contribution": "0",
        "insurance": "0",
        "parts": [],
        "action": "save",
        **values,
    }


def line(**values):
    """Return what is sent of a part of something."""
    return {
        "id": "",
        "part_id": "",
        "description": "",
        "quantity": "1",
        "unit": "",
        "cost": "",
        "supplier_cost": "",
        "vat_id": "",
        "product": "",
        **values,
    }


def test_a_product_is_put_into_the_catalogue_changed_and_found(db, member, company):
    page = post(member, "/catalogue/add", new(db)).follow()
    assert "12.50 EUR before tax" in words(page)
    assert "Dried for two years" in words(page)
    page = save(page.click("Edit", index=0), cost="13", name="Oak plank").follow()
    assert only(db).cost == 13
    changed = db.query(FieldChange).filter_by(field="cost").one()
    assert (changed.before, changed.after) == ("12.5", "13")
    for typed in ("oak", "oak-1", "plank oak"):
        assert "Oak plank" in words(member.get("/catalogue/", {"q": typed}))
    assert "Nothing matches" in words(member.get("/catalogue/", {"q": "beech"}))


def test_the_price_of_a_product_follows_from_what_it_costs(db, member):
    sent = new(
        db,
        mode="supplier",
        supplier_cost="100",
        overhead="10",
        margin="20",
        contribution="12",
        insurance="1",
    )
    page = post(member, "/catalogue/add", sent).follow()
    # 100 × 1.10 / 0.80 / 0.88 / 0.99
    assert only(db).cost == Decimal("157.82828")
    assert "157.82828 EUR" in words(page)
    assert "Margin" in words(page)


def test_a_work_item_costs_what_its_parts_do_and_follows_them(db, member, company):
    board = make_item(db, company, cost=Decimal("10.005"), unit="m")
    lines = [
        line(part_id=board.id, quantity="3"),
        line(description="Work", cost="40", quantity="1.5", unit="h"),
        line(description="Screws", supplier_cost="5"),
        line(),
    ]
    sent = new(db, kind="work", name="Floor", unit="m²", margin="50", parts=lines)
    page = post(member, "/catalogue/add", sent).follow()
    floor = db.query(CatalogueItem).filter_by(kind="work").one()
    # 30.015 + 60 + 5 / 0.5, rounded once
    assert floor.cost == Decimal("100.02")
    assert len(floor.parts) == 3
    assert "Part Screws" not in words(page)
    version = floor.version
    save(member.get(f"/catalogue/{board.id}/edit"), cost="20")
    db.refresh(floor)
    assert floor.cost == Decimal("130.00")
    assert floor.version == version + 1
    group = make_item(
        db, company, kind="group", parts=[{"part": floor, "quantity": Decimal(2)}]
    )
    assert group.cost == 260
    save(member.get(f"/catalogue/{board.id}/edit"), cost="10")
    db.refresh(group)
    assert group.cost == 200, "groups follow the work items that follow"


def test_what_has_parts_follows_the_value_of_their_rates(db, login, company):
    rate, other = (make_vat(db, "10", label=label) for label in ("Ten", "Still ten"))

    def of(*parts, **columns):
        values = {"kind": "work" if columns.get("vat") else "group", "vat": None}
        lines = [{"quantity": Decimal(2), **one} for one in parts]
        return make_item(db, company, parts=lines, **values | columns)

    board = make_item(db, company, vat=rate, mode="ttc", cost=Decimal(132))
    nail = make_item(db, company, vat=other)
    plain = of({"part": board}, vat=other)
    own = of({"part": nail}, vat=rate, mode="ttc")
    both = of({"part": plain}, {"part": own}, mode="ttc")
    line = of({"part": nail, "vat": rate}, mode="ttc")
    items = (board, plain, own, both, line)
    assert [one.cost for one in items] == [132, 240, 22, 572, 22]
    form = login(make_user(db, roles={"admin"})).get(f"/vat-rates/{rate.id}/edit")
    save(form, value="20")
    for one in items:
        db.refresh(one)
    assert [one.cost for one in items] == [132, 220, 24, 532, 24]


def test_no_rate_makes_a_price_larger_than_can_be_written(db, login, company):
    rate = make_vat(db, "0", label="None")
    dear = make_item(db, company, vat=rate, cost=MAX_AMOUNT)
    make_item(db, company, vat=rate, mode="ttc", parts=[{"part": dear, "quantity": 1}])
    form = login(make_user(db, roles={"admin"})).get(f"/vat-rates/{rate.id}/edit")
    page = save(form, kind="charged", value="1", status=422)
    assert "larger than can be written" in page.html.select_one("#value-error").text


def test_parts_with_tax_and_without_are_of_one_kind(db, member, company):
    with_tax = make_item(db, company, mode="ttc", cost=Decimal(12))
    other_rate = make_item(db, company, cost=Decimal(10), vat=make_vat(db, "10"))
    lines = [line(part_id=one.id) for one in (with_tax, other_rate)]
    post(member, "/catalogue/add", new(db, kind="work", parts=lines))
    work = db.query(CatalogueItem).filter_by(kind="work").one()
    assert work.cost == 20
    save(member.get(f"/catalogue/{work.id}/edit"), mode="ttc")
    db.refresh(work)
    assert work.cost == 24, "at the rate of the work item"


BAD = {
    "vat_id": ({"vat_id": ""}, "Choose the VAT rate."),
    "supplier_cost": ({"mode": "supplier"}, "Please fill this in."),
    "mode": ({"kind": "work", "mode": "supplier"}, "Its price follows from its parts"),
    "parts": ({"kind": "work"}, "Say at least one part."),
    "free": (
        {"kind": "group", "parts": [line(description="Free", cost="1")]},
        "Choose the VAT rate of each line that is free.",
    ),
    "wordless": (
        {"kind": "work", "parts": [line(cost="1")]},
        "Describe it, or choose something of the catalogue.",
    ),
    "two prices": (
        {"kind": "work", "parts": [line(description="x", cost="1", supplier_cost="1")]},
        "Give a price or what it costs, not both.",
    ),
    "margin": ({"margin": "100"}, "is too large: 99.99 is the most"),
    "kind": ({"kind": "dream"}, "cannot be chosen here"),
    "name": ({"name": ""}, "Please fill this in."),
    "large": (
        {
            "mode": "supplier",
            "supplier_cost": "99999999999",
            "margin": "99.99",
            "contribution": "99.99",
        },
        "The price would be larger than can be written.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_in_a_catalogue_is_refused_with_a_sentence(db, member, case):
    values, sentence = BAD[case]
    page = post(member, "/catalogue/add", new(db, **values), status=422)
    assert sentence in words(page)
    assert db.query(CatalogueItem).count() == 0


def test_nothing_is_taken_from_the_catalogue_of_another_company(db, member, company):
    theirs = make_item(db)
    category = make_category(db)
    for values in (
        {"category_id": category.id},
        {"kind": "work", "parts": [line(part_id=theirs.id)]},
    ):
        page = post(member, "/catalogue/add", new(db, **values), status=422)
        assert "cannot be chosen here" in words(page)


def test_of_what_is_seen_only_that_of_the_company_is_taken(db, company):
    item = CatalogueItem(company_id=company.id)
    theirs = make_item(db)
    data = {**catalogue.values(make_item(db, company)), "category_id": None}
    parts = [{**catalogue.read(theirs, ()), "id": None, **empty_line(theirs)}]
    with pytest.raises(WrongValues, match="another company"):
        catalogue.write(db, item, {**data, "kind": "work", "parts": parts})
    elsewhere = {**data, "category_id": make_category(db).id}
    with pytest.raises(WrongValues, match="another company"):
        catalogue.write(db, item, elsewhere)


def empty_line(part):
    """Return the values of a line that says nothing of its own."""
    values = dict.fromkeys(catalogue.LINE)
    texts = dict.fromkeys(("description", "unit", "product"), "")
    return {**values, **texts, "part_id": part.id, "quantity": Decimal(1)}


def test_a_work_item_is_no_part_of_another(db, company):
    board = make_item(db, company)
    work = make_item(db, company, parts=[{"part": board}])
    data = {**catalogue.values(work), "parts": [{"id": None, **empty_line(work)}]}
    with pytest.raises(WrongValues, match="cannot be a part"):
        catalogue.write(db, work, data)


def test_a_work_item_is_offered_products_only(db, member, company):
    board = make_item(db, company, name="Oak board")
    floor = make_item(
        db, company, kind="work", name="Oak floor", parts=[{"part": board}]
    )
    group = make_item(
        db, company, kind="group", name="Oak house", parts=[{"part": board}]
    )

    def parts_of(item):
        page = member.get(f"/catalogue/{item.id}/edit")
        return page.html.find("select", attrs={"name": "part_id"}).get_text(" ")

    assert board.title in parts_of(floor)
    assert floor.title not in parts_of(floor)
    assert floor.title in parts_of(group)


def test_what_is_archived_is_no_part_of_anything_new(db, company):
    board = make_item(db, company)
    work = make_item(db, company, parts=[{"part": board}])
    move(db, board, "archive")
    catalogue.write(db, work, catalogue.values(work))
    data = {**catalogue.values(work), "parts": [{"id": None, **empty_line(board)}]}
    catalogue.write(db, work, data)
    with pytest.raises(WrongValues, match="archived"):
        catalogue.write(db, CatalogueItem(company_id=company.id), data)


def test_what_is_a_part_is_archived_not_deleted(db, member, company):
    board = make_item(db, company)
    work = make_item(db, company, parts=[{"part": board}])
    page = member.get(f"/catalogue/{board.id}/")
    assert "It is a part of 1 work item or group: archive it instead." in words(page)
    assert not page.html.select("form[action$='/delete']")
    sent = {"version": board.version, "action": ""}
    answer = post(member, f"/catalogue/{board.id}/delete", sent)
    assert "archive it instead" in words(answer.follow())
    page = press(page, "archive").follow()
    assert offered(page) == ["unarchive"]
    assert "It is archived: take it out of the archive first." in words(page)
    member.get(f"/catalogue/{board.id}/edit", status=403)
    page = button(member.get(f"/catalogue/{work.id}/"), "delete").follow()
    assert "In the bin" in page.text or "bin" in words(page)
    page = button(page, "restore").follow()
    assert offered(page) == ["archive"]


def test_categories_are_made_renamed_and_go_once_empty(db, member, company):
    page = post(member, "/categories/add", {"label": "Wood", "action": "save"})
    wood = db.query(Category).one()
    page = save(page.follow().click("Rename"), label="Timber").follow()
    assert "Nothing of the catalogue is in it yet." in words(page)
    item = make_item(db, company, category=wood)
    page = member.get(f"/categories/{wood.id}/")
    assert "1 thing of the catalogue is in it." in words(page)
    assert item.name in words(page.click("1 thing"))
    assert item.name in words(member.get("/catalogue/", {"q": "timb"}))
    sent = {"version": wood.version}
    refused = post(member, f"/categories/{wood.id}/delete", sent)
    assert "The category holds 1 thing" in words(refused.follow())
    item.category = None
    db.flush()
    button(member.get(f"/categories/{wood.id}/"), "delete")
    assert db.query(Category).count() == 0


def test_no_two_categories_of_a_company_are_called_alike(db, member, company):
    make_category(db, company, label="Wood")
    make_category(db, label="Metal")
    sent = {"label": "Wood", "action": "save"}
    page = post(member, "/categories/add", sent, status=422)
    assert "Another category is called so already." in words(page)
    post(member, "/categories/add", {**sent, "label": "Metal"})


def test_of_which_company_it_is_is_chosen_where_there_are_several(db, login):
    user = make_user(db)
    here, there = (make_company(db) for _ in range(2))
    for one in (here, there):
        make_membership(db, user, one)
    browser = login(user)
    post(browser, "/catalogue/add", new(db, company_id=there.id))
    assert only(db).company_id == there.id
    post(browser, "/categories/add", {"company_id": here.id, "label": "x"})
    assert db.query(Category).one().company_id == here.id


def test_what_the_fields_of_a_form_find(db, member, company):
    oak = make_item(db, company, name="Oak", category=make_category(db, company))
    floor = make_item(db, company, name="Oak floor", parts=[{"part": oak}])
    make_item(db, company, name="Oak old", offer_status="archived")
    make_item(db, company, name="Oak gone", deleted_at=NOW)
    make_item(db, name="Oak theirs")
    find = "/catalogue/find?q=oak"
    found = member.get(f"{find}&open=1").json
    assert [one["id"] for one in found] == [oak.id, floor.id]
    assert found[0]["hint"] == oak.category.label
    assert len(member.get(find).json) == 3
    assert len(member.get(f"{find}&open=1&kinds=work").json) == 1
    assert len(member.get(f"{find}&open=1&company=99999").json) == 0
    assert len(member.get("/categories/find?q=cat").json) == 1


def test_the_catalogue_as_programs_read_it(db, member, company):
    board = make_item(db, company)
    work = make_item(db, company, parts=[{"part": board, "quantity": Decimal(2)}])
    answer = member.get(f"/catalogue/{work.id}/?fmt=json").json
    assert (answer["cost"], answer["kind"]) == ("20.00000", "work")
    assert answer["parts"][0]["part_id"] == board.id
    assert answer["states"] == {"offer_status": "offered"}
    assert member.get("/catalogue/?fmt=json").json["total"] == 2
    category = make_category(db, company)
    answer = member.get(f"/categories/{category.id}/?fmt=json").json
    assert answer["label"] == category.label


def test_somebody_who_was_slower_is_told(db, member, company):
    item = make_item(db, company)
    page = member.get(f"/catalogue/{item.id}/edit")
    save(member.get(f"/catalogue/{item.id}/edit"), name="First")
    answer = save(page, name="Second", status=409)
    assert "First" in answer.text
    assert only(db).name == "First"
    category = make_category(db, company)
    make_member(db, company)
    sent = {"version": category.version + 1}
    post(member, f"/categories/{category.id}/delete", sent, status=409)
