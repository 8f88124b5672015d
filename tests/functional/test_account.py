"""One's own account: language, password, sessions, API tokens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from endi_like.models.people import ApiToken, UserSession
from endi_like.services import users
from endi_like.services.users import set_password
from tests.factories import NOW, make_company, make_membership, make_user

OLD = "three blind oak benches"
NEW = "a completely other sentence"


@pytest.fixture
def claire(db):
    user = make_user(db, login="claire", name="Claire <b>Delmas", roles={"manager"})
    company = make_company(db, name="Atelier <i>Bois")
    make_membership(db, user, company, "self_validate", ceiling="1000")
    set_password(db, user, OLD, now=NOW - timedelta(days=1))
    return user


@pytest.fixture
def browser(login, claire):
    return login(claire)


def change(browser, old=OLD, new=NEW, again=None, status=303):
    form = browser.get("/account").forms["password-form"]
    form["old"], form["new"], form["again"] = old, new, again or new
    return form.submit("action", status=status)


def button(page, label):
    return next(one for one in page.forms.values() if label in one.text)


def test_the_page_says_who_one_is_and_what_one_may(browser):
    page = browser.get("/account", status=200)

    assert "Claire <b>Delmas" in page.html.find("h1").text
    assert "Atelier <i>Bois" in page.html.text
    assert "1,000.00" in page.html.text
    assert "<i>Bois" not in page.text


def test_nobody_has_an_account_page(visitor):
    assert "/login?next=%2Faccount" in visitor.get("/account", status=303).location


def test_the_language_is_used_at_once_and_kept(browser, db, claire):
    form = browser.get("/account").forms["language-form"]
    form["language"] = "fr"

    page = form.submit("action", status=303).follow()

    assert claire.language == "fr"
    assert page.html.html["lang"] == "fr"


def test_the_log_in_page_speaks_the_language_of_who_was_last_here(browser, visitor):
    form = browser.get("/account").forms["language-form"]
    form["language"] = "de"
    form.submit("action")
    kept = browser.cookies["endi-language"]
    browser.reset()
    browser.set_cookie("endi-language", kept)

    assert browser.get("/login").html.html["lang"] == "de"


@pytest.mark.parametrize("chosen", ["xx", "", "../../etc/passwd"])
def test_a_language_we_do_not_speak_is_refused(browser, claire, chosen):
    form = browser.get("/account").forms["language-form"]
    form["language"].force_value(chosen)

    form.submit("action", status=422)

    assert claire.language == "en"


def test_the_password_is_changed_for_whoever_knows_it(browser, claire, visitor):
    page = change(browser).follow()

    assert "Your password is changed" in page
    form = visitor.get("/login").forms[0]
    form["login"], form["password"] = "claire", NEW
    form.submit(status=303)


def test_a_changed_password_ends_the_other_sessions_and_not_this_one(
    browser, login, claire
):
    other = login(claire)
    other.get("/account", status=200)
    before = browser.cookies["endi"]

    change(browser).follow(status=200)

    other.get("/account", status=303)
    assert browser.cookies["endi"] != before


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"old": "wrong password"}, "present password is another"),
        ({"new": "short"}, "at least 10"),
        ({"new": "qwertyuiop"}, "commonest"),
        ({"again": "something else"}, "not the same"),
        ({"new": "x" * 201}, "201"),
        ({"new": ""}, "fill this in"),
    ],
)
def test_a_refused_password_changes_nothing(browser, claire, typed, says):
    stored = claire.password_hash

    page = change(browser, status=422, **typed)

    assert says in page.html.text
    assert claire.password_hash == stored
    assert "wrong password" not in page
    browser.get("/account", status=200)


def test_the_present_password_cannot_be_guessed_here_either(browser, claire):
    for _each in range(6):
        change(browser, old="wrong password", status=422)

    change(browser, old=OLD, status=422)


def test_every_session_is_shown_and_can_be_ended(browser, login, claire, db):
    other = login(claire)
    page = browser.get("/account")
    assert page.text.count('name="action" value="end_session"') == 1

    button(page, "End it").submit("action", status=303)

    other.get("/account", status=303)
    browser.get("/account", status=200)


def test_one_can_log_out_everywhere(browser, login, claire):
    other = login(claire)

    button(browser.get("/account"), "Log out everywhere").submit("action", status=303)

    other.get("/account", status=303)
    browser.get("/account", status=303)


@pytest.mark.parametrize("key", ["", "zz", "00", "ab" * 500, "é"])
def test_A3_a_session_that_is_not_ones_own_cannot_be_ended(browser, login, db, key):
    stranger = login(make_user(db))
    form = browser.get("/account").forms["language-form"]
    token = form["csrf_token"].value
    foreign = db.scalars(select(UserSession.token_hash)).all()

    for one in (key, *(hashed.hex() for hashed in foreign[1:])):
        body = {"csrf_token": token, "action": "end_session", "key": one}
        browser.post("/account", body, status=303)

    stranger.get("/account", status=200)


def make_token(browser, *, name="export", days="", read_only=True):
    form = browser.get("/account").forms["token-form"]
    form["name"], form["days"], form["read_only"] = name, days, read_only
    page = form.submit("action", status=200)
    return page, page.html.find(class_="notice-good").text.rpartition(": ")[2].strip()


def call(app, token, path="/invoices/", method="get", status="*", **kw):
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return getattr(app, method)(path, headers=headers, status=status, **kw)


def test_A12_an_api_token_is_shown_once_and_only_its_hash_is_kept(browser, db):
    page, token = make_token(browser)

    stored = db.scalars(select(ApiToken)).one()
    assert len(token) == 43
    assert token.encode() not in stored.token_hash
    assert stored.read_only
    assert token not in browser.get("/account")


def test_A12_a_program_gets_in_by_its_token_without_a_form_token(
    browser, visitor, db, clock
):
    _page, token = make_token(browser)

    answer = call(visitor, token)

    assert answer.status_int == 200
    assert db.scalars(select(ApiToken)).one().last_used_at == clock()
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("sent", ["", "x", "Bearer", "é" * 43])
def test_A12_a_wrong_token_lets_nobody_in_whatever_the_cookie(browser, sent):
    answer = browser.get(
        "/account", headers={"Authorization": f"Bearer {sent}"}, status=401
    )

    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_A12_a_revoked_token_lets_nobody_in(browser, visitor):
    _page, token = make_token(browser)

    button(browser.get("/account"), "Revoke<").submit("action", status=303)

    call(visitor, token, status=401)


def test_A12_a_token_ends_when_it_was_said_to(browser, visitor, clock):
    _page, token = make_token(browser, days="2")
    call(visitor, token, status=200)

    clock.advance(days=2, minutes=1)

    call(visitor, token, status=401)


def test_A12_a_token_ends_with_its_user(browser, visitor, db, claire):
    _page, token = make_token(browser)

    claire.active = False
    db.flush()

    call(visitor, token, status=401)


def shut_out_and_let_in(_browser, db, user):
    users.set_active(db, user, active=False, now=NOW)
    users.set_active(db, user, active=True, now=NOW)


def log_out_everywhere(browser, _db, _user):
    button(browser.get("/account"), "Log out everywhere").submit("action", status=303)


def change_it(browser, _db, _user):
    change(browser)


@pytest.mark.parametrize("ended", [change_it, log_out_everywhere, shut_out_and_let_in])
def test_A12_no_token_outlives_what_ends_every_session(
    browser, visitor, db, claire, login, ended
):
    _page, token = make_token(browser)
    other = make_user(db, roles={"manager"})
    _page, of_another = make_token(login(other))

    ended(browser, db, claire)
    db.flush()

    call(visitor, token, status=401)
    call(visitor, of_another, status=200)
    assert "revokes every token" in login(claire).get("/account")


@pytest.mark.parametrize("read_only", [True, False])
def test_A12_no_token_reaches_the_account_it_is_of(browser, visitor, read_only):
    _page, token = make_token(browser, read_only=read_only)

    call(visitor, token, "/account", status=403)
    body = {"action": "make_token", "name": "more"}
    call(visitor, token, "/account", "post", status=403, params=body)


@pytest.mark.parametrize("days", ["0", "-1", "x", "1e3", "99999999999"])
def test_a_lifetime_that_cannot_be_meant_is_refused(browser, db, days):
    form = browser.get("/account").forms["token-form"]
    form["name"], form["days"] = "export", days

    shown = form.submit("action", status=422).forms["token-form"]

    assert (shown["name"].value, shown["days"].value) == ("export", days)
    assert db.scalars(select(ApiToken)).all() == []
