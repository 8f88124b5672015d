"""Promises about hostile input, tried on every form and every list there is."""

import csv
import io

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from endi_like.forms.catalogue import CatalogueLineSchema
from endi_like.forms.contacts.entities import EntitySchema
from tests.functional.hostile import (
    BEGINNINGS,
    COMPUTED,
    DIGITS,
    crawl,
    everything,
    insist,
    marks,
    sheets,
)

SCHEMES = ("javascript:", "=", "data:text")
RUNS = ("href", "src", "action", "formaction", "srcdoc", "data", "poster")


@pytest.fixture
def everybody(db, login):
    """Return the browser of somebody who may do everything there is."""
    return login(everything(db))


EXACT = "/anonymise"
"""What asks for a text that it shows, and takes no other."""


def forms_of(pages):
    """Return one form of each kind on the pages, those that move something last."""
    found = {}
    for page in pages.values():
        if page.status_int == 200 and page.content_type == "text/html":
            for sheet in sheets(page):
                if sheet.address.endswith(EXACT):
                    continue
                found.setdefault(sheet.key, sheet)
    return sorted(found.values(), key=lambda one: (is_move(one), one.page))


def is_move(sheet):
    return sheet.address.endswith("/do")


def as_now(browser, sheet):
    """Return the form as its page shows it now."""
    shown = sheets(browser.get(sheet.page, status="*"))
    return next((one for one in shown if one.purpose == sheet.purpose), None)


class Marked:
    """What was typed into which field, by the number of its mark."""

    def __init__(self, beginning):
        self.beginning = beginning
        self.tried = {}

    def candidates(self, sheet):
        def candidates(at, control):
            n = self.number(sheet, at)
            if control.kind != "text":
                return ["1", control.value or ""]
            plain = f"plain{n}", f"plain{n}@example.org"
            return [*marks(self.beginning, n), control.value or "", *plain]

        return candidates

    def number(self, sheet, at):
        place = sheet.page, sheet.address, at
        return self.tried.setdefault(place, len(self.tried) + 10_000)


def fill_in(browser, sheet, marked):
    """Type a mark into every text of a form; return those that were kept."""
    answer, typed = insist(browser, sheet, marked.candidates(sheet))
    assert answer.status_int in (200, 303), (sheet.key, answer.text)
    return {
        (sheet.address, sheet.controls[at].name, at): text
        for at, text in typed.items()
        if "x7(" in text or text.startswith("<u>")
    }


def acting(page):
    """Return whatever on a page is more than text: scripts, handlers, addresses."""
    soup = page.html
    found = [tag for tag in soup.find_all("script") if tag.get_text(strip=True)]
    found += [tag for tag in soup.find_all(["style", "img", "u"]) if is_ours(tag)]
    for tag in soup.find_all(True):
        found += [
            (name, value) for name, value in tag.attrs.items() if runs(name, value)
        ]
    return found


def is_ours(tag):
    """Tell whether a tag is of the marks: they are in its text or its source."""
    return tag.name != "style" or "x7" in tag.get_text()


def runs(name, value):
    """Tell whether an attribute would run what is in it."""
    text = str(value).strip().lower()
    return name.startswith("on") or (name in RUNS and text.startswith(SCHEMES))


def read(page):
    """Return whatever can be read on a page or in a file, one text each."""
    if page.content_type == "text/html":
        return on_page(page.html)
    if page.content_type == "application/json":
        return [text for text in values(page.json) if isinstance(text, str)]
    if page.content_type == "text/csv":
        return cells_of_csv(page)
    return cells_of_xlsx(page) if "sheet" in page.content_type else []


def on_page(soup):
    """Return the text of a page, and that of its attributes."""
    attributes = (value for tag in soup.find_all(True) for value in tag.attrs.values())
    return [soup.get_text(), *(value for value in attributes if isinstance(value, str))]


def values(found):
    """Yield every value of JSON."""
    if isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from values(one)
    else:
        yield found


def cells_of_csv(page):
    text = page.body.decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""))
    return [cell for row in rows for cell in row]


