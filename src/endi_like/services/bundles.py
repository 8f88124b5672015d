"""Bundles: many documents printed into one file, a PDF or a zip, for one person.

A bundle is a job, and its row says all there is to say of it: what was asked for and
what came of it.  The file is named by no other row, so it is swept up about a day after
it was made, as all is that belongs to no record (``services.files.naming``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.jobs import Job
from endi_like.services.files.naming import UNTOUCHED
from endi_like.services.jobs import enqueue
from endi_like.workflow.errors import Refused

BUNDLE_JOB = "print_bundle"
MOST = 500
"""So many documents are printed at once."""
MOST_OPEN = 5
"""So many bundles of one person wait at once: others' mails wait behind them."""
ONE_PRESS = dt.timedelta(minutes=1)
"""So long after it has ended, asking again for a bundle is the same press."""
MEDIA_TYPES = {"pdf": "application/pdf", "zip": "application/zip"}
"""What a bundle can be."""
OPEN = ("waiting", "running")
TOO_MANY = _(
    "${n} files are being printed for you already: wait until one of them is there.",
    mapping={"n": MOST_OPEN},
)


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: which documents, in which order, as what.

    ``place`` is the list they were chosen in, ``key`` the page it was asked on.
    """

    user_id: int
    place: str
    format: str
    ids: Sequence[int]
    key: str

    @property
    def dedupe_key(self) -> str:
        """Return by what the same press is known again."""
        asked = [self.place, self.format, list(self.ids), self.key]
        known = sha256(json.dumps(asked).encode()).hexdigest()
        return f"{BUNDLE_JOB} {self.user_id} {known}"


@dataclass
class Outcome:
    """How far a bundle is: documents that are in it, that are not, and the file."""

    printed: int = 0
    unseen: int = 0
    damaged: int = 0
    sha256: str = ""
    size: int = 0

    @property
    def looked_at(self) -> int:
        """Return how many documents were its turn so far."""
        return self.printed + self.unseen + self.damaged


@dataclass(frozen=True)
class Bundle:
    """A bundle as its job has it; it is fetched like any file that is kept."""

    id: int
    state: str
    place: str
    format: str
    ids: Sequence[int]
    asked_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def is_open(self) -> bool:
        """Tell whether it is still being made."""
        return self.state in OPEN

    @property
    def total(self) -> int:
        """Return how many documents were asked for."""
        return len(self.ids)

    @property
    def percent(self) -> int:
        """Return how far it is."""
        return self.outcome.looked_at * 100 // max(self.total, 1)

    @property
    def kept_until(self) -> dt.datetime | None:
        """Return until when the file can be fetched, if there is one."""
        return self.ended_at + UNTOUCHED if self.ended_at and self.sha256 else None

    @property
    def sha256(self) -> str:
        """Return what the file is kept under."""
        return self.outcome.sha256

    @property
    def size(self) -> int:
        """Return how many bytes the file has."""
        return self.outcome.size

    @property
    def name(self) -> str:
        """Return what the file is called."""
        return (
            f"{self.place}-{self.asked_at.date().isoformat()}-{self.id}.{self.format}"
        )

    @property
    def media_type(self) -> str:
        """Return what the file is."""
        return MEDIA_TYPES[self.format]


def ask(db: Session, wanted: Wanted, now: dt.datetime) -> int:
    """Have documents printed by the worker; return the id of the job.

    Who presses twice asks once.  Of one person's bundles one is made at a time; raises
    ``Refused`` when too many wait.
    """
    known, alone = wanted.dedupe_key, f"{BUNDLE_JOB} {wanted.user_id}"
    before = db.scalars(select(Job).where(Job.dedupe_key == known)).one_or_none()
    if before is not None and is_same_press(before, now):
        return before.id
    mine = select(func.count()).where(Job.alone == alone, Job.state.in_(OPEN))
    if db.scalars(mine).one() >= MOST_OPEN:
        raise Refused(TOO_MANY)
    if before is not None:
        before.dedupe_key = f"{known} {before.id}"
        db.flush()
    payload = {
        "user_id": wanted.user_id,
        "place": wanted.place,
        "format": wanted.format,
        "ids": list(wanted.ids),
        "key": known,
    }
    made = enqueue(db, BUNDLE_JOB, payload, dedupe_key=known, at=now, alone=alone)
    return made or db.scalars(select(Job.id).where(Job.dedupe_key == known)).one()


def is_same_press(job: Job, now: dt.datetime) -> bool:
    """Tell whether asking for a bundle again can only mean the one that is there."""
    return job.state in OPEN or (
        job.ended_at is not None and now - job.ended_at < ONE_PRESS
    )


def own(db: Session, key: int, user_id: int, place: str) -> Bundle | None:
    """Return a bundle of a user, asked for in that list; others do not exist."""
    job = db.get(Job, key)
    if job is None or job.name != BUNDLE_JOB:
        return None
    asked: dict[str, Any] = json.loads(job.payload)
    if (asked["user_id"], asked["place"]) != (user_id, place):
        return None
    return Bundle(
        job.id,
        job.state,
        place,
        asked["format"],
        asked["ids"],
        job.created_at,
        job.ended_at,
        Outcome(**asked.get("outcome", {})),
    )


def note(db: Session, key: str, outcome: Outcome) -> None:
    """Write down how far a bundle is."""
    mine = Job.dedupe_key == key
    asked = json.loads(db.scalars(select(Job.payload).where(mine)).one())
    asked["outcome"] = vars(outcome)
    told = update(Job).where(mine).values(payload=json.dumps(asked, sort_keys=True))
    db.execute(told.execution_options(synchronize_session=False))
