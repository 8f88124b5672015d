"""Where work in the background is administered."""

from __future__ import annotations

from typing import Any, ClassVar

from endi_like.i18n import _
from endi_like.models.jobs import Job, Schedule, ScheduledRun
from endi_like.resources.core import Resource
from endi_like.services.rights.tables import BACKGROUND, RUNS


class JobResource(Resource):
    """``/jobs/12``; its attempts count as its version."""

    model = Job
    grants: ClassVar = BACKGROUND

    @property
    def version(self) -> int:
        """Return how often it was taken: by that an old page is known."""
        attempts: int = self.node.attempts
        return attempts


class ScheduleResource(Resource):
    """``/schedules/3``."""

    model = Schedule
    grants: ClassVar = BACKGROUND


class RunResource(Resource):
    """``/runs/12``: nobody changes what was run."""

    model = ScheduledRun
    grants: ClassVar = RUNS
    version = 0


COLLECTIONS = (
    ("schedules", ScheduleResource, _("Scheduled work"), "alarm"),
    ("runs", RunResource, _("Runs"), "clock-history"),
    ("jobs", JobResource, _("Jobs"), "gear"),
)


def includeme(config: Any) -> None:
    """Publish the collections."""
    for name, resource, label, icon in COLLECTIONS:
        config.add_collection(
            name, resource, label=label, section=_("Administration"), icon=icon
        )
