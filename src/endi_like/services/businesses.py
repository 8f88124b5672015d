"""What is invoiced and paid of a deal, whether it is closed, and how well it goes.

All of it follows from the documents.  Whether it is closed is kept, as lists filter by
it: it is looked at again whenever one of its documents moves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload, with_polymorphic

from endi_like.i18n import _
from endi_like.models.estimations import Estimation, PaymentDeadline
from endi_like.models.projects import Business
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.services.locks import reserve
from endi_like.services.projects import KINDS, documents, picked
from endi_like.services.siblings import keep_in, root, with_offspring
from endi_like.services.transitions import Effects, Transitions
from endi_like.workflow.core import Change, State
from endi_like.workflow.payment import PAYMENT
from endi_like.workflow.projects import FOLLOWING
from endi_like.workflow.signature import SIGNATURE, is_given_up, is_signed
from endi_like.workflow.validation import is_valid

ZERO = Decimal(0)
MOST_OFFERED = 50
FOLLOWED = tuple(PAYMENT.actions)
INVOICED = ("invoice", "cancelinvoice")
READ_AGAIN = ("business_status", "version", "tasks")
"""What of a business may have been read before others, who were faster, changed it."""

GOOD = State(
    "good",
    _("Goes well"),
    "check-circle-fill",
    "good",
    help=_("Nothing is late, and all that was agreed is invoiced."),
)
ATTENTION = State(
    "attention",
    _("Needs attention"),
    "exclamation-triangle-fill",
    "wait",
    help=_("Something that was agreed is not invoiced yet."),
)
LATE = State(
    "late",
    _("Late"),
    "alarm-fill",
    "bad",
    help=_("An invoice was to be paid before today."),
)


@dataclass(frozen=True)
class Figures:
    """What a deal comes to, with tax and with lines after tax.

    ``estimated`` was offered and not turned down, ``agreed`` is what of it was signed;
    ``to_invoice`` is what of that no invoice asks for, and nobody granted: less than
    nothing where something is to be given back.  ``late`` is what should have been
    paid before today, whatever is owed the other way.
    """

    estimated: Decimal = ZERO
    agreed: Decimal = ZERO
    invoiced: Decimal = ZERO
    to_invoice: Decimal = ZERO
    to_pay: Decimal = ZERO
    late: Decimal = ZERO


def figures(tasks: Iterable[Task], today: dt.date) -> Figures:
    """Return what the documents of a deal come to; drafts do not count."""
    offers, invoices = counting(tasks)
    signed = [one for one in offers if is_signed.holds(one)]
    late = (one for one in invoices if one.due_date and one.due_date < today)
    return Figures(
        estimated=total(one.due for one in offers),
        agreed=total(one.due for one in signed),
        invoiced=total(one.due for one in invoices),
        to_invoice=total(left_of(one, invoices) for one in signed),
        to_pay=total(one.awaited for one in invoices),
        late=total(max(one.awaited, ZERO) for one in late),
    )


def is_settled(tasks: Iterable[Task]) -> bool:
    """Tell whether of each offer all is invoiced, and each invoice is paid.

    One does not make up for another: what is owed to a customer is not what they owe.
    """
    offers, invoices = counting(tasks)
    is_open = any(left_of(one, invoices) for one in offers)
    return not is_open and not any(one.awaited for one in invoices)


def counting(tasks: Iterable[Task]) -> tuple[list[Estimation], list[Task]]:
    """Return the offers that were not turned down, and what was invoiced."""
    valid = [one for one in tasks if is_valid.holds(one)]
    offers = [one for one in valid if isinstance(one, Estimation)]
    invoices = [one for one in valid if one.type_ in INVOICED]
    return [one for one in offers if not is_given_up.holds(one)], invoices


def left_of(offer: Estimation, invoices: Sequence[Task]) -> Decimal:
    """Return what is still to be invoiced of an offer, less what was granted of it."""
    asking = (one for one in invoices if isinstance(one, Invoice))
    made = [one for one in asking if one.estimation_id == offer.id]
    ids = {one.id for one in made}
    taken = (one for one in invoices if isinstance(one, CancelInvoice))
    notes = [one for one in taken if one.invoice_id in ids]
    granted = offer.granted if notes else []
    taken_back = total(one.due for one in notes if one not in granted)
    return offer.due - total(one.due for one in made) - taken_back


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return a sum of amounts."""
    return sum(amounts, ZERO)


def health(figures: Figures) -> State:
    """Return how well a deal goes."""
    if figures.late > ZERO:
        return LATE
    return ATTENTION if figures.to_invoice else GOOD


def follow(business: Business, transitions: Transitions) -> None:
    """Move a business to the state its documents call for.

    Whoever moves another of its documents waits, and sees what has become of this one.
    """
    db = transitions.db
    reserve(db, [business.id])
    db.expire(business, READ_AGAIN)
    valid = [one for one in documents_now(db, business) if is_valid.holds(one)]
    name = "closed" if valid and is_settled(valid) else "open"
    if name != business.business_status:
        transitions.follow(business, FOLLOWING[name])


