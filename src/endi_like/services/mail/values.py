"""What mails say of the records they are about: the values of their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from endi_like.formats import with_currency
from endi_like.i18n import _
from endi_like.models.people import User
from endi_like.models.sales import Task
from endi_like.services.papers import fixed
from endi_like.services.resets import LASTS

MINUTES = int(LASTS.total_seconds() // 60)
NO_LIMIT = _("no limit")


def of_nothing(_db: Session, _record: Any, _language: str) -> Mapping[str, Any]:
    """Return no values: what a template says depends on no record."""
    return {}


def of_user(_db: Session, user: User, _language: str) -> Mapping[str, Any]:
    """Return what mails to users say of them."""
    return {"NAME": user.name, "LOGIN": user.login, "MINUTES": MINUTES}


def of_reader(_db: Session, user: User, _language: str) -> Mapping[str, Any]:
    """Return what mails about what happened say of whom they are for.

    What happened is for their eyes only: the rest are examples.
    """
    return {"NAME": user.name}


def of_document(db: Session, task: Task, language: str) -> Mapping[str, Any]:
    """Return what a mail may say of a validated document: what its paper says."""
    paper = fixed(db, task.id)
    credited = {"INVOICE": paper.credited} if paper.credited else {}
    amount = abs(paper.due) if credited else paper.due
    return {
        "NUMBER": paper.number,
        "SUBJECT": paper.subject,
        "CUSTOMER": task.account.name,
        "COMPANY": task.account.company.name,
        "AMOUNT": with_currency(amount, language, paper.currency),
        "DUE_DATE": paper.due_date or paper.terms.conditions,
        "VALID_UNTIL": paper.valid_until or NO_LIMIT,
        **credited,
    }
