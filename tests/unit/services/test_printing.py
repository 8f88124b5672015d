"""Invoices on paper: what stands on them, and what the engine may read."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from endi_like.services.canonical import read
from endi_like.services.pdf import BASE, STYLES, NotOurs, static_file
from endi_like.services.printable import printable
from endi_like.services.printed import (
    Letterhead,
    Printable,
    PrintedGroup,
    PrintedLine,
    PrintedRate,
    Recipient,
    Sender,
    Terms,
)
from endi_like.services.printing import engine, render_pdf
from endi_like.services.sales import organisation
from endi_like.templating import STATIC, render
from tests import golden
from tests.factories import make_invoice, make_line, make_vat

LINE = PrintedLine(
    "Oak bench, 180 cm", Decimal(320), Decimal(4), "piece", Decimal(20), Decimal(1280)
)

INVOICE = Printable(
    kind="invoice",
    number="2026-11-0412",
    draft=False,
    language="fr",
    currency="EUR",
    subject="Oak benches for the reading room",
    date=date(2026, 11, 2),
    due_date=date(2026, 11, 17),
    workplace="",
    sender=Sender(
        "Endi Coop", "Gospertstraße 1, 4700 Eupen", "BE 0123", "", "BE71 0961", ""
    ),
    letterhead=Letterhead("Atelier Bois & Fil", "Claire Delmas", ("Eupen",), ()),
    recipient=Recipient(("Favourite School", "4700 Eupen"), "BE", "BE 0987"),
    with_tax=False,
    with_units=True,
    groups=(PrintedGroup("Furniture", "", (LINE,), Decimal(1280)),),
    discounts=(),
    expenses=None,
    rates=(PrintedRate(Decimal(20), Decimal(1280), Decimal(256), "20 %", ""),),
    ht=Decimal(1280),
    tva=Decimal(256),
    ttc=Decimal(1536),
    post_tax=(),
    due=Decimal(1536),
    terms=Terms("15 days", (("Late payment", "40 euros are due."),), ""),
)


KEPT = replace(
    INVOICE,
    discounts=(replace(LINE, cost=None, quantity=None, total=Decimal("-2.50")),),
    expenses=replace(LINE, description="", unit="", percent=None, mark="a"),
    post_tax=(("Deposit", Decimal(-536)),),
)
"""What ``tests/golden/paper.json`` holds: the paper of an invoice kept long ago."""


def html_of(document):
    """Return the printed page of a document."""
    template = f"print/sales/{document.kind}.jinja2"
    return render(template, {"document": document}, document.language)


def pages_of(document):
    """Return the text of each page of a document's PDF."""
    reader = PdfReader(io.BytesIO(render_pdf(html_of(document))))
    return [page.extract_text().replace("\u202f", "\u00a0") for page in reader.pages]


def test_the_paper_says_what_the_invoice_says():
    (page,) = pages_of(INVOICE)
    for text in (
        "2026-11-0412",
        "Atelier Bois & Fil",
        "Favourite School",
        "Belgique",
        "Oak bench, 180 cm",
        "1\u00a0280,00",
        "256,00",
        "1\u00a0536,00\u00a0€",
        "2 novembre 2026",
        "40 euros are due.",
        "BE71\u00a00961",
    ):
        assert text in page


def test_what_was_kept_by_an_earlier_release_is_read_by_any_later_one():
    kept = Path(golden.__file__).with_name("paper.json").read_text("utf-8")
    assert read(Printable, kept) == KEPT


def test_numbers_and_dates_are_in_the_language_of_the_customer():
    assert "1.536,00\u00a0€" in pages_of(replace(INVOICE, language="de"))[0]
    assert "€1,536.00" in pages_of(replace(INVOICE, language="en"))[0]


def test_pages_are_counted_and_say_from_the_second_on_what_they_belong_to():
    group = PrintedGroup("", "", (LINE,) * 40, Decimal(51200))
    pages = pages_of(replace(INVOICE, groups=(group,)))
    assert len(pages) == 2
    for number, page in enumerate(pages, 1):
        assert f"{number} / 2" in page
    assert pages[0].count("2026-11-0412") < pages[1].count("2026-11-0412") + 2
    assert "2026-11-0412, Favourite School" in pages[1]
    assert "2026-11-0412, Favourite School" not in pages[0]


def test_a_draft_says_so_on_every_page_and_has_no_number():
    group = PrintedGroup("", "", (LINE,) * 40, Decimal(51200))
    draft = replace(INVOICE, draft=True, number="", language="en", groups=(group,))
    pages = pages_of(draft)
    assert len(pages) == 2
    assert all("DRAFT" in page for page in pages)
    assert all("Draft, not an invoice." in page for page in pages)
    assert "2026-11-0412" not in "".join(pages)
    assert "DRAFT" not in "".join(pages_of(replace(INVOICE, language="en")))


def test_a_document_with_tax_included_says_so():
    assert "Total incl. VAT" in html_of(replace(INVOICE, with_tax=True, language="en"))


def test_units_are_left_out_when_they_are_not_wanted():
    assert "piece" in html_of(INVOICE)
    assert "piece" not in html_of(replace(INVOICE, with_units=False))


