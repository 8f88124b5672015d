"""A sales document as it is printed, gathered from the models.

What is not known when a document is validated, such as its payments, is not printed:
the PDF kept then stays true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from string import ascii_lowercase
from typing import Any, TypeAlias

from endi_like import totals
from endi_like.models.estimations import Estimation
from endi_like.models.options import VatRate
from endi_like.models.organisation import Organisation
from endi_like.models.people import Company
from endi_like.models.sales import CancelInvoice, LineGroup, Task
from endi_like.services.printed import (
    Letterhead,
    Printable,
    PrintedDeadline,
    PrintedDeduction,
    PrintedGroup,
    PrintedLine,
    PrintedRate,
    Recipient,
    Sender,
    Terms,
)
from endi_like.services.sales import document

ZERO = Decimal(0)
Marks: TypeAlias = Mapping[int | None, str]
"""The letter that refers to the mention of a rate, by the rate's id."""


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
            PrintedDeduction(
                one.caption, one.date, one.vat.percent, one.ht, one.tva, one.ttc
            )
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
