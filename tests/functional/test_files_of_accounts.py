"""Files of a contact: of itself, or of one of its accounts; who sees which."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from webtest import Upload

from endi_like.models.history import FieldChange
from tests.attaching import JSON, PDF, PNG, send, send_json
from tests.factories import (
    make_company,
    make_customer,
    make_member,
    make_user,
)
from tests.functional.pages import document_form, token, words


@pytest.fixture
def here(db):
    return make_company(db, name="Here Ltd", code="HERE")


@pytest.fixture
def mine(db, here):
    return make_customer(db, here, name="Scierie Le Gall", number="MINE-1")


@pytest.fixture
def second(db, here, mine):
    """Return another account of the same company, as one has for each division."""
    return make_customer(db, here, mine.entity, number="MINE-2")


@pytest.fixture
def theirs(db, mine):
    there = make_company(db, name="There Ltd", code="THERE")
    return make_customer(db, there, mine.entity, number="THEIRS-1")


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Ada", roles=["manager"], language="en"))


@pytest.fixture
def colleague(db, here, login):
    return login(make_member(db, here, language="en"))


@pytest.fixture
def url(mine):
    return f"/contacts/{mine.entity.id}/"


@pytest.fixture
def filed(manager, url, mine, second, theirs):
    """Attach a file to the contact and to each account; return them by their names."""
    told = send_json(manager, url, ("own.pdf", PDF))["files"]
    for account, name in ((mine, "mine"), (second, "second"), (theirs, "theirs")):
        file = (f"{name}.pdf", PDF)
        told += send_json(manager, url, file, account_id=str(account.id))["files"]
    return {one["name"].removesuffix(".pdf"): one for one in told}


def names(browser, url):
    kept = browser.get(url).html.select("#files-kept li > div > a.rec")
    shown = sorted(one.text.removesuffix(".pdf") for one in kept)
    told = browser.get(url, headers=JSON).json["files"]
    assert {one["name"].removesuffix(".pdf") for one in told} == set(shown)
    return shown


def test_who_sees_a_contact_as_a_whole_says_of_which_account_a_file_is(
    manager, url, mine, theirs
):
    form = next(one for one in manager.get(url).forms.values() if "file" in one.fields)
    options = form["account_id"].options
    assert [label for _value, _chosen, label in options] == [
        "The contact itself",
        "Customer of HERE, MINE-1",
        "Customer of THERE, THEIRS-1",
    ]
    assert form["account_id"].value == ""

    form["account_id"] = str(theirs.id)
    form["file"] = [Upload("terms.pdf", PDF, "application/pdf")]
    page = form.submit(status=303).follow()

    line = page.html.select_one("#files-kept .files > li")
    assert line.select_one(".tag").text == "Customer of THERE, THEIRS-1"
    assert "Ada attached “terms.pdf” (THERE THEIRS-1)" in words(page)


def test_A2_files_are_seen_by_those_of_the_company_of_the_account(
    filed, manager, colleague, db, login, url, mine, second, theirs
):
    assert names(manager, url) == ["mine", "own", "second", "theirs"]
    assert names(colleague, url) == ["mine", "own", "second"]
    assert names(colleague, f"/customers/{mine.id}/") == ["mine"]
    assert names(colleague, f"/customers/{second.id}/") == ["second"]
    other = login(make_member(db, theirs.company, language="en"))
    assert names(other, url) == ["own", "theirs"]
    for name, status in (("own", 200), ("mine", 200), ("theirs", 404)):
        colleague.get(filed[name]["url"], status=status)
    assert "theirs" not in colleague.get(f"{url}files/", headers=JSON).text


def test_a_program_is_told_of_which_account_a_file_is(filed, manager, url, mine):
    assert filed["own"]["account_id"] is None
    assert filed["mine"]["account_id"] == mine.id
    told = manager.get(f"{url}files/", headers=JSON).json["files"]
    assert {one["name"]: one for one in told}["mine.pdf"] == filed["mine"]
    data = manager.get(f"{url}personal-data.json").json["files"]
    accounts = {one["name"]: one["account"] for one in data}
    assert accounts["own.pdf"] == ""
    assert accounts["mine.pdf"] == "HERE MINE-1"


def test_the_same_name_at_two_accounts_is_two_files(filed, manager, url, second):
    (again,) = send_json(
        manager, url, ("mine.pdf", PDF + b"2"), account_id=str(second.id)
    )["files"]
    assert (again["version"], again["account_id"]) == (1, second.id)
    assert names(manager, url).count("mine") == 2
    (next_one,) = send_json(manager, f"/customers/{second.id}/", ("mine.pdf", PDF))[
        "files"
    ]
    assert (next_one["version"], next_one["account_id"]) == (2, second.id)
    assert names(manager, url).count("mine") == 2


def test_what_is_removed_on_the_page_of_the_contact_is_told_at_the_account(
    filed, manager, colleague, url, theirs, mine, db
):
    for name, account in (("mine", mine), ("theirs", theirs)):
        page = manager.get(url)
        moves = {one.action: one for one in page.forms.values()}
        base = filed[name]["url"].rpartition("/")[0]
        page = moves[f"{base}/remove"].submit(status=303).follow()
        assert "Removed by Ada" in words(page)
        said = FieldChange.before == f"{name}.pdf"
        change = db.scalars(select(FieldChange).where(said)).one()
        assert (change.company_id, change.row) == (account.company_id, account.called)
    told = words(colleague.get(f"/customers/{mine.id}/"))
    assert "Ada removed the file “mine.pdf” (HERE MINE-1)" in told
    assert "theirs.pdf" not in told


@pytest.mark.parametrize("wrong", ["0", "x", "99999999999", "another"])
def test_a_file_of_an_account_that_is_none_of_the_contact_is_refused(
    manager, url, db, here, wrong
):
    if wrong == "another":
        wrong = str(make_customer(db, here, name="Somebody else").id)
    found = send_json(manager, url, ("a.png", PNG), account_id=wrong, status=422)
    assert found["reasons"] == ["This account is none of this contact."]
    page = send(manager, url, ("a.png", PNG), account_id=wrong).follow()
    assert "This account is none of this contact." in page.text
    assert names(manager, url) == []


def test_on_the_page_of_an_account_no_other_can_be_said(
    colleague, manager, mine, theirs
):
    page = f"/customers/{mine.id}/"
    assert 'name="account_id"' not in colleague.get(page).text
    other = str(theirs.id)
    send_json(colleague, page, ("a.png", PNG), account_id=other, status=422)
    (told,) = send_json(colleague, page, ("a.png", PNG))["files"]
    assert told["account_id"] == mine.id


def test_an_account_that_files_are_of_stays_and_another_of_the_company_goes(
    manager, url, db, mine, second
):
    send_json(manager, url, ("a.pdf", PDF), account_id=str(second.id))

    def without(account):
        left = [
            row
            for row in manager.get(url, headers=JSON).json["accounts"]
            if row["id"] != account.id
        ]
        page = manager.get(f"{url}edit")
        sent = {
            "accounts": left,
            "version": document_form(page)["version"].value,
        }
        headers = {**JSON, "X-CSRF-Token": token(manager)}
        return manager.post_json(f"{url}edit", sent, headers=headers, status="*")

    refused = without(second)
    assert refused.status_int == 422
    assert "kept of the account “MINE-2”" in refused.json["errors"]["accounts"][0]
    assert without(mine).status_int == 200
