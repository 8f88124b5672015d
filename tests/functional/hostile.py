"""Hostile input, as data; and every form and page of the application, found by itself.

``crawl`` follows the links of the pages, ``Sheet`` is a form as it stands on a page,
``insist`` types into a form and sends it until it is taken, without what is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup
from webtest import TestResponse
from webtest.forms import Form, Select, Submit

from endi_like.models.catalogue import CatalogueItem
from endi_like.models.contacts import CreditAccount
from endi_like.models.parts import DiscountLine, LineGroup, PostTaxLine
from endi_like.models.people import Company, User
from endi_like.models.projects import Business, Project
from endi_like.models.purchases import SupplierInvoice
from endi_like.models.sales import Invoice, Task
from endi_like.models.saved_views import SavedView
from tests.factories import (
    make_bank,
    make_business,
    make_business_type,
    make_category,
    make_company,
    make_conditions,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_item,
    make_line,
    make_mail,
    make_membership,
    make_memo,
    make_mention,
    make_mode,
    make_notification,
    make_project,
    make_received,
    make_run,
    make_unit,
    make_user,
    make_vat,
    move,
    pay,
)

DIGITS = re.compile(r"\d+")
LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"')
"""To read hundreds of pages whole takes longer than to answer with them."""

EVERY_CASE = "EVERY_CASE" in os.environ
DATABASES = "sqlite", "postgresql"
ROLES = {"admin", "manager", "accountant", "auditor"}
FORM = "application/x-www-form-urlencoded"

BEGINNINGS = ("=1+1", "javascript:")
"""What begins a text that a spreadsheet or a link would run."""

REST = (
    "x7({n})<script>x7()</script></textarea></title><style>x7{{}}"
    "\"'><img src=x onerror=x7()>{{{{7331*3}}}}${{7331*3}}&lt;b&gt;&#60;"
)
SHORTER = ("<script>x7({n})", "<u>{n}")
"""The same for fields of a few signs."""

COMPUTED = "21993"
"""What a template engine would make of the mark of that name."""

NUMBERS = (
    *("NaN", "nan", "sNaN", "-NaN", "Infinity", "-inf", "1e400", "1E+1000000"),
    *("-0", "0", "1", "-1", "1_000", "0x10", "0b1", "1e3", "+1", "1.", ".5", "--1"),
    *("٣", "１２", "²", "½", "10" + "0" * 30, "9" * 400, "1" + "0" * 12),
    *("99999999999.99", "-99999999999.99", "0.000001", "0.00001", "1,5", "1.234,5"),
    *("2147483648", "9223372036854775808", "1 000", "1\u202f000", "12 €", "5%"),
)
DAYS = (
    *("0000-00-00", "0000-01-01", "0001-01-01", "1899-12-31", "1989-12-31"),
    *("1990-01-01", "2026-02-28", "2026-02-29", "2026-02-31", "2026-04-31"),
    *("2026-13-01", "2026-00-10", "2026-11-20", "2026-W47-5", "2026-324", "20261120"),
    *("20/11/2026", "2100-12-31", "2101-01-01", "9999-12-31", "10000-01-01"),
    *("-2026-11-20", "2026-11-20T25:00", "２０２６-１１-２０"),
)
TEXTS = (
    *(
        "",
        " ",
        "\t",
        "\n",
        "\r\n",
        "a\nb",
        "\x00",
        "a\x00b",
        "\x1b[31m",
        "\x7f",
        "\x85",
    ),
    *(
        "\ud800",
        "\udfff\ud800",
        "\ufffe",
        "\uffff",
        "\U0010ffff",
        "\U0001f468\u200d\U0001f469",
    ),
    *("\u202ecod.exe", "\u2066x\u2069", "\u2028", "\ufeff", "\u200b", "e\u0301", "ﬃ"),
    *("'", '"', "' OR 1=1 --", "%s%n%x", "{}", "${x}", "../../etc/passwd", "null"),
    *("x" * 300, "x" * 11_000, "Z\u0351\u036b" * 400),
)


def marks(beginning: str, n: int) -> list[str]:
    """Return what must be shown as it was typed, the longest first.

    ``n`` tells the fields apart.
    """
    texts = (beginning + REST, *SHORTER)
    return [text.format(n=f"{n:05}") for text in texts]


LEFT_OPEN = {"internal_company_id"}
"""Choices that are not made: the first one may be what the form refuses."""


@dataclass(frozen=True)
class Control:
    """One control of a form: its name, what it is for, and what it holds."""

    name: str
    kind: str
    value: Any
    options: tuple[str, ...] = ()
    is_required: bool = False

    @property
    def usual(self) -> Any:
        """Return what is sent when nobody touches it: a choice is made."""
        is_open = self.kind == "choice" and self.name not in LEFT_OPEN
        if is_open and not self.value:
            return next(filter(None, self.options), "")
        return self.value

    @property
    def is_typed(self) -> bool:
        """Tell whether one types into it, and is shown what one typed."""
        return self.kind in ("text", "number", "day")


@dataclass(frozen=True)
class Sheet:
    """A form as it stands on a page, and the page's address."""

    page: str
    address: str
    controls: tuple[Control, ...]
    actions: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Return what tells this form from others, whatever record it is of."""
        names = [one.name for one in self.controls]
        return (DIGITS.sub("#", self.address), *self.actions, *self.purpose, *names)

    @property
    def purpose(self) -> tuple[str, ...]:
        """Return what tells this form from the others of its page."""
        hidden = [one.value for one in self.controls if one.name == "action"]
        return (self.address, self.button, *hidden)

    @property
    def button(self) -> str:
        """Return which button saves."""
        return "save" if "save" in self.actions else next(iter(self.actions), "")

    @property
    def typed(self) -> dict[int, Control]:
        """Return the controls one types into, by their place in the form."""
        return {at: one for at, one in enumerate(self.controls) if one.is_typed}

    def body(self, typed: dict[int, str], action: str = "") -> list[tuple[str, str]]:
        """Return what a browser sends once that has been typed."""
        pairs = [
            (one.name, typed.get(at, one.usual))
            for at, one in enumerate(self.controls)
            if typed.get(at, one.usual) is not None
        ]
        pressed = action or self.button
        return [*pairs, ("action", pressed)] if pressed else pairs


def control_of(field: Any) -> Control:
    """Return a control of a WebTest form."""
    required = "required" in field.attrs
    if isinstance(field, Select):
        options = tuple(str(option[0]) for option in field.options)
        return Control(field.name, "choice", field.value, options, required)
    kind = field.attrs.get("type", "text")
    if field.attrs.get("inputmode") in ("decimal", "numeric"):
        kind = "number"
    return Control(field.name, KINDS.get(kind, "text"), field.value, (), required)


KINDS = {
    "checkbox": "tick",
    "date": "day",
    "file": "file",
    "hidden": "hidden",
    "number": "number",
    "password": "secret",
    "radio": "tick",
}
"""What a control of a type is for; any other type is there to type text."""


def sheets(page: TestResponse, method: str = "post") -> Iterator[Sheet]:
    """Yield every form of a page as a browser knows it: templates are left out."""
    main = page.html.find("main") or page.html
    for tag in main.find_all("form"):
        if tag.get("method", "get") != method:
            continue
        for template in tag.find_all(["template", "noscript"]):
            template.decompose()
        form = Form(page, str(tag))
        fields = [field for _name, field in form.field_order]
        buttons = [field for field in fields if isinstance(field, Submit)]
        pressed = [field.value_if_submitted() for field in buttons if field.name]
        path = urlsplit(page.request.url).path
        yield Sheet(
            path,
            urlsplit(form.action or "").path or path,
            tuple(control_of(field) for field in fields if field not in buttons),
            tuple(dict.fromkeys(pressed)),
        )


def send(browser: Any, address: str, pairs: Iterable[tuple[str, Any]]) -> TestResponse:
    """Post a form, whatever is in it; any answer will do."""
    body = urlencode(list(pairs), errors="surrogatepass").encode()
    return browser.post(address, body, content_type=FORM, status="*")


def send_with_file(
    browser: Any, address: str, pairs: Iterable[tuple[str, Any]]
) -> TestResponse:
    """Post a form that asks for a file as a browser does, with a small one."""
    fields = [pair for pair in pairs if pair[0] != "file"]
    # of the same content, what is attached in two places to one account is one file
    files = [("file", "note.txt", f"as agreed at {address}".encode())]
    return browser.post(address, fields, upload_files=files, status="*")


def linked(page: TestResponse) -> Iterator[str]:
    """Yield the addresses a page leads to within the application, without queries."""
    if page.content_type != "text/html":
        return
    for link in LINK.findall(page.text):
        parts = urlsplit(unescape(link))
        path = parts.path
        if path.startswith("/") and not parts.netloc:
            yield path


UNFOLLOWED = ("/static/", "/logout", "/login", "/styleguide", "/help")


def crawl(browser: Any, *starts: str) -> dict[str, TestResponse]:
    """Return every page one comes to by links, by its path."""
    found: dict[str, TestResponse] = {}
    waiting = list(starts or ("/",))
    while waiting:
        path = waiting.pop()
        if path in found or path.startswith(UNFOLLOWED) or path.endswith(".pdf"):
            continue
        found[path] = browser.get(path)
        if found[path].status_int == 303:
            waiting.append(urlsplit(found[path].location).path)
        waiting.extend(linked(found[path]))
    return found


def shared_out(db: Any, cases: Iterable[Any]) -> list[Any]:
    """Return the cases this database is asked: every second one, all of them by night.

    It is for what an application decides before it asks its database.
    """
    return share_of(db.get_bind().dialect.name, cases)


def share_of(database: str, cases: Iterable[Any]) -> list[Any]:
    """Return the cases that a kind of database is asked."""
    first = DATABASES.index(database)
    return list(cases) if EVERY_CASE else list(cases)[first :: len(DATABASES)]


Candidates = Callable[[int, Control], Sequence[str]]
"""What to type into the control at a place: the first that is not refused."""


def insist(
    browser: Any, sheet: Sheet, candidates: Candidates, action: str = ""
) -> tuple[TestResponse, dict[int, str]]:
    """Type into every control of a form and send it, until it is taken.

    What is refused at its control gives way to the next candidate, at last to what was
    there.  Return the last answer, and what of the typed it had in it.
    """
    left = {at: list(candidates(at, one)) for at, one in sheet.typed.items()}
    asks_for_file = any(one.kind == "file" for one in sheet.controls)
    post = send_with_file if asks_for_file else send
    for _attempt in range(8):
        typed = {at: texts[0] for at, texts in left.items() if texts}
        answer = post(browser, sheet.address, sheet.body(typed, action))
        wrong = refused(answer, sheet) if answer.status_int == 422 else []
        if not any(left.get(at) for at in wrong):
            return answer, typed
        for at in wrong:
            left[at] = left.get(at, [])[1:]
    raise AssertionError(f"{sheet.key} is refused again and again: {wrong}")


def refused(answer: TestResponse, sheet: Sheet) -> list[int]:
    """Return the places of the controls that a page says are filled in wrongly."""
    soup = BeautifulSoup(answer.text, "html.parser")
    for unseen in soup.find_all(["template", "noscript"]):
        unseen.decompose()
    named = ["input", "textarea", "select"]
    for form in soup.find_all("form", attrs={"method": "post"}):
        shown = [tag for tag in form.find_all(named) if tag.get("name")]
        if [tag["name"] for tag in shown] == [one.name for one in sheet.controls]:
            return [at for at, tag in enumerate(shown) if tag.get("aria-invalid")]
    return []


def everything(db: Any) -> User:
    """Store some of everything that has a page; return who may do all with it."""
    account = furnish(db)
    user = make_user(db, roles=ROLES, email="boss@example.org")
    make_membership(db, user, account.company, "self_validate", "record_payment")
    make_notification(db, user, account)
    late = {"collection": "invoices", "name": "Late", "query": "late=1"}
    db.add(SavedView(owner_id=user.id, **late))
    for record in (
        account,
        *db.query(Task),
        *db.query(Project),
        *db.query(Business),
        *db.query(CatalogueItem),
        *db.query(SupplierInvoice),
    ):
        make_memo(db, record, user)
    return user


def furnish(db: Any) -> CreditAccount:
    """Store some of everything that has a page; return the customer of it all."""
    make_bank(db, label="Savings bank")
    make_conditions(db)
    make_mode(db)
    make_unit(db)
    make_business_type(db)
    make_vat(db, "-1", label="No tax", mention="Article 293 B")
    make_user(db, email="somebody@example.org")
    make_mail(db, state="refused", error="550 No such person")
    account = make_customer(db, make_company(db, name="Carpentry"), name="Town")
    make_received(db, account.company, name="Within")  # listed after the others
    for status in ("draft", "wait", "valid", "valid", "valid"):
        rich_invoice(db, account, status)
    newest = db.query(Invoice).order_by(Invoice.id.desc())[:2]
    pay(db, newest[0], "10", reference="Bank slip")
    move(db, newest[1], "close", "It is not worth the trouble.")
    for status in ("wait", "valid"):
        make_estimation(db, account, status=status, deposit="30", agreed=["20"])
        credited = rich_invoice(db, account, "valid")
        make_credit_note(db, credited, status=status)
    make_run(db)
    project = make_project(db, account.company, phases=("Study", "Work"))
    project.customers = [account]
    newest[0].project, newest[0].phase = project, project.phases[0]
    make_business(db, account.company, project=project, documents=newest[1:])
    fill_catalogue(db, account.company)
    db.flush()
    return account


def fill_catalogue(db: Any, company: Company) -> None:
    """Put something of each kind into the catalogue of a company."""
    board = make_item(
        db, company, category=make_category(db, company), supplier_cost=Decimal(5)
    )
    free = {"description": "Work", "cost": Decimal(40), "vat": make_vat(db)}
    for kind in ("work", "group"):
        make_item(db, company, kind=kind, parts=[{"part": board}, free])


def rich_invoice(db: Any, account: CreditAccount, status: str) -> Invoice:
    """Make an invoice that has some of everything."""
    vat = make_vat(db)
    line = make_line(db, "100", unit="hour", product="A1", vat=vat)
    group = LineGroup(title="Roof", description="As agreed", lines=[line])
    return make_invoice(
        db,
        account,
        status=status,
        groups=[group],
        discounts=[DiscountLine(description="Rebate", amount=5, vat=vat)],
        post_tax_lines=[PostTaxLine(label="Deposit", amount=-3)],
        mentions=[make_mention(db)],
        notes="Thank you",
        workplace="Rennes",
        address="3 place Saint-Michel",
        expenses_ht=4,
        expenses_vat=vat,
    )
