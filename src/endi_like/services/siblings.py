"""Documents made of each other, or of one business, are kept in one project."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.models.projects import Business, Phase, Project
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.services import projects
from endi_like.services.locks import reserve
from endi_like.services.refusals import WrongValues

STAYS = _(
    "It is in the business “${name}”: give that another project, and all its documents "
    "go along."
)


def root(task: Task) -> Task:
    """Return the estimation of an invoice or a credit note, else its invoice."""
    one = task.invoice if isinstance(task, CancelInvoice) else task
    return (one.estimation or one) if isinstance(one, Invoice) else one


def with_offspring(found: Iterable[Task]) -> list[Task]:
    """Return documents, the invoices of estimations, and the credit notes of all."""
    moved: dict[Task, None] = {}
    for one in found:
        made = one.invoices if isinstance(one, Estimation) else [one]
        notes = (note for each in made for note in credit_notes(each))
        moved |= dict.fromkeys([one, *made, *notes])
    return list(moved)


def credit_notes(task: Task) -> list[CancelInvoice]:
    """Return the credit notes of an invoice; other documents have none."""
    return task.credit_notes if isinstance(task, Invoice) else []


def move(db: Session, task: Task, project: Project | None, phase: Phase | None) -> None:
    """Put a document into a project, and with it what it was made of, and all of that.

    Raises ``WrongValues`` for one whose business is elsewhere: that moves as a whole.
    """
    is_moved = task.id is not None and project is not task.project
    family = with_offspring([root(task)]) if is_moved else []
    for one in family:
        if one.business is not None and one.business.project is not project:
            raise WrongValues(project_id=STAYS % {"name": one.business.name})
    projects.put(task, project, phase)
    reserve(db, [one.id for one in family])
    for one in family:
        settle_in(one, project)


def move_business(db: Session, business: Business, project: Project | None) -> None:
    """Put a business into a project, and with it all its documents, in the bin or not.

    A validated document moves as well: where it is kept is not printed.
    """
    is_moved = project is not business.project
    business.project = project
    if business.id is None or not is_moved:
        return
    its = Task.business_id == business.id
    reserve(db, db.scalars(select(Task.id).where(its)))
    query = select(Task).where(its).order_by(Task.id)
    for one in db.scalars(query.execution_options(populate_existing=True)):
        settle_in(one, project)


def keep_in(task: Task, business: Business | None) -> None:
    """Put a document into a business, and into its project, if it is in one.

    Raises ``WrongValues`` where nothing new comes into that project.
    """
    task.business = business
    project = business.project if business else None
    if project is not None and project is not task.project:
        projects.check_place(task.company_id, project, None, task.project_id)
        settle_in(task, project)


def settle_in(task: Task, project: Project | None) -> None:
    """Have a document be in a project; it leaves the phase of another one."""
    if project is not task.project:
        task.project, task.phase = project, None
