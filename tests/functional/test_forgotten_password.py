"""Somebody has forgotten the password, and is sent a link to choose another."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from endi_like.jobs.core import Work
from endi_like.jobs.mail import answer_forgetful
from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.services.passwords import matches
from endi_like.services.users import set_password
from tests.factories import NOW, make_user
from tests.functional.delivering import settings_of
from tests.functional.pages import button, words

OLD, NEW = "three blind oak benches", "a completely other sentence"
SECRET = "the secret of the tests, and of nobody else"
SITE = "https://office.example.org"


@pytest.fixture
def settings(app, tmp_path, monkeypatch):
    """Return the settings of an application that sends mail."""
    found = replace(
        settings_of(tmp_path), smtp_host="127.0.0.1", secret=SECRET, url=SITE
    )
    monkeypatch.setitem(app.registry, "settings.typed", found)
    return found


@pytest.fixture
def claire(db, settings):
    user = make_user(
        db, login="claire", name="Claire", email="Claire@Example.org", language="de"
    )
    set_password(db, user, OLD, now=NOW - timedelta(days=1))
    return user


@pytest.fixture
def work(db, clock, settings):
    """Return a function that does what was asked for, as a worker would."""

    def work():
        found = Work(db, None, settings, clock, None)
        for job in db.scalars(select(Job).where(Job.state == "waiting")):
            if job.name == "forgotten_password":
                answer_forgetful(found, **json.loads(job.payload))
                job.state = "done"
        db.flush()

    return work


def ask(visitor, login, status=303):
    form = visitor.get("/forgotten-password").forms[0]
    form["login"] = login
    return form.submit("action", status=status)


def mails(db):
    return db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def link_of(mail):
    (found,) = re.findall(r"https://office\.example\.org(/new-password\S+)", mail.text)
    return found


@pytest.mark.parametrize("known_as", ["claire", "CLAIRE", " claire@example.org "])
def test_a_forgotten_password_is_replaced_by_a_link_that_comes_by_mail(
    known_as, visitor, db, claire, work
):
    assert "Password forgotten?" in visitor.get("/login")
    page = ask(visitor, known_as).follow()
    assert "is on its way to it" in page
    work()
    (mail,) = mails(db)
    assert (mail.recipient, mail.language) == ("Claire@Example.org", "de")
    assert "Guten Tag Claire" in mail.text
    assert mail.valid_until == NOW + timedelta(minutes=30)
    form = visitor.get(link_of(mail)).forms[0]
    form["new"] = form["again"] = NEW
    form.submit("action", status=303)
    assert matches(claire.password_hash, NEW)
    visitor.get(link_of(mail), status=410)


def test_the_link_leads_where_the_settings_say_whatever_host_was_asked(
    visitor, db, claire, work
):
    form = visitor.get("/forgotten-password").forms[0]
    form["login"] = "claire"
    form.submit("action", extra_environ={"HTTP_HOST": "evil.example"}, status="*")
    work()
    for mail in mails(db):
        assert "evil" not in mail.text


@pytest.mark.parametrize(
    "columns", [{"active": False}, {"email": ""}, {"email": "nowhere"}]
)
def test_who_may_not_log_in_or_has_no_address_gets_nothing(
    columns, visitor, db, claire, work
):
    for name, value in columns.items():
        setattr(claire, name, value)
    db.flush()
    ask(visitor, "claire")
    work()
    assert mails(db) == []


def test_A9_the_answer_does_not_tell_which_logins_exist(
    visitor, db, claire, work, connection
):
    statements, answers = {}, {}
    for login in ("claire", "nobody"):
        seen = statements[login] = []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(re.sub("[0-9]+", "#", statement))

        event.listen(connection, "before_cursor_execute", note)
        answer = ask(visitor, login)
        event.remove(connection, "before_cursor_execute", note)
        answers[login] = answer.location, words(answer.follow())
    assert answers["claire"] == answers["nobody"]
    assert statements["claire"] == statements["nobody"]
    work()
    assert len(mails(db)) == 1


def test_A8_links_cannot_be_asked_for_without_end(visitor, db, claire, work, clock):
    for _each in range(5):
        ask(visitor, "claire")
    page = ask(visitor, "claire", status=429)
    assert "quarter of an hour" in page
    assert page.headers["Retry-After"] == "900"
    work()
    assert len(mails(db)) == 1
    clock.advance(minutes=16)
    ask(visitor, "claire")
    work()
    assert len(mails(db)) == 2


def test_A8_asking_for_links_keeps_nobody_from_logging_in(visitor, claire):
    for _each in range(5):
        ask(visitor, "claire")
    form = visitor.get("/login").forms[0]
    form["login"], form["password"] = "claire", OLD
    form.submit("action", status=303)


def test_A6_a_link_is_asked_for_by_our_own_form_only(visitor, db, claire):
    visitor.post("/forgotten-password", {"login": "claire"}, status="*")
    assert db.scalars(select(Job)).all() == []


def test_nothing_typed_is_asked_again(visitor, claire):
    assert "Please fill this in." in ask(visitor, "", status=422)


def test_without_a_mail_server_an_administrator_is_to_be_asked(visitor):
    page = visitor.get("/forgotten-password")
    assert "An administrator can make you a link" in page
    assert not page.forms


def test_an_administrator_sends_the_link(login, db, claire):
    admin = login(make_user(db, roles=["admin"]))
    page = button(admin.get(f"/users/{claire.id}/"), "password-mail").follow()
    assert "The link is on its way to Claire@Example.org." in page
    (mail,) = mails(db)
    assert "/new-password?token=" in mail.text
    assert "token" not in admin.get(f"/mails/{mail.id}/").html.find("main").text
    auditor = login(make_user(db, roles=["auditor"]))
    assert "password-mail" not in auditor.get(f"/users/{claire.id}/")


def test_a_link_is_not_sent_where_it_cannot_arrive(
    login, db, app, claire, tmp_path, monkeypatch
):
    admin = login(make_user(db, roles=["admin"]))
    page = admin.get(f"/users/{claire.id}/")
    claire.email = ""
    db.flush()
    answer = button(page, "password-mail").follow()
    assert "no e-mail address" in answer
    assert "password-mail" not in answer
    claire.email = "claire@example.org"
    db.flush()
    monkeypatch.setitem(app.registry, "settings.typed", settings_of(tmp_path))
    assert "No mail server is set up" in button(page, "password-mail").follow()
    assert mails(db) == []
