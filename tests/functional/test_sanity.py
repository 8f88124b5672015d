"""Whatever is sent to whatever page: never a 500, never a traceback."""

import pytest

from tests.factories import make_customer, make_invoice, make_member

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def invoice(db, company):
    return make_invoice(db, make_customer(db, company=company))


@pytest.fixture
def member(db, login, company):
    return login(make_member(db, company, "self_validate"))


@pytest.fixture
def pages(invoice):
    """Return the addresses that are posted to."""
    own = [f"/invoices/{invoice.id}/{view}" for view in ("do", "edit", "delete", "")]
    return [*own, "/invoices/add", "/invoices/bulk", "/account", "/login", "/logout"]


def token_of(browser):
    return browser.get("/account").forms["language-form"]["csrf_token"].value


def sound(response, *, least=200):
    assert least <= response.status_int < 500, response.text
    assert "Traceback" not in response.text


HOSTILE = {
    "nothing": [],
    "a list for a text": [("name", "a"), ("name", "b")],
    "an open structure": [("__start__", "groups:sequence")],
    "a structure for a text": [
        ("__start__", "name:mapping"),
        ("__end__", "name:mapping"),
    ],
    "a text for a structure": [("groups", "x"), ("memberships", "x")],
    "numbers that are none": [("cost", "NaN"), ("ceiling", "1e400"), ("days", "٣")],
    "huge numbers": [("version", "9" * 400), ("key", "9" * 400), ("ids", "9" * 40)],
    "negative ids": [("company_id", "-1"), ("customer_id", "-1"), ("ids", "-1")],
    "dates out of time": [("date", "0000-00-00"), ("due_date", "9999-99-99")],
    "unknown actions": [("action", "' or 1=1 --"), ("reason", "x")],
    "long text": [("name", "x" * 100_000), ("password", "x" * 100_000)],
    "signs": [("name", "\u202e\u2028<script>"), ("login", "\ufffe\uffff")],
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_I10_hostile_forms_never_fail_and_store_nothing(
    member, invoice, pages, hostile, db
):
    token, version = token_of(member), invoice.version
    for page in pages:
        body = [("csrf_token", token), *HOSTILE[hostile]]
        sound(member.post(page, body, status="*"))
        if page == "/logout":
            break

    assert invoice.version == version


JSON = [
    "{}",
    '{"version": null}',
    '{"version": {}, "action": []}',
    '{"version": 1e400, "action": "submit"}',
    '{"version": 99, "name": {"a": [1]}, "groups": "x", "date": 12}',
    '{"name": true, "customer_id": 99999999999999999999, "groups": [[[]]]}',
    "[]",
    "x",
    "",
]


@pytest.mark.parametrize("text", JSON)
def test_I10_hostile_json_never_fails_and_stores_nothing(member, invoice, pages, text):
    token, version = token_of(member), invoice.version
    headers = {"X-CSRF-Token": token, "Content-Type": "application/json"}
    for page in pages[:-1]:
        sound(member.post(page, text.encode(), headers=headers, status="*"))

    assert invoice.version == version


@pytest.mark.parametrize(
    "query",
    [
        "page=x",
        "page=-1",
        "page=" + "9" * 100,
        "sort=' or 1=1",
        "after=%7B%7D",
        "q=%25_%5C'%22",
        "q=" + "x" * 5000,
        "status=nonsense",
        "min=NaN&max=1e400",
        "from=0000-00-00&to=9999-99-99",
        "fmt=json",
        "fmt=xml",
        "columns=;drop",
    ],
)
def test_nonsense_in_an_address_never_fails(member, invoice, query):
    for path in ("/", "/invoices/", f"/invoices/{invoice.id}/", "/login", "/account"):
        sound(member.get(f"{path}?{query}", status="*"))


@pytest.mark.parametrize(
    "path",
    [
        "/invoices/" + "9" * 18,
        "/invoices/" + "9" * 19,
        "/invoices/" + "9" * 5000,
        "/invoices/-1",
        "/invoices/%D9%A3",
        "/invoices/1.0",
        "/invoices/1e3",
        "/invoices/0x1",
        "/invoices/__class__",
        "/__init__",
        "/invoices/1/../../etc",
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/" + "a/" * 500,
    ],
)
def test_addresses_that_nobody_made_are_not_found(member, path):
    response = member.get(path, status="*")

    sound(response, least=400)


@pytest.mark.parametrize("host", ["localhost:80", "example.org", "[::1]:7001"])
def test_a_redirect_stays_on_the_host_it_was_asked_on(visitor, host):
    response = visitor.get("/account", headers={"Host": host}, status=303)

    assert response.location.startswith(f"http://{host.removesuffix(':80')}/login")
