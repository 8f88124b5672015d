"""What is written into projects and their phases, and which documents are in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, with_polymorphic

from endi_like.i18n import _, ngettext
from endi_like.models.contacts import CreditAccount
from endi_like.models.projects import Business, Phase, Project
from endi_like.models.sales import Task
from endi_like.models.searching import holding
from endi_like.services.locks import reserve
from endi_like.services.refusals import WrongValues
from endi_like.text import compact
from endi_like.workflow.errors import Refused

PLAIN = ("code", "name", "definition", "start_date", "end_date")
MOST_SHOWN = 500
KINDS = [one.class_ for one in Task.__mapper__.self_and_descendants][1:]
"""Every kind of sales document."""

SHOWN_OF_ACCOUNT = (CreditAccount.class_, CreditAccount.name, CreditAccount.company_id)
ARCHIVED = _("The project is archived: nothing new is written for it.")
ELSEWHERE = _("This project belongs to another company.")
NOT_ITS_PHASE = _("This phase belongs to another project.")


class Part(NamedTuple):
    """The documents of one phase, or of none."""

    phase: Phase | None
    documents: list[Task]


def values(project: Project) -> dict[str, Any]:
    """Return what a form on the project opens with."""
    customers = [{"account_id": one.id} for one in project.customers]
    return {
        **{name: getattr(project, name) for name in PLAIN},
        "customers": customers,
    }


def write(db: Session, project: Project, data: Mapping[str, Any]) -> None:
    """Write the values of a form into a project.

    Raises ``WrongValues`` for a code that is taken, or customers of another company.
    """
    with db.no_autoflush:
        check_code(db, project, data["code"])
        customers = chosen(
            db, project, [one["account_id"] for one in data["customers"]]
        )
        for name in PLAIN:
            setattr(project, name, data[name])
        if customers != project.customers:
            project.customers = customers


def check_code(db: Session, project: Project, code: str) -> None:
    """Raise ``WrongValues`` if the company has another project of that code."""
    taken = select(Project.__table__.c.id).where(
        Project.__table__.c.company_id == project.company_id,
        Project.__table__.c.code_key == compact(code),
        Project.__table__.c.id != (project.id or 0),
    )
    if db.scalar(taken):
        said = {"code": code}
        sentence = _("Another project has the code “${code}”, maybe in the bin.")
        raise WrongValues(code=sentence % said)


def chosen(db: Session, project: Project, keys: Sequence[int]) -> list[CreditAccount]:
    """Return the customers of the ids, by name; refuse those of another company."""
    if not keys:
        return []
    query = select(CreditAccount).where(CreditAccount.id.in_(keys))
    query = query.options(joinedload(CreditAccount.entity))
    found = list(db.scalars(query.order_by(CreditAccount.sort_name, CreditAccount.id)))
    for one in found:
        if one.company_id != project.company_id:
            sentence = _("“${name}” is a customer of another company.")
            raise WrongValues(customers=sentence % {"name": one.title})
    return found


def add_phase(project: Project, name: str) -> Phase:
    """Add a phase behind the others."""
    last = max((one.position for one in project.phases), default=-1)
    phase = Phase(name=name, position=last + 1)
    project.phases.append(phase)
    return phase


def remove_phase(db: Session, phase: Phase) -> None:
    """Take an empty phase away; raise ``Refused`` for one that holds documents.

    What is in the bin holds nothing: it stays in the project, without phase.
    """
    kept = list(db.scalars(select(Task).where(Task.phase_id == phase.id)))
    there = [one for one in kept if one.deleted_at is None]
    if there:
        raise Refused(
            ngettext(
                "The phase holds ${n} document: move it first.",
                "The phase holds ${n} documents: move them first.",
                len(there),
            )
        )
    for one in kept:
        one.phase = None
    db.flush()
    phase.project.phases.remove(phase)


def check_place(
    company_id: int, project: Project | None, phase: Phase | None, before: int | None
) -> None:
    """Raise ``WrongValues`` for a place a document of that company cannot have.

    ``before`` is the id of the project it is in: what is there stays there, even if
    the project is archived.
    """
    if project is None:
        if phase is not None:
            raise WrongValues(phase_id=_("Choose the project of the phase, too."))
        return
    if project.company_id != company_id or project.deleted_at:
        raise WrongValues(project_id=ELSEWHERE)
    if project.is_archived and project.id != before:
        raise WrongValues(project_id=ARCHIVED)
    if phase is not None and phase.project_id != project.id:
        raise WrongValues(phase_id=NOT_ITS_PHASE)


def put(task: Task, project: Project | None, phase: Phase | None) -> None:
    """Put a document into a project and one of its phases, or into none."""
    check_place(task.company_id, project, phase, task.project_id)
    task.project, task.phase = project, phase


def move(db: Session, project: Project, ids: Sequence[int], phase: Phase | None) -> int:
    """Move documents of a project into one of its phases, and say how many.

    Documents of elsewhere stay where they are.
    """
    found = [one for one in picked(db, ids) if one.project_id == project.id]
    for task in found:
        put(task, project, phase)
    db.flush()
    return len(found)


def picked(db: Session, ids: Sequence[int]) -> list[Task]:
    """Return the documents of these ids, for oneself until the transaction ends."""
    reserve(db, ids)
    there = Task.id.in_(ids), Task.deleted_at.is_(None)
    query = select(Task).where(*there).order_by(Task.id)
    return list(db.scalars(query.execution_options(populate_existing=True)))


def documents(
    db: Session,
    kept_in: str,
    key: int | None,
    *,
    most: int = MOST_SHOWN,
    typed: str = "",
    **columns: Any,
) -> list[Task]:
    """Return the newest documents that are kept somewhere, with their customers.

    ``kept_in`` is the column that says where: ``project_id``; other ``columns`` may be
    asked for beside it, and the words ``typed``.
    """
    every = with_polymorphic(Task, KINDS)
    asked = [getattr(every, name) == value for name, value in columns.items()]
    asked += holding(every.search_key, typed)
    query = (
        select(every)
        .where(getattr(every, kept_in) == key, every.deleted_at.is_(None), *asked)
        .options(joinedload(every.account).load_only(*SHOWN_OF_ACCOUNT))
        .order_by(every.date.desc(), every.id.desc())
        .limit(most)
    )
    return list(db.scalars(query))


def parts(project: Project, found: Sequence[Task]) -> list[Part]:
    """Return the phases of a project with their documents, those without phase last."""
    by_phase: dict[int | None, list[Task]] = {}
    for one in found:
        by_phase.setdefault(one.phase_id, []).append(one)
    return [
        *(Part(phase, by_phase.get(phase.id, [])) for phase in project.phases),
        Part(None, by_phase.get(None, [])),
    ]


def how_many(db: Session, kept_in: str, key: int) -> int:
    """Return how many documents are kept somewhere; what is in the bin is not."""
    tasks = Task.__table__.c
    there = tasks[kept_in] == key, tasks.deleted_at.is_(None)
    return db.scalar(select(func.count()).where(*there)) or 0


def in_use(db: Session, project: Project, documents: int) -> Any:
    """Return why a project that holds so many documents stays, or nothing."""
    businesses = Business.__table__.c
    there = businesses.project_id == project.id, businesses.deleted_at.is_(None)
    number = db.scalar(select(func.count()).where(*there)) or 0
    if documents or not number:
        return holds_documents(documents)
    return ngettext(
        "It holds ${n} business: only what is empty can be deleted.",
        "It holds ${n} businesses: only what is empty can be deleted.",
        number,
    )


def holds_documents(number: int) -> Any:
    """Return why what holds documents cannot be deleted, or nothing."""
    if not number:
        return None
    return ngettext(
        "It holds ${n} document: only what is empty can be deleted.",
        "It holds ${n} documents: only what is empty can be deleted.",
        number,
    )
