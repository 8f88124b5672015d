"""What people read when something did not happen, and what is kept of it: nothing."""

import logging

import pytest
from pyramid.httpexceptions import HTTPBadRequest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.orm import object_session

from endi_like.models.history import StatusLogEntry
from endi_like.models.node import Node
from endi_like.views import home
from tests.factories import (
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_user,
)

JSON = {"Accept": "application/json"}


@pytest.fixture
def invoice(db, company):
    return make_invoice(db, make_customer(db, company=company))


@pytest.fixture
def member(db, login, company):
    return login(make_member(db, company, name="Mia Member"))


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Max Manager", roles={"manager"}))


def url(invoice, view=""):
    return f"/invoices/{invoice.id}/{view}"


def press(browser, invoice, action, version, status, **kw):
    token = browser.get("/account").forms["language-form"]["csrf_token"].value
    body = {"csrf_token": token, "action": action, "version": str(version)}
    return browser.post(url(invoice, "do"), body, status=status, **kw)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/invoices/999999", "/invoices/x", "/invoices/1/nonsense/x"]
)
def test_what_is_not_there_is_not_found(member, path):
    page = member.get(path, status=404)

    assert "There is nothing here" in page.html.find("h1").text
    assert member.get(path, status=404, headers=JSON).json["reasons"]


def test_what_one_may_not_see_does_not_exist(login, db, invoice):
    stranger = login(make_member(db, make_company(db)))

    hidden = stranger.get(url(invoice), status=404)
    missing = stranger.get("/invoices/999999", status=404)

    assert hidden.html.find("main").text == missing.html.find("main").text
    press(stranger, invoice, "submit", invoice.version, 404)


def test_what_one_may_see_but_not_do_is_forbidden(login, db, invoice):
    auditor = login(make_user(db, roles={"auditor"}))
    auditor.get(url(invoice), status=200)

    page = press(auditor, invoice, "submit", invoice.version, 403)

    assert "not for you" in page.html.find("h1").text
    assert db.scalar(select(func.count()).select_from(StatusLogEntry)) == 0


def test_T3_a_double_click_says_that_it_is_done_already(member, invoice, db):
    version = invoice.version
    press(member, invoice, "submit", version, 303)

    page = press(member, invoice, "submit", version, 409)

    assert page.html.find("h1").text == "It is done already"
    assert "it was not done twice" in page.text
    assert db.scalar(select(func.count()).select_from(StatusLogEntry)) == 1


def test_T4_who_comes_too_late_reads_who_was_faster(member, manager, invoice):
    version = invoice.version
    press(member, invoice, "submit", version, 303)

    page = press(manager, invoice, "submit", version, 409)

    assert "Somebody was faster" in page.html.find("h1").text
    assert "Mia Member" in page.text
    assert "Nothing of what you sent was saved" in page.text


def test_T4_a_program_reads_it_as_json(member, invoice):
    version = invoice.version
    press(member, invoice, "submit", version, 303)
    token = member.get("/account").forms["language-form"]["csrf_token"].value

    answer = member.post_json(
        url(invoice, "do"),
        {"action": "submit", "version": version},
        headers={"X-CSRF-Token": token},
        status=409,
    )

    assert answer.json["last_change"]["who"] == "Mia Member"
    assert answer.json["last_change"]["action"] == "submit"


def test_a_race_that_only_the_database_sees_is_run_again(member, invoice, monkeypatch):
    attempts = []
    original = Node.expect

    def overtaken_once(node, version):
        original(node, version)
        attempts.append(version)
        if len(attempts) == 1:
            object_session(node).execute(
                update(Node).values(version=Node.version + 1),
                execution_options={"synchronize_session": False},
            )

    monkeypatch.setattr(Node, "expect", overtaken_once)

    press(member, invoice, "submit", invoice.version, 303)

    assert len(attempts) == 2
    assert invoice.validation_status == "wait"


def test_a_race_that_is_lost_every_time_is_a_conflict(member, invoice, monkeypatch):
    attempts = []

    def always_overtaken(node, version):
        attempts.append(version)
        raise_unique_violation(node)

    monkeypatch.setattr(Node, "expect", always_overtaken)

    page = press(member, invoice, "submit", invoice.version, 409)

    assert len(attempts) == 4
    assert "Somebody else was changing the same" in page.text


def raise_unique_violation(node):
    session = object_session(node)
    insert = text("insert into company select * from company where id = :id")
    session.execute(insert, {"id": node.company_id})


