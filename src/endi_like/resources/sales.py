"""Where sales documents live, and who may do what to them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.estimations import Estimation, PaymentDeadline
from endi_like.models.payments import Payment
from endi_like.models.people import User
from endi_like.models.sales import (
    CancelInvoice,
    Deduction,
    Invoice,
    LineGroup,
    Task,
    TaskLine,
)
from endi_like.resources.billed import Invoices, hold
from endi_like.resources.core import NodeResource
from endi_like.resources.keys import row_id
from endi_like.services.rights.tables import (
    CREDIT_NOTES,
    ESTIMATIONS,
    INVOICES,
    weight_of_task,
)

# Made once: to build them and to compute their keys takes longer than to run them.
# What is read with every invoice comes in two statements: a row for each combination
# of the parts that are few (the form limits them), and a row for each line.  Payments
# are a third one, of those that may have some.  What only some pages read comes when
# they do, its rates being known by then.
ACCOUNT = (
    CreditAccount.entity_id,
    CreditAccount.company_id,
    CreditAccount.class_,
    CreditAccount.number,
    CreditAccount.name,
    CreditAccount.active,
    CreditAccount.internal_company_id,
)
"""What pages of invoices say of the customer; what few ask for comes when they do."""


def heads(kind: type[Task]) -> Select[Any]:
    """Return the statement of a document with what is told of it once."""
    return (
        select(kind)
        .where(kind.id == bindparam("key"))
        .options(
            joinedload(kind.company),
            joinedload(kind.account).load_only(*ACCOUNT),
            joinedload(kind.payment_conditions),
            joinedload(kind.created_by).load_only(User.name),
            joinedload(kind.updated_by).load_only(User.name),
            joinedload(kind.discounts),
            joinedload(kind.post_tax_lines),
            joinedload(kind.vat_totals),
        )
    )


# Few invoices are credited: whether this one is comes with it, the rest when it is.
INVOICE = heads(Invoice).add_columns(
    exists().where(CancelInvoice.__table__.c.invoice_id == Invoice.id)
)
ITS_GROUPS = (
    select(LineGroup)
    .where(LineGroup.task_id == bindparam("key"))
    .options(joinedload(LineGroup.lines).joinedload(TaskLine.vat))
    .order_by(LineGroup.position)
)
ITS_PAYMENTS = (
    select(Payment)
    .where(Payment.invoice_id == bindparam("key"))
    .options(
        # A join within a join is made in full by SQLite, of all payments there are.
        joinedload(Payment.mode, innerjoin=False),
        joinedload(Payment.recorded_by).load_only(User.name),
        joinedload(Payment.parts),
    )
    .order_by(Payment.date, Payment.id)
)


ITS_DEDUCTIONS = (
    select(Deduction)
    .where(Deduction.task_id == bindparam("key"))
    .options(joinedload(Deduction.vat), joinedload(Deduction.source))
    .order_by(Deduction.position)
)
ITS_DEADLINES = (
    select(PaymentDeadline)
    .where(PaymentDeadline.task_id == bindparam("key"))
    .order_by(PaymentDeadline.position)
)
ITS_INVOICES = (
    select(Invoice)
    .where(Invoice.estimation_id == bindparam("key"))
    .options(selectinload(Invoice.progress), selectinload(Invoice.credit_notes))
    .order_by(Invoice.id)
)
ITS_CREDIT_NOTES = (
    select(CancelInvoice)
    .where(CancelInvoice.invoice_id == bindparam("key"))
    .order_by(CancelInvoice.date, CancelInvoice.id)
)


class TaskResource(NodeResource):
    """Any sales document at its address: ``heads`` is the statement that finds it."""

    heads: ClassVar[Select[Any]]
    corrected_by: ClassVar[Any] = _(
        "It is validated and has its number: write another one instead."
    )

    @property
    def limited_by(self) -> Decimal | None:  # type: ignore[override]
        """Return what ceilings are compared with."""
        return weight_of_task(self.node)

    @classmethod
    def load(cls, db: Any, key: int) -> Any:
        """Return the document with what its page, form and printout read."""
        row = db.execute(cls.heads, {"key": key}).unique().one_or_none()
        if row is None:
            return None
        found, *said = row
        set_committed_value(found, "groups", read(db, ITS_GROUPS, key).all())
        cls.complete(db, found, *said)
        return found

    @classmethod
    def complete(cls, db: Any, found: Any, *_said: Any) -> None:
        """Read what only documents of this kind have; the statement may say which."""
        deductions = read(db, ITS_DEDUCTIONS, found.id).all()
        set_committed_value(found, "deductions", deductions)


class Payments:
    """``/invoices/12/payments``; the invoice's ACL holds for them."""

    def __init__(self, name: str, parent: Any) -> None:
        self.__name__ = name
        self.__parent__ = parent

    def __getitem__(self, key: str) -> PaymentResource:
        """Return one payment of this invoice."""
        wanted = row_id(key)
        for payment in self.__parent__.node.payments:
            if payment.id == wanted:
                return PaymentResource(payment, self)
        raise KeyError(key)


