"""The lists of work in the background: jobs, schedules and their runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from endi_like.grids.core import Grid
from endi_like.grids.parts import Choice, Column, Reference, in_full
from endi_like.i18n import _
from endi_like.models.jobs import Job, Schedule, ScheduledRun
from endi_like.services.jobs import last_line
from endi_like.services.schedules import PLANS
from endi_like.workflow.core import State
from endi_like.workflow.jobs import STATES

ON = State("enabled", _("Switched on"), "check-circle-fill", "good")
OFF = State("disabled", _("Switched off"), "lock-fill", "closed")
DRY = State("dry", _("Dry run"), "eye", "mute")


def called(name: str) -> list[State]:
    """Return how a scheduled job is called, in the words of the reader."""
    plan = PLANS.get(name)
    return [State(name, plan.label if plan else name, "clock-history")]


def state_column(model: Any) -> Column:
    """Return the column with the state of a job or a run."""
    return Column(
        "state", _("State"), (model.state,), show=lambda s: [STATES[s]], kind="states"
    )


def state_choice(model: Any) -> Choice:
    """Choose among the states of jobs."""
    labels = {name: state.label for name, state in STATES.items()}
    return Choice(
        "state", _("State"), labels, lambda name: model.state == in_full(name)
    )


class JobGrid(Grid):
    """Everything that was asked for, the newest first."""

    model = Job
    title = _("Jobs")
    default_sort = "-number"
    filters = (state_choice(Job),)
    columns = (
        Column("number", _("Number"), (Job.id,), sort=Job.id, kind="count", link=True),
        Column("name", _("Job"), (Job.name,)),
        state_column(Job),
        Column("run_after", _("From"), (Job.run_after,), kind="moment", wide=True),
        Column("failures", _("Failures"), (Job.failures,), kind="count", wide=True),
        Column("error", _("Error"), (Job.error,), show=last_line, wide=True),
    )


def of_last_run(column: Any) -> Any:
    """Return a column of the last run of a schedule that was more than a rehearsal."""
    mine = ScheduledRun.schedule_id == Schedule.id, ScheduledRun.dry.is_(False)
    newest = select(column).where(*mine).order_by(ScheduledRun.period.desc())
    return newest.limit(1).scalar_subquery()


class ScheduleGrid(Grid):
    """Every job that has its times."""

    model = Schedule
    title = _("Scheduled work")
    default_sort = "name"
    columns = (
        Column(
            "name",
            _("Job"),
            (Schedule.name,),
            show=called,
            sort=Schedule.name,
            kind="states",
            link=True,
        ),
        Column(
            "cron",
            _("When"),
            (Schedule.name, Schedule.cron),
            show=lambda name, own: own or (PLANS[name].cron if name in PLANS else ""),
            wide=True,
        ),
        Column(
            "enabled",
            _("State"),
            (Schedule.enabled,),
            show=lambda enabled: [ON if enabled else OFF],
            kind="states",
        ),
        Column(
            "last",
            _("Last run"),
            (of_last_run(ScheduledRun.period),),
            kind="moment",
            wide=True,
        ),
        Column(
            "outcome",
            _("Outcome"),
            (of_last_run(ScheduledRun.state),),
            show=lambda state: [STATES[state]] if state else [],
            kind="states",
            wide=True,
        ),
    )


class RunGrid(Grid):
    """What was run by the clock, or by somebody who did not want to wait."""

    model = ScheduledRun
    title = _("Runs")
    default_sort = "-period"
    filters = (
        state_choice(ScheduledRun),
        Reference("schedule_id", _("Job"), ScheduledRun.schedule_id, "schedules"),
    )
    columns = (
        Column(
            "period",
            _("Due"),
            (ScheduledRun.period,),
            sort=ScheduledRun.period,
            kind="moment",
            link=True,
        ),
        Column("name", _("Job"), (Schedule.name,), show=called, kind="states"),
        Column(
            "state",
            _("State"),
            (ScheduledRun.state, ScheduledRun.dry),
            show=lambda state, dry: [STATES[state], *([DRY] if dry else [])],
            kind="states",
        ),
        Column("done", _("Done"), (ScheduledRun.done,), kind="count"),
        Column("skipped", _("Skipped"), (ScheduledRun.skipped,), kind="count"),
        Column("errors", _("Errors"), (ScheduledRun.errors,), kind="count"),
    )

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Read the name of the job along with the run."""
        return query.select_from(ScheduledRun).join(ScheduledRun.schedule)


GRIDS = (JobGrid, ScheduleGrid, RunGrid)
