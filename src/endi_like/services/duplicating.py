"""A document is written again, for the same customer or another one (reference §3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.sales import Invoice, Task
from endi_like.services.documents import parts_of, values, write
from endi_like.services.naming import own_name
from endi_like.services.projects import ARCHIVED
from endi_like.services.refusals import WrongValues
from endi_like.workflow.errors import Refused

UNUSED = _(
    "Its company or its customer is not in use any more: nothing new can be written."
)


def is_duplicable(task: Task) -> str | None:
    """Refuse to write again what is of a company that is gone, or asks for the rest."""
    if not task.account.company.active:
        return UNUSED
    if isinstance(task, Invoice) and task.estimation_id and task.progress:
        return _("It was invoiced by progress: that is not done twice.")
    if task.deductions:
        return _("It deducts other invoices: that is not done twice.")
    return None


def is_duplicable_here(task: Task) -> str | None:
    """Refuse to write again, for the same customer, where nothing new is written."""
    if reason := is_duplicable(task):
        return reason
    if not task.account.active:
        return UNUSED
    return ARCHIVED if task.project and task.project.is_archived else None


def duplicated(
    db: Session, task: Task, today: dt.date, place: Mapping[str, Any] | None = None
) -> Task:
    """Return a new draft of the same content, dated today, added to the session.

    ``place`` is what is to be otherwise: customer, project and phase, by their ids.
    Mentions that are not in use any more are left out; an address that was agreed is
    that of the same customer.  What it was made of, and its business, stay with the
    original.  Raises ``Refused`` for what cannot be, with the field where it has one.
    """
    if reason := is_duplicable(task):
        raise Refused(reason)
    data = values(task) | dict(place or {})
    if not check_customer(db, task, data["account_id"]):
        data["address"] = ""
    for part in parts_of(data):
        part["id"] = None
    data |= {"name": own_name(task), "date": today, **later(data, today - task.date)}
    data["discounts"] = [{**one, "percent": None} for one in data["discounts"]]
    data["mentions"] = [one.id for one in task.mentions if one.active]
    copy = type(task)(company_id=task.company_id)
    write(db, copy, data)
    db.add(copy)
    db.flush()
    return copy


def check_customer(db: Session, task: Task, key: int) -> bool:
    """Tell whether a copy is for the same customer; refuse those it cannot be for."""
    if key == task.account_id:
        if not task.account.active:
            raise Refused(UNUSED)
        return True
    account = db.get_one(CreditAccount, key)
    if account.company_id != task.company_id:
        raise WrongValues(account_id=_("This customer belongs to another company."))
    return False


def later(data: Mapping[str, Any], by: dt.timedelta) -> dict[str, Any]:
    """Return the dates of a copy: due by the conditions, valid for as long."""
    until = data.get("valid_until")
    found: dict[str, Any] = {"due_date": None} if "due_date" in data else {}
    if until is not None:
        found["valid_until"] = until + by
    if "instalments" in data:
        found["instalments"] = [
            {**one, "date": one["date"] + by if one["date"] else None}
            for one in data["instalments"]
        ]
    return found
