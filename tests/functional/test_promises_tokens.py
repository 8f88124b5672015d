"""A12: a token may what its user may, a narrowed one only looks, and none is in a URL.

The pages are those of A2; the operations are those of ``/openapi.json``.
"""

from __future__ import annotations

import base64
import re

import pytest
from sqlalchemy import func, select

from endi_like.db import Base
from endi_like.models.people import ApiToken
from tests.app_fixtures import Browser
from tests.attaching import PDF, send_json
from tests.functional.hostile import crawl, everything
from tests.functional.pages import token
from tests.functional.programs import Program, make_token
from tests.functional.test_account import make_token as shown_token
from tests.functional.test_promises_access import PEOPLE, kinds, one_of_each, written

OWN = ("/account",)
"""Pages that no token reaches, whoever it is of."""
NOTED = {"api_token", "user_session", "made_once"}
"""Tables in which a request is noted, whatever comes of it."""


@pytest.fixture
def boss(db):
    """Return who may do everything there is."""
    return everything(db)


@pytest.fixture
def addresses(db, boss, login):
    """Return one address of each page there is, by its pattern."""
    return one_of_each(db, crawl(login(boss)))


@pytest.fixture
def users(db, boss):
    """Return somebody of each kind."""
    return kinds(db, boss)


@pytest.fixture
def operations(app, db, boss, addresses, login):
    """Return the method and the address of every operation, of a record there is.

    Each record whose files are described has one.
    """
    paths = Program(app, db, boss).get("/openapi.json").json["paths"]
    known = list(addresses.values())
    for path in [one for one in paths if one.endswith("/files/")]:
        record = address_of(path, known).removesuffix("files/")
        (file,) = send_json(login(boss), record, ("plan.pdf", PDF))["files"]
        known = [file["url"], *known]
    return [
        (method, address_of(path, known))
        for path, item in paths.items()
        for method in ("get", "post")
        if method in item
    ]


def address_of(path, addresses):
    """Return an address of an operation, of a record that one of the pages is of."""
    record, brace, rest = path.rpartition("}/")
    if not brace:
        return path
    wanted, rest = (path, "") if rest.startswith("{") else (f"{record}}}/", rest)
    place = re.compile(re.sub(r"\{\w+\}", NAME, wanted))
    return next(filter(None, map(place.match, addresses)))[0] + rest


NAME = r"[^/]*[-.0-9][^/]*"
"""How a record is called in an address; ``add`` is none."""


def counted(db):
    """Return how many rows each table has, and the versions of those that have one."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in NOTED:
            what = [func.count()]
            if "version" in table.c:
                what.append(func.sum(table.c.version))
            found[table.name] = tuple(
                db.execute(select(*what).select_from(table)).one()
            )
    return found


def test_A12_a_token_sees_what_its_user_sees(app, db, addresses, users):
    for name, user in users.items():
        program = Browser(app, db)
        key = make_token(db, user)
        headers = {"Authorization": f"Bearer {key}"}
        for pattern, statuses in written().items():
            answer = program.get(addresses[pattern], headers=headers, status="*")
            expected = statuses[PEOPLE.index(name)]
            wanted = 403 if pattern in OWN else expected
            assert answer.status_int == wanted, (pattern, name)


def test_A12_a_token_may_do_what_its_user_may(
    app, db, connection, login, operations, users
):
    posts = [address for method, address in operations if method == "post"]
    assert len(posts) > 20
    for name, user in users.items():
        person, program = login(user), Program(app, db, user)
        headers = {"Accept": "application/json", "X-CSRF-Token": token(person)}
        for address in posts:
            with connection.begin_nested() as undone:
                by_hand = person.post_json(address, {}, headers=headers, status="*")
                undone.rollback()
            with connection.begin_nested() as undone:
                by_program = program.post(address, {}, status="*")
                undone.rollback()
            assert by_hand.status_int == by_program.status_int, (address, name)


def test_A12_a_narrowed_token_looks_at_everything_and_does_nothing(
    app, db, boss, operations
):
    whole, narrow = Program(app, db, boss), Program(app, db, boss, read_only=True)
    before = counted(db)
    for method, address in operations:
        if method == "get":
            shown = narrow.get(address, status="*").status_int
            assert shown == whole.get(address, status="*").status_int, address
        else:
            answer = narrow.post(address, {}, status="*")
            assert answer.status_int == 403, address
            assert answer.content_type == "application/json"
    assert counted(db) == before


NAMES = ("token", "access_token", "api_key", "key", "authorization", "bearer", "endi")


@pytest.mark.parametrize("path", ["/", "/invoices/", "/invoices/export.csv", "/find"])
def test_A12_a_token_in_a_url_opens_nothing(app, db, boss, path):
    key = make_token(db, boss)
    stranger = Browser(app, db)
    asked = {name: f"{word}{key}" for name in NAMES for word in ("", "Bearer ")}
    answers = [
        *(stranger.get(path, {name: text}, status="*") for name, text in asked.items()),
        stranger.get(path, asked | {"fmt": "json"}, status="*"),
        stranger.get(f"{path};token={key}", status="*"),
        stranger.post(path, asked, status="*"),
    ]
    for answer in answers:
        assert answer.status_int in (303, 400, 401, 403, 404), answer.request.url
        assert answer.status_int != 303 or "/login" in answer.location
    assert db.scalars(select(ApiToken)).one().last_used_at is None


def test_A12_a_token_as_a_password_or_a_cookie_opens_nothing(app, db, boss):
    key = make_token(db, boss)
    basic = base64.b64encode(f"{boss.login}:{key}".encode()).decode()
    stranger = Browser(app, db)
    stranger.get("/", headers={"Authorization": f"Basic {basic}"}, status=401)
    stranger.set_cookie("endi", key)
    stranger.get("/", status=303)


def test_A12_no_page_leads_to_an_address_with_a_token(boss, login):
    page, key = shown_token(login(boss))
    assert page.request.url.endswith("/account")
    addresses = [
        str(value)
        for tag in page.html.find_all(True)
        for name, value in tag.attrs.items()
        if name in ("href", "action", "formaction", "src")
    ]
    assert addresses
    assert not any(key in address for address in addresses)
