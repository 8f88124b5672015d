"""A11 on the whole application: every answer carries every header."""

import pytest

from endi_like.tweens.headers import ALWAYS, KEPT_FOR_EVER, NOT_KEPT
from tests.factories import make_company, make_customer, make_invoice, make_user


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"admin", "manager"}))


@pytest.fixture
def invoice(db):
    return make_invoice(db, make_customer(db, company=make_company(db)))


def armoured(response):
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "Server" not in response.headers
    return response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/account", 200),
        ("/invoices/", 200),
        ("/invoices/?page=x&sort=nonsense", 200),
        ("/invoices/999999", 404),
        ("/nowhere", 404),
        ("/login", 303),
        ("/health/live", 200),
        ("/help/workflows", 200),
        ("/styleguide", 200),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_A11_every_page_carries_every_header(manager, path, status, accept):
    response = manager.get(path, status="*", headers={"Accept": accept})

    assert response.status_int == status
    assert armoured(response) == NOT_KEPT


def test_A11_documents_and_refusals_carry_them_too(manager, invoice):
    for view in ("", "edit", "print", "print.pdf", "nonsense"):
        response = manager.get(f"/invoices/{invoice.id}/{view}", status="*")
        assert response.status_int in (200, 404)
        assert armoured(response) == NOT_KEPT

    refused = manager.post(f"/invoices/{invoice.id}/do", status=400)
    assert armoured(refused) == NOT_KEPT


def test_A11_static_files_carry_them_and_are_kept(manager):
    page = manager.get("/account")
    sheets = [link["href"] for link in page.html("link", rel="stylesheet")]

    assert sheets
    for sheet in sheets:
        assert armoured(manager.get(sheet)) == KEPT_FOR_EVER


def test_no_page_contains_script_or_style_of_its_own(manager, invoice):
    for path in (
        "/",
        "/account",
        "/invoices/",
        f"/invoices/{invoice.id}/",
        "/styleguide",
    ):
        html = manager.get(path).html

        assert not html(style=True)
        assert not html("style")
        assert all(script.get("src") for script in html("script"))
        handlers = [
            name for tag in html(True) for name in tag.attrs if name.startswith("on")
        ]
        assert handlers == []
