"""Work that is done after the answer has been sent: rows the workers take."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.people import User
from endi_like.models.types import Instant
from endi_like.workflow.jobs import STATES

LISTED = ", ".join(f"'{name}'" for name in STATES)
RUNNING = text("state = 'running'")
OPEN = text("state IN ('waiting', 'running')")


class Job(Base):
    """One piece of work; whoever asks twice for the same gets it done once.

    A worker that takes it has a lease: when it dies, the lease ends and another one
    takes over.  ``attempts`` counts how often it was taken, ``failures`` how often
    that ended badly.  Of the jobs that say ``alone`` the same, one runs at a time.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text, default="{}")
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    alone: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(
        String(10), CheckConstraint(f"state IN ({LISTED})", "state"), default="waiting"
    )
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(Instant)
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        Index(None, "state", "run_after", "id"),
        Index(
            "ix_job_one_at_a_time",
            "alone",
            unique=True,
            postgresql_where=RUNNING,
            sqlite_where=RUNNING,
        ),
    )

    @property
    def title(self) -> str:
        """Return how administrators call it."""
        return f"{self.name} {self.id}"


class WorkerPulse(Base):
    """A worker that is there, as of ``seen_at``: it says so every few seconds."""

    __tablename__ = "worker_pulse"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Schedule(Base):
    """When a scheduled job runs, and with which parameters.

    An empty ``cron`` means the time named in the code.  ``counts_from`` is when it was
    first known, or last enabled: what was due before is not caught up.
    """

    __tablename__ = "schedule"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    enabled: Mapped[bool] = mapped_column(default=True)
    cron: Mapped[str] = mapped_column(String(100), default="")
    parameters: Mapped[str] = mapped_column(Text, default="{}")
    counts_from: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def title(self) -> str:
        """Return the name of the job."""
        return self.name


class ScheduledRun(Base):
    """One run of a scheduled job: for which period, and what came of it.

    ``period`` is when it was due, or the moment somebody asked for it.  ``report`` is
    a JSON list of ``[kind, subject, text]``, its kinds counted beside.
    """

    __tablename__ = "scheduled_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"))
    period: Mapped[datetime] = mapped_column(Instant)
    job_id: Mapped[int | None] = mapped_column(
        ForeignKey("job.id", ondelete="SET NULL")
    )
    dry: Mapped[bool] = mapped_column(default=False)
    missed: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(
        String(10), CheckConstraint(f"state IN ({LISTED})", "state"), default="waiting"
    )
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    done: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    report: Mapped[str] = mapped_column(Text, default="[]")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    __table_args__ = (
        Index(None, "schedule_id", "period", unique=True),
        Index(None, "job_id"),
        Index(
            "ix_scheduled_run_open",
            "period",
            postgresql_where=OPEN,
            sqlite_where=OPEN,
        ),
    )

    asked_by: Mapped[User | None] = relationship()
    schedule: Mapped[Schedule] = relationship()
