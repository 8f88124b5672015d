"""Log-in, log-out, and what keeps strangers out."""

import logging
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from webtest import TestApp

from endi_like import main
from endi_like.db import Base
from endi_like.models.people import LoginAttempt, UserSession
from endi_like.services.sessions import token_hash
from endi_like.services.users import set_active, set_password
from tests.factories import NOW, lay_foundations, make_user

PASSWORD = "three blind oak benches"
WRONG = "not the right password"


@pytest.fixture
def claire(db):
    user = make_user(db, login="claire", name="Claire", email="claire@example.org")
    set_password(db, user, PASSWORD, now=NOW - timedelta(days=1))
    return user


def log_in(browser, login, password, *, status="*", path="/login", **kw):
    form = browser.get(path).forms[0]
    form["login"], form["password"] = login, password
    return form.submit("action", status=status, **kw)


@pytest.fixture
def try_password(visitor):
    """Return a function that tries a password from an address, status in return."""

    def attempt(login, password, address="10.0.0.1", **headers):
        visitor.reset()
        answer = log_in(
            visitor,
            login,
            password,
            headers=headers,
            extra_environ={"REMOTE_ADDR": address},
        )
        return answer.status_int

    return attempt


@pytest.mark.parametrize("login", ["claire", " CLAIRE ", "Claire@Example.ORG"])
def test_the_right_password_opens_the_account(visitor, claire, login):
    answer = log_in(visitor, login, PASSWORD, status=303, path="/login?next=/account")

    assert answer.location == "http://localhost/account"
    assert "Claire" in answer.follow(status=200)


