"""Files of a record: chosen, dropped, pasted; each is sent, and says what it became."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

GIVE = """([selector, kind, name, type, text]) => {
    const carried = new DataTransfer();
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type }));
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: carried, bubbles: true })
        : new DragEvent("drop", { dataTransfer: carried, bubbles: true });
    document.querySelector(selector).dispatchEvent(event);
}"""
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
TEXT = "SGVsbG8sIHRoaXMgaXMgYSBsZXR0ZXIu"
SCREENSHOT = re.compile(r"Screenshot \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png")


@pytest.fixture
def record(log_in) -> Page:
    """Return the page of an invoice whose writer may attach files."""
    page = log_in("member")
    page.goto("/invoices/?kind=invoice&validation_status=draft")
    page.locator("tbody a.rec").first.click()
    page.wait_for_url(re.compile(r"/invoices/\d+/"))
    return page


def give(page: Page, kind: str, name: str, media_type: str, content: str) -> None:
    page.evaluate(GIVE, ["[data-files]", kind, name, media_type, content])


def kept(page: Page):
    return page.locator("#files-kept")


def test_a_dropped_file_is_sent_and_shown_with_the_past_told_anew(record):
    record.locator("#attach-about").fill("what they wrote")
    give(record, "drop", "letter.txt", "text/plain", TEXT)
    expect(record.locator("[data-sending]")).to_have_text("“letter.txt” is attached.")
    expect(kept(record)).to_contain_text("letter.txt")
    expect(kept(record)).to_contain_text("what they wrote")
    expect(record.locator("[data-past]")).to_contain_text("letter.txt")


def test_a_pasted_screenshot_is_called_by_its_moment(record):
    give(record, "paste", "image.png", "image/png", DOT)
    expect(kept(record)).to_contain_text(SCREENSHOT)


def test_what_is_pasted_into_a_field_stays_text(record):
    about = record.locator("#attach-about")
    about.fill("some words")
    about.press("Control+a")
    about.press("Control+c")
    about.press("End")
    about.press("Control+v")
    assert about.input_value() == "some wordssome words"


def test_a_refused_file_says_why_and_the_next_is_sent(record):
    chosen = [
        {"name": "page.html", "mimeType": "text/html", "buffer": b"<script>x</script>"},
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"good"},
    ]
    record.locator("#attach").set_input_files(chosen)
    record.get_by_role("button", name="Attach", exact=True).click()
    expect(record.locator("[data-sending] .error")).to_contain_text("page.html")
    expect(kept(record)).to_contain_text("notes.txt")
    expect(kept(record)).not_to_contain_text("page.html")


def test_a_file_that_is_too_large_is_not_even_sent(record):
    record.evaluate("document.querySelector('[data-drop]').dataset.most = '0.00001'")
    sent = []
    record.on("request", lambda request: sent.append(request.method))
    give(record, "drop", "letter.txt", "text/plain", TEXT)
    expect(record.locator("[data-sending] .error")).to_contain_text("too large")
    assert "POST" not in sent


def test_a_file_of_a_contact_is_sent_for_the_account_that_is_chosen(log_in):
    page = log_in("manager")
    page.goto("/contacts/?name=biocoop")
    page.locator("tbody a.rec").first.click()
    page.wait_for_url(re.compile(r"/contacts/\d+/"))
    choice = page.locator("#attach-account")
    expect(choice.locator("option").first).to_have_text("The contact itself")
    choice.select_option(index=1)
    account = choice.locator("option").nth(1).inner_text()

    give(page, "drop", "terms.txt", "text/plain", TEXT)

    line = kept(page).locator("li").filter(has_text="terms.txt")
    expect(line.locator(".tag")).to_have_text(account)
    expect(page.locator("[data-past]")).to_contain_text("attached “terms.txt” (")
