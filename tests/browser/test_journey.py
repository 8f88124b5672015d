"""The whole story in a browser: written, validated, numbered, printed, paid."""

from __future__ import annotations

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader


def write_invoice(member, subject):
    """Write an invoice of two lines by the keyboard, and ask for its validation."""
    member.goto("/invoices/add")
    customer = member.get_by_role("combobox", name=re.compile("Customer"))
    customer.click()
    customer.press("ArrowDown")
    customer.press("Enter")
    member.get_by_label("Subject").fill(subject)
    member.get_by_label("Description", exact=True).first.fill("Oak bench")
    member.get_by_label("Unit price").first.fill("320.50")
    member.get_by_label("Quantity").first.fill("4")
    member.get_by_label("Quantity").first.press("Enter")
    member.get_by_label("Description", exact=True).nth(1).fill("Delivery")
    member.get_by_label("Unit price").nth(1).fill("85")
    expect(member.locator("[data-total=ht]").first).to_have_text("1,367.00")
    member.get_by_role("button", name=re.compile("Ask for validation")).click()
    member.wait_for_url(re.compile(r"/invoices/\d+/$"))
    return member.url


def test_an_invoice_is_written_validated_printed_and_paid(log_in):
    member, manager = log_in("member"), log_in("manager")
    url = write_invoice(member, "Benches for the reading room")
    expect(member.get_by_text("Waiting for validation").first).to_be_visible()
    expect(member.get_by_role("button", name="Validate", exact=True)).to_have_count(0)

    manager.goto(url)
    manager.get_by_role("button", name="Validate", exact=True).click()
    expect(manager.get_by_text("Waiting for payment").first).to_be_visible()
    heading = manager.get_by_role("heading", level=1).inner_text()
    number = heading.removeprefix("Invoice ")
    assert re.fullmatch(r"\d{4}-\d{4}", number)

    manager.get_by_role("link", name="Record a payment").click()
    manager.get_by_label(re.compile("Amount")).fill("700")
    manager.get_by_role("button", name="Save").click()
    expect(manager.get_by_text("Partly paid").first).to_be_visible()

    manager.get_by_role("link", name="Record a payment").click()
    manager.get_by_role("button", name="Save").click()
    expect(manager.get_by_text("Settled").first).to_be_visible()

    answer = member.request.get(f"{url}print.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.body())).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert number in text
    assert "Oak bench" in text
    assert member.request.get(f"{url}print.pdf").body() == answer.body()


def test_a_document_sent_back_is_corrected_and_sent_again(log_in):
    member, manager = log_in("member"), log_in("manager")
    url = write_invoice(member, "Chairs to repair")

    manager.goto(url)
    manager.get_by_text("Send back").first.click()
    manager.get_by_label(re.compile("Reason")).fill("The date is wrong.")
    manager.get_by_role("button", name="Send back").last.click()

    member.goto(url)
    expect(member.get_by_text("The date is wrong.").first).to_be_visible()
    member.get_by_role("link", name="Edit", exact=True).click()
    member.get_by_label("Subject").fill("Twelve chairs to repair")
    member.get_by_role("button", name=re.compile("Ask for validation")).click()
    expect(member.get_by_text("Waiting for validation").first).to_be_visible()


def test_the_second_of_two_tabs_loses_nothing_and_changes_nothing(log_in):
    member, manager = log_in("member"), log_in("manager")
    url = write_invoice(member, "Two tabs")
    manager.goto(url)
    second = manager.context.new_page()
    second.goto(url)
    manager.get_by_role("button", name="Validate", exact=True).click()
    expect(manager.get_by_text("Waiting for payment").first).to_be_visible()

    with second.expect_response(re.compile("/do$")) as answer:
        second.get_by_role("button", name="Validate", exact=True).click()

    assert answer.value.status == 409
    expect(second.get_by_role("heading", level=1)).to_be_visible()