def test_A7_logging_in_makes_a_new_token_and_keeps_only_its_hash(visitor, db, claire):
    visitor.get("/login")
    before = visitor.cookies["endi"]

    here = {"REMOTE_ADDR": "10.0.0.7"}
    answer = log_in(visitor, "claire", PASSWORD, status=303, extra_environ=here)

    after = visitor.cookies["endi"]
    assert after != before
    stored = db.scalars(select(UserSession)).one()
    assert stored.token_hash == token_hash(after)
    assert stored.address == "10.0.0.7"
    cookie = next(c for c in answer.headers.getall("Set-Cookie") if "endi=" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_A7_a_session_ends_by_idleness(visitor, claire, clock):
    log_in(visitor, "claire", PASSWORD)
    visitor.get("/account", status=200)

    clock.advance(hours=9)

    visitor.get("/account", status=303)


def test_A7_a_session_that_is_used_ends_by_age(visitor, claire, clock):
    log_in(visitor, "claire", PASSWORD)
    for _each in range(27):
        clock.advance(hours=6)
        visitor.get("/account", status=200)

    clock.advance(hours=7)

    visitor.get("/account", status=303)


def test_A7_a_copied_cookie_is_worth_nothing_after_logging_out(visitor, claire):
    log_in(visitor, "claire", PASSWORD)
    copied = visitor.cookies["endi"]
    form = next(
        one
        for one in visitor.get("/account").forms.values()
        if one.action.endswith("/logout")
    )

    page = form.submit(status=303).follow()
    assert "logged out" in page

    visitor.set_cookie("endi", copied)
    visitor.get("/account", status=303)


def test_A5_who_is_shut_out_is_out_at_once(visitor, db, claire):
    log_in(visitor, "claire", PASSWORD)
    visitor.get("/account", status=200)

    set_active(db, claire, active=False, now=NOW)
    visitor.get("/account", status=303)

    set_active(db, claire, active=True, now=NOW)
    visitor.get("/account", status=303)


def test_A5_a_new_password_ends_every_session(visitor, db, claire, clock):
    log_in(visitor, "claire", PASSWORD)
    clock.advance(minutes=1)

    claire.password_changed_at = clock()  # whoever changes it, and however
    db.flush()

    visitor.get("/account", status=303)


def test_somebody_shut_out_is_refused_like_an_unknown_login(try_password, db, claire):
    set_active(db, claire, active=False, now=NOW)

    assert try_password("claire", PASSWORD) == 422


def test_A9_the_answer_does_not_tell_which_logins_exist(visitor, claire):
    answers = [
        log_in(visitor, login, WRONG, status=422).html.find(role="alert").text
        for login in ("claire", "nobody")
    ]

    assert answers[0] == answers[1]


def test_the_login_typed_is_shown_again_and_the_password_never(visitor, claire):
    page = log_in(visitor, "<b>claire", WRONG, status=422)

    assert page.forms[0]["login"].value == "<b>claire"
    assert page.forms[0]["password"].value == ""
    assert "<b>claire" not in page.text


def test_A8_after_five_failures_the_right_password_must_wait(
    try_password, claire, clock
):
    assert [try_password("claire", WRONG) for _each in range(5)] == [422] * 5

    assert try_password("claire", PASSWORD) == 429
    assert try_password("CLAIRE", PASSWORD) == 429
    clock.advance(minutes=16)
    assert try_password("claire", PASSWORD) == 303


def test_A8_waiting_helps_also_somebody_who_goes_on_trying(try_password, claire, clock):
    for _each in range(5):
        try_password("claire", WRONG)
    for _each in range(14):
        clock.advance(minutes=1)
        last = try_password("claire", PASSWORD)

    clock.advance(minutes=1)

    assert last == 429
    assert try_password("claire", PASSWORD) == 303


def test_A8_nobody_is_kept_out_by_the_attempts_of_others(try_password, claire):
    for _each in range(8):
        try_password("claire", WRONG, address="10.0.0.66")

    assert try_password("claire", PASSWORD, address="10.0.0.66") == 429
    assert try_password("claire", PASSWORD, address="10.0.0.1") == 303


def test_A8_one_address_may_not_try_many_logins(try_password, claire):
    found = [try_password(f"user{n % 20}x", WRONG) for n in range(41)]

    assert found == [422] * 40 + [429]
    assert try_password("claire", PASSWORD) == 429


def test_A8_a_forwarded_address_is_not_believed(try_password, claire):
    for n in range(5):
        try_password("claire", WRONG, **{"X-Forwarded-For": f"1.2.3.{n}"})

    assert try_password("claire", PASSWORD, **{"X-Forwarded-For": "1.2.3.99"}) == 429


def test_attempts_are_counted_and_the_successful_one_is_forgiven(
    try_password, db, claire
):
    try_password("claire", WRONG)
    try_password("claire", PASSWORD)

    counted = select(LoginAttempt.ok, func.count()).group_by(LoginAttempt.ok)
    assert dict(db.execute(counted).all()) == {False: 1, True: 1}


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/%0d%0aSet-Cookie:a=b\r\nX: y",
    "/é",
    "account",
    "@evil.example",
    "/login",
    "/logout?x=1",
    "/" + "a" * 3000,
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_I9_logging_in_never_leads_to_another_site(app, visitor, claire, target):
    visitor.get("/login")
    form = visitor.get("/login", {"next": target}).forms[0]
    form["login"], form["password"] = "claire", PASSWORD

    assert form.submit(status=303).location == "http://localhost/"


def test_I9_logging_in_leads_back_to_where_one_wanted_to_go(visitor, claire):
    asked = visitor.get("/account?a=1&b=%C3%A9", status=303)

    form = asked.follow().forms[0]
    form["login"], form["password"] = "claire", PASSWORD

    assert form.submit(status=303).location == "http://localhost/account?a=1&b=%C3%A9"


def test_whoever_is_logged_in_does_not_see_the_log_in_page(login, claire):
    browser = login(claire)

    answer = browser.get("/login?next=/account", status=303)

    assert answer.location == "http://localhost/account"


def test_A6_a_form_counts_only_with_its_token(visitor, claire):
    form = visitor.get("/login").forms[0]
    form["login"], form["password"] = "claire", PASSWORD
    form["csrf_token"] = "x" * 64

    page = form.submit(status=400)

    assert "form counts only" in page


def test_A6_a_token_of_another_browser_does_not_count(visitor, app, db, claire):
    token = visitor.get("/login").forms[0]["csrf_token"].value
    visitor.reset()
    form = visitor.get("/login").forms[0]
    form["csrf_token"] = token

    form.submit(status=400)


def test_A6_a_token_from_before_logging_in_does_not_count_after(visitor, claire):
    token = visitor.get("/login").forms[0]["csrf_token"].value
    log_in(visitor, "claire", PASSWORD)

    body = {"csrf_token": token, "action": "log_out_everywhere"}

    visitor.post("/account", body, status=400)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:99"]
)
def test_A6_what_another_site_sends_is_refused(visitor, claire, origin):
    form = visitor.get("/login").forms[0]

    page = form.submit(status=400, headers={"Origin": origin})

    assert "another site" in page


