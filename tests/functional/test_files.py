"""Files of a record: attached, fetched, given versions, removed and put back."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from endi_like.models.files import StoredFile
from endi_like.models.history import FieldChange
from endi_like.services.files.attachments import MOST_FILES
from tests.attaching import JSON, PDF, PNG, SOUND, send, send_json
from tests.factories import (
    NOW,
    make_invoice,
    make_user,
)
from tests.functional.kinds import KEPT_TOGETHER, address_of
from tests.functional.pages import post, words

PLAN = ("Plan d’atelier.pdf", PDF)


@pytest.fixture
def invoice(db, customer):
    return make_invoice(db, customer)


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


@pytest.fixture(params=KEPT_TOGETHER)
def record(request):
    """The address of a record that has files."""
    return address_of(request.getfixturevalue(KEPT_TOGETHER[request.param]))


def url(invoice):
    return f"/invoices/{invoice.id}/"


def listed(browser, record):
    """Return the names of the files that a page shows, without removed ones."""
    kept = browser.get(record).html.select_one("#files-kept > .files")
    return [one.text for one in kept.select("li > div > a.rec")] if kept else []


def test_a_file_is_attached_listed_and_fetched(record, member):
    page = send(member, record, PLAN, description="As agreed").follow()

    assert "The file is attached." in page.text
    assert listed(member, record) == ["Plan d’atelier.pdf"]
    line = page.html.select_one("#files-kept .files > li")
    assert "Claire Delmas" in line.text
    assert "As agreed" in line.text
    found = member.get(line.find("a")["href"])
    assert (found.body, found.content_type) == (PDF, "application/pdf")
    assert found.content_length == len(PDF)
    assert "Plan d’atelier.pdf" in unquote(found.headers["Content-Disposition"])


def test_several_files_are_attached_at_once(record, member):
    page = send(member, record, PLAN, ("a.png", PNG)).follow()

    assert "2 files are attached." in page.text
    assert sorted(listed(member, record)) == ["Plan d’atelier.pdf", "a.png"]


def test_a_file_of_each_kind_comes_back_as_it_was(invoice, member):
    for name, data in SOUND.items():
        (told,) = send_json(member, url(invoice), (name, data))["files"]
        assert member.get(told["url"]).body == data


def test_if_one_of_several_is_refused_none_is_attached(record, member, db, app):
    page = send(member, record, PLAN, ("b.pdf", PNG), ("c.exe", b"MZ")).follow()

    assert "should end in .png" in page.text
    assert "c.exe" in page.text
    assert db.scalars(select(StoredFile)).all() == []
    assert list(app.registry["vault"].everything()) == []


def test_a_form_without_a_file_is_refused(record, member):
    page = post(member, f"{record}files/", {"description": "Nothing"}).follow()

    assert "Please choose a file first." in page.text


def test_the_same_name_again_is_the_next_version_and_the_older_stay(record, member):
    for content in (PDF, PDF + b"2", PDF + b"3"):
        send(member, record, ("plan.pdf", content), description="Draft")

    assert listed(member, record) == ["plan.pdf"]
    line = member.get(record).html.select_one("#files-kept .files > li")
    assert "Version 3" in line.text
    assert "2 earlier versions" in line.text
    links = [one["href"] for one in line.select("a")]
    assert [member.get(link).body for link in links] == [PDF + b"3", PDF + b"2", PDF]


def test_the_same_file_sent_twice_is_attached_once(record, member):
    first = send_json(member, record, PLAN)["files"]

    assert send_json(member, record, PLAN)["files"] == first


def test_the_same_content_under_two_names_is_stored_once(record, member, app):
    send(member, record, PLAN, ("other.pdf", PDF))

    assert len(listed(member, record)) == 2
    assert len(list(app.registry["vault"].everything())) == 1


def test_a_removed_file_is_off_the_list_and_can_be_put_back(record, member):
    page = send(member, record, PLAN).follow()
    link = page.html.select_one("#files-kept a.rec")["href"]

    page = button_of(page, "remove").follow()

    assert listed(member, record) == []
    assert "Removed by Claire Delmas" in words(page)
    assert member.get(link).body == PDF
    page = button_of(page, "restore").follow()
    assert listed(member, record) == ["Plan d’atelier.pdf"]
    assert "The file is back." in page.text


def button_of(page, name):
    form = next(one for one in page.forms.values() if one.action.endswith(f"/{name}"))
    return form.submit(status=303)


def test_when_the_last_version_is_removed_the_one_before_stands_there(record, member):
    send(member, record, ("plan.pdf", PDF))
    page = send(member, record, ("plan.pdf", PDF + b"2")).follow()

    button_of(page, "remove")

    link = member.get(record).html.select_one("#files-kept a.rec")["href"]
    assert member.get(link).body == PDF
    (told,) = send_json(member, record, ("plan.pdf", PDF + b"3"))["files"]
    assert told["version"] == 3


def test_to_remove_twice_is_said_to_be_done(record, member):
    page = send(member, record, PLAN).follow()
    button_of(page, "remove")

    form = next(one for one in page.forms.values() if one.action.endswith("/remove"))

    assert "It is removed already." in form.submit(status=409).text


def test_everything_is_in_the_history(record, member, db):
    page = send(member, record, PLAN).follow()
    send(member, record, (PLAN[0], PDF + b"2"))
    page = button_of(member.get(record), "remove").follow()
    page = button_of(page, "restore").follow()

    said = words(page)
    for sentence in (
        "Claire Delmas attached “Plan d’atelier.pdf”",
        "Claire Delmas attached version 2 of “Plan d’atelier.pdf”",
        "Claire Delmas removed the file “Plan d’atelier.pdf”",
        "Claire Delmas put the file “Plan d’atelier.pdf” back",
    ):
        assert sentence in said
    mine = FieldChange.what == StoredFile.__tablename__
    kept = db.scalars(select(FieldChange).where(mine).order_by(FieldChange.id)).all()
    assert [one.field for one in kept] == ["1", "2", "2", "2"]


def test_to_attach_is_no_change_of_the_record(record, member):
    before = member.get(record, headers=JSON).json["version"]

    send(member, record, PLAN)

    assert member.get(record, headers=JSON).json["version"] == before


def test_programs_are_told_the_files_of_a_record(record, member):
    sent = send_json(member, record, PLAN)["files"]

    assert member.get(record, headers=JSON).json["files"] == sent
    assert member.get(f"{record}files/", headers=JSON).json["files"] == sent
    (told,) = sent
    assert told["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert told["uploaded_by"] == "Claire Delmas"
    assert told["created_at"] == NOW.isoformat()
    assert (told["version"], told["size"]) == (1, len(PDF))


def test_programs_are_told_why_a_file_is_refused(record, member):
    found = send_json(member, record, ("a.pdf", PNG), status=422)

    assert "should end in .png" in found["reasons"][0]


def test_a_program_removes_and_restores_a_file(record, member):
    (told,) = send_json(member, record, PLAN)["files"]
    base = told["url"].rpartition("/")[0]

    for move, removed in (("remove", True), ("restore", False)):
        member.post_json(f"{base}/{move}", {}, headers=with_token(member))
        (told,) = member.get(record, headers=JSON).json["files"]
        assert bool(told["removed_at"]) is removed


def with_token(browser):
    found = browser.get("/account").html.find("input", attrs={"name": "csrf_token"})
    return {**JSON, "X-CSRF-Token": str(found["value"])}


def test_who_looks_at_the_list_of_files_is_led_to_the_record(record, member):
    assert member.get(f"{record}files/").location.endswith(f"{record}#files")


@pytest.mark.parametrize("name", ["files/999999/plan.pdf", "files/x/plan.pdf"])
def test_a_file_that_is_not_there_is_404(record, name, member):
    member.get(record + name, status=404)


def test_a_file_is_found_under_its_own_name_and_no_other(record, member):
    (told,) = send_json(member, record, PLAN)["files"]

    member.get(told["url"].rpartition("/")[0] + "/other.pdf", status=404)


def test_the_official_printout_cannot_be_removed(db, customer, manager):
    invoice = make_invoice(db, customer, status="valid")
    manager.get(f"{url(invoice)}print.pdf")
    kept = db.scalars(select(StoredFile)).one()

    values = {"version": "1"}
    post(manager, f"{url(invoice)}files/{kept.id}/remove", values, status=404)

    assert listed(manager, url(invoice)) == [kept.name]


def test_what_is_in_the_bin_keeps_its_files_and_gets_no_more(invoice, member):
    (told,) = send_json(member, url(invoice), PLAN)["files"]
    version = member.get(url(invoice), headers=JSON).json["version"]
    post(member, f"{url(invoice)}delete", {"version": version})

    assert member.get(told["url"]).body == PDF
    send(member, url(invoice), ("more.pdf", PDF), status=403)
    post(member, told["url"].rpartition("/")[0] + "/remove", {}, status=403)


def test_I4_a_record_has_so_many_files_and_no_more(invoice, member, db, monkeypatch):
    monkeypatch.setattr("endi_like.services.files.attachments.MOST_FILES", 2)
    send(member, url(invoice), PLAN)

    page = send(member, url(invoice), ("a.png", PNG), ("b.pdf", PDF)).follow()

    assert "A record has at most 2 files." in page.text
    assert len(db.scalars(select(StoredFile)).all()) == 1
    assert MOST_FILES > 100
