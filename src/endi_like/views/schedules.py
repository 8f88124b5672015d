"""Scheduled work: when it runs, what came of it, and running it now."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from endi_like.forms.jobs import schedule_schema
from endi_like.grids import GRIDS
from endi_like.grids.jobs import OFF, ON, called
from endi_like.i18n import _
from endi_like.models.jobs import ScheduledRun
from endi_like.permissions import Permission
from endi_like.resources.jobs import ScheduleResource
from endi_like.services import schedules
from endi_like.services.schedules import PLANS
from endi_like.views.actions import sent
from endi_like.views.cells import Cells
from endi_like.views.forms import form_view
from endi_like.views.items import ItemForm
from endi_like.views.programs import record
from endi_like.views.sections import Sections
from endi_like.workflow.errors import Refused

SHOWN = 20
DRY = {"": False, "0": False, "False": False, "1": True, "True": True}
"""What a form or a program may say of whether a run only pretends."""


@view_config(
    context=ScheduleResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/jobs/schedule.jinja2",
)
def page(context: ScheduleResource, request: Any) -> dict[str, Any]:
    """Show when a job runs, when it will next, and its last runs."""
    schedule = context.node
    runs = context.__parent__.__parent__["runs"]
    grid = GRIDS[ScheduledRun](runs.scope(request.identity), request.today)
    mine = {"schedule_id": str(schedule.id)}
    return {
        "schedule": schedule,
        "plan": PLANS.get(schedule.name),
        "job": called(schedule.name)[0],
        "state": ON if schedule.enabled else OFF,
        "cron": schedules.cron_of(schedule),
        "next": next_run(context, request),
        "parameters": parameters(schedule),
        "runs": grid.first(request.db, mine, SHOWN),
        "runs_url": request.resource_path(runs),
        "cells": Cells(request),
        "base": request.resource_path(context),
        "may_edit": request.has_permission(Permission.EDIT, context),
    }


@view_config(
    context=ScheduleResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: ScheduleResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    schedule = context.node
    following = next_run(context, request)
    return {
        **record(request, context),
        "name": schedule.name,
        "enabled": schedule.enabled,
        "cron": schedules.cron_of(schedule),
        "next": following.isoformat() if following else None,
        **chosen(schedule),
    }


def next_run(context: ScheduleResource, request: Any) -> Any:
    """Return when a job runs next, if it is switched on and known."""
    expression = schedules.cron_of(context.node)
    if not expression or not context.node.enabled:
        return None
    now = request.registry["clock"]()
    return schedules.due_next(expression, now, request.time_zone)


def chosen(schedule: Any) -> dict[str, Any]:
    """Return the parameters of a job: those chosen, else those of the code."""
    plan = PLANS.get(schedule.name)
    if plan is None or plan.parameters is None:
        return {}
    found: dict[str, Any] = plan.parameters().deserialize(
        json.loads(schedule.parameters)
    )
    return found


def parameters(schedule: Any) -> list[tuple[Any, Any, str]]:
    """Return the parameters as facts: their titles and values."""
    plan = PLANS.get(schedule.name)
    if plan is None or plan.parameters is None:
        return []
    values = chosen(schedule)
    return [(node.title, values[node.name], "") for node in plan.parameters()]


@form_view(
    context=ScheduleResource,
    name="edit",
    permission=Permission.EDIT,
    renderer="endi_like:templates/layouts/sections.jinja2",
)
class EditSchedule(Sections, ItemForm):
    """Change when a job runs, and with what."""

    title = _("Edit the schedule")
    list_title = _("Scheduled work")

    @property
    def schema(self) -> Any:
        """Return what makes the schema: that of the job's parameters is part of it."""
        node = getattr(self.context, "node", None)
        plan = PLANS.get(node.name) if node else None
        return partial(schedule_schema, plan.parameters if plan else None)

    @property
    def sections(self) -> Any:  # type: ignore[override]
        """Return the sections: parameters have one of their own."""
        names = [node.name for node in self.schema()]
        return (
            (_("Time"), "", names[:2]),
            (_("Parameters"), "", names[2:]),
        )

    def appstruct(self) -> dict[str, Any]:
        """Open with the schedule as it is."""
        schedule = self.context.node
        own = {"enabled": schedule.enabled, "cron": schedule.cron}
        return {**own, **chosen(schedule)}

    def change(self, item: Any, data: dict[str, Any]) -> None:
        """Write the values."""
        db, clock = self.request.db, self.request.registry["clock"]
        schedules.save(db, item, data, clock())


@view_config(
    context=ScheduleResource,
    name="run",
    request_method="POST",
    permission=Permission.EDIT,
)
def run(context: ScheduleResource, request: Any) -> Any:
    """Run a job now, or have it only say what it would do; go to the run."""
    schedule = context.node
    if schedule.name not in PLANS:
        raise Refused(_("This job is not known to the program any more."))
    wish = str(sent(request).get("dry", ""))
    if wish not in DRY:
        raise Refused(_("“dry” is true or false."))
    now = request.registry["clock"]()
    run_id = schedules.ask_now(
        request.db, schedule, now, dry=DRY[wish], asked_by_id=request.identity.user_id
    )
    if run_id is None:
        raise Refused(_("It is asked for already, or running."))
    found = context.__parent__.__parent__["runs"][str(run_id)]
    if request.wants_json:
        return Response(json_body={"run": record(request, found)}, status=202)
    request.flash(request.translate(_("It begins in a moment.")))
    return HTTPSeeOther(request.resource_url(found))
