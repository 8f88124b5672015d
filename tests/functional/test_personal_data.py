"""Personal data: taken along as JSON and PDF, and forgotten for good."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from endi_like.models.contacts import EntityLink
from tests.factories import make_entity, make_member, make_user
from tests.functional.pages import save, token, words
from tests.kept import PERSONAL, somebody

PAGES = ("anonymise", "personal-data.json", "personal-data.pdf")


@pytest.fixture
def known(db):
    return somebody(db)


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles=["manager"], language="en"))


def url(known, name=""):
    return f"/contacts/{known.entity.id}/{name}"


def test_all_that_is_kept_is_taken_along(manager, known):
    answer = manager.get(url(known, "personal-data.json"))
    assert answer.content_disposition.startswith("attachment")
    told = answer.json
    assert told["contact"][0]["birth_date"] == "1971-02-03"
    assert told["employments"][0]["social_security_number"] == PERSONAL
    assert [one["text"] for one in told["memos"]] == [f"Call {PERSONAL}"]
    assert [one["name"] for one in told["files"]] == [f"{PERSONAL}.txt"]
    assert told["belongs_to"][0]["organisation"] == "Verger SARL"
    issued = next(one for one in told["documents"] if one["number"])
    assert (issued["number"], issued["ttc"]) == (
        known.issued.official_number,
        str(known.issued.ttc),
    )
    assert len(told["mails"]) == 2
    assert any(one["after"] == f"next to {PERSONAL}" for one in told["history"])


def test_the_same_on_paper(manager, known):
    answer = manager.get(url(known, "personal-data.pdf"))
    pages = PdfReader(BytesIO(answer.body)).pages
    said = " ".join(page.extract_text() for page in pages)
    assert known.issued.official_number in said
    assert f"1 rue {PERSONAL}" in said
    assert "03/02/1971" in said


def test_what_goes_and_stays_is_said_before_and_the_code_confirms(manager, db, known):
    page = manager.get(url(known, "anonymise"))
    said = words(page)
    assert "This cannot be undone" in said
    assert "3 telephone numbers, mailboxes or sites" in said
    assert "1 issued document keeps the name and the address" in said
    assert "until 31 December 2036" in said
    assert "L123-22" in said
    assert "Hedge" in said

    again = save(page, "anonymise", status=422, control_code="wrong")
    assert "This is not the control code" in words(again)
    done = save(page, "anonymise", control_code=known.entity.control_code).follow()
    assert f"Anonym {known.entity.id:06}" in words(done)
    assert "forgotten" in words(done)
    assert PERSONAL not in done.text
    db.expire_all()
    assert manager.get(f"/invoices/{known.issued.id}/print").text.count(PERSONAL)


def test_who_is_forgotten_is_changed_by_nobody_any_more(manager, known):
    page = manager.get(url(known, "anonymise"))
    save(page, "anonymise", control_code=known.entity.control_code)
    manager.get(url(known, "edit"), status=403)
    manager.get(f"/customers/{known.account.id}/edit", status=403)
    assert "was anonymised on" in words(manager.get(url(known, "anonymise")))
    assert PERSONAL not in str(
        manager.get(url(known, "personal-data.json")).json["contact"]
    )


def test_a_program_forgets_as_well(manager, known):
    head = {"Accept": "application/json"}
    version = known.entity.version
    sent = {"version": version, "control_code": known.entity.control_code}
    head["X-CSRF-Token"] = token(manager)
    answer = manager.post_json(url(known, "anonymise"), sent, headers=head)
    assert answer.json["said"] == "The contact is anonymised."


MAY = (
    # role, on an open contact, on a confidential one
    ("manager", 200, 404),
    ("social_worker", 403, 200),
    ("accountant", 403, 404),
    ("auditor", 403, 404),
    ("admin", 404, 404),
)


@pytest.mark.parametrize(("role", "on_open", "on_confidential"), MAY)
def test_who_may(db, login, role, on_open, on_confidential):
    browser = login(make_user(db, roles=[role]))
    for hidden, status in ((False, on_open), (True, on_confidential)):
        entity = make_entity(db, kind="person", confidential=hidden)
        for name in PAGES:
            browser.get(f"/contacts/{entity.id}/{name}", status=status)


def test_a_member_may_not(db, login, known):
    browser = login(make_member(db, known.account.company))
    for name in PAGES:
        browser.get(url(known, name), status=403)


def test_a_confidential_household_is_told_to_nobody_else(manager, db, known):
    home = make_entity(db, "Hidden Home", kind="household", confidential=True)
    home.people = [EntityLink(person=known.entity)]
    db.flush()
    told = manager.get(url(known, "personal-data.json"))
    assert "Hidden Home" not in told.text
