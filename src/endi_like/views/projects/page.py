"""The page of a project: its phases, with the documents in each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from pyramid.view import view_config

from endi_like.grids.sales.invoices import LATE
from endi_like.i18n import _, ngettext
from endi_like.models.estimations import Estimation
from endi_like.models.projects import Phase, Project
from endi_like.models.sales import Invoice, Task
from endi_like.permissions import Permission
from endi_like.resources.keys import row_id
from endi_like.resources.projects import ProjectResource
from endi_like.services import history, projects
from endi_like.services.rights.tables import name_of
from endi_like.views.actions import finished, offered, reasons, sent, text
from endi_like.views.attached import all_as_json, attached
from endi_like.views.beside import neighbours
from endi_like.views.bulk import MOST_TICKED
from endi_like.views.programs import plain, record
from endi_like.views.timeline import shown
from endi_like.views.withheld import withheld
from endi_like.workflow.core import State
from endi_like.workflow.errors import Refused

TYPES = {
    "estimation": _("Estimation"),
    "invoice": _("Invoice"),
    "cancelinvoice": _("Credit note"),
}
"""How documents are called by what they are."""

WRITING = (
    ("estimations", Estimation, _("New estimation"), "file-earmark-text"),
    ("invoices", Invoice, _("New invoice"), "receipt"),
)
"""What is written in a project."""

TO_MOVE = _("Tick the documents to move first.")


class Listed(NamedTuple):
    """A document as a line of a page: what it is, where, and where it stands."""

    task: Task
    type: Any
    url: str
    states: Sequence[State]


class Part(NamedTuple):
    """A phase with its documents; those without a phase are a part, too."""

    phase: Phase | None
    documents: Sequence[Listed]


def listed(request: Any, root: Any, tasks: Sequence[Task]) -> Iterator[Listed]:
    """Yield documents as pages show them."""
    for task in tasks:
        where = root[name_of(task)].wrap(task)
        states = states_of(task, request.today)
        yield Listed(task, TYPES[task.type_], request.resource_path(where), states)


def states_of(task: Task, today: dt.date) -> list[State]:
    """Return the states worth saying: what is validated goes without saying, late not.

    That a document is valid is not said where another machine says what came of it.
    """
    found = task.lifecycle.states(task)
    if len(found) > 1:
        found = [one for one in found if one.name != "valid"]
    is_late = task.awaited > 0 and task.due_date and task.due_date < today
    return [*found, LATE] if is_late else found


def documents_as_json(found: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return documents as JSON holds them."""
    return [
        {
            "id": one.task.id,
            "type": one.task.type_,
            "url": one.url,
            "number": one.task.official_number,
            "name": one.task.name,
            "date": one.task.date.isoformat(),
            "ttc": str(one.task.ttc),
            "phase_id": one.task.phase_id,
            "states": [state.name for state in one.states],
        }
        for one in found
    ]


@view_config(
    context=ProjectResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/projects/project.jinja2",
)
def page(context: ProjectResource, request: Any) -> dict[str, Any]:
    """Show a project, its phases and the documents in each."""
    project = context.node
    root = context.__parent__.__parent__
    found = projects.documents(request.db, "project_id", project.id)
    parts = [
        Part(phase, list(listed(request, root, tasks)))
        for phase, tasks in projects.parts(project, found)
    ]
    names = (Permission.EDIT, Permission.DELETE)
    may = {name: request.has_permission(name, context) for name in names}
    customers = root["customers"]
    in_use = projects.in_use(request.db, project, len(found))
    return {
        "project": project,
        "base": request.resource_path(context),
        "parts": parts,
        "count": len(found),
        "in_use": in_use,
        "is_cut": len(found) == projects.MOST_SHOWN,
        "actions": offered(request, context),
        "why": [
            *reasons(request, context),
            *withheld(context, may, in_use),
        ],
        "may": may,
        "writing": [] if context.is_settled else list(writing(context, request)),
        "customers_url": request.resource_path(customers),
        "currency": request.currency,
        "timeline": shown(request, context),
        "attached": attached(request, context, history.files(request.db, project)),
        "neighbours": neighbours(request, context),
    }


@view_config(
    context=ProjectResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: ProjectResource, request: Any) -> dict[str, Any]:
    """Answer the same project as JSON."""
    project, root = context.node, context.__parent__.__parent__
    found = projects.documents(request.db, "project_id", project.id)
    return {
        **plain(projects.values(project)),
        **record(request, context),
        "company_id": project.company_id,
        "phases": [{"id": one.id, "name": one.name} for one in project.phases],
        "documents": documents_as_json(list(listed(request, root, found))),
        "files": all_as_json(request, context, history.files(request.db, project)),
        "actions": [action.name for action in offered(request, context)],
    }


def writing(context: ProjectResource, request: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield what the user may write in the project: label, icon and address."""
    project, root = context.node, context.__parent__.__parent__
    if project.deleted_at or not project.company.active:
        return
    for name, kind, label, icon in WRITING:
        draft = root[name].wrap(kind(company_id=project.company_id))
        if request.has_permission(Permission.ADD, draft):
            query = {"project": str(project.id)}
            yield label, icon, request.resource_url(root[name], "add", query=query)


@view_config(
    context=ProjectResource,
    name="delete",
    request_method="POST",
    permission=Permission.DELETE,
)
def delete(context: ProjectResource, request: Any) -> Any:
    """Put a project into the bin that holds no documents and no businesses."""
    context.node.expect(text(sent(request), "version"))
    count = projects.how_many(request.db, "project_id", context.node.id)
    in_use = projects.in_use(request.db, context.node, count)
    return into_the_bin(context, request, in_use)


def into_the_bin(context: Any, request: Any, in_use: Any) -> Any:
    """Put what is empty into the bin; raise ``Refused`` with why something is not."""
    if in_use:
        raise Refused(in_use)
    context.node.deleted_at = request.registry["clock"]()
    return finished(request, context, _("It is in the bin; its page restores it."))


@view_config(
    context=ProjectResource,
    name="move",
    request_method="POST",
    permission=Permission.EDIT,
)
def move(context: ProjectResource, request: Any) -> Any:
    """Move ticked documents of the project into one of its phases, or into none."""
    project = context.node
    project.expect(text(sent(request), "version"))
    wanted = text(sent(request), "phase_id")
    phase = phase_of(project, wanted) if wanted else None
    moved = projects.move(request.db, project, ticked(request, TO_MOVE), phase)
    said = ngettext("${n} document is moved.", "${n} documents are moved.", moved)
    return finished(request, context, said)


def phase_of(project: Project, key: str) -> Phase:
    """Return a phase of the project; raise ``Refused`` for any other."""
    found = [one for one in project.phases if str(one.id) == key]
    if not found:
        raise Refused(projects.NOT_ITS_PHASE)
    return found[0]


def ticked(request: Any, first: str) -> list[int]:
    """Return the ids of the ticked rows; refuse, saying what is ``first``, without."""
    if request.wants_json:
        rows = request.json_values.get("rows")
        sent_rows = [str(one) for one in rows] if isinstance(rows, list) else []
    else:
        sent_rows = [one for one in request.POST.getall("row") if isinstance(one, str)]
    found = []
    for one in list(dict.fromkeys(sent_rows))[:MOST_TICKED]:
        with suppress(KeyError):  # what is no id is nobody's document
            found.append(row_id(one))
    if not found:
        raise Refused(first)
    return found
