"""A document is given its internal number, and a name, when it is first written.

The number is drawn from a counter of its company and kind, another from one of its
project, where it has one: who writes at the same time waits, and what was once given
is not given again, also when the draft goes.  It is no official number: some may be
left out, and it says nothing of the order of dates.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from endi_like.models.estimations import BALANCE, DEPOSIT
from endi_like.models.people import Company
from endi_like.models.sales import Invoice, Task
from endi_like.naming import default_name, internal_number
from endi_like.services.numbering import Numbering
from endi_like.translation import translator

FAMILY = "document"


def register(db: Session, task: Task) -> None:
    """Give a document its internal number, and a name where nobody has named it.

    It is for whoever fills in a document, once company, customer, date and project
    are known.  A draft from before there were such numbers has one from then on.
    """
    if task.internal_number is None:
        draw(db, task)
    task.name = task.name or unnamed(task)


def draw(db: Session, task: Task) -> None:
    """Count one further in the company, and in the project."""
    company = task.company or db.get_one(Company, task.company_id)
    numbering = Numbering(db, family=FAMILY)
    task.company_index = numbering.count(series(company.id, task.type_))
    if task.project:
        counted = f"project:{task.project.id}:{task.type_}"
        task.project_index = numbering.count(counted)
    task.internal_number = internal_number(
        company.name, task.date, task.type_, task.company_index
    )


def series(company_id: int | None, kind: str) -> str:
    """Return what documents of a kind are counted by in their company."""
    return f"company:{company_id}:{kind}"


def unnamed(task: Task) -> str:
    """Return what a document with a number is called without a name of its own.

    It is said in the language of the customer.
    """
    index: Any = task.project_index or task.company_index
    translate = translator(task.account.entity.language)
    return translate(default_name(task.type_, index, part_of(task)))


def part_of(task: Task) -> str:
    """Return which part of an estimation an invoice asks for: deposit, or balance."""
    if not isinstance(task, Invoice):
        return ""
    if task.deductions:
        return BALANCE
    return DEPOSIT if task.deadline and task.deadline.kind == DEPOSIT else ""


def own_name(task: Task) -> str:
    """Return the name somebody gave a document, for what is made of it."""
    is_unnamed = task.internal_number is not None and task.name == unnamed(task)
    return "" if is_unnamed else task.name
