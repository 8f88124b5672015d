"""Contacts: entered and changed whole, on one page."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from endi_like.models.contacts import Address, CreditAccount, Entity
from tests.factories import (
    make_company,
    make_customer,
    make_entity,
    make_invoice,
    make_user,
    make_vat,
)
from tests.functional.pages import document_form, post, save, token, words

HOSTILE = "<script>alert('é & ü')</script>"
LISTS = (
    "other_names",
    "addresses",
    "elements",
    "accounts",
    "bank_accounts",
    "people",
    "employments",
)


@pytest.fixture
def company(db):
    return make_company(db, name="Atelier du Vent", code="VENT")


@pytest.fixture
def manager(db, company, login):
    return login(make_user(db, roles=["manager"], name="Benoît", language="en"))


def whole(**values):
    """Return what a form sends: a company of which only the name is known."""
    usual = {"kind": "company", "legal_name": "Élan & Fils", "country": "FR"}
    return {"language": "fr", **usual, **{name: [] for name in LISTS}, **values}


def only(db):
    return db.scalars(select(Entity)).one()


def error(page, anchor):
    return page.html.select_one(f"#{anchor}-error").text.strip()


def test_a_name_is_all_that_is_asked(manager, db):
    page = manager.get("/contacts/add")

    assert document_form(page).fields["country"][0].value == "France"
    answer = save(page, legal_name="Élan & Fils")

    entity = only(db)
    assert answer.location == f"http://localhost/contacts/{entity.id}/"
    found = (entity.name, entity.kind, entity.country, entity.control_code)
    assert found == ("Élan & Fils", "company", "FR", "E-000001")
    assert (entity.addresses, entity.elements, entity.accounts) == ([], [], [])


def test_without_a_name_nothing_is_saved(manager, db):
    page = save(manager.get("/contacts/add"), value_0="+33 1", status=422)

    assert error(page, "legal_name") == "Please give a name."
    assert "+33 1" in page.text
    assert db.scalar(select(func.count(Entity.id))) == 0


def person_with_everything(company, others, vat):
    boss, colleague = others
    return whole(
        kind="person",
        legal_name="",
        salutation="Ms",
        first_name="Nolwenn",
        middle_name="M.",
        last_name="Le Gall",
        birth_date="1939-03-14",
        stage="Lead",
        vat_number="fr 40.303.265 045",
        other_names=[{"kind": "former", "name": "Morvan"}],
        accounts=[
            {
                "key": "new-1",
                "class": "customer",
                "company_id": company.id,
                "number": "C 1",
                "credit_limit": "1500",
                "active": "true",
                "taxes": [],
                "primary_contact_id": colleague.id,
            },
            {
                "key": "new-2",
                "class": "vendor",
                "company_id": company.id,
                "number": "C 1",
                "discount": "2",
                "active": "true",
                "taxes": [],
            },
        ],
        addresses=[
            {"class": "billing", "line_one": "1 rue", "city": "Rennes"},
            {"class": "shipping", "city": "Brest", "account": "new-2"},
        ],
        elements=[
            {"kind": "phone", "value": "\u202a+33\u00a06 11\u202c"},
            {"kind": "email", "value": "not an address", "account": "new-1"},
        ],
        bank_accounts=[{"iban": "fr76 3000 6000 0112 3456 7890 189", "bic": ""}],
        employments=[
            {"start_date": "2019-04-01", "end_date": "2020-01-31", "number": "7"},
            {"start_date": "2022-04-01", "manager_id": boss.id, "is_manager": "true"},
        ],
    )


def test_a_person_with_everything_is_entered_and_changed(manager, db, company):
    others = [make_entity(db, name="The Boss"), make_entity(db, name="The Friend")]
    vat = make_vat(db)

    post(manager, "/contacts/add", person_with_everything(company, others, vat))

    found = db.scalars(select(Entity).order_by(Entity.id.desc())).first()
    assert (found.name, found.birth_date) == ("Nolwenn M. Le Gall", date(1939, 3, 14))
    assert (found.vat_number, found.stage) == ("FR40303265045", "Lead")
    assert [one.class_ for one in found.accounts] == ["customer", "vendor"]
    customer, vendor = found.accounts
    assert customer.credit_limit == Decimal(1500)
    assert customer.primary_contact.name == "The Friend"
    assert [one.account_id for one in found.addresses] == [None, vendor.id]
    assert [one.country for one in found.addresses] == ["FR", "FR"]
    assert [one.account_id for one in found.elements] == [None, customer.id]
    assert found.elements[0].value == "+33\u00a06 11"
    assert (found.city, found.phone) == ("Rennes", "+33\u00a06 11")
    assert found.bank_accounts[0].iban == "FR7630006000011234567890189"
    assert [one.number for one in found.employments] == ["7", ""]
    assert found.employments[1].manager.name == "The Boss"
    ids = [one.id for one in (*found.addresses, *found.accounts, *found.employments)]

    page = manager.get(f"/contacts/{found.id}/edit")
    save(page, last_name="Le Goff", city_1="Quimper", number_0="C 2").follow()

    db.refresh(found)
    assert ids == [
        one.id for one in (*found.addresses, *found.accounts, *found.employments)
    ]
    assert (found.name, found.addresses[1].city) == ("Nolwenn M. Le Goff", "Quimper")
    shown = words(manager.get(f"/contacts/{found.id}/"))
    for text in ("Customer of VENT, C 2", "Vendor of VENT, C 1", "01/04/2022"):
        assert text in shown
    assert "This does not look like an e-mail address." in shown
    assert "City of “" in shown


def test_what_does_not_fit_the_kind_is_kept_while_one_types(manager, db):
    sent = whole(kind="person", legal_name="Nobody", birth_date="never", sic_code="7")

    page = post(manager, "/contacts/add", sent, status=422)

    form = document_form(page)
    assert form["legal_name"].value == "Nobody"
    assert error(page, "birth_date").startswith("“never” is not a date")
    sent |= {"kind": "company"}
    post(manager, "/contacts/add", sent)
    assert (only(db).legal_name, only(db).birth_date) == ("Nobody", None)


def test_a_trading_name_is_kept_only_where_it_differs(manager, db):
    post(manager, "/contacts/add", whole(trading_name="Élan & Fils"))

    assert only(db).trading_name == ""
    save(manager.get(f"/contacts/{only(db).id}/edit"), trading_name="L’Élan")
    assert (only(db).name, only(db).legal_name) == ("L’Élan", "Élan & Fils")


def test_no_two_have_the_same_control_code_whatever_the_case(manager, db):
    post(manager, "/contacts/add", whole(control_code="Ab-1"))

    page = post(manager, "/contacts/add", whole(control_code="aB-1"), status=422)

    said = "Another contact has the control code “aB-1” already."
    assert error(page, "control_code") == said
    save(manager.get(f"/contacts/{only(db).id}/edit"), control_code="AB-1")
    assert only(db).control_code == "AB-1"


@pytest.mark.parametrize(
    ("accounts", "places"),
    [([("customer", "7"), ("vendor", "7")], []), ([("customer", "c 1")], [0])],
)
def test_an_account_number_is_taken_within_company_and_class(
    accounts, places, manager, db, company
):
    make_customer(db, company, number="C1")
    rows = [
        {"class": kind, "company_id": company.id, "number": number, "taxes": []}
        for kind, number in accounts
    ]

    page = post(
        manager,
        "/contacts/add",
        whole(accounts=rows),
        status=422 if places else 303,
    )

    for place in places:
        said = "Another account of this company has this number already."
        assert error(page, f"accounts-{place}-number") == said


def test_the_same_number_twice_in_one_form_is_said_at_the_second(manager, company):
    row = {"class": "vendor", "company_id": company.id, "number": "7", "taxes": []}

    page = post(manager, "/contacts/add", whole(accounts=[row, row]), status=422)

    assert error(page, "accounts-1-number")
    assert not page.html.select_one("#accounts-0-number-error")


@pytest.mark.parametrize(
    ("name", "row", "anchor", "sentence"),
    [
        (
            "addresses",
            {"city": "x", "active_from": "2026-01-02", "active_to": "2026-01-01"},
            "active_to",
            "It ends before it starts.",
        ),
        ("addresses", {"city": "x", "country": "Atlantis"}, "country", "“Atlantis”"),
        ("addresses", {"city": "x", "account": "gone"}, "account", "not there any"),
        ("elements", {"value": "", "label": "Home"}, "value", "Please fill this in."),
        ("people", {"function": "Cook"}, "person_id", "Please fill this in."),
        ("bank_accounts", {"bic": "X"}, "iban", "Please fill this in."),
    ],
)
def test_what_is_wrong_in_a_row_is_said_beside_it(
    name, row, anchor, sentence, manager, db
):
    page = post(manager, "/contacts/add", whole(**{name: [{}, row]}), status=422)

    assert sentence in error(page, f"{name}-1-{anchor}")
    assert db.scalar(select(func.count(Entity.id))) == 0


def test_a_form_says_how_many_addresses_are_possible(manager):
    page = manager.get("/contacts/add")
    assert page.html.select_one("[data-rows=addresses]")["data-most"] == "500"


def cities(count):
    return [{"city": f"City {number}"} for number in range(count)]


def by_form(manager, path, rows, status, **sent):
    """Send a form as its page does: each row has all fields, empty or not."""
    fields = dict.fromkeys(("line_one", "line_two", "state", "country", "account"), "")
    rows = [{**fields, **row} for row in rows]
    return post(manager, path, {**whole(addresses=rows), **sent}, status=status)


def by_program(manager, path, rows, status, **sent):
    headers = {"Accept": "application/json", "X-CSRF-Token": token(manager)}
    values = {"legal_name": "Élan & Fils", "addresses": rows, **sent}
    return manager.post_json(path, values, headers=headers, status=status)


@pytest.mark.parametrize(("send", "status"), [(by_form, 303), (by_program, 201)])
def test_five_hundred_addresses_are_saved_and_changed(manager, db, send, status):
    send(manager, "/contacts/add", cities(500), status)
    entity = only(db)
    assert len(entity.addresses) == 500

    kept = [{"id": one.id, "city": one.city} for one in entity.addresses[:499]]
    sent = [*kept, {"city": "Another"}]
    path, version = f"/contacts/{entity.id}/edit", entity.version
    by_program(manager, path, sent, 200, version=version)

    db.expire_all()
    assert [one.city for one in entity.addresses] == [one["city"] for one in sent]


@pytest.mark.parametrize(
    ("send", "count", "status", "sentence"),
    [
        (by_form, 501, 422, "At most 500 are possible here, there are 501."),
        (by_form, 5000, 413, "The form has too many fields."),
        (by_program, 501, 422, "At most 500 are possible here, there are 501."),
        (by_program, 5000, 422, "At most 500 are possible here, there are 5000."),
    ],
)
def test_more_are_refused_in_words_and_nothing_is_half_saved(
    manager, db, send, count, status, sentence
):
    entity = make_entity(db, "Verger SARL")
    before = entity.version, [one.city for one in entity.addresses]
    edit = f"/contacts/{entity.id}/edit"

    for path, sent in (("/contacts/add", {}), (edit, {"version": entity.version})):
        answer = send(manager, path, cities(count), status, **sent)
        assert sentence in answer.text

    db.expire_all()
    assert only(db).name == "Verger SARL"
    assert (entity.version, [one.city for one in entity.addresses]) == before


def test_hostile_text_is_shown_as_text(manager, db, company):
    account = {"class": "vendor", "company_id": company.id, "number": HOSTILE[:40]}
    rows = {
        "addresses": [{"line_one": HOSTILE, "city": HOSTILE}],
        "elements": [{"kind": "web", "value": "javascript:alert(1)"}],
        "accounts": [{**account, "taxes": [], "description": HOSTILE}],
        "other_names": [{"kind": "short", "name": HOSTILE}],
    }

    page = post(manager, "/contacts/add", whole(legal_name=HOSTILE, **rows)).follow()

    for shown in (page, manager.get(f"/contacts/{only(db).id}/edit")):
        assert "<script>alert" not in shown.text
        assert "&lt;script&gt;alert" in shown.text
        assert 'href="javascript' not in shown.text


def test_a_second_editor_sees_both_values_and_keeps_what_was_typed(manager, db, login):
    post(manager, "/contacts/add", whole(addresses=[{"city": "Rennes"}]))
    path = f"/contacts/{only(db).id}/edit"
    colleague = login(make_user(db, roles=["accountant"], name="Claire"))
    mine = manager.get(path)
    save(colleague.get(path), city="Brest")

    page = save(mine, city="Vannes", status=409)

    assert "Claire changed this document" in page.text
    assert document_form(page)["city"].value == "Vannes"
    assert "Brest" in page.html.select_one(".diff").text
    save(page)
    assert only(db).addresses[0].city == "Vannes"


def test_the_same_form_sent_twice_makes_one_contact(manager, db):
    page = manager.get("/contacts/add")

    for _time in range(2):
        save(page, legal_name="Once")

    assert only(db).name == "Once"


def test_an_account_that_is_used_stays(manager, db, company):
    account = make_customer(db, company, number="C1")
    make_invoice(db, account)
    path = f"/contacts/{account.entity_id}/edit"
    form = document_form(manager.get(path))
    version = form["version"].value

    page = post(manager, path, {**whole(), "version": version}, status=422)

    assert "kept of the account “C1”" in error(page, "accounts")
    assert db.scalar(select(func.count(CreditAccount.id))) == 1


def test_an_unused_account_goes_with_its_addresses(manager, db, company):
    account = make_customer(db, company, number="C1")
    entity = account.entity
    entity.addresses.append(Address(account=account, city="Brest", country="FR"))
    db.flush()
    path = f"/contacts/{entity.id}/edit"
    version = document_form(manager.get(path))["version"].value
    left = [{"city": "Brest", "account": str(account.id)}]

    page = post(
        manager, path, {**whole(addresses=left), "version": version}, status=422
    )
    assert "not there any more" in error(page, "addresses-0-account")

    post(manager, path, {**whole(), "version": version})
    assert db.scalar(select(func.count(CreditAccount.id))) == 0


def test_class_and_company_of_an_account_are_for_good(manager, db, company):
    account = make_customer(db, company, number="C1")
    other = make_company(db)
    path = f"/contacts/{account.entity_id}/edit"
    version = document_form(manager.get(path))["version"].value
    row = {"id": account.id, "class": "customer", "company_id": other.id, "taxes": []}

    page = post(
        manager, path, {**whole(accounts=[row]), "version": version}, status=422
    )

    assert "cannot be changed" in error(page, "accounts")


def test_a_form_that_lost_a_list_on_its_way_is_refused(manager, db):
    sent = whole()
    del sent["addresses"]

    post(manager, "/contacts/add", sent, status=400)

    assert db.scalar(select(func.count(Entity.id))) == 0
