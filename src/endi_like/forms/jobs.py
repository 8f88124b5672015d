"""What administrators may choose about work in the background."""

from __future__ import annotations

from typing import Any

import colander

from endi_like.forms.fields import Count, Flag, Line, Schema
from endi_like.i18n import _
from endi_like.services.schedules import is_cron

LONGEST_CRON = 100
MOST_DAYS = 3650


def comes_true(node: Any, expression: str) -> None:
    """Refuse what is no time, or never comes."""
    if not is_cron(expression):
        sentence = _(
            "“${value}” is no time: write minute, hour, day, month and day of the "
            "week, as in 0 7 * * 1-5 for 7 o’clock from Monday to Friday.",
            mapping={"value": expression},
        )
        raise colander.Invalid(node, sentence)


class ScheduleSchema(Schema):
    """When a scheduled job runs."""

    enabled = Flag(
        title=_("Switched on"),
        default=True,
        description=_("What is missed while it is off is not caught up."),
        span="f12",
    )
    cron = Line(
        longest=LONGEST_CRON,
        title=_("When"),
        missing="",
        description=_(
            "Minute, hour, day, month, day of the week; * is each. Left empty, the "
            "usual time holds."
        ),
        validator=comes_true,
    )


def schedule_schema(parameters: type[Schema] | None) -> ScheduleSchema:
    """Return the schema of a schedule, with the parameters its job has."""
    found = ScheduleSchema()
    for node in parameters() if parameters else ():
        found.add(node)
    return found


class Keeping(Schema):
    """How long something is kept."""

    days = Count(
        high=MOST_DAYS,
        low=1,
        title=_("Days to keep"),
        default=90,
        missing=90,
        span="f3",
    )