def documents_now(db: Session, business: Business) -> list[Task]:
    """Return the documents of a business out of the bin, as they are by now.

    Those that this transaction has changed are its own, the others are read again.
    """
    touched = [one for one in (*db.new, *db.dirty) if isinstance(one, Task)]
    every = with_polymorphic(Task, KINDS)
    query = select(every).where(
        every.business_id == business.id,
        every.id.not_in([one.id for one in touched if one.id]),
    )
    others = db.scalars(query.execution_options(populate_existing=True))
    mine = (one for one in touched if one.business is business)
    return [one for one in (*others, *mine) if one.deleted_at is None]


def follow_document(task: Task, _change: Change, transitions: Transitions) -> None:
    """Look again at the business of a document that has moved."""
    if task.business_id is not None and task.business is not None:
        follow(task.business, transitions)


def put(
    db: Session, ids: Sequence[int], business: Business, transitions: Transitions
) -> int:
    """Put documents of its company into a business, and say how many.

    Whatever they were in before is looked at again as well.  What they were made of,
    and all that was made of that, comes along: it stays in one business, and goes into
    the project of that.  Documents of elsewhere stay where they are, as if there were
    none.  Raises ``Refused`` for what would come into an archived project.
    """
    own = business.company_id
    found = [one for one in picked(db, ids) if one.company_id == own]
    moved = with_offspring(map(root, found))
    concerned = {one.business for one in moved if one.business} | {business}
    for task in moved:
        keep_in(task, business)
    look_again(db, concerned, transitions)
    return len(found)


def take_out(
    db: Session, ids: Sequence[int], business: Business, transitions: Transitions
) -> int:
    """Take documents out of a business, and say how many; others stay in theirs.

    What they were made of goes along, with all that was made of it and is there.
    """
    found = [one for one in picked(db, ids) if one.business_id == business.id]
    for task in with_offspring(map(root, found)):
        if task.business_id == business.id:
            task.business = None
    look_again(db, {business}, transitions)
    return len(found)


def look_again(
    db: Session, concerned: Iterable[Business], transitions: Transitions
) -> None:
    """Have businesses follow the documents they hold now."""
    db.flush()
    for one in sorted(concerned, key=lambda one: one.id):
        db.expire(one, ["tasks"])
        follow(one, transitions)
    db.flush()


def deadlines(db: Session, business: Business) -> list[PaymentDeadline]:
    """Return when what was offered would be paid, each with the invoice made of it."""
    kept = Task.business_id == business.id, Task.deleted_at.is_(None)
    counting = Task.validation_status == "valid", Estimation.signed_status != "aborted"
    query = (
        select(PaymentDeadline)
        .join(PaymentDeadline.estimation)
        .where(*kept, *counting)
        .options(
            contains_eager(PaymentDeadline.estimation),
            selectinload(PaymentDeadline.invoices).selectinload(Invoice.credit_notes),
        )
        .order_by(Task.date, Task.id, PaymentDeadline.position)
    )
    return list(db.scalars(query))


def offers(found: Iterable[Task]) -> list[Estimation]:
    """Return the estimations among documents that can be invoiced, oldest first."""
    return [
        one
        for one in sorted(found, key=lambda one: (one.date, one.id))
        if isinstance(one, Estimation)
        and one.validation_status == "valid"
        and not is_given_up.holds(one)
    ]


def asked_for(estimation: Estimation, found: Iterable[Task]) -> Decimal:
    """Return what invoices among documents ask for of an estimation, less credits."""
    invoices = [one for one in found if isinstance(one, Invoice)]
    made = [one for one in invoices if one.estimation_id == estimation.id]
    keys = {one.id for one in made}
    notes = [
        one
        for one in found
        if isinstance(one, CancelInvoice)
        and one.invoice_id in keys
        and one.validation_status == "valid"
    ]
    return total(one.due for one in (*made, *notes))


def candidates(db: Session, business: Business, typed: str = "") -> list[Task]:
    """Return the newest documents that are in no business and could be in this one.

    They are those of its project, if it belongs to one and nothing is searched, else
    those of its company.  One more than are offered says that there are more.
    """
    in_project = business.project_id is not None and not typed
    kept_in = "project_id" if in_project else "company_id"
    key = business.project_id if in_project else business.company_id
    most = MOST_OFFERED + 1
    return documents(db, kept_in, key, most=most, typed=typed, business_id=None)


EFFECTS: Effects = {
    (kind, name): (follow_document,)
    for kind, names in {
        Invoice: ("validate", *FOLLOWED, "close", "undo_close"),
        CancelInvoice: ("validate",),
        Estimation: ("validate", *SIGNATURE.actions),
    }.items()
    for name in names
}
