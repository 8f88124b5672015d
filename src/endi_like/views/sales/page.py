"""The record page of a sales document: what all kinds of them show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from endi_like.i18n import _
from endi_like.models.files import PRINTOUT
from endi_like.models.sales import Task
from endi_like.permissions import Permission
from endi_like.resources.core import FROM_THE_BIN
from endi_like.resources.sales import TaskResource
from endi_like.services import history
from endi_like.services.documents import values
from endi_like.services.duplicating import is_duplicable, is_duplicable_here
from endi_like.services.internal import company_named, other_side
from endi_like.services.mail.letters import unsendable
from endi_like.services.once import new_key
from endi_like.services.papers import addressee
from endi_like.services.sales import amounts_of_lines, line_by_line
from endi_like.views.actions import offered, reasons
from endi_like.views.attached import NO_RIGHT, all_as_json, attached
from endi_like.views.beside import neighbours
from endi_like.views.catalogue.offers import keeping
from endi_like.views.programs import plain, record
from endi_like.views.progress import tracks
from endi_like.views.sales.offers import root_of
from endi_like.views.timeline import shown
from endi_like.workflow.core import denial

Verdicts: TypeAlias = Mapping[Permission, Any]
"""Whether a user holds a permission; a refusal may carry a ``reason``."""

Reasons: TypeAlias = list[tuple[Any, Sequence[Any]]]
"""What cannot be done, with the sentences that say why."""

CHANGES = (Permission.EDIT, Permission.DELETE, Permission.ADD, Permission.SEND)
PLACES = (
    ("project", _("Project"), "projects"),
    ("phase", _("Phase"), "projects"),
    ("business", _("Business"), "businesses"),
)
"""What documents are kept in, and where that is."""

FIGURES = ("ht", "tva", "ttc", "due")


def task_page(
    context: TaskResource, request: Any, asked: Sequence[Permission] = ()
) -> dict[str, Any]:
    """Return what the page of any document shows; each kind adds what is its own.

    ``asked`` are the permissions its page looks for besides those of all documents.
    """
    task = context.node
    moves = history.moves(request.db, task)
    files = history.files(request.db, task)
    base = request.resource_path(context)
    may = {name: request.has_permission(name, context) for name in (*CHANGES, *asked)}
    return {
        "task": task,
        "recipient": addressee(request.db, task, moves),
        "base": base,
        "facts": [],
        "places": [*within(context, request), *places(context, request)],
        "also": [],
        "settled": "",
        "settled_so_far": [],
        "asked": (_("Total"), task.due),
        "line_amounts": amounts_of_lines(task),
        "line_by_line": line_by_line(task),
        "keep_url": keeping(request, root_of(context), task.company_id),
        "currency": request.currency,
        "actions": offered(request, context),
        "why": why(request, context, may),
        "unsendable": unsendable(task),
        "duplicable": not is_duplicable(task),
        "duplicable_here": not is_duplicable_here(task),
        "tracks": tracks(task, moves),
        "timeline": shown(request, context),
        "attached": attached(request, context, files),
        "printouts": [one for one in files if one.purpose == PRINTOUT],
        "neighbours": neighbours(request, context),
        "may": may,
        "today": request.today,
        "once": new_key(),
    }


def within(context: TaskResource, request: Any) -> list[tuple[Any, Any, str]]:
    """Return for which company of the organisation a document is, if it is for one.

    It leads to the other side of it for those who may view that as well.
    """
    task = context.node
    company_id = task.goes_within
    if company_id is None:
        return []
    received, url = other_side(request.db, task), ""
    if received is not None:
        there = root_of(context)["supplier-invoices"].wrap(received)
        may = request.has_permission(Permission.VIEW, there)
        url = request.resource_path(there) if may else ""
    name = company_named(request.db, company_id)
    return [(_("Within the organisation, to"), name, url)]


def places(context: TaskResource, request: Any) -> list[tuple[Any, Any, str]]:
    """Return where a document is kept: project, phase and business, as facts."""
    task, root = context.node, root_of(context)
    found = []
    for name, label, where in PLACES:
        node = getattr(task, name)
        if node is not None:
            owner = root[where].wrap(node.node)
            found.append((label, node.title, request.resource_path(owner)))
    return found


def task_json(context: TaskResource, request: Any) -> dict[str, Any]:
    """Return the same of any document as JSON."""
    task = context.node
    return {
        **plain(values(task)),
        **record(request, context),
        "company_id": task.company_id,
        "recipient": list(addressee(request.db, task).lines),
        "internal_number": task.internal_number,
        "official_number": task.official_number,
        "internal_company_id": task.goes_within,
        **{name: str(getattr(task, name)) for name in FIGURES},
        "files": all_as_json(request, context, history.files(request.db, task)),
        "actions": [action.name for action in offered(request, context)],
    }


def why(request: Any, context: TaskResource, may: Verdicts) -> Reasons:
    """Return what cannot be done now, the moves and the rest, with the reasons."""
    found: Reasons = list(reasons(request, context))
    if not may[Permission.EDIT]:
        found.append((_("Edit"), [cannot_change(request, context)]))
    if not may[Permission.DELETE]:
        found.append((_("Delete"), [cannot_change(request, context)]))
    if not may[Permission.ADD]:
        found.append((_("Duplicate"), [denial(may[Permission.ADD])]))
    elif reason := is_duplicable_here(context.node):
        found.append((_("Duplicate"), [reason]))
    if not may[Permission.SEND]:
        found.append((_("Send by e-mail"), [denial(may[Permission.SEND])]))
    elif reason := unsendable(context.node):
        found.append((_("Send by e-mail"), [reason]))
    return found


def cannot_change(request: Any, context: TaskResource) -> Any:
    """Return why a document cannot be edited or deleted by this user."""
    task: Task = context.node
    if task.validation_status == "valid":
        return context.corrected_by
    if task.deleted_at:
        return FROM_THE_BIN
    may_take_back = request.has_permission(Permission.SUBMIT, context)
    if task.validation_status == "wait" and may_take_back:
        return _("It waits for validation: take it back to draft first.")
    return NO_RIGHT
