"""When scheduled work is due, and what came of it: one row for each period.

A period is the moment a job is due at, by a cron expression read as Debian's cron
does, in the organisation's time zone: what is due in the hour that a summer skips runs
after it, what is due in the hour that an autumn repeats runs once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from endi_like.i18n import packed
from endi_like.models.jobs import Schedule, ScheduledRun
from endi_like.services.administration import note
from endi_like.services.jobs import enqueue, insert

FIELDS_OF_CRON = 5
BESIDE_PERIODS = 1
MOST_MISSED = 99
MOST_REPORTED = 1000
Kind = Literal["done", "skipped", "error"]


@dataclass(frozen=True)
class Plan:
    """What is particular about a scheduled job.

    ``cron`` is when it runs unless an administrator says otherwise, ``parameters`` the
    schema of what they may choose, whose defaults hold until they do.
    """

    cron: str
    label: str
    help: str
    parameters: type[Any] | None = None


PLANS: dict[str, Plan] = {}
"""Every scheduled job, by its name; ``endi_like.jobs`` fills it."""


@dataclass
class Report:
    """What a run says of itself: each subject done, skipped and why, or in error.

    All are counted; the first thousand are kept, in the words of the reader.
    """

    counts: dict[Kind, int] = field(
        default_factory=lambda: {"done": 0, "skipped": 0, "error": 0}
    )
    lines: list[tuple[Kind, Any, Any]] = field(default_factory=list)

    def done(self, subject: str, text: str = "") -> None:
        """Say that something was done."""
        self._add("done", subject, text)

    def skip(self, subject: str, why: str) -> None:
        """Say that something was left as it is, and why."""
        self._add("skipped", subject, why)

    def error(self, subject: str, text: str) -> None:
        """Say that something could not be done; the rest goes on."""
        self._add("error", subject, text)

    def _add(self, kind: Kind, subject: str, text: str) -> None:
        self.counts[kind] += 1
        if len(self.lines) < MOST_REPORTED:
            self.lines.append((kind, packed(subject), packed(text)))


def is_cron(expression: str) -> bool:
    """Tell whether it is a cron expression of five fields that comes true some day."""
    try:
        forward = CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC))
    except CronSimError:
        return False
    whole = len(expression.split()) == FIELDS_OF_CRON
    return whole and next(forward, None) is not None


def due_before(expression: str, now: datetime, time_zone: str) -> Iterator[datetime]:
    """Yield when it was due, in UTC, from the present second backwards."""
    # with a part of a second, the present second itself is looked at too
    local = now.astimezone(ZoneInfo(time_zone)).replace(microsecond=1)
    for moment in CronSim(expression, local, reverse=True):
        yield moment.astimezone(UTC)


def due_next(expression: str, now: datetime, time_zone: str) -> datetime | None:
    """Return when it is due next, in UTC; nothing if that is never."""
    following = CronSim(expression, now.astimezone(ZoneInfo(time_zone)))
    found = next(following, None)
    return found.astimezone(UTC) if found else None


def make_known(db: Session, names: Sequence[str], now: datetime) -> None:
    """Make a row for each scheduled job that has none."""
    for name in names:
        row = insert(db, Schedule).values(
            name=name, enabled=True, cron="", parameters="{}", version=1
        )
        once = row.values(counts_from=now).on_conflict_do_nothing(
            index_elements=[Schedule.name]
        )
        db.connection().execute(once)


def last_period(now: datetime) -> Any:
    """Return, as a column of a schedule, the last period a run was asked for.

    It is the first that an index gives, however many runs there are.  What a clock
    that was ahead has asked for settles nothing: it lies in the future.
    """
    mine = (
        ScheduledRun.schedule_id == Schedule.id,
        ScheduledRun.dry.is_(False),
        ScheduledRun.period <= now,
    )
    newest = (
        select(ScheduledRun.period).where(*mine).order_by(ScheduledRun.period.desc())
    )
    return newest.limit(1).scalar_subquery()


def due(
    expression: str, since: datetime, now: datetime, time_zone: str
) -> tuple[datetime, int] | None:
    """Return the period that is due now, and how many before it were missed.

    ``since`` is the last period that is settled.
    """
    moments = due_before(expression, now, time_zone)
    open_ones = []
    for moment in islice(moments, MOST_MISSED + 1):
        if moment <= since:
            break
        open_ones.append(moment)
    return (open_ones[0], len(open_ones) - 1) if open_ones else None


def ask(
    db: Session,
    schedule: Schedule,
    period: datetime,
    now: datetime,
    **columns: Any,
) -> int | None:
    """Ask for one run, unless the period has one; return its id.

    ``columns`` are those of the run: ``missed``, ``dry``, ``asked_by_id``.
    """
    run = (
        insert(db, ScheduledRun)
        .values(
            schedule_id=schedule.id,
            period=period,
            state="waiting",
            **{"dry": False, "missed": 0, **columns},
            done=0,
            skipped=0,
            errors=0,
            report="[]",
        )
        .on_conflict_do_nothing(
            index_elements=[ScheduledRun.schedule_id, ScheduledRun.period]
        )
        .returning(ScheduledRun.id)
    )
    run_id: int | None = db.connection().scalar(run)
    if run_id is None:
        return None
    job_id = enqueue(
        db,
        schedule.name,
        {"run_id": run_id},
        dedupe_key=f"{schedule.name}:{period.isoformat()}",
        at=now,
        alone=schedule.name,
    )
    change(db, run_id, job_id=job_id)
    return run_id


def ask_now(
    db: Session, schedule: Schedule, now: datetime, *, dry: bool, asked_by_id: int
) -> int | None:
    """Ask for a run out of turn, and return its id; not while one like it is open.

    Two who press in the same second ask for one.  What only pretends takes no period
    from what is due in that second: those are whole seconds.
    """
    open_one = exists().where(
        ScheduledRun.schedule_id == schedule.id,
        ScheduledRun.dry.is_(dry),
        ScheduledRun.asked_by_id.is_not(None),
        ScheduledRun.state.in_(("waiting", "running")),
    )
    if db.scalar(select(open_one)):
        return None
    period = now.replace(microsecond=BESIDE_PERIODS if dry else 0)
    return ask(db, schedule, period, now, dry=dry, asked_by_id=asked_by_id)


def save(
    db: Session, schedule: Schedule, data: Mapping[str, Any], now: datetime
) -> None:
    """Write down when a job runs and with what; the rest of ``data`` is parameters.

    Switched on again, or at other times, it counts from now: what was due by the
    former times is settled.
    """
    enabled, cron = data["enabled"], data["cron"]
    if (enabled and not schedule.enabled) or cron != schedule.cron:
        schedule.counts_from = now
    schedule.enabled, schedule.cron = enabled, cron
    chosen = {name: data[name] for name in data.keys() - {"enabled", "cron"}}
    schedule.parameters = json.dumps(chosen, sort_keys=True)
    note(db, "saved", schedule, data)


def parameters(db: Session, run_id: int) -> tuple[dict[str, Any], bool]:
    """Return the parameters a run is to be made with, and whether it only pretends."""
    wanted = select(Schedule.parameters, ScheduledRun.dry).join_from(
        ScheduledRun, Schedule
    )
    found = db.execute(wanted.where(ScheduledRun.id == run_id)).one()
    return json.loads(found.parameters), found.dry


def begin(db: Session, run_id: int, now: datetime) -> None:
    """Write down that a run has begun."""
    change(db, run_id, state="running", started_at=now, ended_at=None)


def close(db: Session, run_id: int, report: Report, now: datetime, state: str) -> None:
    """Write down what came of a run."""
    change(
        db,
        run_id,
        state=state,
        ended_at=now,
        done=report.counts["done"],
        skipped=report.counts["skipped"],
        errors=report.counts["error"],
        report=json.dumps(report.lines),
    )


def change(db: Session, run_id: int, **columns: Any) -> None:
    """Change the columns of one run."""
    db.execute(update(ScheduledRun).where(ScheduledRun.id == run_id).values(**columns))


def cron_of(schedule: Schedule, plans: Mapping[str, Plan] = PLANS) -> str:
    """Return when a job runs; nothing if it is not known any more."""
    plan = plans.get(schedule.name)
    return (schedule.cron or plan.cron) if plan else ""


def all_due(
    db: Session, now: datetime, time_zone: str, plans: Mapping[str, Plan] = PLANS
) -> Iterator[tuple[Schedule, datetime, int]]:
    """Yield what is due and not asked for: the schedule, the period, those missed."""
    wanted = select(Schedule, last_period(now)).where(Schedule.enabled)
    for one, settled in db.execute(wanted).all():
        expression = cron_of(one, plans)
        since = max(one.counts_from, settled or one.counts_from)
        found = expression and due(expression, since, now, time_zone)
        if found:
            yield one, *found