class Away(Exception):
    """What a driver raises without a code: the connection could not be made."""


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("select", {}, Away("connection refused")),
        TimeoutError("QueuePool limit reached"),
    ],
)
@pytest.mark.parametrize("place", ["view", "identity"])
def test_F3_a_database_that_is_away_is_said_to_be_so(
    member, monkeypatch, caplog, error, place
):
    def fail(*_args, **_kw):
        raise error

    if place == "view":
        monkeypatch.setattr(home, "waiting", fail)
    else:
        monkeypatch.setattr("endi_like.services.sessions.find_session", fail)
    caplog.set_level(logging.CRITICAL)

    page = member.get("/", status=503)

    assert page.headers["Retry-After"] == "5"
    assert "Please try again in a moment" in page.html.find("h1").text
    assert "Traceback" not in page.text
    assert "connection refused" not in page.text


class NoRoom(Exception):
    """What a driver raises when the disk of the database is full."""

    sqlstate = "53100"


@pytest.mark.parametrize("place", ["view", "identity"])
def test_F6_a_database_without_room_is_not_said_to_be_away(
    member, monkeypatch, caplog, place
):
    def fail(*_args, **_kw):
        raise OperationalError("insert", {}, NoRoom("could not extend file"))

    if place == "view":
        monkeypatch.setattr(home, "waiting", fail)
    else:
        monkeypatch.setattr("endi_like.services.sessions.find_session", fail)
    page = member.get("/", status=503)
    assert page.headers["Retry-After"] == "5"
    assert "There is no room for it just now" in page.text
    assert "could not extend" not in page.text
    assert "the database has no room" in caplog.text


def test_F3_what_needs_no_database_answers_without(visitor, monkeypatch):
    def fail(*_args, **_kw):
        raise OperationalError("select", {}, Away("connection refused"))

    monkeypatch.setattr("sqlalchemy.orm.Session.execute", fail)

    assert visitor.get("/health/live").json == {"status": "alive"}
    assert visitor.get("/health/ready", status=503).headers["Retry-After"] == "5"
    visitor.get("/static/css/endi.css", status=200)
    visitor.get("/login", status=200)


def test_a_mistake_of_ours_shows_a_reference_and_no_detail(member, monkeypatch, caplog):
    def fail(*_args, **_kw):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(home, "waiting", fail)

    answer = member.get("/", status=500, headers=JSON)

    assert "secret detail" not in answer.text
    assert answer.json["reference"] == answer.headers["X-Request-ID"]
    assert answer.json["reference"] in caplog.text
    assert "secret detail" in caplog.text


def test_what_a_view_refuses_is_said_in_its_words(member, monkeypatch):
    def fail(*_args, **_kw):
        raise HTTPBadRequest("That cannot be meant.")

    monkeypatch.setattr(home, "waiting", fail)

    assert "That cannot be meant." in member.get("/", status=400)


def test_a_stranger_is_asked_who_it_is_and_a_program_for_its_token(visitor):
    assert "/login?next=%2F" in visitor.get("/", status=303).location
    answer = visitor.get("/", status=401, headers=JSON)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("view", ["", "edit", "nonsense", "nonsense/x"])
def test_a_stranger_cannot_tell_which_records_there_are(visitor, invoice, view):
    paths = [url(invoice, view), f"/invoices/999999/{view}", f"/invoices/x/{view}"]
    for path in paths:
        assert "/login?next=" in visitor.get(path, status=303).location
        visitor.get(path, status=401, headers=JSON)
        visitor.post(path, status=303)
    visitor.get("/nowhere", status=404)


@pytest.fixture
def reserved(monkeypatch):
    """Return the ids that are locked for somebody."""
    found = []

    def note(_db, keys):
        found.extend(keys)

    for module in ("core", "billed"):
        monkeypatch.setattr(f"endi_like.resources.{module}.reserve", note)
    return found


def test_nobody_keeps_others_waiting_before_they_say_who_they_are(
    visitor, member, invoice, reserved
):
    visitor.post(url(invoice, "do"), status=303)
    assert reserved == []

    press(member, invoice, "submit", invoice.version, 303)
    assert reserved == [invoice.id]


def test_a_bulk_action_keeps_waiting_only_who_is_at_ones_own_rows(
    db, member, invoice, reserved
):
    foreign = make_invoice(db)
    token = member.get("/account").forms["language-form"]["csrf_token"].value
    rows = [("row", f"{one.id}-{one.version}") for one in (invoice, foreign)]
    member.post("/invoices/bulk", [("csrf_token", token), ("action", "submit"), *rows])

    assert reserved == [invoice.id]
    assert (invoice.validation_status, foreign.validation_status) == ("wait", "draft")


def test_a_refusal_by_a_guard_keeps_nothing_and_says_why(db, company, member):
    incomplete = make_invoice(db, make_customer(db, company=company), lines=())

    press(member, incomplete, "submit", incomplete.version, 303)
    page = member.get(url(incomplete))

    assert page.html.find(class_="notice-bad")
    assert incomplete.validation_status == "draft"


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_other_methods_are_refused_in_a_sentence(visitor, method):
    answer = getattr(visitor, method)("/", status=405)

    assert answer.headers["Allow"] == "GET, HEAD, POST"
