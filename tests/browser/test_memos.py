"""Memos and the timeline as people use them, on a phone as well."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.browser.test_pages import first_invoice, on_every_screen, on_one_database


@on_one_database
@on_every_screen
def test_a_memo_is_written_pinned_and_found_among_its_kind(log_in, screen):
    page = log_in("manager", **screen)
    name = f"Mrs {screen['viewport']['width']}"
    text = f"Call {name} back\n\non Tuesday, <before> ten"
    record = first_invoice(page, "validation_status=valid")
    page.goto(record)
    aside = page.get_by_role("complementary", name="Timeline")
    aside.get_by_text("Write a memo").click()
    aside.get_by_label("Memo", exact=True).fill(text)
    aside.get_by_label("Private: only you will see it").check()
    assert faults(page) == []
    aside.get_by_role("button", name="Save the memo").click()

    memo = aside.get_by_role("listitem").filter(has_text=name)
    expect(memo.locator("blockquote")).to_have_text(text, use_inner_text=True)
    expect(memo).to_contain_text("only you see it")
    memo.get_by_role("button", name="Pin the memo on top").click()
    pinned = aside.get_by_role("region", name="Pinned memos")
    expect(pinned).to_contain_text(name)

    aside.get_by_role("link", name="Status").click()
    expect(aside.get_by_role("link", name="Status")).to_have_attribute(
        "aria-current", "page"
    )
    expect(pinned).to_have_count(0)
    aside.get_by_role("link", name="Memos").click()
    expect(aside.get_by_role("link", name="Memos")).to_have_attribute(
        "aria-current", "page"
    )
    assert faults(page) == []

    memo = aside.get_by_role("listitem").filter(has_text=name)
    memo.get_by_role("button", name="Remove the memo").click()
    expect(aside.get_by_text("You removed a memo")).to_be_visible()
    aside.get_by_role("button", name="Put the memo back").click()
    expect(aside.locator("blockquote", has_text=name)).to_be_visible()
