"""Two contacts become one from the browser, and two again; who may, and who not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from endi_like.models.contacts import EntityMerge
from tests.attaching import PDF, send
from tests.factories import (
    make_company,
    make_customer,
    make_entity,
    make_invoice,
    make_member,
    make_user,
)
from tests.functional.pages import token, words


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}, language="en"))


@pytest.fixture
def kept(db):
    return make_entity(db, "Élan & Fils", vat_number="FR1")


@pytest.fixture
def merged(db):
    return make_entity(db, "Elan SARL", vat_number="FR2", sic_code="4711")


def form_to(page, action):
    """Return the form of a page that posts there."""
    forms = set(page.forms.values())
    return next(one for one in forms if one.action.endswith(action))


def test_a_manager_finds_merges_and_takes_back(db, manager, kept, merged):
    customer = make_customer(db, make_company(db), merged, number="C7")
    invoice = make_invoice(db, customer, status="valid")
    printed = manager.get(f"/invoices/{invoice.id}/print").body
    send(manager, f"/contacts/{merged.id}/", ("plan.pdf", PDF))

    page = manager.get(f"/contacts/{kept.id}/").click("Merge")
    search = form_to(page, "/merge")
    search["q"] = "elan sar"
    page = search.submit().click("Elan SARL")
    assert "Customer and vendor accounts" in page.text
    assert "Files 1" in words(page)
    form = form_to(page, "/merge")
    form["pick"] = ["vat_number"]
    page = form.submit().follow()

    assert "is part of this contact now" in page.text
    db.expire_all()
    assert (kept.vat_number, kept.sic_code) == ("FR2", "4711")
    assert [one.number for one in kept.accounts] == ["C7"]
    gone = manager.get(f"/contacts/{merged.id}/")
    assert "has become part of another one" in gone.text
    assert gone.html.select_one(f"a[href$='/contacts/{kept.id}/']").text == kept.name
    assert manager.get(f"/invoices/{invoice.id}/print").body == printed

    page = form_to(page, "/unmerge").submit().follow()
    assert "There are two contacts again" in page.text
    db.expire_all()
    assert (kept.vat_number, kept.sic_code, kept.accounts) == ("FR1", "", [])
    assert [one.number for one in merged.accounts] == ["C7"]
    assert "has become part" not in manager.get(f"/contacts/{merged.id}/").text
    timeline = manager.get(f"/contacts/{kept.id}/").text
    assert "Merged contact" in timeline


def test_pressed_twice_it_is_done_once(db, manager, kept, merged):
    page = manager.get(f"/contacts/{kept.id}/merge", {"with": merged.id})
    form = form_to(page, "/merge")
    form.submit(status=303)
    form.submit(status=409)
    assert len(db.scalars(select(EntityMerge)).all()) == 1


def test_whoever_is_shown_something_else_is_told(db, manager, kept, merged):
    page = manager.get(f"/contacts/{kept.id}/merge", {"with": merged.id})
    merged.stage = "Lead"
    db.flush()
    form_to(page, "/merge").submit(status=409)
    assert db.scalars(select(EntityMerge)).all() == []


def test_what_cannot_be_one_is_said_and_has_no_button(db, manager, kept):
    person = make_entity(db, "Someone", kind="person")
    page = manager.get(f"/contacts/{kept.id}/merge", {"with": person.id})
    assert "A person and a company cannot become one contact." in page.text
    values = {
        "csrf_token": token(manager),
        "with": person.id,
        "version": kept.version,
        "other_version": person.version,
    }
    answer = manager.post(f"/contacts/{kept.id}/merge", values, status="*")
    assert "cannot become one" in answer.follow().text
    assert db.scalars(select(EntityMerge)).all() == []


MAY = """
             open  secret  mixed
manager      303   404     404
accountant   403   404     403
auditor      403   404     403
social       403   303     404
member       403   404     403
nobody       404   404     404
"""


@pytest.mark.parametrize("line", MAY.strip().splitlines()[1:])
def test_who_may_merge_whom(db, login, line):
    who, *expected = line.split()
    company = make_company(db)
    users = {
        "social": lambda: make_user(db, roles={"social_worker"}),
        "member": lambda: make_member(db, company),
        "nobody": lambda: make_user(db),
    }
    user = users.get(who, lambda: make_user(db, roles={who}))()
    pairs = [(False, False), (True, True), (False, True)]
    if who == "social":
        pairs[2] = (True, False)
    browser = login(user)
    answers = []
    for one, other in pairs:
        kept = make_entity(db, confidential=one)
        merged = make_entity(db, confidential=other)
        for entity in (kept, merged):
            make_customer(db, company, entity)
        db.flush()
        values = {
            "csrf_token": token(browser),
            "with": merged.id,
            "version": kept.version,
            "other_version": merged.version,
        }
        answer = browser.post(f"/contacts/{kept.id}/merge", values, status="*")
        answers.append(str(answer.status_int))
    assert answers == expected


def test_nonsense_finds_nobody(manager, kept):
    address = f"/contacts/{kept.id}/merge"
    for wrong in ("0", "-1", "x", "9" * 40, str(10**9)):
        manager.get(address, {"with": wrong}, status=404)
    assert "Nobody is called so" in manager.get(address, {"q": "%_\\('"}).text
