"""The invoices of an estimation: deposit, instalments, balance; they add up to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.estimations import (
    BALANCE,
    Estimation,
    PaymentDeadline,
)
from endi_like.models.projects import Business
from endi_like.models.sales import (
    Invoice,
    LineProgress,
    Task,
)
from endi_like.services.businesses import look_again
from endi_like.services.deadlines import is_last, next_deadline
from endi_like.services.filling import BEYOND, fill_balance, fill_part
from endi_like.services.locks import reserve
from endi_like.services.projects import ARCHIVED
from endi_like.services.siblings import keep_in, with_offspring
from endi_like.services.transitions import Transitions
from endi_like.workflow.errors import Refused, WrongState
from endi_like.workflow.signature import is_given_up
from endi_like.workflow.validation import is_valid

SCHEDULE, PROGRESS = "schedule", "progress"
"""The two ways to invoice a business: its deadlines, or what is done of each line."""


def may_be_invoiced(estimation: Estimation) -> str | None:
    """Refuse to invoice what is not validated, given up, in the bin, or archived."""
    if reason := is_valid(estimation):
        return reason
    if is_given_up.holds(estimation):
        return _("It was given up: note the signature first.")
    if estimation.deleted_at:
        return _("It is in the bin: restore it first.")
    if estimation.project and estimation.project.is_archived:
        return ARCHIVED
    return None


def is_invoiceable(db: Session, estimation: Estimation) -> str | None:
    """Refuse to write the next invoice of a schedule where there is none to write."""
    if reason := may_be_invoiced(estimation):
        return reason
    if next_deadline(estimation) is None:
        return _("All of it is invoiced.")
    if way_of(db, estimation) == PROGRESS:
        return _("It is invoiced by progress.")
    return None


def way_of(db: Session, estimation: Estimation) -> str | None:
    """Return how the business of an estimation is invoiced; nothing says: not yet.

    The first invoice that is made of one of its estimations decides, as long as it is
    not in the bin.
    """
    if any(one.deadline_id for one in estimation.living_invoices):
        return SCHEDULE
    if estimation.business_id is None and not estimation.is_invoiced:
        return None
    invoices, tasks = Invoice.__table__.c, Task.__table__.c
    offer = Task.__table__.alias().c
    of = (
        offer.id == estimation.id
        if estimation.business_id is None
        else offer.business_id == estimation.business_id
    )
    query = select(
        exists().where(LineProgress.task_id == invoices.id),
        invoices.deadline_id.is_not(None),
    ).where(
        invoices.estimation_id == offer.id,
        tasks.id == invoices.id,
        tasks.deleted_at.is_(None),
        of,
    )
    query = query.order_by(offer.id != estimation.id, invoices.id)
    ways = [
        PROGRESS if done else SCHEDULE
        for done, asked in db.execute(query)
        if done or asked
    ]
    return ways[0] if ways else None


def invoice_next(
    db: Session, estimation: Estimation, deadline_id: int, today: dt.date
) -> Invoice:
    """Return the draft of the next invoice, added to the session.

    Raises ``Refused`` when nothing can be invoiced, ``WrongState`` when that deadline
    is not the next one any more: somebody was faster.
    """
    hold_business(db, estimation)
    if reason := is_invoiceable(db, estimation):
        raise Refused(reason)
    deadline = next_deadline(estimation)
    if deadline is None or deadline.id != deadline_id:
        raise WrongState(_("This is invoiced already."))
    return invoice_of(db, estimation, deadline, today)


def invoice_all(db: Session, estimation: Estimation, today: dt.date) -> list[Invoice]:
    """Return the drafts of all invoices that are still to be made, in their order."""
    hold_business(db, estimation)
    if reason := is_invoiceable(db, estimation):
        raise Refused(reason)
    made = []
    while deadline := next_deadline(estimation):
        made.append(invoice_of(db, estimation, deadline, today))
    return made


def hold_business(db: Session, estimation: Estimation) -> None:
    """Have whoever invoices another estimation of the same business wait."""
    if estimation.business_id is not None:
        reserve(db, [estimation.business_id])


def invoice_of(
    db: Session, estimation: Estimation, deadline: PaymentDeadline, today: dt.date
) -> Invoice:
    """Return the draft of the invoice that one deadline asks for (reference §3)."""
    completes = is_last(estimation, deadline)
    invoice = Invoice(company_id=estimation.company_id, deadline=deadline)
    with db.no_autoflush:
        if completes:
            last = deadline.kind == BALANCE
            fill_balance(db, invoice, estimation, today, makes_good=last)
        else:
            fill_part(db, invoice, estimation, deadline, today)
        if deadline.date and deadline.date > today:
            invoice.due_date = deadline.date
        keep(db, invoice, estimation, in_parts=len(estimation.deadlines) > 1)
    return invoice


def keep(
    db: Session, invoice: Invoice, estimation: Estimation, *, in_parts: bool
) -> None:
    """Store an invoice of an estimation where that is kept.

    Raises ``Refused`` for what would ask for more than is left, beside what was
    attached by hand; the last invoice deducts that instead.
    """
    by_hand = any(one.is_by_hand for one in estimation.living_invoices)
    if by_hand and not invoice.deductions and estimation.exceeds(invoice.due):
        raise Refused(BEYOND)
    invoice.estimation = estimation
    keep_in(invoice, business_of(db, estimation, in_parts=in_parts))
    db.add(invoice)
    db.flush()


def business_of(
    db: Session, estimation: Estimation, *, in_parts: bool
) -> Business | None:
    """Return the business of an estimation; one that is paid in parts makes one.

    One that is in none goes where its invoices are, which whoever changes that business
    waits for, or takes them along.
    """
    if estimation.business is not None:
        return estimation.business
    made = with_offspring(estimation.living_invoices)
    business = next((one.business for one in made if one.business), None)
    if business is not None:
        reserve(db, [business.id])
    if business is None and in_parts:
        business = Business(
            company_id=estimation.company_id,
            name=estimation.name,
            project=estimation.project,
        )
    for one in (estimation, *made):
        keep_in(one, one.business or business)
    return business


def follow_made(made: Iterable[Invoice], transitions: Transitions) -> None:
    """Look again at the businesses of new drafts: estimations may have come to them."""
    concerned = {one.business for one in made if one.business}
    look_again(transitions.db, concerned, transitions)