def cells_of_xlsx(page):
    rows = load_workbook(io.BytesIO(page.body)).active.iter_rows()
    cells = [cell for row in rows for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} <= {"s"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    return [cell.value for cell in cells]


OF_SOME_LIST = {"/saved-views/add"}
"""What is nothing by its path alone."""


def with_json(browser, pages):
    """Return the pages, and the JSON of those that have it."""
    found = dict(pages)
    for path in (one for one in pages if one not in OF_SOME_LIST):
        answer = browser.get(f"{path}?fmt=json", status="*")
        if answer.content_type == "application/json":
            found[f"{path}?fmt=json"] = answer
    return found


def shown_on(browser, pages):
    """Return what can be read on the pages, in their JSON, and on one printout."""
    found = {path: read(page) for path, page in with_json(browser, pages).items()}
    edited = next(one for one in pages if DIGITS.sub("#", one) == "/invoices/#/edit")
    address = edited.removesuffix("edit") + "print.pdf"
    found[address] = in_pdf(browser.get(address))
    return found


def in_pdf(answer):
    """Return the text of a PDF; its lines are broken where they are full."""
    pages = PdfReader(io.BytesIO(answer.body)).pages
    return ["".join("".join(page.extract_text() for page in pages).split())]


ASKED_BY_OTHER_BUTTONS = {"invalidate.reason"}
OF_ANOTHER_KIND = {one.name for one in EntitySchema() if one.only_for}
"""What a company is not asked for, a person is, and the other way round."""
OF_ANOTHER_THING = {one.name for one in CatalogueLineSchema()}
"""A product has no parts, a group of lines no unit: what is typed there is not kept."""
INVOICED_MEANWHILE = "/estimations/#/do", "reason"
"""What one form has invoiced, another cannot give up: its reason is not kept."""
RECORD = "/invoices/#/ /invoices/#/?fmt=json"
LIST = "/invoices/ /invoices/export.csv /invoices/export.xlsx /invoices/?fmt=json"
PRINT = "/invoices/#/print"
SHOWN = {
    ("/invoices/#/edit", "name"): f"{RECORD} {LIST} {PRINT} / /customers/#/",
    ("/invoices/#/edit", "description"): f"{RECORD} {PRINT}",
    ("/invoices/#/edit", "title"): f"{RECORD} {PRINT}",
    ("/invoices/#/edit", "unit"): f"{RECORD} {PRINT}",
    ("/invoices/#/edit", "label"): f"{RECORD} {PRINT}",
    ("/invoices/#/edit", "address"): f"{RECORD} {PRINT}",
    ("/invoices/#/edit", "workplace"): f"{RECORD} {PRINT}",
    ("/invoices/#/edit", "notes"): f"{RECORD} {PRINT}",
    ("/invoices/#/payment", "reference"): RECORD,
    ("/invoices/#/do", "reason"): "/invoices/#/",
    ("/invoices/#/memos/add", "text"): "/invoices/#/ /invoices/#/timeline/export.csv",
    ("/customers/#/memos/add", "text"): "/customers/#/",
    ("/customers/#/edit", "name"): f"{LIST} /invoices/#/ /customers/ /customers/#/",
    ("/companies/#/edit", "name"): f"{LIST} {PRINT} /companies/ /account",
    ("/users/#/edit", "name"): "/users/ /users/export.csv /users/#/?fmt=json",
    ("/organisation/#/edit", "name"): f"{PRINT} /organisation/#/",
    ("/payment-modes/#/edit", "label"): "/payment-modes/ /invoices/#/",
    ("/mentions/add", "text"): "/mentions/ /mentions/export.csv",
    ("/account", "name"): "/account",
}
"""Where some of the fields must be shown, besides in their forms."""


ON_ONE_DATABASE_EACH = list(zip(BEGINNINGS, ("sqlite", "postgresql"), strict=True))
"""Either is tried on one: what a page makes of a text does not depend on it."""


@pytest.mark.parametrize(
    ("beginning", "engine"), ON_ONE_DATABASE_EACH, indirect=["engine"]
)
def test_I1_what_is_typed_is_shown_as_text_everywhere(db, everybody, beginning):
    marked, kept = Marked(beginning), {}
    for sheet in forms_of(crawl(everybody)):
        if sheet.typed and (now := as_now(everybody, sheet)):
            kept |= fill_in(everybody, now, marked)
    pages = crawl(everybody)
    shown = shown_on(everybody, pages)

    for path, page in pages.items():
        assert page.content_type != "text/html" or acting(page) == [], path
    for path, texts in shown.items():
        assert not any(COMPUTED in text for text in texts), path
        is_file = path.endswith((".csv", ".xlsx"))
        assert not is_file or not any(text.startswith("=") for text in texts), path
    assert len(kept) > 50
    assert unseen(shown, kept) <= ASKED_BY_OTHER_BUTTONS | OF_ANOTHER_KIND
    for field, where in SHOWN.items():
        assert set(where.split()) <= places(shown, kept, field), field
    assert "x7(" in shown[next(reversed(shown))][0]


def unseen(shown, kept):
    """Return the names of the fields whose text is shown nowhere."""
    every = ["".join(texts) for texts in shown.values()]
    return {
        name
        for (address, name, _at), text in kept.items()
        if not (address.startswith("/catalogue/") and name in OF_ANOTHER_THING)
        if (DIGITS.sub("#", address), name) != INVOICED_MEANWHILE
        if not seen(every, text)
    }


def seen(every, text):
    return any(text in one for one in every)


def places(shown, kept, field):
    """Return the addresses of the pages and files that show what a field holds."""
    texts = [
        text
        for (address, name, _at), text in kept.items()
        if (DIGITS.sub("#", address), name) == field
    ]
    return {
        DIGITS.sub("#", path)
        for path, read in shown.items()
        if any(text in one for text in texts for one in read)
    }


def test_I1_what_is_searched_for_is_shown_as_text(everybody):
    searches = 0
    for path, page in crawl(everybody).items():
        if page.content_type != "text/html":
            continue
        for sheet in sheets(page, "get"):
            texts = {at: marks('">', at)[0] for at in sheet.typed}
            found = everybody.get(sheet.address, sheet.body(texts))
            if found.status_int == 303:
                continue  # what means nothing is asked no more
            assert acting(found) == [], path
            assert not texts or "x7(" in found.text, path
            searches += len(texts)
    assert searches > 5
