"""The requests that are measured, and what they are made on."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from pypdf import PdfReader
from sqlalchemy.orm import Session
from webtest import TestApp, TestResponse

from benchmarks._contacts import saved_contacts
from benchmarks._measure import Client, Series
from benchmarks._rows import NOW, WORK
from benchmarks._setup import Place
from endi_like.models.contacts import CreditAccount
from endi_like.models.options import PaymentConditions
from endi_like.services.documents import values, write
from tests.factories import make_estimation, make_invoice, make_line, move, pay, signed
from tests.functional.pages import document_form

MEMBER, MANAGER = 3, 2
LINES_OF_RECORD, LINES_OF_DRAFT, LINES_OF_PRINT, LINES_OF_ESTIMATION = 20, 5, 30, 50
STARTS, ENDS = ("__start__", "line:mapping"), ("__end__", "line:mapping")


class Journey(NamedTuple):
    """What is measured: how it is called, its requests, what was promised."""

    name: str
    client: Client
    requests: list[dict[str, Any]]
    promise: str = ""
    most_ms: float = 0
    most_ratio: float = 0
    status: str = "200 OK"


def series_of(place: Place, journey: Journey) -> Series:
    """Return the requests of a journey, to be measured."""
    return Series(journey.client, journey.requests, place.engine, journey.status)


def journeys(place: Place, app: Any, times: int) -> Iterator[Journey]:
    """Yield what is measured, each when the one before is done."""
    manager = Client(app, place.cookie("manager"))
    member = Client(app, place.cookie("member"))

    def page(name: str, path: str, client: Client = manager, **promise: Any) -> Journey:
        requests = [client.request(path) for _ in range(times)]
        return Journey(name, client, requests, **promise)

    record, draft = documents(place)
    promised = {"promise": "≤ 8 ms, ≤ 4 ×", "most_ms": 8, "most_ratio": 4}
    yield page("List, 80 rows", "/invoices/", **promised)
    yield page("List, next page", next_page(manager), **promised)
    yield page("List, waiting for validation", "/invoices/?validation_status=wait")
    yield page("List of one company’s member", "/invoices/", member)
    yield page("Home of a manager", "/")
    other = Client(app, place.cookie("other"))
    yield page("Home of a company’s member", "/", other, promise="≤ 40 ms", most_ms=40)
    path = f"/invoices/{record}/"
    limit = {"promise": "≤ 10 ms", "most_ms": 10}
    yield page("Record, 20 lines, history", path, **limit)
    yield page("Form, 20 lines", f"/invoices/{draft}/edit")
    yield from writing(app, manager, member, times)
    yield from invoicing(place, manager, record, max(times // 3, 1))
    saved = list(saved_contacts(place, app, manager, times))
    least = {"promise": "≤ 20 ms", "most_ms": 20, "status": "303 See Other"}
    yield Journey("Saving a contact", manager, saved, **least)
    path = f"/invoices/{draft}/print.pdf"
    requests = [manager.request(path) for _ in range(times // 3)]
    found = PdfReader(BytesIO(manager.send(requests[0]).body))
    assert len(found.pages) == 2
    yield Journey("PDF, 2 pages", manager, requests, "≤ 200 ms", 200)


def writing(app: Any, manager: Client, member: Client, times: int) -> Iterator[Journey]:
    """Yield the making of drafts, then their validation."""
    first = member.send(draft_request(app, member)).headers["Location"]
    yield Journey(
        "New draft, 5 lines",
        member,
        [draft_request(app, member) for _ in range(times)],
        "≤ 20 ms",
        20,
        status="303 See Other",
    )
    start = int(first.rstrip("/").rpartition("/")[2])
    token = manager.token(f"/invoices/{start}/")
    yield Journey(
        "Validation",
        manager,
        [
            manager.request(
                f"/invoices/{start + at}/do",
                [("csrf_token", token), ("version", "1"), ("action", "validate")],
            )
            for at in range(times)
        ],
        "≤ 15 ms",
        15,
        status="303 See Other",
    )


def invoicing(
    place: Place, manager: Client, record: int, times: int
) -> Iterator[Journey]:
    """Yield the copies of an invoice, then the invoices made of estimations."""
    token = manager.token(f"/invoices/{record}/")
    posted = [("csrf_token", token)]
    copied = manager.request(f"/invoices/{record}/duplicate", posted)
    yield Journey(
        "Duplicate, 20 lines",
        manager,
        [copied for _ in range(times)],
        "≤ 40 ms",
        40,
        status="303 See Other",
    )
    yield Journey(
        "Three invoices of an estimation of 50 lines",
        manager,
        [
            manager.request(
                f"/estimations/{key}/invoice-all", [*posted, ("version", str(version))]
            )
            for key, version in estimations(place, times)
        ],
        "≤ 150 ms",
        150,
        status="303 See Other",
    )


def estimations(place: Place, count: int) -> list[tuple[int, int]]:
    """Write validated estimations of 50 lines, paid in three parts."""
    with Session(place.engine) as db, db.begin():
        signed(db, lambda: NOW, author=MEMBER)
        account = db.get_one(CreditAccount, 7)
        terms = db.get_one(PaymentConditions, 1)
        made = [
            make_estimation(
                db,
                account,
                lines=lines(db, LINES_OF_ESTIMATION),
                payment_conditions=terms,
                deposit="30",
                equal_parts=2,
                status="valid",
            )
            for _ in range(count)
        ]
        return [(one.id, one.version) for one in made]


def next_page(client: Client) -> str:
    """Return the address of the second page of the list."""
    page = TestResponse(body=client.get("/invoices/"))
    address: str = page.html.find("a", rel="next")["href"]
    return address


def draft_request(app: Any, client: Client) -> dict[str, Any]:
    """Return the request that saves a new draft."""
    browser = TestApp(app, extra_environ={"HTTP_COOKIE": client.cookie})
    form = document_form(browser.get("/invoices/add"))
    form["name"] = "Travaux de menuiserie, lot 4"
    form["account_id"].force_value("7")
    fields = [(name, value) for name, value in form.submit_fields() if value]
    at, end = fields.index(STARTS), fields.index(ENDS)
    lines = [field for at in range(LINES_OF_DRAFT) for field in line_fields(at)]
    body = [*fields[:at], *lines, *fields[end + 1 :], ("action", "save")]
    made: dict[str, Any] = client.request("/invoices/add", body)
    return made


def line_fields(at: int) -> list[tuple[str, str]]:
    """Return the fields of one line of the form."""
    return [
        STARTS,
        ("description", WORK[at % len(WORK)]),
        ("cost", "184,80"),
        ("quantity", "2,5"),
        ("unit", "h"),
        ("vat_id", str(1 + at % 3)),
        ENDS,
    ]


def documents(place: Place) -> tuple[int, int]:
    """Write an invoice with a past, and a draft of two printed pages."""
    with Session(place.engine) as db, db.begin():
        signed(db, lambda: NOW, author=MEMBER)
        account = db.get_one(CreditAccount, 7)
        terms = db.get_one(PaymentConditions, 1)
        record = make_invoice(
            db, account, lines=lines(db, LINES_OF_RECORD), payment_conditions=terms
        )
        for name, comment in (("submit", ""), ("invalidate", "Le lot 4 manque.")):
            move(db, record, name, comment)
        data = values(record)
        data["notes"] = "Merci de votre confiance."
        for line in data["groups"][0]["lines"][:4]:
            line["cost"] += 10
        write(db, record, {**data, "discounts": []})
        db.flush()
        for name in ("submit", "validate"):
            move(db, record, name)
        pay(db, record, "100", mode_id=1)
        draft = make_invoice(
            db, account, lines=lines(db, LINES_OF_PRINT), payment_conditions=terms
        )
        return record.id, draft.id


def lines(db: Session, count: int) -> list[Any]:
    """Make lines, not stored yet."""
    return [
        make_line(db, f"{100 + at}.5", description=f"{WORK[at % len(WORK)]} ({at})")
        for at in range(count)
    ]
