"""Estimation, signature, deposit, balance; partial payment, credit note, settled."""

from __future__ import annotations

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader


def fill_in(page, kind, subject, price):
    """Fill in the form of a new document with one line, for the first customer."""
    page.goto(f"/{kind}/add")
    customer = page.get_by_role("combobox", name=re.compile("Customer"))
    customer.click()
    customer.press("ArrowDown")
    customer.press("Enter")
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Description", exact=True).first.fill("Oak bench")
    page.get_by_label("Unit price").first.fill(price)


def press(page, name):
    """Press a button that only one thing on the page is called by."""
    page.get_by_role("button", name=name, exact=True).first.click()


def validated(page, address):
    """Validate the document of an address; return its number."""
    page.goto(address)
    press(page, "Validate")
    expect(page.get_by_text("It is validated and has the number").first).to_be_visible()
    return page.get_by_role("heading", level=1).inner_text().split()[-1]


def pay(page, amount=None):
    """Record a payment of the amount, or of what is left."""
    page.get_by_role("link", name="Record a payment").click()
    if amount:
        page.get_by_label(re.compile("Amount")).fill(amount)
    page.get_by_role("button", name="Save").click()


def text_of(page, address):
    """Return the text of a document's PDF."""
    answer = page.request.get(f"{address}print.pdf")
    pages = PdfReader(io.BytesIO(answer.body())).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def test_an_estimation_is_sent_signed_invoiced_in_parts_and_paid(log_in):
    member, manager = log_in("member"), log_in("manager")
    fill_in(member, "estimations", "Benches for the reading room", "1000")
    member.get_by_label("Deposit in per cent").fill("30")
    press(member, "Save, then: Ask for validation")
    member.wait_for_url(re.compile(r"/estimations/\d+/$"))
    estimation = member.url
    number = validated(manager, estimation)
    assert number in text_of(member, estimation)

    member.goto(estimation)
    press(member, "Note that it was sent")
    expect(member.get_by_text("Sent to the customer").first).to_be_visible()
    press(member, "Note the signature")
    expect(member.get_by_text("It is noted as signed").first).to_be_visible()

    press(member, "Write this invoice")
    member.wait_for_url(re.compile(r"/invoices/\d+/$"))
    deposit = member.url
    deposited = validated(manager, deposit)
    pay(manager)
    expect(manager.get_by_text("Settled").first).to_be_visible()

    member.goto(estimation)
    expect(member.get_by_role("link", name=deposited).first).to_be_visible()
    press(member, "Write this invoice")
    member.wait_for_url(re.compile(r"/invoices/\d+/$"))
    balance = member.url
    expect(member.get_by_text("Invoiced already").first).to_be_visible()
    validated(manager, balance)
    assert deposited in text_of(member, balance)
    pay(manager)
    expect(manager.get_by_text("Settled").first).to_be_visible()
    member.goto(estimation)
    expect(member.get_by_role("button", name="Write this invoice")).to_have_count(0)
    meter = member.locator("meter")
    assert meter.get_attribute("value") == meter.get_attribute("max")


def test_what_a_partial_payment_leaves_is_credited(log_in):
    member, manager = log_in("member"), log_in("manager")
    fill_in(member, "invoices", "Chairs that came too late", "500")
    press(member, "Save, then: Ask for validation")
    member.wait_for_url(re.compile(r"/invoices/\d+/$"))
    invoice = member.url
    number = validated(manager, invoice)
    pay(manager, "200")
    expect(manager.get_by_text("Partly paid").first).to_be_visible()

    manager.get_by_text("More", exact=True).click()
    press(manager, "Credit what is left to pay")
    manager.wait_for_url(re.compile(r"/credit-notes/\d+/$"))
    note = manager.url
    credited = validated(manager, note)
    assert number in text_of(manager, note)
    manager.goto(invoice)
    expect(manager.get_by_text("Settled").first).to_be_visible()
    expect(manager.get_by_role("link", name=credited).first).to_be_visible()
