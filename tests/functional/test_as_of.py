"""A contact as it was on a day: on its page and as JSON, for who sees the history."""

import pytest

from endi_like.services.contacts.copies import index
from tests.factories import NOW, make_customer, make_entity, make_member, make_user
from tests.functional.pages import words


@pytest.fixture
def entity(db, clock):
    found = make_entity(db, "Old SARL")
    clock.advance(days=10)
    found.legal_name = "New SARL"
    found.addresses[0].line_one = "9 rue Neuve"
    index(found)
    db.flush()
    return found


DAY = NOW.date().isoformat()


def test_the_page_asks_for_a_day_and_shows_it(db, login, entity):
    browser = login(make_user(db, roles=["auditor"], language="en"))
    form = browser.get(f"/contacts/{entity.id}/").forms
    asking = next(one for one in form.values() if "as_of" in one.fields)
    asking["as_of"] = DAY
    page = asking.submit()
    said = words(page)
    assert "Name and addresses as they were on" in said
    assert "Old SARL" in said
    assert "3 place Saint-Michel" in said
    assert "9 rue Neuve" not in said


def test_the_same_as_json(db, login, entity):
    browser = login(make_user(db, roles=["manager"]))
    head = {"Accept": "application/json"}
    told = browser.get(f"/contacts/{entity.id}/?as_of={DAY}", headers=head).json
    assert (told["name"], told["as_of"]) == ("Old SARL", DAY)
    assert [one["line_one"] for one in told["addresses"]] == ["3 place Saint-Michel"]


@pytest.mark.parametrize("day", ["", "x", "2025-02-30", "0"])
def test_what_is_no_day_leads_to_the_contact_as_it_is(db, login, entity, day):
    browser = login(make_user(db, roles=["manager"], language="en"))
    answer = browser.get(f"/contacts/{entity.id}/?as_of={day}", status=303)
    assert answer.location == f"http://localhost/contacts/{entity.id}/"


MAY = (
    ("manager", 200, 404),
    ("accountant", 200, 404),
    ("auditor", 200, 404),
    ("social_worker", 200, 200),
    ("admin", 404, 404),
)


@pytest.mark.parametrize(("role", "on_open", "on_confidential"), MAY)
def test_who_may(db, login, role, on_open, on_confidential):
    browser = login(make_user(db, roles=[role]))
    for hidden, status in ((False, on_open), (True, on_confidential)):
        found = make_entity(db, confidential=hidden)
        browser.get(f"/contacts/{found.id}/?as_of={DAY}", status=status)


def test_a_member_sees_no_history(db, login, company):
    found = make_customer(db, company).entity
    browser = login(make_member(db, company))
    browser.get(f"/contacts/{found.id}/?as_of={DAY}", status=403)
