"""Customers: entered, found again, changed, and what one sees of them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from endi_like.models.contacts import CreditAccount, Entity
from endi_like.services.contacts import customers as contacts
from endi_like.text import shadow
from tests.factories import (
    TODAY,
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_membership,
    make_user,
    move,
    pay,
)
from tests.functional.pages import document_form, save, words

HOSTILE = "<script>alert('é & ü')</script>"
TYPED = {
    "name": "Élan & Fils",
    "city": "Saint-Brieuc",
    "postal_code": "22000",
    "vat_number": "fr 40 303 265 045",
}


@pytest.fixture
def company(db):
    return make_company(db, name="Atelier du Vent", country="BE")


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company, language="en"))


def fill(page, status=303, **typed):
    return save(page, status=status, **typed)


def add(browser, status=303, **typed):
    return fill(browser.get("/customers/add"), status, **TYPED | typed)


def only(db, model):
    return db.scalars(select(model)).one()


def count(db):
    return db.scalar(select(func.count()).select_from(CreditAccount))


def test_a_member_enters_a_customer_of_their_company(member, db, company):
    answer = add(member, kind="person", number="C12", country="Belgique")

    account, entity = only(db, CreditAccount), only(db, Entity)
    assert answer.location == f"http://localhost/customers/{account.id}/"
    assert (account.company_id, account.class_, account.number) == (
        company.id,
        "customer",
        "C12",
    )
    assert account.name == entity.name == "Élan & Fils"
    assert account.search_key == " elan fils c12 saint brieuc 22000"
    assert (entity.kind, entity.country, entity.vat_number) == (
        "person",
        "BE",
        "FR40303265045",
    )
    assert "Élan &amp; Fils" in answer.follow().text


def test_the_form_opens_with_the_country_of_the_company(member):
    form = document_form(member.get("/customers/add"))

    assert form["country"].value == "Belgium"
    assert "company_id" not in form.fields


def test_what_is_wrong_is_said_beside_what_was_typed(member, db):
    page = add(member, 422, name="", email="nobody", country="Atlantis", vat_number="1")

    form = document_form(page)
    assert form["email"].value == "nobody"
    assert form["country"].value == "Atlantis"
    assert form["city"].value == "Saint-Brieuc"
    assert page.html.select_one("#name-error").text.strip() == "Please fill this in."
    assert "“nobody” is not an e-mail address." in page.text
    assert "“Atlantis” is no country we know" in page.text
    assert "“1” is not a VAT number" in page.text
    assert count(db) == 0


def test_who_works_for_several_companies_chooses_one(db, company, login):
    user = make_member(db, company)
    other = make_company(db)
    make_membership(db, user, other)
    foreign = make_company(db)
    browser = login(user)

    form = document_form(browser.get("/customers/add"))
    assert [value for value, *_rest in form["company_id"].options] == [
        "",
        str(company.id),
        str(other.id),
    ]
    answer = add(browser, 422)
    assert "Please fill this in." in answer.text
    add(browser, company_id=str(other.id))
    assert only(db, CreditAccount).company_id == other.id
    form["company_id"].force_value(str(foreign.id))
    assert "cannot be chosen here" in form.submit(status=422).text


def test_a_manager_may_add_for_any_company_in_use(db, company, login):
    make_company(db, active=False)
    browser = login(make_user(db, roles=["manager"]))

    add(browser)

    assert only(db, CreditAccount).company_id == company.id


@pytest.mark.parametrize(
    ("name", "vat_number"),
    [("ELAN et fils", "FR 40.303.265-045"), ("élan - FILS", ""), ("Élan & Fils", "")],
)
def test_a_second_entry_of_the_same_customer_has_to_be_meant(
    name, vat_number, member, db
):
    first = add(member).location

    page = add(member, 422, name=name, vat_number=vat_number, city="Rennes")

    assert f'href="{first.removeprefix("http://localhost")}"' in page.text
    assert "There is a customer of that name or VAT number already" in page.text
    assert document_form(page)["city"].value == "Rennes"
    assert count(db) == 1
    fill(page, another=True)
    assert count(db) == 2


def test_a_namesake_in_another_company_is_not_even_mentioned(member, db):
    make_customer(db, name="Élan & Fils", vat_number="FR40303265045")

    add(member)

    assert count(db) == 2


def test_no_two_customers_are_alike_for_sharing_a_word_or_having_no_vat(member, db):
    add(member, vat_number="")
    add(member, name="Élan", vat_number="")
    add(member, name="Fils & Élan", vat_number="")

    assert count(db) == 3


def test_a_changed_customer_keeps_what_was_in_its_timeline(member, db, company):
    account = make_customer(db, company, name="Old Name", language="nl")
    page = member.get(f"/customers/{account.id}/edit")

    fill(page, name="New Name", number="N1", active=False).follow()

    page = member.get(f"/customers/{account.id}/")
    shown = page.html.select_one(".timeline").text
    assert "Old Name" in shown
    assert "New Name" in shown
    assert "No longer in use" in page.text
    assert (account.name, account.number, account.active) == (
        "New Name",
        "N1",
        False,
    )
    assert account.entity.language == "nl"


def test_the_history_of_another_company_s_account_stays_theirs(db, company, login):
    mine = make_customer(db, company)
    theirs = make_customer(db, make_company(db), mine.entity)
    boss = login(make_user(db, roles=["manager"]))
    save(boss.get(f"/customers/{theirs.id}/edit"), number="SECRET-1", city="Nantes")
    save(boss.get(f"/customers/{mine.id}/edit"), number="OPEN-1", active=False)

    page = login(make_member(db, company)).get(f"/customers/{mine.id}/")

    shown = words(page)
    assert "SECRET-1" not in shown
    assert "OPEN-1" in shown
    assert "Nantes" in shown
    assert "yes no" in shown


def test_a_second_editor_is_told_who_was_faster(member, db, company, login):
    account = make_customer(db, company, name="Before")
    colleague = login(make_member(db, company, name="Claire"))
    mine = member.get(f"/customers/{account.id}/edit")
    fill(colleague.get(f"/customers/{account.id}/edit"), number="7")

    page = fill(mine, 409, number="8")

    assert "Claire changed this document" in page.text
    assert document_form(page)["number"].value == "8"
    assert account.number == "7"
    fill(page)
    assert account.number == "8"


def test_drafts_follow_a_new_name_and_what_is_validated_stays(member, db, company):
    account = make_customer(db, company, name="Ancienne Maison")
    draft = make_invoice(db, account)
    valid = make_invoice(db, account, status="valid")
    version, old_key = draft.version, valid.search_key

    fill(member.get(f"/customers/{account.id}/edit"), name="Nouvelle Maison")

    assert " nouvelle maison" in draft.search_key
    assert draft.version == version
    assert valid.search_key == old_key
    listed = member.get("/invoices/?q=nouvelle").text
    assert f"/invoices/{draft.id}/" in listed
    assert f"/invoices/{valid.id}/" not in listed


def test_the_accounts_of_other_companies_follow_a_new_name(member, db, company):
    account = make_customer(db, company, name="Ancienne Maison")
    other = make_customer(db, entity=account.entity)
    draft = make_invoice(db, other)
    version = account.entity.version

    fill(member.get(f"/customers/{account.id}/edit"), name="Nouvelle Maison")

    assert other.name == "Nouvelle Maison"
    assert " nouvelle maison" in other.search_key
    assert " nouvelle maison" in draft.search_key
    assert account.entity.version == version + 1


def test_a_draft_that_is_validated_meanwhile_stays_as_it_is(db, company, monkeypatch):
    account = make_customer(db, company, name="Ancienne Maison")
    draft = make_invoice(db, account)
    key = draft.search_key

    def validate_first(*texts):
        move(db, draft, "submit")
        move(db, draft, "validate")
        return shadow(*texts)

    monkeypatch.setattr(contacts, "shadow", validate_first)
    contacts.rename_drafts(db, account)

    db.refresh(draft)
    assert draft.validation_status == "valid"
    assert draft.search_key == shadow(draft.official_number, key)


def test_the_page_says_what_is_still_to_be_paid(member, db, company):
    account = make_customer(db, company)
    paid = make_invoice(db, account, lines=["100"], status="valid")
    pay(db, paid)
    make_invoice(db, account, lines=["1000"], status="valid", date=TODAY)
    make_invoice(db, account, lines=["5000"])
    elsewhere = make_invoice(db, status="valid")

    page = member.get(f"/customers/{account.id}/")

    counters = [one.text for one in page.html.select(".counters b")]
    assert counters == ["3", "1,200.00", "0.00"]
    rows = page.html.select("section[aria-labelledby=last] tbody tr")
    awaited = [row.select("td")[-1].text.strip() for row in rows]
    assert sorted(awaited) == ["", "", "1,200.00"], "of drafts and settled nothing is"
    assert f"/invoices/{elsewhere.id}/" not in page.text
    assert f"/invoices/?customer={account.id}" in page.text


def test_what_is_late_is_said(member, db, company):
    account = make_customer(db, company)
    earlier = TODAY - timedelta(days=31)
    make_invoice(db, account, lines=["1000"], status="valid", date=earlier)

    page = member.get(f"/customers/{account.id}/")

    assert [one.text for one in page.html.select(".counters b")][1:] == [
        "1,200.00",
        "1,200.00",
    ]


def test_many_invoices_are_not_all_shown(member, db, company):
    account = make_customer(db, company)
    for _number in range(12):
        make_invoice(db, account)

    page = member.get(f"/customers/{account.id}/")

    assert len(page.html.select("section[aria-labelledby=last] tbody tr")) == 10
    assert "See all 12" in page.text


def test_the_page_has_its_neighbours_in_the_list_one_comes_from(member, db, company):
    first, second, third = (make_customer(db, company, name=n) for n in "ABC")

    page = member.get(f"/customers/{second.id}/?from=sort%3D-name")

    ways = [one["href"] for one in page.html.select(".neigh a")]
    assert ways[0].startswith(f"/customers/{third.id}/")
    assert ways[1].startswith(f"/customers/{first.id}/")


def test_hostile_text_is_shown_as_text(member):
    page = add(member, name=HOSTILE, city=HOSTILE, contact_name=HOSTILE).follow()

    for shown in (page, member.get("/customers/"), add(member, 422, name=HOSTILE)):
        assert "<script>alert" not in shown.text
        assert "&lt;script&gt;alert" in shown.text


def test_A3_a_customer_of_another_company_does_not_exist(member, db):
    account = make_customer(db)

    for path in ("", "edit"):
        member.get(f"/customers/{account.id}/{path}", status=404)


def test_who_may_only_read_changes_nothing(db, company, login):
    account = make_customer(db, company, name="Untouched")
    for role in ("auditor", "accountant"):
        browser = login(make_user(db, roles=[role]))
        page = browser.get(f"/customers/{account.id}/")
        assert f"/customers/{account.id}/edit" not in page.text
        token = page.html.select_one("[name=csrf_token]")["value"]
        for path in ("/customers/add", f"/customers/{account.id}/edit"):
            browser.get(path, status=403)
            sent = {"csrf_token": token, "name": "Changed", "version": "1"}
            browser.post(path, sent, status=403)
    assert account.entity.name == "Untouched"


def test_a_member_of_no_company_in_use_is_told_so(db, login):
    browser = login(make_member(db, make_company(db, active=False)))

    page = browser.get("/customers/add", status=403)

    assert "None of your companies is in use any more." in page.text


def test_a_program_reads_and_writes_customers(member, db, company):
    accept = {"Accept": "application/json"}
    token = member.get("/customers/add").html.select_one("[name=csrf_token]")["value"]
    sent = {**TYPED, "kind": "company", "country": "FR", "language": "fr"}
    headers = {**accept, "X-CSRF-Token": token}

    made = member.post_json("/customers/add", sent, headers=headers, status=201)
    url = made.json["url"]
    found = member.get(url, headers=accept).json
    assert (found["name"], found["company_id"]) == ("Élan & Fils", company.id)
    assert (found["invoices"], Decimal(found["to_pay"])) == (0, 0)
    again = member.post_json("/customers/add", sent, headers=headers, status=422)
    assert list(again.json["errors"]) == ["another"]
    changed = {**sent, "name": "Elsewhere", "active": True, "version": found["version"]}
    member.post_json(f"{url}edit", changed, headers=headers)
    assert only(db, CreditAccount).name == "Elsewhere"
