"""A sales document as it is printed: plain data, no database behind it.

``printable`` gathers it from the models; the templates below ``templates/print`` turn
it into a page, in the language of the customer.  What is not known when a document is
validated, such as its payments, is not printed: the PDF kept then stays true.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_lowercase
from typing import Any, TypeAlias

from endi_like import totals
from endi_like.models.estimations import Estimation
from endi_like.models.options import VatRate
from endi_like.models.organisation import Organisation
from endi_like.models.people import Company
from endi_like.models.sales import CancelInvoice, LineGroup, Task
from endi_like.services.sales import document

ZERO = Decimal(0)
Marks: TypeAlias = Mapping[int | None, str]
"""The letter that refers to the mention of a rate, by the rate's id."""


@dataclass(frozen=True)
class Sender:
    """The organisation that invoices, for the footer and the window."""

    name: str
    address: str
    vat_number: str
    registration: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Letterhead:
    """The enseigne at the top of the page."""

    name: str
    contact_name: str
    lines: tuple[str, ...]
    reach: tuple[str, ...]


@dataclass(frozen=True)
class Recipient:
    """Whom the letter is for; ``country`` is a code, for letters that go abroad.

    ``agreed`` says that the lines are the document's, not those the customer has.
    """

    lines: tuple[str, ...]
    country: str
    vat_number: str
    agreed: bool = False


@dataclass(frozen=True)
class PrintedLine:
    """A charged item; what is missing in a draft is nothing.

    ``mark`` refers to the reason why no tax is charged.
    """

    description: str
    cost: Decimal | None
    quantity: Decimal | None
    unit: str
    percent: Decimal | None
    total: Decimal | None
    mark: str = ""


@dataclass(frozen=True)
class PrintedGroup:
    """Lines under one title, with what they come to."""

    title: str
    description: str
    lines: tuple[PrintedLine, ...]
    total: Decimal


@dataclass(frozen=True)
class PrintedRate:
    """What the document comes to at one rate, and why it is charged so."""

    percent: Decimal
    ht: Decimal
    tva: Decimal
    label: str
    mention: str
    mark: str = ""


@dataclass(frozen=True)
class PrintedDeduction:
    """What is settled elsewhere, at one rate, taken off the totals."""

    label: str
    percent: Decimal
    ht: Decimal
    tva: Decimal
    ttc: Decimal


@dataclass(frozen=True)
class PrintedDeadline:
    """A part of the payment schedule."""

    kind: str
    label: str
    amount: Decimal
    date: dt.date | None


@dataclass(frozen=True)
class Terms:
    """When it is due and how it is paid, and every paragraph that follows."""

    conditions: str
    mentions: tuple[tuple[str, str], ...]
    notes: str


@dataclass(frozen=True)
class Printable:
    """Everything on the paper.

    ``kind`` is the type of the document, ``number`` empty while it is a draft;
    ``with_tax`` says that prices and sums of lines include tax.  What only some kinds
    have comes last, and is nothing for the others and for papers of before.
    """

    kind: str
    number: str
    draft: bool
    language: str
    currency: str
    subject: str
    date: dt.date
    due_date: dt.date | None
    workplace: str
    sender: Sender
    letterhead: Letterhead
    recipient: Recipient
    with_tax: bool
    with_units: bool
    groups: tuple[PrintedGroup, ...]
    discounts: tuple[PrintedLine, ...]
    expenses: PrintedLine | None
    rates: tuple[PrintedRate, ...]
    ht: Decimal
    tva: Decimal
    ttc: Decimal
    post_tax: tuple[tuple[str, Decimal], ...]
    due: Decimal
    terms: Terms
    deductions: tuple[PrintedDeduction, ...] = ()
    valid_until: dt.date | None = None
    deposit: Decimal | None = None
    schedule_display: str = "none"
    schedule: tuple[PrintedDeadline, ...] = ()
    credited: str = ""
    credited_on: dt.date | None = None


def printable(task: Task, organisation: Organisation) -> Printable:
    """Return a sales document as it is printed; its relations are read."""
    figures = totals.compute(document(task))
    draft = task.official_number is None
    marks = marks_of(task)
    return Printable(
        kind=task.type_,
        number=task.official_number or "",
        draft=draft,
        language=task.account.entity.language,
        currency=organisation.currency,
        subject=task.name,
        date=task.date,
        due_date=task.due_date,
        workplace=task.workplace,
        sender=sender(organisation),
        letterhead=letterhead(task.account.company),
        recipient=recipient(task, organisation),
        with_tax=figures.mode == "ttc",
        with_units=task.display_units,
        groups=tuple(
            group(one, lines, figures.mode, marks)
            for one, lines in zip(task.groups, figures.lines, strict=True)
        ),
        discounts=tuple(discounts(task, marks)),
        expenses=expenses(task, marks),
        rates=tuple(rates(task, marks)),
        ht=figures.ht,
        tva=figures.tva,
        ttc=figures.ttc,
        post_tax=tuple((line.label, line.amount) for line in task.post_tax_lines),
        due=figures.due,
        terms=terms(task),
        deductions=tuple(
            PrintedDeduction(one.caption, one.vat.percent, one.ht, one.tva, one.ttc)
            for one in task.deductions
        ),
        **of_kind(task),
    )


