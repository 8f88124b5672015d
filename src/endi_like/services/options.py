"""The options of documents: in order, and fixed once something official has them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.options import (
    BankAccount,
    BusinessType,
    Mention,
    PaymentConditions,
    PaymentMode,
    VatRate,
    WorkUnit,
)
from endi_like.models.payments import Payment
from endi_like.models.sales import (
    DiscountLine,
    LineGroup,
    Task,
    TaskLine,
    TaskMention,
    VatTotal,
)
from endi_like.services import catalogue
from endi_like.services.administration import note
from endi_like.services.refusals import WrongValues
from endi_like.services.sales import compute

VALUES: Mapping[type[Any], tuple[str, ...]] = {
    VatRate: ("value", "mention"),
    PaymentMode: (),
    PaymentConditions: ("days", "end_of_month"),
    BankAccount: ("iban", "bic"),
    Mention: ("text",),
    BusinessType: (),
    WorkUnit: (),
}
"""What says what an option means: fixed as soon as something official has it."""


def of_rate(key: int) -> ColumnElement[bool]:
    """Match the tasks that have a rate of tax anywhere."""
    lines = (
        select(LineGroup.task_id).join(LineGroup.lines).where(TaskLine.vat_id == key)
    )
    discounts = select(DiscountLine.task_id).where(DiscountLine.vat_id == key)
    totals = select(VatTotal.task_id).where(VatTotal.vat_id == key)
    return or_(
        Task.expenses_vat_id == key,
        Task.id.in_(lines),
        Task.id.in_(discounts),
        Task.id.in_(totals),
    )


def of_mention(key: int) -> ColumnElement[bool]:
    """Match the tasks that carry a mention."""
    carriers = select(TaskMention.task_id).where(TaskMention.mention_id == key)
    return Task.id.in_(carriers)


def uses(option: Any) -> Select[Any] | None:
    """Return the query of what has the option and cannot change any more."""
    kind, key = type(option), option.id
    validated = select(Task.id).where(Task.validation_status == "valid")
    if kind is VatRate:
        return validated.where(of_rate(key))
    if kind is PaymentConditions:
        return validated.where(Task.payment_conditions_id == key)
    if kind is BankAccount:
        return select(Payment.id).where(Payment.bank_id == key)
    if kind is Mention:
        return validated.where(of_mention(key))
    return None


def is_fixed(db: Session, option: Any) -> bool:
    """Tell whether something that cannot change any more has the option."""
    found = uses(option)
    return found is not None and db.scalar(found.limit(1)) is not None


def fresh_zero(db: Session) -> Decimal:
    """Return a value for a zero rate that no other has: -1, -2 and so on."""
    least: Decimal | None = db.scalar(select(func.min(VatRate.value)))
    return min(least or Decimal(0), Decimal(0)) - 1


def save(db: Session, option: Any, data: Mapping[str, Any]) -> None:
    """Write an option, new or stored; raise ``WrongValues`` when that cannot be."""
    changed = changes(option, data)
    meaning = [name for name in VALUES[type(option)] if name in changed]
    if meaning and option.id and is_fixed(db, option):
        raise WrongValues(
            **dict.fromkeys(
                meaning,
                _(
                    "A validated document or a payment has it already, so this "
                    "cannot change. Add another one, and stop offering this one."
                ),
            )
        )
    for name in changed:
        setattr(option, name, data[name])
    db.add(option)
    db.flush()
    if option.default:
        keep_one_preset(db, option)
    if "value" in meaning:
        recompute(db, option)
    note(db, "saved", option, changed)


def changes(row: Any, data: Mapping[str, Any]) -> list[str]:
    """Return the names of the attributes that would get another value."""
    return [name for name, value in data.items() if getattr(row, name) != value]


def keep_one_preset(db: Session, option: Any) -> None:
    """Take the preset from whichever option of the kind had it."""
    kind = type(option)
    others = select(kind).where(kind.default, kind.id != option.id)
    for other in db.scalars(others):
        other.default = False


def recompute(db: Session, rate: VatRate) -> None:
    """Compute what has the rate and is not validated, and what of the catalogue has."""
    drafts = select(Task).where(Task.validation_status != "valid", of_rate(rate.id))
    for task in db.scalars(drafts).unique():
        compute(task)
    db.flush()
    catalogue.follow_rate(db, rate)
