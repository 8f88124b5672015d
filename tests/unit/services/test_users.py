"""Users, their sessions and their tokens, without the web."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from endi_like.models.people import LoginAttempt, UserSession
from endi_like.principals import Identity, Membership
from endi_like.services import sessions, users
from endi_like.services.passwords import NOBODY, is_outdated, matches
from endi_like.services.sessions import Limits, Visitor, new_token
from tests.factories import NOW, make_company, make_membership, make_user

PASSWORD = "three blind oak benches"
LIMITS = Limits(idle=timedelta(hours=8), age=timedelta(days=7))
HERE = Visitor("10.0.0.1", "Firefox")


@pytest.fixture
def claire(db):
    return make_user(db, login="claire", email="Claire@Example.org")


def started(db, user, *, now=NOW):
    token = new_token()
    sessions.start_session(db, user.id, token, now=now, visitor=HERE)
    db.flush()
    return token


def found(db, token, *, now=NOW):
    return sessions.find_session(db, token, now=now, limits=LIMITS)


def test_a_login_is_the_same_in_every_case():
    assert users.login_key("  ÉMILE.Zola ") == users.login_key("émile.zola")


@pytest.mark.parametrize("typed", ["claire", "CLAIRE ", "claire@example.org"])
def test_a_user_is_found_by_login_or_by_address(db, claire, typed):
    assert users.find_user(db, typed) is claire


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("Émile@Énergie.example", "éMILE@éNERGIE.EXAMPLE"),
        (f"{'long' * 16}@example.org", f"{'LONG' * 16}@Example.org"),
    ],
)
def test_an_address_of_any_letters_and_length_is_a_login(db, address, typed):
    user = make_user(db, email=address)
    make_user(db, email=f"{address}.another")

    assert users.find_user(db, typed) is user


def test_a_login_that_an_address_begins_like_does_not_take_it_over(db):
    make_user(db, login="a" * 60)
    user = make_user(db, email=f"{'a' * 64}@example.org")

    assert users.find_user(db, f"{'a' * 64}@example.org") is user


def test_an_address_that_two_users_share_finds_neither(db, claire):
    make_user(db, email="claire@example.org")

    assert users.find_user(db, "claire@example.org") is None
    assert users.find_user(db, "claire") is claire


def test_somebody_elses_address_cannot_take_a_login_over(db, claire):
    make_user(db, login="mallory", email="claire")

    assert users.find_user(db, "claire") is claire


def test_an_empty_login_finds_nobody(db, claire):
    assert users.find_user(db, "") is None


def test_a_new_user_cannot_log_in_before_a_password_is_set(db):
    user = users.add_user(db, login="New", name="New", now=NOW)

    assert user.login == "new"
    assert users.known_hash(db, "new") == (user.id, "")
    assert not matches("", "")


def test_a_set_password_is_the_only_one_that_matches(db, claire):
    users.set_password(db, claire, PASSWORD, now=NOW)

    _user_id, stored = users.known_hash(db, "claire")
    assert matches(stored, PASSWORD)
    assert claire.password_changed_at == NOW


def test_a_common_password_is_refused_unless_a_script_makes_a_demonstration(db, claire):
    with pytest.raises(users.PasswordRefused):
        users.set_password(db, claire, "demo", now=NOW)
    assert claire.password_hash == ""

    users.set_password(db, claire, "demo", now=NOW, checked=False)
    assert matches(claire.password_hash, "demo")


def test_nobodys_hash_is_compared_for_who_is_shut_out(db, claire):
    users.set_password(db, claire, PASSWORD, now=NOW)
    users.set_active(db, claire, active=False, now=NOW)

    assert users.known_hash(db, "claire") == (None, "")


def test_whoever_is_shut_out_while_the_password_is_compared_stays_out(db, claire):
    attempt_id = users.note_attempt(db, "claire", "10.0.0.1", now=NOW)
    users.set_active(db, claire, active=False, now=NOW)

    assert users.let_in(db, claire.id, attempt_id, PASSWORD) is None


def test_an_outdated_hash_is_made_anew_when_the_password_is_known(db, claire):
    claire.password_hash = NOBODY.replace("m=19456", "m=8192")
    attempt_id = users.note_attempt(db, "claire", "10.0.0.1", now=NOW)

    users.let_in(db, claire.id, attempt_id, PASSWORD)

    assert not is_outdated(claire.password_hash)
    assert matches(claire.password_hash, PASSWORD)


def test_a_session_tells_who_it_is_and_what_they_may(db, claire):
    first, second = make_company(db), make_company(db)
    make_membership(db, claire, first, "self_validate", ceiling="1000.5")
    make_membership(db, claire, second)
    claire.roles = frozenset({"auditor"})
    token = started(db, claire)

    access = found(db, token)

    rights = Membership(frozenset({"self_validate"}), Decimal("1000.5"))
    memberships = {first.id: rights, second.id: Membership()}
    assert access.identity == Identity(
        claire.id, frozenset({"auditor"}), memberships, claire.name, "en"
    )
    assert access.session_hash == sessions.token_hash(token)


def test_who_asks_is_known_by_one_statement(db, claire, connection):
    make_membership(db, claire, make_company(db))
    token = started(db, claire)
    said = []
    event.listen(connection, "before_cursor_execute", lambda *a: said.append(a[2]))

    assert found(db, token)
    assert len(said) == 1


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é", "\udcff"])
def test_an_unknown_token_opens_nothing(db, claire, token):
    started(db, claire)

    assert found(db, token) is None
    assert sessions.find_api_token(db, token, now=NOW) is None


@pytest.mark.parametrize(
    ("later", "still_open"),
    [
        (timedelta(hours=7, minutes=59), True),
        (timedelta(hours=8), False),
        (timedelta(days=3), False),
    ],
)
def test_a_session_ends_when_it_is_not_used(db, claire, later, still_open):
    token = started(db, claire)

    assert bool(found(db, token, now=NOW + later)) is still_open


def test_a_session_ends_at_its_age_however_much_it_is_used(db, claire):
    token = started(db, claire)
    for hours in range(0, 24 * 7, 7):
        at = NOW + timedelta(hours=hours)
        sessions.touch(db, found(db, token, now=at), now=at)

    assert found(db, token, now=NOW + timedelta(days=6, hours=23))
    assert found(db, token, now=NOW + timedelta(days=7)) is None


def test_a_session_older_than_the_password_opens_nothing(db, claire):
    token = started(db, claire)
    claire.password_changed_at = NOW + timedelta(seconds=1)
    db.flush()

    assert found(db, token) is None


def test_an_ended_session_is_not_listed_and_opens_nothing(db, claire):
    first, second = started(db, claire), started(db, claire)
    hashed = sessions.token_hash(first)

    assert sessions.end_session(db, claire.id, hashed, now=NOW)

    assert not sessions.end_session(db, claire.id, hashed, now=NOW)
    assert found(db, first) is None
    assert found(db, second)
    left = sessions.open_sessions(db, claire.id, now=NOW, limits=LIMITS)
    assert [one.token_hash for one in left] == [sessions.token_hash(second)]


def test_the_session_of_somebody_else_cannot_be_ended(db, claire):
    token = started(db, make_user(db))

    assert not sessions.end_session(db, claire.id, sessions.token_hash(token), now=NOW)
    assert found(db, token)


def test_what_a_browser_says_of_itself_is_kept_short(db, claire):
    long = Visitor("x" * 500, "y" * 5000)
    sessions.start_session(db, claire.id, new_token(), now=NOW, visitor=long)
    db.flush()

    stored = db.scalars(select(UserSession)).one()
    assert (len(stored.address), len(stored.user_agent)) == (45, 200)


def test_an_api_token_tells_whose_it_is_and_whether_it_may_only_look(db, claire):
    token = sessions.make_api_token(
        db, claire.id, name="x", read_only=True, expires_at=None, now=NOW
    )
    db.flush()

    access = sessions.find_api_token(db, token, now=NOW)

    assert access.identity.user_id == claire.id
    assert access.read_only
    assert access.session_hash is None


def test_the_api_token_of_somebody_else_cannot_be_revoked(db, claire):
    token = sessions.make_api_token(
        db, make_user(db).id, name="x", read_only=True, expires_at=None, now=NOW
    )
    db.flush()
    token_id = sessions.find_api_token(db, token, now=NOW).api_token_id

    assert not sessions.revoke_api_token(db, claire.id, token_id, now=NOW)


def fail(db, login="claire", address="10.0.0.1", *, now=NOW):
    users.note_attempt(db, login, address, now=now)


def throttled(db, login="claire", address="10.0.0.1", *, now=NOW):
    return users.is_throttled(db, login, address, now=now)


def test_the_sixth_failure_of_a_login_at_an_address_is_one_too_many(db):
    for _each in range(5):
        fail(db)
    assert not throttled(db)

    fail(db)

    assert throttled(db)
    assert not throttled(db, "other")
    assert not throttled(db, address="10.0.0.2")
    assert not throttled(db, now=NOW + timedelta(minutes=15))


def test_the_forty_first_failure_of_an_address_is_one_too_many(db):
    for n in range(40):
        fail(db, f"user{n}")
    assert not throttled(db, "fresh")

    fail(db, "user40")

    assert throttled(db, "fresh")


def test_an_attempt_that_was_not_tried_does_not_count(db):
    attempt_id = users.note_attempt(db, "claire", "10.0.0.1", now=NOW)

    users.take_back(db, attempt_id)

    assert db.scalar(select(func.count()).select_from(LoginAttempt)) == 0


def test_what_nobody_needs_any_more_is_forgotten(db, claire):
    fail(db, now=NOW - timedelta(days=31))
    fail(db)
    started(db, claire, now=NOW - timedelta(days=31))
    started(db, claire)

    assert users.forget_old(db, now=NOW) == (1, 1)

    assert db.scalar(select(func.count()).select_from(LoginAttempt)) == 1
    assert db.scalar(select(func.count()).select_from(UserSession)) == 1