def of_kind(task: Task) -> dict[str, Any]:
    """Return what only documents of some kinds print."""
    if isinstance(task, Estimation):
        return {
            "valid_until": task.valid_until,
            "deposit": task.deposit,
            "schedule_display": task.payment_display,
            "schedule": tuple(
                PrintedDeadline(one.kind, one.label, one.amount, one.date)
                for one in task.deadlines
            ),
        }
    if isinstance(task, CancelInvoice):
        invoice = task.invoice
        return {
            "credited": invoice.official_number or "",
            "credited_on": invoice.date,
        }
    return {}


def sender(organisation: Organisation) -> Sender:
    """Return who invoices."""
    town = f"{organisation.postcode} {organisation.town}".strip()
    return Sender(
        organisation.name,
        ", ".join(filter(None, (organisation.address, town))),
        organisation.vat_number,
        organisation.registration,
        organisation.iban,
        organisation.bic,
    )


def letterhead(company: Company) -> Letterhead:
    """Return the head of the page of a company's documents."""
    town = f"{company.postcode} {company.town}".strip()
    return Letterhead(
        company.name,
        company.contact_name,
        tuple(filter(None, (*company.address.splitlines(), town))),
        tuple(filter(None, (company.phone, company.email))),
    )


def recipient(task: Task, organisation: Organisation) -> Recipient:
    """Return whom the letter is for: as agreed for this document, else as known."""
    entity = task.account.entity
    agreed = tuple(filter(None, map(str.strip, task.address.splitlines())))
    known = task.account.letters_to(task.date)
    lines = known.lines if known else []
    country = (known and known.country) or entity.country
    return Recipient(
        agreed or (entity.name, *lines),
        country if country != organisation.country else "",
        entity.vat_number,
        bool(agreed),
    )


def marks_of(task: Task) -> Marks:
    """Return a letter for each rate of nothing that gives its reason below."""
    named = (one.vat for one in task.vat_totals if one.vat.mention)
    free = (vat.id for vat in named if not vat.percent)
    return dict(zip(free, ascii_lowercase, strict=False))


def group(
    stored: LineGroup,
    figures: Sequence[totals.Amounts],
    mode: totals.Mode,
    marks: Marks,
) -> PrintedGroup:
    """Return a group; ``figures`` has an entry for each line that has a rate."""
    amounts = (getattr(one, mode) for one in figures)
    lines = tuple(
        PrintedLine(
            line.description,
            line.cost,
            line.quantity,
            line.unit,
            percent(line.vat),
            next(amounts) if line.vat else None,
            marks.get(line.vat_id, ""),
        )
        for line in stored.lines
    )
    total = sum((line.total or ZERO for line in lines), ZERO)
    return PrintedGroup(stored.title, stored.description, lines, total)


def discounts(task: Task, marks: Marks) -> Iterator[PrintedLine]:
    """Yield what is taken off, as negative amounts."""
    for one in task.discounts:
        rate, mark = percent(one.vat), marks.get(one.vat_id, "")
        yield PrintedLine(one.description, None, None, "", rate, -one.amount, mark)


def expenses(task: Task, marks: Marks) -> PrintedLine | None:
    """Return the flat expenses, if any are charged."""
    if not task.expenses_ht:
        return None
    rate, mark = percent(task.expenses_vat), marks.get(task.expenses_vat_id, "")
    return PrintedLine("", None, None, "", rate, task.expenses_ht, mark)


def rates(task: Task, marks: Marks) -> Iterator[PrintedRate]:
    """Yield the stored breakdown, which every other place reads too."""
    for one in task.vat_totals:
        vat, mark = one.vat, marks.get(one.vat_id, "")
        yield PrintedRate(vat.percent, one.ht, one.tva, vat.label, vat.mention, mark)


def percent(vat: VatRate | None) -> Decimal | None:
    """Return the percentage charged at a rate, if one is chosen."""
    return vat.percent if vat else None


def terms(task: Task) -> Terms:
    """Return conditions, mentions and notes."""
    conditions = task.payment_conditions.label if task.payment_conditions else ""
    mentions = tuple((one.label, one.text) for one in task.mentions)
    return Terms(conditions, mentions, task.notes)
