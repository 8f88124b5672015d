"""Every page is usable: by everybody, on a phone, in each language."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = {
    "manager": (
        "/",
        "/invoices/",
        "/invoices/?late=1&sort=-ttc",
        "/invoices/?q=nothing-like-this",
        "/invoices/add",
        "/customers/",
        "/customers/add",
        "/account",
        "/styleguide",
        "/help/workflows",
    ),
    "admin": (
        "/",
        "/users/",
        "/users/add",
        "/companies/",
        "/companies/add",
        "/vat-rates/",
        "/vat-rates/add",
        "/payment-modes/add",
        "/payment-conditions/add",
        "/organisation/1/edit",
    ),
}
LANGUAGES = ("en", "fr", "de")
PHONE = {"viewport": {"width": 360, "height": 740}}
RECORDS = ("paid_status=waiting", "validation_status=wait", "validation_status=invalid")


def record_pages(page):
    """Return the addresses of a few invoices, with their forms."""
    found = []
    for query in RECORDS:
        page.goto(f"/invoices/?{query}")
        href = page.locator("a.rec").first.get_attribute("href")
        found.append(href.split("?")[0])
    return [*found, *(f"{url}edit" for url in found[1:]), f"{found[0]}payment"]


def violations(page):
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found
    ]


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("login", PAGES)
@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_pages_are_accessible_and_fit(log_in, login, settings):
    page = log_in(login, **settings)
    addresses = list(PAGES[login])
    if login == "manager":
        addresses += record_pages(page)
    faults = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, address
        if found := violations(page):
            faults[address] = found
        if overflow(page) > 1:
            faults[f"{address} overflows"] = overflow(page)
    assert faults == {}


def test_the_login_page_is_accessible(site, page):
    page.goto(f"{site.url}/login")
    assert violations(page) == []


def choose_language(page, language):
    page.goto("/account")
    page.locator("select[name=language]").select_option(language)
    page.locator("select[name=language]").locator("xpath=ancestor::form").locator(
        "button"
    ).last.click()
    page.wait_for_load_state()


@pytest.fixture
def reader(log_in):
    """Return the manager's browser; who reads it next finds it in English again."""
    page = log_in("manager")
    yield page
    choose_language(page, LANGUAGES[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_one_language(reader, language):
    choose_language(reader, language)
    for address in PAGES["manager"]:
        reader.goto(address)
        assert reader.locator("html").get_attribute("lang") == language
        assert not re.search(r"\$\{|\bNone\b", reader.inner_text("body")), address


def test_a_page_can_be_used_by_the_keyboard_alone(log_in):
    page = log_in("manager")
    page.goto("/invoices/?validation_status=wait")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/invoices/\d+/"))
    page.keyboard.press("e")
    page.wait_for_url(re.compile(r"/invoices/\d+/edit"))
    page.get_by_label("Subject").fill("Typed by keyboard")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/invoices/\d+/$"))
    assert "Typed by keyboard" in page.inner_text("main")
