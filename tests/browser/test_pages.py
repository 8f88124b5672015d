"""Every page is usable: by everybody, on a phone, in each language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import faults, kinds_of_pages, unfinished, violations

# What is seen does not depend on the database.
on_one_database = pytest.mark.parametrize("site", ["sqlite"], indirect=True)
DESKTOP = {"viewport": {"width": 1366, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 800}}
on_every_screen = pytest.mark.parametrize(
    "screen", [DESKTOP, PHONE], ids=["desktop", "phone"]
)

STATES = (
    "validation_status=draft",
    "validation_status=wait",
    "validation_status=invalid",
    "paid_status=waiting",
    "paid_status=paid",
    "paid_status=resulted",
)
LISTS = (
    "/invoices/?late=1&sort=-ttc",
    "/invoices/?company=1&date_from=2026-01-01&paid_status=waiting",
    "/invoices/?bin=1",
    "/invoices/?q=nothing-like-this",
    "/customers/?q=nothing-like-this",
    "/notifications/?unread=1",
)
TOLD = ("/notifications/?unread=1",)
VISITS = {
    "manager": (LISTS, (DESKTOP, PHONE)),
    "admin": (TOLD, (DESKTOP, PHONE)),
    "auditor": ((), (PHONE,)),
}
"""Who sees every kind of page, where they look besides the links, and on what."""


def first_invoice(page, query):
    """Return the address of the first invoice that a list finds."""
    page.goto(f"/invoices/?kind=invoice&{query}")
    return page.locator("a.rec").first.get_attribute("href").split("?")[0]


@on_one_database
@pytest.mark.parametrize("login", VISITS)
def test_every_kind_of_page_is_accessible_and_fits(log_in, login):
    lists, screens = VISITS[login]
    page = log_in(login, **screens[0])
    found = {}
    for address in kinds_of_pages(page, *lists):
        for screen in screens:
            page.set_viewport_size(screen["viewport"])
            found[address, *screen["viewport"].values()] = faults(page)
    assert [(where, wrong) for where, wrong in found.items() if wrong] == []


@on_one_database
@on_every_screen
def test_an_invoice_is_accessible_and_fits_in_every_state(log_in, screen):
    page = log_in("manager", **screen)
    found = {}
    for query in STATES:
        page.goto(first_invoice(page, query))
        found[query] = faults(page)
    assert not any(found.values()), found


@on_one_database
@on_every_screen
def test_an_invoice_of_many_rates_fits(log_in, screen):
    page = log_in("accountant", **screen)
    page.goto("/invoices/?paid_status=paid")
    hrefs = page.locator("a.rec").evaluate_all("links => links.map((one) => one.href)")
    most = 0
    for href in hrefs:
        page.goto(href)
        most = max(most, page.locator("section[aria-labelledby=vat] tbody tr").count())
        assert faults(page) == [], href
    assert most >= 4, "the demonstration has an invoice of four rates"


def typed_twice(page, url, subject):
    """Open a form in two tabs, save the first; return the second as it answers."""
    second = page.context.new_page()
    for number, tab in enumerate((page, second)):
        tab.goto(f"{url}edit")
        tab.get_by_label("Subject").fill(f"{subject}, {number}")
    page.locator("button[data-main]").click()
    page.wait_for_url(re.compile(r"/invoices/\d+/$"))
    second.locator("button[data-main]").click()
    expect(second.locator("[data-conflict]")).to_be_visible()
    return second


@on_one_database
@on_every_screen
def test_pages_that_answer_a_press_are_accessible_and_fit(log_in, screen):
    page = log_in("manager", forgiven=("status of 404",), **screen)
    url = first_invoice(page, "validation_status=wait")
    seen = {"both versions of a form": faults(typed_twice(page, url, str(screen)))}

    page.goto("/invoices/add")
    page.locator("button[data-main]").click()
    expect(page.locator("[data-errors]")).to_be_visible()
    seen["a form with errors"] = faults(page)

    page.goto(url)
    page.locator("[name=version]").evaluate_all("all => all.map(one => one.value = 1)")
    page.locator("button[data-main]").click()
    expect(page.get_by_text("See it as it is now")).to_be_visible()
    seen["somebody was faster"] = faults(page)

    page.goto("/invoices/no-such-page")
    seen["nothing there"] = faults(page)
    assert not any(seen.values()), seen


@on_one_database
@on_every_screen
def test_what_became_of_ticked_rows_is_accessible_and_fits(log_in, screen):
    page = log_in("manager", forgiven=("status of 404",), **screen)
    page.goto("/invoices/?validation_status=draft")
    page.evaluate("document.querySelector('[name=row]').checked = true")
    page.evaluate("document.querySelector('.bulk').hidden = false")
    page.evaluate("document.querySelector('.bulk button[value=submit]').click()")
    expect(page.get_by_text("What became of each row")).to_be_visible()
    assert faults(page) == []


@on_one_database
@on_every_screen
def test_ticked_documents_are_printed_while_one_waits(log_in, screen):
    page = log_in("manager", **screen)
    page.goto("/estimations/?validation_status=draft")
    page.evaluate("document.querySelector('[name=row]').checked = true")
    page.evaluate("document.querySelector('.bulk').hidden = false")
    page.evaluate("document.querySelector('.bulk button[value=pdf]').click()")
    file = page.locator("a[href$='/file']")
    expect(file).to_be_visible(timeout=60_000)
    assert faults(page) == []
    with page.expect_download() as download:
        file.click()
    assert download.value.suggested_filename.endswith(".pdf")


@on_one_database
def test_a_link_to_choose_a_password_is_accessible_and_fits(log_in):
    page = log_in("admin", **PHONE)
    page.goto("/users/7/")
    page.get_by_role("button", name="Link to choose a password").click()
    link = page.get_by_label("Link to choose a password").input_value()
    assert faults(page) == []

    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_label("New password", exact=False).first).to_be_visible()
    assert faults(page) == []


@on_one_database
@on_every_screen
def test_taking_a_payment_back_asks_first_wherever_one_looks(log_in, screen):
    page = log_in("accountant", **screen)
    page.goto(first_invoice(page, "paid_status=paid"))
    button = page.locator("summary[aria-label='Take the payment back']").first
    button.click()
    dialog = page.get_by_role("dialog", name="Take the payment back?")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= screen["viewport"]["width"]
    assert violations(page) == []

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


@on_one_database
@on_every_screen
def test_a_token_is_revoked_after_asking(log_in, screen):
    page = log_in("auditor", **screen)
    page.goto("/account")
    page.locator("summary", has_text="Make a token").click()
    page.get_by_label("What is it for?").fill("Till")
    page.get_by_role("button", name="Make a token").click()
    assert faults(page) == []
    page.get_by_text("Revoke…").first.click()
    dialog = page.get_by_role("dialog", name="Revoke the token of Till?")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoke…")).to_have_count(0)


@on_one_database
@on_every_screen
def test_without_script_a_question_unfolds_in_its_place(log_in, screen):
    page = log_in("accountant", **screen, java_script_enabled=False)
    page.goto(first_invoice(page, "paid_status=paid"))
    page.locator("summary[aria-label='Take the payment back']").first.click()
    answer = page.get_by_role("button", name="Take it back").first
    expect(answer).to_be_visible()
    box = answer.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= screen["viewport"]["width"]


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
def reader(log_in, request):
    """Return a browser on a phone; who reads it next finds it in English again."""
    page = log_in(request.param, **PHONE)
    yield page
    choose_language(page, "en")


@on_one_database
@pytest.mark.parametrize("reader", ["manager", "admin"], indirect=True)
@pytest.mark.parametrize("language", ["fr", "de"])
def test_pages_speak_one_language_and_fit_in_each(reader, language):
    choose_language(reader, language)
    for address in kinds_of_pages(reader):
        if address.endswith("/print"):
            continue  # in the language of the customer
        assert reader.locator("html").get_attribute("lang") == language
        assert not unfinished(reader), address
        width = "document.documentElement.scrollWidth - innerWidth"
        assert reader.evaluate(width) <= 1, address


def test_a_page_can_be_used_by_the_keyboard_alone(log_in):
    page = log_in("manager")
    page.goto("/invoices/?kind=invoice&validation_status=wait")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/invoices/\d+/"))
    page.keyboard.press("e")
    page.wait_for_url(re.compile(r"/invoices/\d+/edit"))
    page.get_by_label("Subject").fill("Typed by keyboard")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/invoices/\d+/$"))
    assert "Typed by keyboard" in page.inner_text("main")
