"""The form of a contact: kinds, rows, accounts and drafts, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

PERSON = "Nolwenn Le Gall"


@pytest.fixture
def form(log_in) -> Page:
    """Return the page of a new contact."""
    page = log_in("manager")
    page.goto("/contacts/add")
    return page


def part(page: Page, rows: str, number: int = 0):
    return page.locator(f"[data-rows={rows}] > [data-item]").nth(number)


def add(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_fields_follow_the_kind_and_keep_what_was_typed(form):
    form.get_by_label("Name", exact=True).fill("Élan & Fils")
    expect(form.get_by_label("Last name")).to_be_hidden()

    form.get_by_label("Kind", exact=True).first.select_option("person")

    expect(form.locator("#legal_name")).to_be_hidden()
    expect(form.get_by_role("heading", name="Employments")).to_be_visible()
    expect(form.get_by_role("heading", name="Who works or lives there")).to_be_hidden()
    form.locator("#first_name").fill("Anne")
    form.locator("#last_name").fill("Élan")
    expect(form.locator("[data-name]")).to_have_text("Anne Élan")

    form.locator("#kind").select_option("company")
    expect(form.locator("#legal_name")).to_have_value("Élan & Fils")
    expect(form.locator("[data-name]")).to_have_text("Élan & Fils")


def test_an_address_is_of_an_account_that_is_added_beside_it(form):
    form.locator("#legal_name").fill("Tuiles du Couesnon")
    add(form, "Add an account")
    account = part(form, "accounts")
    account.get_by_label("Of the company").select_option(index=1)
    account.get_by_label("Account number").fill("T-77")
    place = part(form, "addresses")
    place.get_by_label("City").fill("Antrain")
    place.get_by_label("Address of").select_option(label="Customer T-77")

    form.get_by_role("button", name="Save").click()

    expect(form.get_by_role("heading", name="Tuiles du Couesnon")).to_be_visible()
    expect(form.locator("address")).to_contain_text("Antrain")
    expect(form.locator("address .tag").nth(1)).to_contain_text("T-77")


def test_a_person_is_found_by_typing_in_a_row_that_was_added(form):
    form.locator("#legal_name").fill("Moulin du Boël")
    add(form, "Add a person")
    box = part(form, "people").get_by_role("combobox", name="Person")
    box.fill("nolw")
    expect(form.get_by_role("option", name=PERSON)).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value(PERSON)
    add(form, "Add a person")
    expect(
        part(form, "people", 1).get_by_role("combobox", name="Person")
    ).to_be_focused()

    form.keyboard.press("Control+Enter")

    expect(form.get_by_role("link", name=PERSON)).to_be_visible()


def test_rows_go_and_come_back_by_keyboard(form):
    first = part(form, "addresses").get_by_label("City")
    first.fill("Rennes")
    add(form, "Add an address")
    second = part(form, "addresses", 1).get_by_label("City")
    second.fill("Brest")

    second.press("Alt+ArrowUp")
    expect(part(form, "addresses").get_by_label("City")).to_have_value("Brest")
    form.keyboard.press("Alt+Delete")
    expect(form.locator("[data-rows=addresses] > [data-item]")).to_have_count(1)
    form.get_by_role("button", name="Put it back").click()
    expect(part(form, "addresses").get_by_label("City")).to_have_value("Brest")
    form.keyboard.press("Control+d")
    expect(form.locator("[data-rows=addresses] > [data-item]")).to_have_count(3)


def test_what_was_typed_is_offered_again_with_its_accounts_and_people(form):
    form.locator("#legal_name").fill("Cidrerie Kergaver")
    add(form, "Add an account")
    part(form, "accounts").get_by_label("Account number").fill("K-1")
    part(form, "addresses").get_by_label("City").fill("Fouesnant")
    part(form, "addresses").get_by_label("Address of").select_option(
        label="Customer K-1"
    )
    add(form, "Add a person")
    box = part(form, "people").get_by_role("combobox", name="Person")
    box.fill("nolw")
    form.get_by_role("option", name=PERSON).click()
    form.wait_for_function("JSON.stringify(localStorage).includes('Fouesnant')")
    form.once("dialog", lambda dialog: dialog.accept())
    form.reload()

    form.get_by_role("button", name="Take it up again").click()

    expect(form.locator("#legal_name")).to_have_value("Cidrerie Kergaver")
    chosen = part(form, "addresses").get_by_label("Address of")
    label = chosen.evaluate("(one) => one.selectedOptions[0].text")
    assert label == "Customer K-1"
    box = part(form, "people").get_by_role("combobox", name="Person")
    expect(box).to_have_value(PERSON)


def test_without_script_a_contact_is_entered_as_well(log_in):
    page = log_in("manager", java_script_enabled=False)
    page.goto("/contacts/add")
    page.locator("#kind").select_option("person")
    expect(page.locator("#legal_name")).to_be_hidden()
    page.locator("#last_name").fill("Sans Script")
    part(page, "elements").get_by_label("Number or address").fill("02 99 00 00 00")

    page.get_by_role("button", name="Save").last.click()

    expect(page.get_by_role("link", name="02 99 00 00 00")).to_be_visible()
