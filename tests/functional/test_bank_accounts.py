"""Bank accounts of contacts, which a second person approves where that is wanted."""

import pytest
from sqlalchemy import select

from endi_like.models.contacts import Entity, EntityBankAccount
from endi_like.models.history import FieldChange
from endi_like.models.notifications import Notification
from endi_like.services.contacts.approving import counts
from endi_like.services.organisation import founded
from tests.factories import make_entity, make_user
from tests.functional.pages import button, save, token, words

IBAN, OTHER = "FR76 3000 6000 0112 3456 7890 189", "DE89 3704 0044 0532 0130 00"
AWAITS = "awaits the approval of a second person"


@pytest.fixture
def wanted(db):
    founded(db).approve_bank_accounts = True
    db.flush()


@pytest.fixture
def people(db):
    return {
        "one": make_user(db, roles=["manager"], language="en", name="Paul One"),
        "two": make_user(db, roles=["accountant"], language="en", name="Zoé Two"),
        "auditor": make_user(db, roles=["auditor"], language="en"),
        "social": make_user(db, roles=["social_worker"], language="en"),
        "admin": make_user(db, roles=["admin"], language="en"),
    }


@pytest.fixture
def entity(db):
    found = make_entity(db, "Verger SARL")
    found.bank_accounts = [EntityBankAccount(iban=OTHER)]
    db.flush()
    return found


def enter(browser, entity, iban, status=303):
    page = browser.get(f"/contacts/{entity.id}/edit")
    return save(page, iban_0=iban, status=status)


def stored(db):
    db.expire_all()
    return db.scalars(select(EntityBankAccount)).one()


def test_a_second_person_agrees_and_it_counts(db, login, wanted, people, entity):
    one, two = login(people["one"]), login(people["two"])
    page = enter(one, entity, IBAN).follow()
    assert AWAITS in words(page)
    assert "approve" not in {
        form.action.rpartition("/")[2] for form in page.forms.values()
    }
    assert not counts(db, stored(db))

    done = button(two.get(f"/contacts/{entity.id}/"), "approve").follow()
    assert "approved by Zoé Two on" in words(done)
    assert counts(db, stored(db))
    change = select(FieldChange).where(FieldChange.field == "approved_by_id")
    assert db.scalars(change).one().after == "Zoé Two"


def test_who_entered_it_may_not_agree(db, login, wanted, people, entity):
    one = login(people["one"])
    enter(one, entity, IBAN)
    account = stored(db)
    head = {"Accept": "application/json", "X-CSRF-Token": token(one)}
    sent = {"version": account.entity.version, "bank_account": account.id}
    answer = one.post_json(
        f"/contacts/{entity.id}/approve", sent, headers=head, status=422
    )
    assert "somebody else has to approve it" in answer.text
    assert stored(db).approved_at is None


def test_a_change_needs_another_approval_but_blanks_are_none(
    db, login, wanted, people, entity
):
    one, two = login(people["one"]), login(people["two"])
    enter(one, entity, IBAN)
    button(two.get(f"/contacts/{entity.id}/"), "approve")
    enter(one, entity, IBAN.replace(" ", ""))
    assert stored(db).approved_by_id == people["two"].id
    page = enter(two, entity, OTHER).follow()
    assert AWAITS in words(page)
    button(one.get(f"/contacts/{entity.id}/"), "approve")
    assert stored(db).approved_by_id == people["one"].id


def test_who_approves_has_seen_what_is_stored(db, login, clock, wanted, people, entity):
    one, two = login(people["one"]), login(people["two"])
    enter(one, entity, IBAN)
    seen = two.get(f"/contacts/{entity.id}/")
    clock.advance(minutes=1)
    enter(one, entity, OTHER)
    button(seen, "approve", status=409)
    assert stored(db).approved_at is None


def test_without_the_setting_what_is_entered_counts_at_once_and_later_too(
    db, login, people, entity
):
    page = enter(login(people["one"]), entity, IBAN).follow()
    assert AWAITS not in words(page)
    assert counts(db, stored(db))
    founded(db).approve_bank_accounts = True
    db.flush()
    assert counts(db, stored(db))


TOLD = (
    ("one", False),  # who has entered it
    ("two", True),
    ("auditor", False),
    ("social", False),
    ("admin", False),
)


def test_those_are_told_who_may_approve_until_somebody_has(
    db, login, wanted, people, entity
):
    enter(login(people["one"]), entity, IBAN)
    told = set(db.scalars(of_event(Notification.recipient_id)))
    assert told == {people[name].id for name, is_told in TOLD if is_told}
    button(login(people["two"]).get(f"/contacts/{entity.id}/"), "approve")
    assert None not in db.scalars(of_event(Notification.read_at)).all()


def of_event(column):
    return select(column).where(Notification.event == "bank_account")


def test_of_a_new_contact_too(db, login, wanted, people):
    page = login(people["one"]).get("/contacts/add")
    save(page, legal_name="Jardin SARL")
    entity = db.scalars(select(Entity)).one()
    assert db.scalars(of_event(Notification.id)).all() == []
    entity.bank_accounts = [EntityBankAccount(iban=OTHER)]
    db.flush()
    page = login(people["two"]).get(f"/contacts/{entity.id}/")
    assert AWAITS in words(page)


MAY = (("auditor", 403), ("social", 403), ("admin", 404))


@pytest.mark.parametrize(("who", "status"), MAY)
def test_others_may_not(db, login, wanted, people, entity, who, status):
    browser = login(people[who])
    sent = {"csrf_token": token(browser), "version": entity.version}
    browser.post(f"/contacts/{entity.id}/approve", sent, status=status)


def test_an_account_of_somebody_else_is_not_found(db, login, wanted, people, entity):
    other = make_entity(db)
    browser = login(people["two"])
    account = entity.bank_accounts[0].id
    sent = {"csrf_token": token(browser), "version": other.version}
    sent["bank_account"] = account
    browser.post(f"/contacts/{other.id}/approve", sent, status=404)


def test_an_administrator_says_whether_it_is_wanted(db, login, people):
    admin = login(people["admin"])
    page = admin.get("/organisation/1/edit")
    save(page, approve_bank_accounts=True)
    assert founded(db).approve_bank_accounts
    assert "Count once a second person approves" in words(admin.get("/organisation/1/"))
