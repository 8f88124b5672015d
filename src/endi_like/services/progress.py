"""Invoices by progress: so many percent of each line, until all of it is invoiced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like import totals
from endi_like.formats import percent
from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.models.lacking import GIVEN_UP
from endi_like.models.sales import Invoice, LineProgress
from endi_like.services.documents import write
from endi_like.services.filling import content, fill_balance
from endi_like.services.invoicing import (
    PROGRESS,
    SCHEDULE,
    hold_business,
    keep,
    may_be_invoiced,
    way_of,
)
from endi_like.services.locks import reserve
from endi_like.services.sales import document
from endi_like.totals.progress import Percents
from endi_like.translation import translator
from endi_like.workflow.errors import Refused
from endi_like.workflow.signature import is_given_up

ZERO, HUNDRED = Decimal(0), Decimal(100)
NOTHING = _("Say of at least one line how much of it is done.")


def is_open(db: Session, estimation: Estimation) -> str | None:
    """Refuse to invoice by progress what is invoiced otherwise, or has nothing left."""
    if reason := may_be_invoiced(estimation):
        return reason
    if way_of(db, estimation) == SCHEDULE:
        return _("It is invoiced by its payment schedule.")
    if not any(map(any, left(db, estimation))):
        return _("All of it is invoiced.")
    return None


def done(db: Session, estimation: Estimation) -> Percents:
    """Return how many percent of each line its invoices ask for, by its groups.

    What is in the bin asks for nothing, nor does what was credited as a whole.
    """
    counting = [one.id for one in estimation.counting_invoices]
    query = select(LineProgress.line_id, LineProgress.percent)
    query = query.where(LineProgress.task_id.in_(counting))
    sums: dict[int, Decimal] = {}
    for key, more in db.execute(query) if counting else ():
        sums[key] = sums.get(key, ZERO) + more
    return shaped(estimation, sums)


def left(db: Session, estimation: Estimation) -> Percents:
    """Return how many percent of each line are left, by its groups."""
    found = done(db, estimation)
    return tuple(tuple(HUNDRED - one for one in group) for group in found)


def shaped(estimation: Estimation, of_lines: Mapping[int, Decimal]) -> Percents:
    """Return percentages of lines, by their ids, in the shape of the groups."""
    return tuple(
        tuple(of_lines.get(line.id, ZERO) for line in group.lines)
        for group in estimation.groups
    )


def of_lines(estimation: Estimation, percents: Percents) -> dict[int, Decimal]:
    """Return percentages in the shape of the groups by the ids of the lines."""
    pairs = zip(estimation.lines, flat(percents), strict=True)
    return {line.id: one for line, one in pairs}


def flat(percents: Percents) -> list[Decimal]:
    """Return percentages line by line."""
    return [one for group in percents for one in group]


def chosen(
    estimation: Estimation, data: Sequence[Mapping[str, Any]], rest: Percents
) -> Percents:
    """Return the percentages a form asks for: those of a line, else of its group.

    A line of which nothing is left does not follow its group.
    """
    open_lines = {key for key, one in of_lines(estimation, rest).items() if one}
    found: dict[int, Decimal] = {}
    of_groups = {one["id"]: one for one in data}
    for group in estimation.groups:
        said = of_groups.get(group.id, {"percent": None, "lines": ()})
        own = {one["id"]: one["percent"] for one in said["lines"]}
        for line in group.lines:
            of_line = own.get(line.id)
            of_group = said["percent"] if line.id in open_lines else ZERO
            found[line.id] = (of_group if of_line is None else of_line) or ZERO
    return shaped(estimation, found)


def is_asked_for(db: Session, invoice: Invoice) -> str | None:
    """Tell why a draft stays in the bin: what it asks for is invoiced otherwise.

    Nor is anything asked for of what was given up meanwhile.
    """
    if invoice.estimation_id is None or invoice.estimation is None:
        return None
    estimation, deadline = invoice.estimation, invoice.deadline
    reserve(db, [estimation.id])
    hold_business(db, estimation)
    if is_given_up.holds(estimation):
        return GIVEN_UP
    way = way_of(db, estimation)
    mine = SCHEDULE if deadline else PROGRESS if invoice.progress else None
    taken = deadline is not None and deadline.invoice is not None
    too_much = mine is None and estimation.exceeds(invoice.due)
    other_way = bool(way and mine and way != mine)
    if taken or too_much or other_way or is_beyond(db, invoice, estimation):
        return _("What it asks for is invoiced otherwise: it stays in the bin.")
    return None


def is_beyond(db: Session, invoice: Invoice, estimation: Estimation) -> bool:
    """Tell whether less is left of some line than an invoice would ask for."""
    rest = of_lines(estimation, left(db, estimation))
    return any(one.percent > rest.get(one.line_id, ZERO) for one in invoice.progress)


def invoice_progress(
    db: Session, estimation: Estimation, now: Percents, today: dt.date
) -> Invoice:
    """Return the draft of an invoice of what was done, added to the session.

    ``now`` are the percentages it asks for, by the groups of the estimation.  That
    which leaves nothing is the balance.  Raises ``Refused`` for more than is left.
    """
    hold_business(db, estimation)
    if reason := is_open(db, estimation):
        raise Refused(reason)
    if not any(flat(now)):
        raise Refused(NOTHING)
    before = done(db, estimation)
    rest = rest_of(estimation, before, now)
    invoice = Invoice(company_id=estimation.company_id)
    with db.no_autoflush:
        if any(flat(rest)):
            fill_share(db, invoice, estimation, (before, now), today)
        else:
            fill_balance(db, invoice, estimation, today)
        invoice.progress = [
            LineProgress(line_id=key, percent=one)
            for key, one in of_lines(estimation, now).items()
            if one
        ]
        in_parts = bool(any(flat(rest)) or estimation.is_invoiced)
        keep(db, invoice, estimation, in_parts=in_parts)
    return invoice


def rest_of(estimation: Estimation, before: Percents, now: Percents) -> Percents:
    """Return what is left of each line; raise ``Refused`` where it is too much."""
    try:
        return totals.remaining(document(estimation), before, now)
    except totals.TooMuch as error:
        group, at = error.place or (0, 0)
        said = {"name": estimation.groups[group].lines[at].description}
        sentence = _("More than all of “${name}” would be invoiced.", mapping=said)
        raise Refused(sentence) from error


def fill_share(
    db: Session,
    invoice: Invoice,
    estimation: Estimation,
    percents: tuple[Percents, Percents],
    today: dt.date,
) -> None:
    """Write what is asked for of each line; lines of which nothing is are left out."""
    before, now = percents
    shares = totals.progress_invoice(document(estimation), before, now)
    data = content(estimation, today)
    say = Words(estimation)
    before_it = sum(bool(one.progress) for one in estimation.invoices)
    data["name"] = say.name(before_it + 1)
    groups = zip(data["groups"], shares.groups, before, now, strict=True)
    for group, parts, had, more in groups:
        group["lines"] = [
            {
                **line,
                "description": say.line(line["description"], was, new),
                "cost": part.cost,
                "quantity": part.quantity,
            }
            for line, part, was, new in zip(
                group["lines"], parts, had, more, strict=True
            )
            if new
        ]
    data["groups"] = [group for group in data["groups"] if group["lines"]]
    data["discounts"] = [
        {**one, "amount": part.amount}
        for one, part in zip(data["discounts"], shares.discounts, strict=True)
        if part.amount
    ]
    data |= {"expenses_ht": ZERO, "expenses_vat_id": None, "post_tax_lines": []}
    write(db, invoice, data)


class Words:
    """What an invoice by progress says, in the language of its customer."""

    def __init__(self, estimation: Estimation) -> None:
        self.number = estimation.official_number
        self.translate = translator(estimation.account.entity.language)

    def name(self, n: int) -> str:
        """Return the subject of the invoice that is the so manieth."""
        said = {"n": n, "number": self.number}
        sentence = _("Progress invoice ${n} of estimation ${number}", mapping=said)
        return self.translate(sentence)

    def line(self, description: str, was: Decimal, now: Decimal) -> str:
        """Return the text of a line, with how much of it is done."""
        locale = self.translate.locale
        said = {"now": percent(now, locale), "done": percent(was + now, locale)}
        if was + now == now == HUNDRED:
            return description
        sentence = _("${now} of it now, ${done} in all", mapping=said)
        return f"{description}\n{self.translate(sentence)}"
