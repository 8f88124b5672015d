"""What is typed survives: a reload, a lost session, an error of the server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

OFFER = "You typed more on"
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('endi-draft:'))"


@pytest.fixture
def form(log_in) -> Page:
    """Return the page of a new invoice with a subject and two lines."""
    # totals may be asked for in the moment in which the session is lost
    page = log_in("member", forgiven=("status of 500", "status of 401"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/invoices/add")
    customer = page.get_by_role("combobox", name=re.compile("Customer"))
    customer.click()
    customer.press("ArrowDown")
    customer.press("ArrowDown")
    customer.press("Enter")
    page.get_by_label("Subject").fill("Benches")
    cost(page, 0).fill("100")
    cost(page, 0).press("Enter")
    cost(page, 1).fill("20")
    page.get_by_role("button", name="Add a group").click()
    page.keyboard.type("Delivery")
    wait_until_kept(page, "Delivery")
    return page


def wait_until_kept(page: Page, words: str) -> None:
    """Return when the words are among what the browser keeps."""
    page.wait_for_function(
        f"words => {DRAFTS}.some((key) => localStorage[key].includes(words))", arg=words
    )


def cost(page: Page, number: int):
    return page.locator("[data-rows=lines] [name=cost]").nth(number)


def take_up(page: Page) -> None:
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.get_by_role("button", name="Take it up again").click()


def assert_all_is_back(page: Page, customer: str) -> None:
    assert page.get_by_label("Subject").input_value() == "Benches"
    assert cost(page, 0).input_value() == "100"
    assert cost(page, 1).input_value() == "20"
    groups = page.locator("[data-rows=groups] [name=title]")
    assert groups.nth(1).input_value() == "Delivery"
    box = page.get_by_role("combobox", name=re.compile("Customer"))
    assert box.input_value() == customer
    expect(page.locator("[data-total=ht]").first).to_have_text("120.00")


def chosen(page: Page) -> str:
    return page.get_by_role("combobox", name=re.compile("Customer")).input_value()


def kept(page: Page) -> int:
    return page.evaluate(f"{DRAFTS}.length")


def test_leaving_warns_and_what_was_typed_is_offered_again(log_in):
    page = log_in("member")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/invoices/add")
    page.goto("/invoices/add")
    assert asked == []

    page.get_by_label("Subject").press_sequentially("Benches")
    wait_until_kept(page, "Benches")
    page.goto("/invoices/")

    assert asked == ["beforeunload"]
    page.goto("/invoices/add")
    expect(page.get_by_text(OFFER)).to_be_visible()


def test_a_draft_brings_back_groups_lines_and_customer(form):
    customer = chosen(form)
    form.reload()

    take_up(form)

    assert_all_is_back(form, customer)


def test_a_draft_can_be_thrown_away(form):
    form.reload()
    form.get_by_role("button", name="Throw it away").click()

    assert kept(form) == 0
    form.reload()
    expect(form.get_by_text(OFFER)).to_be_hidden()


def test_a_lost_session_loses_nothing(form):
    customer = chosen(form)
    form.context.clear_cookies()
    form.get_by_role("button", name="Save", exact=True).click()
    form.wait_for_url("**/login?**")

    form.fill("[name=login]", "member")
    form.fill("[name=password]", "demo")
    form.keyboard.press("Enter")
    form.wait_for_url("**/invoices/add")

    take_up(form)
    assert_all_is_back(form, customer)


def test_an_error_of_the_server_loses_nothing(form):
    customer = chosen(form)
    # A page that names no icon is asked for /favicon.ico, which is a 404 of its own.
    page = '<link rel="icon" href="data:,"><h1>broken</h1>'
    broken = {"status": 500, "content_type": "text/html", "body": page}
    form.route("**/invoices/add", lambda route: route.fulfill(**broken))
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.get_by_role("heading", name="broken")).to_be_visible()
    form.unroute("**/invoices/add")

    form.goto("/invoices/add")

    take_up(form)
    assert_all_is_back(form, customer)


def test_a_refused_form_is_shown_with_its_errors_and_still_kept(form):
    form.locator("[name=date]").fill("")
    form.get_by_role("button", name="Save", exact=True).click()

    expect(form.locator("[data-errors]")).to_be_focused()
    expect(form.get_by_text(OFFER)).to_be_hidden()
    assert cost(form, 1).input_value() == "20"
    assert kept(form) == 1


def test_what_is_saved_is_no_draft_any_more(form):
    form.get_by_role("button", name="Save", exact=True).click()
    form.wait_for_url(re.compile(r"/invoices/\d+/"))

    assert kept(form) == 0
    form.goto("/invoices/add")
    expect(form.get_by_text(OFFER)).to_be_hidden()


def test_a_draft_of_yesterday_is_forgotten(form):
    form.evaluate(
        """() => {
            for (const key of Object.keys(localStorage)) {
                const draft = JSON.parse(localStorage[key]);
                draft.at -= 25 * 60 * 60 * 1000;
                localStorage[key] = JSON.stringify(draft);
            }
        }"""
    )
    form.goto("/invoices/add")

    expect(form.get_by_text(OFFER)).to_be_hidden()
    assert kept(form) == 0


def test_somebody_else_at_the_same_computer_is_not_offered_it(form, log_in):
    state = form.context.storage_state()
    theirs = log_in("other", storage_state={"origins": state["origins"], "cookies": []})
    theirs.goto("/invoices/add")

    assert kept(theirs) == 1
    expect(theirs.get_by_text(OFFER)).to_be_hidden()


def test_a_double_click_sends_one_form(form):
    form.get_by_role("button", name="Save", exact=True).dblclick()
    form.wait_for_url(re.compile(r"/invoices/\d+/"))

    form.goto("/invoices/?q=Benches")
    form.goto("/invoices/")
    assert "already" not in form.content()


def test_ctrl_enter_presses_the_main_button(form):
    form.get_by_label("Subject").press("Control+Enter")

    form.wait_for_url(re.compile(r"/invoices/\d+/"))
