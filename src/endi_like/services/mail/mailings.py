"""A mail to many: posted in portions, each recipient once, no faster than agreed.

A mailing is a job that posts some mails and asks for itself to go on behind the last
of them, in one transaction: however often it is interrupted, nobody is left out and
nobody gets two.  A portion keeps nobody who writes waiting for long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from endi_like.services import jobs
from endi_like.services.mail import people
from endi_like.services.mail.catalog import SITE, TEMPLATES
from endi_like.services.mail.posting import Recipient, post
from endi_like.services.mail.templates import Template
from endi_like.settings import Settings

POST = "post_mailing"
PORTION = 100
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Audience:
    """Many people to write to: the next after an id, one as recipient, how many."""

    after: Callable[[Session, int, int], Sequence[Any]]
    recipient: Callable[[Any], Recipient]
    how_many: Callable[[Session], int]


AUDIENCES: Mapping[str, Audience] = {
    "users": Audience(people.after, people.recipient, people.how_many)
}


@dataclass(frozen=True)
class Mailing:
    """A mailing on its way: who was written to last, when the next mail may leave."""

    key: str
    template: str
    after: int
    due_at: datetime

    @property
    def payload(self) -> dict[str, Any]:
        """Return it as a job holds it."""
        return {**asdict(self), "due_at": self.due_at.isoformat()}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Mailing:
        """Return what a job holds."""
        due_at = datetime.fromisoformat(payload["due_at"])
        return cls(**{**payload, "due_at": due_at})


def how_many(db: Session, template: Template) -> int:
    """Return how many people a template is for; none if it is not for many."""
    audience = AUDIENCES.get(template.audience)
    return audience.how_many(db) if audience else 0


def begin(db: Session, template: str, key: str, at: datetime) -> None:
    """Have a mail written to everybody of its audience; once for each ``key``."""
    go_on(db, Mailing(key, template, 0, at), at)


def go_on(db: Session, mailing: Mailing, at: datetime) -> None:
    """Ask for the job that posts the next portion."""
    key = f"{POST}:{mailing.key}:{mailing.after}"
    jobs.enqueue(db, POST, mailing.payload, dedupe_key=key, at=at)


def post_portion(
    db: Session, mailing: Mailing, settings: Settings, now: datetime
) -> None:
    """Post the next mails, and ask for those after them."""
    template = TEMPLATES[mailing.template]
    audience = AUDIENCES[template.audience]
    pause = MINUTE / settings.mail_rate if settings.mail_rate else timedelta()
    due_at = max(now, mailing.due_at)
    records = audience.after(db, mailing.after, PORTION)
    for record in records:
        to = audience.recipient(record)
        values = template.values(db, record, to.language)
        post(
            db,
            template.key,
            to=to,
            values={**values, SITE.name: settings.url},
            dedupe_key=f"{mailing.key}:{record.id}",
            at=now,
            after=due_at,
            mailing=mailing.key,
        )
        due_at += pause
    if len(records) == PORTION:
        go_on(db, replace(mailing, after=records[-1].id, due_at=due_at), now)