class PaymentResource:
    """``/invoices/12/payments/3``; ``node`` is the invoice, whose version counts."""

    def __init__(self, payment: Payment, parent: Payments) -> None:
        self.payment = payment
        self.node = payment.invoice
        self.__name__ = str(payment.id)
        self.__parent__ = parent


class InvoiceResource(TaskResource):
    """``/invoices/12``."""

    model = Invoice
    collection: ClassVar = Invoices
    heads = INVOICE
    corrected_by = _(
        "It is validated and has its number: correct it with a credit note."
    )
    parts: ClassVar = {**TaskResource.parts, "payments": Payments}
    grants: ClassVar = INVOICES

    @classmethod
    def reserve(cls, db: Any, keys: Iterable[int]) -> None:
        """Have others wait who would change what was made of its estimation."""
        hold(db, keys)

    @classmethod
    def complete(cls, db: Any, found: Invoice, *said: Any) -> None:
        """Read the payments and what was credited, of those that may have some."""
        payable = found.validation_status == "valid"
        payments = read(db, ITS_PAYMENTS, found.id).all() if payable else []
        (credited,) = said
        credit_notes = read(db, ITS_CREDIT_NOTES, found.id).all() if credited else []
        set_committed_value(found, "payments", payments)
        set_committed_value(found, "credit_notes", credit_notes)
        if found.estimation_id is None:
            set_committed_value(found, "deductions", [])
        else:
            super().complete(db, found)


class CancelInvoiceResource(TaskResource):
    """``/credit-notes/12``."""

    model = CancelInvoice
    listed_in = "invoices"
    heads = heads(CancelInvoice).options(
        joinedload(CancelInvoice.invoice).load_only(
            Invoice.official_number, Invoice.date, Invoice.internal_company_id
        )
    )
    grants: ClassVar = CREDIT_NOTES

    @classmethod
    def reserve(cls, db: Any, keys: Iterable[int]) -> None:
        """Have others wait who would change what it takes back."""
        hold(db, keys)


class EstimationResource(TaskResource):
    """``/estimations/12``."""

    model = Estimation
    heads = heads(Estimation)
    grants: ClassVar = ESTIMATIONS

    @classmethod
    def complete(cls, db: Any, found: Estimation, *_said: Any) -> None:
        """Read the payment schedule and the invoices made of it."""
        super().complete(db, found)
        set_committed_value(found, "deadlines", read(db, ITS_DEADLINES, found.id).all())
        invoices = read(db, ITS_INVOICES, found.id).all()
        set_committed_value(found, "invoices", invoices)
        for deadline in found.deadlines:
            made = [one for one in invoices if one.deadline_id == deadline.id]
            set_committed_value(deadline, "invoices", made)


def read(db: Session, query: Select[Any], key: int) -> Any:
    """Return the objects a query finds of a document, each with its parts."""
    return db.scalars(query, {"key": key}).unique()


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "estimations",
        EstimationResource,
        label=_("Estimations"),
        section=_("Sales"),
        icon="file-earmark-text",
        new=_("New estimation"),
    )
    config.add_collection(
        "invoices",
        InvoiceResource,
        label=_("Invoices"),
        section=_("Sales"),
        icon="receipt",
        new=_("New invoice"),
    )
    config.add_collection(
        "credit-notes",
        CancelInvoiceResource,
        label=_("Credit notes"),
        section=_("Sales"),
        icon="arrow-return-left",
    )
