"""A contact is found, becomes one with another, and is itself again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.browser.test_pages import on_every_screen, on_one_database

KEPT, OTHER = "Boulangerie Aux Épis d’Or", "Biocoop Les 7 Épis"


@on_one_database
@on_every_screen
def test_a_contact_is_found_merged_and_itself_again(log_in, screen):
    page = log_in("manager", **screen)
    page.goto("/contacts/?name=epis")
    expect(page.get_by_role("link", name=OTHER)).to_be_visible()
    page.get_by_role("link", name=KEPT).click()
    page.get_by_role("link", name="Merge", exact=True).click()
    searched = page.get_by_label("Which other contact is the same?")
    expect(searched).to_be_visible()
    assert faults(page) == []
    searched.fill("bioc epis")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=OTHER)).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name=OTHER).click()
    expect(page.get_by_role("heading", name="What follows")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Merge", exact=True).click()

    expect(page.get_by_text("is part of this contact now")).to_be_visible()
    page.goto("/contacts/?name=biocoop")
    page.get_by_role("link", name=KEPT).click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("There are two contacts again")).to_be_visible()
    page.goto("/contacts/?name=biocoop")
    page.get_by_role("link", name=OTHER).click()
    expect(page.get_by_role("heading", name=OTHER, level=1)).to_be_visible()
