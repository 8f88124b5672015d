"""The catalogue in the form of a document, by keyboard, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def load(page: Page, words: str, label: str) -> None:
    """Find something of the catalogue by typing, and take the first that is found."""
    box = page.get_by_role("combobox", name="From the catalogue")
    box.focus()
    box.press_sequentially(words)
    expect(page.get_by_role("option", name=re.compile(label))).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value("")


def test_a_product_is_found_by_keyboard_added_counted_and_saved(log_in):
    page = log_in("member")
    page.goto("/invoices/add")
    customer = page.get_by_role("combobox", name=re.compile("Customer"))
    customer.focus()
    customer.press("ArrowDown")
    customer.press("Enter")
    page.get_by_label("Subject").fill("From the catalogue")
    load(page, "travail atel", "MO-ATE")
    quantity = page.locator("[data-rows=lines] [name=quantity]").first
    expect(quantity).to_be_focused()
    page.keyboard.type("3")
    expect(page.locator("dd[data-total=ht]")).to_have_text("144.00")

    load(page, "grp-pre", "GRP-PRE")
    expect(page.locator("[name=title]").nth(1)).to_have_value("Préparation du chantier")
    expect(page.locator("dd[data-total=ht]")).to_have_text("524.00")

    page.get_by_label("Prices").select_option("ttc")
    load(page, "tabouret", "BTQ-TAB")
    last = page.locator("[data-rows=lines] [name=cost]").last
    expect(last).to_have_value("138.00")

    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    expect(page.get_by_text("Tabouret d’atelier")).to_be_visible()
    expect(page.get_by_text("Relevé des cotes")).to_be_visible()


def test_a_group_of_a_document_is_saved_into_the_catalogue(log_in):
    page = log_in("member")
    page.goto("/catalogue/?kind=group")
    page.get_by_role("link", name="Bibliothèque sur mesure").click()
    expect(page.get_by_role("heading", name="Parts")).to_be_visible()
    page.goto("/estimations/")
    page.locator("a.rec").first.click()
    page.get_by_role("link", name="Save this group into the catalogue").first.click()
    page.get_by_label("Name").fill("Kept from an estimation")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It is in the catalogue.")).to_be_visible()
