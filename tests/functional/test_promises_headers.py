"""Promise I8: nothing that is typed becomes a header, or breaks one."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from endi_like.models.organisation import Organisation
from endi_like.services.users import set_password
from tests.factories import NOW, make_customer, make_invoice, make_user
from tests.functional.hostile import everything

PASSWORD = "three or four words"

INJECTED = (
    "/x\r\nX-Injected: yes",
    "/x\nX-Injected: yes",
    "/x\rX-Injected: yes",
    "/x\u2028X-Injected: yes",
    "/\u0141\u00f3d\u017a \U0001f600",
    "/x%0d%0aX-Injected: yes",
    "/x\r\n\r\n<script>x7()</script>",
    '/"; filename="x7.exe',
)
PARAMETERS = ("next", "from", "q", "sort", "after", "fmt", "customer")
PAGES = (
    "/",
    "/login",
    "/logout",
    "/account",
    "/invoices",
    "/invoices/",
    "/customers/1",
)
SENT = (
    "Accept-Language",
    "User-Agent",
    "Referer",
    "Origin",
    "Cookie",
    "X-Forwarded-For",
)


def sound(answer):
    """Assert that an answer is one, and its headers are ours."""
    assert answer.status_int < 500, answer.text
    for name, value in answer.headers.items():
        assert "injected" not in name.lower()
        assert not set("\r\n\0") & set(name + value), name
        value.encode("latin-1")


@pytest.fixture
def boss(db, login):
    """Return the browser of somebody who may do everything there is."""
    return login(everything(db))


@pytest.mark.parametrize("text", INJECTED)
def test_I8_no_parameter_becomes_a_header(boss, visitor, text):
    for browser in (boss, visitor):
        for page in PAGES:
            for name in PARAMETERS:
                sound(browser.get(page, {name: text}, status="*"))


@pytest.mark.parametrize("text", INJECTED)
def test_I8_no_address_becomes_a_header(boss, visitor, text):
    for browser in (boss, visitor):
        for before in ("", "/invoices", "/login", "/static"):
            sound(browser.get(before + quote(text, safe="/"), status="*"))


@pytest.mark.parametrize(
    "text", ["\u00e9\u00ff", "x" * 8000, '"; x=y', "a, b;q=NaN, *"]
)
def test_I8_no_header_becomes_another(boss, visitor, text):
    for browser in (boss, visitor):
        for name in SENT:
            headers = {name: text.encode().decode("latin-1")}
            sound(browser.get("/invoices/", headers=headers, status="*"))


@pytest.mark.parametrize("text", INJECTED)
def test_I8_where_one_wanted_to_go_is_no_header(visitor, db, text):
    claire = make_user(db, login="claire")
    set_password(db, claire, PASSWORD, now=NOW - timedelta(days=1))
    page = visitor.get("/login", {"next": text}, status="*")
    sound(page)
    if page.status_int == 200:
        form = page.forms[0]
        form["login"], form["password"] = "claire", PASSWORD
        sound(form.submit("action", status="*"))


def test_I8_a_file_is_called_by_plain_signs(db, boss):
    organisation = db.get(Organisation, 1)
    organisation.invoice_number_template = '\u0141\u00f3d\u017a "x" é;{SEQGLOBAL}'
    invoice = make_invoice(db, make_customer(db), status="valid")

    answer = boss.get(f"/invoices/{invoice.id}/print.pdf")

    sound(answer)
    assert answer.headers["Content-Disposition"].isascii()
