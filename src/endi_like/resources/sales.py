"""Where sales documents live, and who may do what to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.payments import Payment
from endi_like.models.people import User
from endi_like.models.sales import (
    Invoice,
    LineGroup,
    TaskLine,
)
from endi_like.resources.core import NodeResource
from endi_like.resources.keys import row_id
from endi_like.services.rights.tables import INVOICES, weight_of_task

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
)
"""What pages of invoices say of the customer; what few ask for comes when they do."""

INVOICE = (
    select(Invoice)
    .where(Invoice.id == bindparam("key"))
    .options(
        joinedload(Invoice.company),
        joinedload(Invoice.account).load_only(*ACCOUNT),
        joinedload(Invoice.payment_conditions),
        joinedload(Invoice.created_by).load_only(User.name),
        joinedload(Invoice.updated_by).load_only(User.name),
        joinedload(Invoice.discounts),
        joinedload(Invoice.post_tax_lines),
        joinedload(Invoice.vat_totals),
    )
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


class TaskResource(NodeResource):
    """Any sales document at its address."""

    @property
    def limited_by(self) -> Decimal | None:  # type: ignore[override]
        """Return what ceilings are compared with."""
        return weight_of_task(self.node)


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
    parts: ClassVar = {**TaskResource.parts, "payments": Payments}
    grants: ClassVar = INVOICES

    @classmethod
    def load(cls, db: Any, key: int) -> Invoice | None:
        """Return the invoice with what its page, form and printout read."""
        found: Invoice | None = read(db, INVOICE, key).one_or_none()
        if found is None:
            return None
        payable = found.validation_status == "valid"
        payments = read(db, ITS_PAYMENTS, key).all() if payable else []
        set_committed_value(found, "groups", read(db, ITS_GROUPS, key).all())
        set_committed_value(found, "payments", payments)
        return found


def read(db: Session, query: Select[Any], key: int) -> Any:
    """Return the objects a query finds of an invoice, each with its parts."""
    return db.scalars(query, {"key": key}).unique()


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "invoices",
        InvoiceResource,
        label=_("Invoices"),
        section=_("Sales"),
        icon="receipt",
        new=_("New invoice"),
    )
