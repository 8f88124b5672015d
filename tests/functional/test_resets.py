"""A10: links to choose a password work once, shortly, for one account."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from webtest import TestApp

from endi_like import main
from endi_like.db import Base
from endi_like.services.passwords import matches
from endi_like.services.resets import reset_token
from endi_like.services.users import set_password
from tests.conftest import own_database
from tests.deadlines import all_end
from tests.factories import NOW, TestClock, lay_foundations, make_user

SECRET = "the secret of the tests, and of nobody else"  # that of ``settings_for``
OLD = "three blind oak benches"
NEW = "a completely other sentence"


@pytest.fixture
def claire(db):
    user = make_user(db, login="claire", name="Claire")
    set_password(db, user, OLD, now=NOW - timedelta(days=1))
    return user


@pytest.fixture
def link(claire):
    return f"/new-password?token={reset_token(SECRET, claire, now=NOW)}"


def choose(browser, link, new=NEW, status=303):
    form = browser.get(link, status=200).forms[0]
    form["new"] = form["again"] = new
    return form.submit("action", status=status)


def test_a_link_sets_the_password_that_then_opens_the_account(visitor, link, claire):
    page = choose(visitor, link).follow()

    assert "new password is set" in page
    form = page.forms[0]
    form["login"], form["password"] = "claire", NEW
    form.submit(status=303)


def test_it_ends_every_session(visitor, link, login, claire, clock):
    browser = login(claire)
    clock.advance(minutes=1)

    choose(visitor, link)

    browser.get("/account", status=303)


def test_A10_a_link_works_once(visitor, link):
    choose(visitor, link)

    assert "used up" in visitor.get(link, status=410)


def test_A10_a_form_opened_before_does_not_work_twice(visitor, link, claire):
    form = visitor.get(link).forms[0]
    choose(visitor, link)

    form["new"] = form["again"] = "yet another sentence"
    form.submit("action", status=410)

    assert matches(claire.password_hash, NEW)


def test_A10_a_link_ends_when_the_password_is_changed_elsewhere(
    visitor, link, db, claire
):
    set_password(db, claire, NEW, now=NOW)

    visitor.get(link, status=410)


def test_A10_a_link_lasts_half_an_hour(visitor, link, clock):
    clock.advance(minutes=29)
    visitor.get(link, status=200)

    clock.advance(minutes=2)

    visitor.get(link, status=410)


def test_A10_a_link_is_for_one_account_only(visitor, db, claire, link):
    other = make_user(db)
    for wrong in (
        link.replace(f"token={claire.id}.", f"token={other.id}."),
        link[:-1] + ("0" if link[-1] != "0" else "1"),
        "/new-password",
        "/new-password?token=",
        "/new-password?token=%C3%A9",
        f"/new-password?token={'9' * 400}.1.{'0' * 64}",
        f"/new-password?token=1.99999999999.{'0' * 64}",
    ):
        visitor.get(wrong, status=410)


def test_a_longer_life_cannot_be_written_into_a_link(visitor, link, clock):
    head, expires, signed = link.rsplit(".", 2)
    clock.advance(minutes=31)

    visitor.get(f"{head}.{int(expires) + 9999}.{signed}", status=410)


def test_somebody_shut_out_has_no_link(visitor, link, db, claire):
    claire.active = False
    db.flush()

    visitor.get(link, status=410)


@pytest.mark.parametrize("new", ["short", "qwertyuiop", "claire", "x" * 201])
def test_a_link_sets_no_password_that_is_refused(visitor, link, claire, new):
    choose(visitor, link, new, status=422)

    assert matches(claire.password_hash, OLD)
    choose(visitor, link)


@pytest.fixture(params=["sqlite", "postgresql"])
def separate_app(request, tmp_path):
    """Return an application on a database of its own, with real transactions."""
    url = f"sqlite:///{tmp_path}/endi.db"
    if request.param == "postgresql":
        url = own_database(request.getfixturevalue("postgres_url"), "resets")
    settings = {
        "endi.database_url": url,
        "endi.secret": SECRET,
        "endi.data_folder": str(tmp_path),
        "clock": TestClock(),
    }
    app = main({}, **settings)
    Base.metadata.create_all(app.registry["db.engine"])
    yield app
    app.registry["db.engine"].dispose()


def test_A10_of_ten_at_once_one_succeeds(separate_app):
    with Session(separate_app.registry["db.engine"]) as db, db.begin():
        lay_foundations(db)
        user = make_user(db)
        link = f"/new-password?token={reset_token(SECRET, user, now=NOW)}"
    forms, found = [], []
    for n in range(10):
        form = TestApp(separate_app).get(link).forms[0]
        form["new"] = form["again"] = f"the sentence of number {n}"
        forms.append(form)

    def submit(form):
        found.append(form.submit("action", status="*").status_int)

    threads = [threading.Thread(target=submit, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()
    all_end(threads)

    assert sorted(found) == [303] + [410] * 9


def test_an_administrator_gets_a_link_for_somebody_and_nobody_else_does(login, db):
    admin, user = make_user(db, roles=["admin"]), make_user(db)
    page = login(admin).get(f"/users/{user.id}/")
    form = next(f for f in page.forms.values() if "password-link" in f.action)

    answer = form.submit()

    link = answer.html.find(id="link")["value"]
    assert "/new-password?token=" in link
    auditor = login(make_user(db, roles=["auditor"])).get(f"/users/{user.id}/")
    assert "password-link" not in auditor