@pytest.mark.parametrize("origin", ["http://localhost", "http://LOCALHOST:80"])
def test_A6_what_our_own_site_sends_is_accepted(visitor, claire, origin):
    log_in(visitor, "claire", PASSWORD, status=303, headers={"Origin": origin})


def test_a_visitor_writes_nothing_to_the_database(visitor, db):
    visitor.get("/login")
    visitor.get("/nowhere", status=404)

    assert db.scalar(select(func.count()).select_from(UserSession)) == 0


def test_what_was_posted_after_the_session_was_lost_leads_to_the_log_in(
    login, claire, clock
):
    browser = login(claire)
    form = browser.get("/account").forms["language-form"]
    clock.advance(hours=9)

    answer = form.submit("action", status=303)
    page = answer.follow()

    assert answer.location == "http://localhost/login?next=%2Faccount"
    assert "kept in this browser" in page


def test_a_lost_cookie_is_a_lost_session_too(login, claire):
    browser = login(claire)
    form = browser.get("/account").forms["language-form"]
    browser.reset()

    answer = form.submit("action", status=303)

    assert "/login?next=" in answer.location


@pytest.fixture
def own_database(tmp_path):
    """Return an application on a file of its own, with real transactions."""
    settings = {
        "endi.database_url": f"sqlite:///{tmp_path}/endi.db",
        "endi.secret": "the secret of this test, and of nobody else",
        "endi.data_folder": str(tmp_path),
    }
    app = main({}, **settings)
    engine = app.registry["db.engine"]
    Base.metadata.create_all(engine)
    with Session(engine) as db, db.begin():
        lay_foundations(db)
        user = make_user(db, login="claire")
        set_password(db, user, PASSWORD, now=NOW - timedelta(days=1))
    yield app
    engine.dispose()


def test_logging_in_never_waits_for_itself(own_database):
    # SQLite has one writer: the steps of log-in must not meet the request's own lock
    browser = TestApp(own_database)

    start = time.monotonic()
    log_in(browser, "claire", WRONG, status=422)
    log_in(browser, "claire", PASSWORD, status=303)
    form = browser.get("/account", status=200).forms["password-form"]
    form["old"], form["new"], form["again"] = WRONG, "x" * 12, "x" * 12
    form.submit("action", status=422)

    assert time.monotonic() - start < 5  # a lock would be waited for twice as long
    with Session(own_database.registry["db.engine"]) as db:
        found = db.scalars(select(LoginAttempt.ok).order_by(LoginAttempt.id)).all()
    assert found == [False, True, False]


def test_a_session_that_is_used_is_noted_after_the_answer(own_database):
    browser = TestApp(own_database)
    log_in(browser, "claire", PASSWORD, status=303)
    engine = own_database.registry["db.engine"]

    def last_seen():
        with Session(engine) as db:
            return db.scalars(select(UserSession.seen_at)).one()

    first = last_seen()
    own_database.registry["clock"] = lambda: first + timedelta(minutes=4)
    browser.get("/account", status=200)
    assert last_seen() == first

    own_database.registry["clock"] = lambda: first + timedelta(minutes=6)
    browser.get("/account", status=200)
    assert last_seen() == first + timedelta(minutes=6)


def test_A13_no_secret_comes_into_the_log_or_into_a_page(
    visitor, claire, caplog, db, monkeypatch
):
    caplog.set_level(logging.DEBUG)
    pages = [log_in(visitor, "claire", WRONG, status=422)]
    pages.append(log_in(visitor, "claire", PASSWORD, status=303).follow())
    pages.append(visitor.get("/account"))
    form = pages[-1].forms["password-form"]
    form["old"], form["new"], form["again"] = WRONG, "short", "short"
    pages.append(form.submit("action", status=422))
    monkeypatch.setattr("endi_like.views.account.browser_name", lambda text: 1 / 0)
    pages.append(visitor.get("/account", status=500))

    secrets = [PASSWORD, WRONG, claire.password_hash, visitor.cookies["endi"]]
    told = caplog.text + "".join(page.text for page in pages)
    assert "ZeroDivisionError" in caplog.text
    assert [secret for secret in secrets if secret in told] == []