def test_what_is_due_differs_from_the_total_when_something_follows_after_tax():
    deposit = (("Deposit", Decimal(-536)),)
    document = replace(INVOICE, post_tax=deposit, due=Decimal(1000), language="en")
    (page,) = pages_of(document)
    assert "−536.00" in page
    assert "€1,000.00" in page


def test_a_zero_rate_is_named_once_and_explained():
    nothing = Decimal(0), Decimal(100), Decimal(0)
    rates = (
        PrintedRate(*nothing, "0 % — exonéré", "Article 261.", "a"),
        PrintedRate(*nothing, "Autoliquidation", "Article 283.", "b"),
    )
    paper = html_of(replace(INVOICE, rates=(*INVOICE.rates, *rates)))
    shown = BeautifulSoup(paper, "html.parser")
    names = [one.text for one in shown.select(".vat tbody th")]
    assert names == ["20\u00a0%", "0 % — exonéréa", "0\u00a0%, Autoliquidationb"]
    terms = [one.get_text(" ", strip=True) for one in shown.select(".terms tr")]
    assert "a 0 % — exonéré Article 261." in terms
    assert "b 0\u00a0%, Autoliquidation Article 283." in terms


def test_lines_refer_to_the_reason_why_nothing_is_charged(db):
    exempt = make_vat(db, "-1", label="Exempt", mention="Article 261.")
    reverse = make_vat(db, "-2", label="Reverse charge", mention="Article 283.")
    lines = [make_line(db, "100", vat=vat) for vat in (make_vat(db), reverse, exempt)]
    paper = printable(make_invoice(db, lines=lines), organisation(db))

    marked = {one.label: one.mark for one in paper.rates}
    assert marked["20 %"] == ""
    assert {marked["Exempt"], marked["Reverse charge"]} == {"a", "b"}
    assert [one.mark for one in paper.groups[0].lines] == [
        "",
        marked["Reverse charge"],
        marked["Exempt"],
    ]
    assert "0\u00a0%<sup>" in html_of(paper)


@pytest.mark.parametrize("lines", [15, 17])
def test_no_paragraph_of_the_end_is_alone_on_the_last_page(lines):
    group = PrintedGroup("", "", (LINE,) * lines, Decimal(51200))
    mentions = (("Late payment", "40 euros."), ("Insurance", "Mutual, 2026."))
    terms = Terms("15 days", mentions, "Thank you.")
    first, last = pages_of(replace(INVOICE, groups=(group,), terms=terms))
    for text in ("15 days", "Late payment", "Insurance", "Thank you."):
        assert text in last
        assert text not in first


def test_hostile_text_is_printed_as_text():
    line = replace(LINE, description="<script>alert(1)</script> <img src=x>")
    group = PrintedGroup("", "", (line,), Decimal(1280))
    html = html_of(replace(INVOICE, groups=(group,)))
    assert "<script>" not in html
    assert "<img" not in html


def test_the_fonts_are_in_the_file():
    reader = PdfReader(io.BytesIO(render_pdf(html_of(INVOICE))))
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    assert {"Inter" in str(font.get_object()["/BaseFont"]) for font in fonts} == {True}


@pytest.mark.parametrize("font", sorted(STATIC.glob("fonts/inter-print-*.woff2")))
def test_every_digit_is_as_wide_as_the_others(font):
    found = TTFont(font)
    glyphs = [found.getBestCmap()[ord(digit)] for digit in "0123456789"]
    assert len({found["hmtx"][glyph][0] for glyph in glyphs}) == 1


def test_nothing_is_asked_of_the_engine_that_it_loses_memory_with():
    _why, _end, rules = (STATIC / STYLES).read_text().partition("*/")
    assert re.findall(r"font-(?:variant|feature|kerning)[a-z-]*:", rules) == []


def test_our_own_static_files_are_read():
    content, media_type = static_file(f"{BASE}static/css/print.css?v=123")
    assert media_type == "text/css"
    assert b"@page" in content


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://example.org/static/css/print.css",
        f"{BASE}static/../settings.py",
        f"{BASE}static/%2e%2e/settings.py",
        f"{BASE}static//etc/passwd",
        f"{BASE}etc/passwd",
        f"{BASE}static/js/endi.js",
        f"{BASE}static/css/missing.css",
        f"{BASE}static/",
    ],
)
def test_nothing_else_is_read(address):
    with pytest.raises(NotOurs):
        static_file(address)
    with pytest.raises(ValueError, match="passwd|static|settings|disallowed"):
        engine().fetcher.fetch(address)


def test_a_page_cannot_attach_a_file_of_the_server(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    address = secret.as_uri()
    link = f'<link rel="attachment" href="{address}"><img src="{address}"><p>Hello'
    found = PdfReader(io.BytesIO(render_pdf(link)))
    assert not found.attachments
    text = found.pages[0].extract_text()
    assert "Hello" in text
    assert "secret" not in text


def test_data_addresses_are_read():
    fetched = engine().fetcher.fetch("data:text/plain,hello")
    assert fetched.read() == b"hello"


def test_the_engine_is_not_loaded_before_the_first_pdf():
    code = (
        "import sys, endi_like.views.sales.prints, endi_like.jobs;"
        "sys.exit('weasyprint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_signs_that_no_font_has_do_not_fill_the_log(caplog):
    unknown = "".join(map(chr, range(0xF0000, 0xF0080)))
    assert render_pdf(html_of(replace(INVOICE, subject=unknown)))
    assert caplog.messages == []
