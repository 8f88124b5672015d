"""Work in the background, as administrators watch over it."""

from __future__ import annotations

import json
from typing import Any

from pyramid.view import view_config

from endi_like.grids.jobs import DRY, called
from endi_like.i18n import _, unpacked
from endi_like.permissions import Permission
from endi_like.resources.jobs import JobResource, RunResource
from endi_like.services import tidying
from endi_like.views.actions import finished, sent, text
from endi_like.workflow.core import State
from endi_like.workflow.errors import Refused, Stale
from endi_like.workflow.jobs import STATES

OUTCOMES = {
    "done": STATES["done"],
    "skipped": State("skipped", _("Skipped"), "slash-circle", "mute"),
    "error": State("error", _("Error"), "exclamation-octagon-fill", "bad"),
}
"""What a line of a report says became of its subject."""


@view_config(
    context=JobResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/jobs/job.jinja2",
)
def job_page(context: JobResource, request: Any) -> dict[str, Any]:
    """Show a job, what it was asked for, and how it failed."""
    job = context.node
    return {
        "job": job,
        "base": request.resource_path(context),
        "version": context.version,
        "state": STATES[job.state],
        "payload": [(k, v, "") for k, v in json.loads(job.payload).items()],
        "may_try": may_try(job) and request.has_permission(Permission.EDIT, context),
    }


@view_config(
    context=JobResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def job_json(context: JobResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    job = context.node
    return {
        "id": job.id,
        "version": context.version,
        "url": request.resource_path(context),
        "name": job.name,
        "payload": json.loads(job.payload),
        "state": job.state,
        "attempts": job.attempts,
        "failures": job.failures,
        "run_after": job.run_after.isoformat(),
        "error": job.error,
    }


def may_try(job: Any) -> bool:
    """Tell whether it makes sense to begin at once: it was given up, or waits."""
    return job.state in tidying.AT_REST


@view_config(
    context=JobResource,
    name="again",
    request_method="POST",
    permission=Permission.EDIT,
)
def again(context: JobResource, request: Any) -> Any:
    """Have a job that was given up, or waits, begin now."""
    if text(sent(request), "version") != str(context.version):
        raise Stale
    if not may_try(context.node):
        raise Refused(_("It is running, or done already."))
    tidying.try_again(request.db, context.node, request.registry["clock"]())
    return finished(request, context, _("It begins in a moment."))


@view_config(
    context=RunResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/jobs/run.jinja2",
)
def run_page(context: RunResource, request: Any) -> dict[str, Any]:
    """Show what a run has done, skipped and why, and what went wrong."""
    run = context.node
    lines = json.loads(run.report)
    total = run.done + run.skipped + run.errors
    return {
        "run": run,
        "job": called(run.schedule.name)[0],
        "states": [STATES[run.state], *([DRY] if run.dry else [])],
        "schedule_url": request.resource_path(
            context.__parent__.__parent__["schedules"], str(run.schedule_id), ""
        ),
        "lines": [
            (OUTCOMES[kind], unpacked(subject), unpacked(said))
            for kind, subject, said in lines
        ],
        "left_out": total - len(lines),
    }


@view_config(
    context=RunResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def run_json(context: RunResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON, the report in the reader's language."""
    run, say = context.node, request.translate
    return {
        "id": run.id,
        "version": context.version,
        "url": request.resource_path(context),
        "job": run.schedule.name,
        "period": run.period.isoformat(),
        "state": run.state,
        "dry": run.dry,
        "missed": run.missed,
        "done": run.done,
        "skipped": run.skipped,
        "errors": run.errors,
        "report": [
            {"kind": kind, "subject": say(unpacked(what)), "text": say(unpacked(said))}
            for kind, what, said in json.loads(run.report)
        ],
    }
