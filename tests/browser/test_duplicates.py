"""Somebody is entered a second time: told of while typing, and listed, on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.browser.test_pages import on_every_screen, on_one_database


@on_one_database
@on_every_screen
def test_who_is_typed_again_is_shown_and_can_be_another_one(log_in, screen):
    page = log_in("manager", **screen)
    width = screen["viewport"]["width"]
    name, phone = f"Nordwind {width} Bau", f"06 55 44 33 {width}"
    enter(page, name, phone)
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    enter(page, name.upper(), phone)
    question = page.get_by_role("region", name="Is it one of these?")
    expect(question).to_contain_text("Same telephone number.")
    expect(question.get_by_role("link")).to_contain_text(name)
    assert faults(page) == []
    page.get_by_role("button", name="Save").last.click()
    expect(
        page.get_by_text("There is a contact like this already").first
    ).to_be_visible()
    question.get_by_label("It is another one").check()
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name.upper())

    page.goto("/contacts/duplicates")
    pair = page.get_by_role("region", name=f"{name} and {name.upper()}")
    for _moment in range(40):
        if pair.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(pair).to_contain_text("Same telephone number.")
    assert faults(page) == []
    pair.get_by_role("button", name="Not the same").click()
    expect(pair).to_have_count(0)
    page.get_by_role("link", name="Not the same").click()
    pair.get_by_role("button", name="Compare them again").click()
    expect(pair).to_have_count(0)


def enter(page, name, phone):
    page.goto("/contacts/add")
    page.locator("#legal_name").fill(name)
    page.locator("[data-rows=elements] [name=value]").first.fill(phone)
