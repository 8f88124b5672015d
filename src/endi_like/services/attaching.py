"""Invoices written by hand are attached to an estimation, and detached from it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.models.projects import Business
from endi_like.models.sales import Deduction, Invoice, Task
from endi_like.models.searching import holding
from endi_like.services import progress
from endi_like.services.businesses import MOST_OFFERED, ZERO, look_again
from endi_like.services.invoicing import (
    PROGRESS,
    business_of,
    hold_business,
    is_invoiceable,
    way_of,
)
from endi_like.services.projects import SHOWN_OF_ACCOUNT, picked
from endi_like.services.siblings import keep_in
from endi_like.services.transitions import Transitions
from endi_like.workflow.errors import Refused


def is_attachable(db: Session, estimation: Estimation) -> str | None:
    """Refuse to attach anything to what cannot be invoiced, or is invoiced whole."""
    by_progress = way_of(db, estimation) == PROGRESS
    return (progress.is_open if by_progress else is_invoiceable)(db, estimation)


def candidates(db: Session, estimation: Estimation, typed: str = "") -> list[Invoice]:
    """Return the newest invoices of the customer that are of no estimation.

    One more than are offered says that there are more.
    """
    query = (
        select(Invoice)
        .where(
            Invoice.account_id == estimation.account_id,
            Invoice.estimation_id.is_(None),
            Invoice.deleted_at.is_(None),
            *holding(Invoice.search_key, typed),
        )
        .options(joinedload(Invoice.account).load_only(*SHOWN_OF_ACCOUNT))
        .order_by(Invoice.date.desc(), Invoice.id.desc())
        .limit(MOST_OFFERED + 1)
    )
    return list(db.scalars(query))


def attach(
    db: Session, estimation: Estimation, ids: Sequence[int], moves: Transitions
) -> int:
    """Attach invoices of its customer to an estimation, and say how many.

    They count as invoiced, are deducted from the balance, and move into its business
    with their credit notes.  Validated ones may be attached, as nothing that is
    printed changes.  Raises ``Refused`` for what does not belong there.
    """
    hold_business(db, estimation)
    if reason := is_attachable(db, estimation):
        raise Refused(reason)
    found = own_invoices(db, estimation, ids)
    for one in found:
        check(one, estimation)
    asked = sum((one.due_after_credit for one in found), ZERO)
    if estimation.exceeds(asked):
        raise Refused(_("They ask for more than what is left to invoice."))
    business = business_of(db, estimation, in_parts=True)
    for one in found:
        one.estimation = estimation
    settle(db, found, business, moves)
    return len(found)


def detach(
    db: Session, estimation: Estimation, ids: Sequence[int], moves: Transitions
) -> int:
    """Detach invoices that were attached by hand, and say how many.

    They leave the business, too.  Raises ``Refused`` for those made of the estimation,
    and for what another of its invoices deducts.
    """
    hold_business(db, estimation)
    kept = own_invoices(db, estimation, ids)
    found = [one for one in kept if one.estimation_id == estimation.id]
    for one in found:
        if not one.is_by_hand:
            said = {"name": called(one)}
            raise Refused(_("“${name}” was made of it: it stays.", mapping=said))
        if other := deducting(db, one):
            said = {"name": called(one), "other": called(other)}
            sentence = _("“${other}” deducts “${name}”: it stays.", mapping=said)
            raise Refused(sentence)
    for one in found:
        one.estimation = None
    settle(db, found, None, moves)
    return len(found)


def own_invoices(
    db: Session, estimation: Estimation, ids: Sequence[int]
) -> list[Invoice]:
    """Return the invoices of these ids; those of other companies are none."""
    own = estimation.company_id
    found = picked(db, ids)
    return [one for one in found if isinstance(one, Invoice) and one.company_id == own]


def check(invoice: Invoice, estimation: Estimation) -> None:
    """Refuse an invoice of another customer, or of an estimation."""
    said = {"name": called(invoice)}
    if invoice.account_id != estimation.account_id:
        raise Refused(_("“${name}” is for another customer.", mapping=said))
    if invoice.estimation_id is not None:
        raise Refused(_("“${name}” is of an estimation already.", mapping=said))


def called(task: Task) -> str:
    """Return how people call a document: by its number, once there is one."""
    return task.official_number or task.name


def deducting(db: Session, invoice: Invoice) -> Task | None:
    """Return the invoice that deducts this one, if there is one out of the bin."""
    keys = [invoice.id, *(one.id for one in invoice.credit_notes)]
    query = (
        select(Invoice)
        .join(Deduction, Deduction.task_id == Invoice.id)
        .where(Deduction.source_id.in_(keys), Invoice.deleted_at.is_(None))
    )
    return db.scalars(query.limit(1)).first()


def settle(
    db: Session, found: Sequence[Invoice], business: Business | None, moves: Transitions
) -> None:
    """Move invoices and their credit notes into a business, or out of theirs."""
    concerned = {one.business for one in found if one.business}
    for one in found:
        for task in (one, *one.credit_notes):
            keep_in(task, business)
    db.flush()
    look_again(db, concerned | ({business} if business else set()), moves)
