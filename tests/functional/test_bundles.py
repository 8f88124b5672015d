"""Many documents of a list printed into one file, for whoever asks."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.jobs import JOBS, Work, sales
from endi_like.models.files import PRINTOUT, StoredFile
from endi_like.models.jobs import Job
from endi_like.models.people import Membership
from endi_like.services import bundles
from endi_like.services.files import StorageFault
from endi_like.services.files.naming import leftovers, sweep
from endi_like.services.mail.smtp import Mailer
from tests.factories import (
    make_credit_note,
    make_estimation,
    make_invoice,
    make_member,
    make_user,
)
from tests.functional.pages import token, words


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}, language="en"))


@pytest.fixture
def work(app, connection, db, clock):
    """Return a function that does the job of a bundle, as a worker does."""
    settings = app.registry["settings.typed"]

    def look():
        return Session(connection, join_transaction_mode="create_savepoint")

    def do():
        job = db.scalars(select(Job).where(Job.state == "waiting", ASKED)).one()
        done = Work(db, look, settings, clock, Mailer(settings))
        JOBS[job.name].run(done, **json.loads(job.payload))
        db.refresh(job)
        job.state, job.ended_at = "done", clock()
        db.commit()

    return do


ASKED = Job.name == bundles.BUNDLE_JOB


def tick(browser, *documents, what="pdf", where="invoices", status=303, **more):
    """Tick rows of a list and press a button."""
    rows = [("row", f"{one.id}-{one.version}") for one in documents]
    return ask(browser, where, [("format", what), *rows, *more.items()], status)


def ask(browser, where, sent, status=303):
    with_token = [("csrf_token", token(browser)), *sent]
    return browser.post(f"/{where}/bundle", with_token, status=status)


def fetched(browser, answer):
    """Return the file of a bundle that is done."""
    return browser.get(answer.location).click(href="/file$")


def first_words(pdf):
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def names_in(archive):
    return ZipFile(BytesIO(archive)).namelist()


def whole_form(page, what):
    """Press a button of the menu that prints all that the filters find."""
    form = next(one for one in page.forms.values() if "whole" in one.fields)
    values = [one.value_if_submitted() for one in form.fields["format"]]
    return form.submit("format", index=values.index(what))


def three(db, customer):
    """Return three validated invoices, the latest first, as the list has them."""
    made = [
        make_invoice(db, customer, name=name, status="valid", date=date(2026, 10, day))
        for day, name in enumerate(("Floor", "Walls", "Roof"), 1)
    ]
    return made[::-1]


def test_ticked_rows_become_one_pdf_in_the_order_of_the_list(
    db, customer, member, work
):
    roof, _walls, floor = three(db, customer)
    answer = tick(member, roof, floor)
    page = member.get(answer.location)
    assert "The documents are being printed" in words(page)
    assert page.headers["Refresh"] == "2"
    work()

    done = member.get(answer.location)
    assert "All documents are printed." in words(done)
    assert "Refresh" not in done.headers
    file = fetched(member, answer)
    assert file.content_type == "application/pdf"
    assert "attachment" in file.headers["Content-Disposition"]
    found = first_words(file.body)
    assert [
        one.official_number in text
        for one, text in zip((roof, floor), found, strict=True)
    ] == [True, True]


def test_all_that_the_filter_finds_is_printed_with_its_credit_notes(
    db, customer, manager, work
):
    _roof, walls, _floor = three(db, customer)
    make_credit_note(db, walls, status="valid")
    asked = "/invoices/?from=2026-10-02&sort=date"
    page = manager.get(asked)
    assert "at most 500 documents" in words(page)
    answer = whole_form(page, "zip")
    work()

    file = fetched(manager, answer)
    assert file.content_type == "application/zip"
    listed = [row["number"] for row in manager.get(f"{asked}&fmt=json").json["rows"]]
    assert len(listed) == 3
    assert names_in(file.body) == [f"{number}.pdf" for number in listed]


def test_estimations_are_printed_too_and_drafts_with_their_mark(
    db, customer, member, work
):
    draft = make_estimation(db, customer, name="Stairs")
    valid = make_estimation(db, customer, name="Door", status="valid")
    answer = tick(member, draft, valid, what="zip", where="estimations")
    work()

    archive = ZipFile(BytesIO(fetched(member, answer).body))
    assert archive.namelist() == [
        f"draft-{draft.id}.pdf",
        f"{valid.official_number}.pdf",
    ]
    (text,) = first_words(archive.read(archive.namelist()[0]))
    assert "draft" in text.lower() or "brouillon" in text.lower()


def test_what_is_validated_is_the_one_pdf_that_is_kept(db, customer, member, work):
    invoice = make_invoice(db, customer, status="valid")
    answer = tick(member, invoice, what="zip")
    work()

    archive = ZipFile(BytesIO(fetched(member, answer).body))
    (name,) = archive.namelist()
    kept = member.get(f"/invoices/{invoice.id}/print.pdf").body
    assert archive.read(name) == kept
    query = select(StoredFile).where(StoredFile.purpose == PRINTOUT)
    assert db.scalars(query).one().node_id == invoice.id


def test_a_bundle_does_not_exist_for_others(db, company, customer, member, login, work):
    answer = tick(member, make_invoice(db, customer))
    work()
    for other in (make_member(db, company), make_user(db, roles={"admin", "manager"})):
        browser = login(other)
        browser.get(answer.location, status=404)
        browser.get(f"{answer.location}/file", status=404)
    there = answer.location.replace("invoices", "estimations")
    member.get(there, status=404)
    member.get("/invoices/bundle", status=404)
    member.get("/invoices/bundle/x", status=404)
    job = db.scalars(select(Job).where(~ASKED)).first()
    member.get(f"/invoices/bundle/{job.id if job else 99}", status=404)


def test_nothing_is_printed_that_who_asks_may_not_see(db, customer, member, work):
    mine, theirs = make_invoice(db, customer), make_invoice(db)
    answer = tick(member, mine, theirs, what="zip")
    work()

    page = member.get(answer.location)
    assert "1 document was left out" in words(page)
    assert names_in(fetched(member, answer).body) == [f"draft-{mine.id}.pdf"]


def test_rights_are_asked_again_when_it_is_printed(db, author, customer, member, work):
    answer = tick(member, make_invoice(db, customer), make_invoice(db, customer))
    mine = select(Membership).where(Membership.user_id == author.id)
    for one in db.scalars(mine):
        one.company_id = make_invoice(db).company_id
    db.commit()
    work()

    page = member.get(answer.location)
    assert "There was nothing to print." in words(page)
    assert "2 documents were left out" in words(page)
    member.get(f"{answer.location}/file", status=404)


def test_rights_are_asked_for_each_document(
    db, author, customer, member, work, monkeypatch
):
    first, second = make_invoice(db, customer), make_invoice(db, customer)
    printed = sales.printed

    def left_meanwhile(*words):
        page = printed(*words)
        author.active = False
        db.commit()
        return page

    monkeypatch.setattr(sales, "printed", left_meanwhile)
    tick(member, first, second)
    work()

    job = db.scalars(select(Job).where(ASKED)).one()
    outcome = json.loads(job.payload)["outcome"]
    assert (outcome["printed"], outcome["unseen"]) == (1, 1)


def test_rights_are_asked_again_when_it_is_fetched(db, author, customer, member, work):
    answer = tick(member, make_invoice(db, customer), make_invoice(db, customer))
    work()
    fetched(member, answer)
    mine = select(Membership).where(Membership.user_id == author.id)
    for one in db.scalars(mine):
        one.company_id = make_invoice(db).company_id
    db.commit()

    assert "print the documents again" in words(member.get(answer.location))
    member.get(f"{answer.location}/file", status=404)


def test_what_has_vanished_meanwhile_is_left_out(db, customer, member, work):
    gone, stays = make_invoice(db, customer), make_invoice(db, customer)
    answer = tick(member, gone, stays)
    job = db.scalars(select(Job).where(ASKED)).one()
    asked = json.loads(job.payload)
    job.payload = json.dumps({**asked, "ids": [2**31 - 1, stays.id]})
    db.commit()
    work()

    assert "1 document was left out" in words(member.get(answer.location))
    assert len(first_words(fetched(member, answer).body)) == 1


def test_what_is_damaged_is_left_out_and_said(app, db, customer, member, work):
    bad = make_invoice(db, customer, status="valid")
    good = make_invoice(db, customer, status="valid")
    member.get(f"/invoices/{bad.id}/print.pdf")
    kept = db.scalars(select(StoredFile).where(StoredFile.node_id == bad.id)).one()
    app.registry["vault"].delete(kept.sha256)
    answer = tick(member, bad, good, what="zip")
    work()

    assert "what is stored of it may be damaged" in words(member.get(answer.location))
    assert names_in(fetched(member, answer).body) == [f"{good.official_number}.pdf"]


def test_what_cannot_be_printed_is_left_out_and_said(
    db, customer, member, work, monkeypatch
):
    bad, good = make_invoice(db, customer), make_invoice(db, customer)
    page_of = sales.page_of

    def broken(db, vault, identity, task_id):
        return 1 / 0 if task_id == bad.id else page_of(db, vault, identity, task_id)

    monkeypatch.setattr(sales, "page_of", broken)
    answer = tick(member, bad, good, what="zip")
    work()

    assert "1 document was left out" in words(member.get(answer.location))
    assert names_in(fetched(member, answer).body) == [f"draft-{good.id}.pdf"]


def test_when_the_storage_fails_the_whole_is_tried_again(
    db, customer, member, work, monkeypatch
):
    def out_of_order(*_words):
        raise StorageFault("out of order")

    monkeypatch.setattr(sales, "page_of", out_of_order)
    tick(member, make_invoice(db, customer))
    with pytest.raises(StorageFault):
        work()


def test_so_many_wait_for_one_person_and_no_more(db, customer, member, login):
    invoice = make_invoice(db, customer)
    for _time in range(bundles.MOST_OPEN):
        assert "/bundle/" in tick(member, invoice).location
    assert "wait until one of them is there" in tick(member, invoice).follow()
    other = login(make_user(db, roles={"manager"}, language="en"))
    assert "/bundle/" in tick(other, invoice).location


def test_who_asks_again_later_gets_another_file(db, customer, member, work, clock):
    make_invoice(db, customer)
    page, made = member.get("/invoices/"), []
    for later in (0, 30, 90):
        clock.advance(seconds=later)
        made.append(whole_form(page, "pdf").location)
        if later != 30:
            work()
    assert made[0] == made[1] != made[2]
    member.get(f"{made[0]}/file")


def test_the_page_looks_again_by_itself_for_a_while(db, customer, member, clock):
    answer = tick(member, make_invoice(db, customer))
    assert "Refresh" in member.get(answer.location).headers
    clock.advance(minutes=31)
    assert "Refresh" not in member.get(answer.location).headers


def test_where_the_filters_find_nothing_that_is_said(member):
    sent = [("format", "pdf"), ("whole", "true"), ("query", "q=nothing")]
    assert "The filters find nothing" in ask(member, "invoices", sent).follow()


def test_too_many_are_refused(db, customer, member, monkeypatch):
    invoices = three(db, customer)
    monkeypatch.setattr(bundles, "MOST", 2)
    sentence = "documents are printed at once"
    assert sentence in tick(member, *invoices).follow()
    assert sentence in whole_form(member.get("/invoices/"), "pdf").follow()
    assert tick(member, *invoices[:2]).location.rpartition("/")[2].isdecimal()
    assert len(db.scalars(select(Job).where(ASKED)).all()) == 1


def test_who_presses_twice_gets_one_job(db, customer, member):
    invoice = make_invoice(db, customer)
    page = member.get("/invoices/")
    first, second = (whole_form(page, "pdf") for _time in range(2))
    assert first.location == second.location
    assert whole_form(page, "zip").location != first.location
    assert whole_form(member.get("/invoices/"), "pdf").location != first.location
    assert len(db.scalars(select(Job).where(ASKED)).all()) == 3
    assert invoice.id in json.loads(db.scalars(select(Job.payload)).first())["ids"]


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [("format", "exe"), ("row", "1-1")],
        [("format", "pdf"), ("whole", "true"), ("query", "q=" + "x" * 3000)],
        [("format", "pdf"), ("whole", "perhaps")],
        [("format", "pdf\x00")],
        [("format", "pdf"), ("once", "x" * 500), ("row", "1-1")],
    ],
)
def test_what_no_page_of_ours_sends_is_refused(db, customer, member, sent):
    make_invoice(db, customer)
    ask(member, "invoices", sent, status=400)
    assert db.scalars(select(Job).where(ASKED)).all() == []


@pytest.mark.parametrize("row", ["", "x", "-1", "99999999999999", "1e3"])
def test_rows_that_are_none_are_nobodys(member, row):
    answer = ask(member, "invoices", [("format", "pdf"), ("row", row)])
    assert "Tick some rows first." in answer.follow()


def test_nonsense_in_the_filters_is_left_out_as_the_list_does(db, customer, member):
    make_invoice(db, customer)
    query = "sort=;drop&from=yesterday&min=%00&page=x&after=%F0%9F"
    sent = [("format", "pdf"), ("whole", "true"), ("query", query)]
    assert "/invoices/bundle/" in ask(member, "invoices", sent).location


def test_the_file_is_swept_up_after_a_day(app, db, customer, member, work):
    answer = tick(member, make_invoice(db, customer))
    work()
    vault = app.registry["vault"]
    sha256 = json.loads(db.scalars(select(Job.payload).where(ASKED)).one())["outcome"][
        "sha256"
    ]
    since = {one.name: one.since for one in vault.everything()}[sha256]
    assert sha256 not in leftovers(db, vault, since + timedelta(hours=23))
    found = leftovers(db, vault, since + timedelta(hours=25))
    assert sha256 in found
    fetched(member, answer)
    sweep(db, vault, found)
    db.commit()

    assert "has been tidied away" in words(member.get(answer.location))
    member.get(f"{answer.location}/file", status=404)


def test_the_file_is_kept_for_a_day_and_that_is_said(db, customer, member, work):
    answer = tick(member, make_invoice(db, customer))
    work()
    assert "Kept until" in words(member.get(answer.location))
    db.scalars(select(Job).where(ASKED)).one().ended_at -= timedelta(hours=25)
    db.commit()
    assert "has been tidied away" in words(member.get(answer.location))
    member.get(f"{answer.location}/file", status=404)


def test_how_far_it_is_and_that_it_failed_is_told(db, customer, member):
    answer = tick(member, *three(db, customer))
    job = db.scalars(select(Job).where(ASKED)).one()
    bundles.note(db, job.dedupe_key, bundles.Outcome(printed=2))
    db.commit()
    assert "2 of 3 documents" in words(member.get(answer.location))
    job.state = "failed"
    db.commit()
    assert "could not be printed" in words(member.get(answer.location))


def test_what_was_interrupted_is_printed_anew(db, customer, member, work):
    invoices = three(db, customer)
    answer = tick(member, *invoices, what="zip")
    job = db.scalars(select(Job).where(ASKED)).one()
    bundles.note(db, job.dedupe_key, bundles.Outcome(printed=2, unseen=1))
    db.commit()
    work()

    assert "All documents are printed." in words(member.get(answer.location))
    assert len(names_in(fetched(member, answer).body)) == 3


def test_who_validates_nothing_can_tick_rows_and_print(db, customer, login):
    make_invoice(db, customer)
    page = login(make_user(db, roles={"auditor"})).get("/invoices/")
    assert page.html.select("tbody .tick input")
    assert [one["value"] for one in page.html.select(".bulk button")] == ["pdf", "zip"]
    assert "Print" not in words(login(make_user(db, roles={"admin"})).get("/users/"))
