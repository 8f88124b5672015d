"""Demonstration data: two years of a cooperative, made by the application's own rules.

The same day gives the same data.  Everything goes through the real services, as if
these people had worked here: numbers, totals, history and payments are what they would
be.
"""

from __future__ import annotations

import datetime as dt
from random import Random

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from endi_like.models.jobs import Job
from endi_like.models.notifications import Notification
from endi_like.services.demo.catalogue import plan_catalogue
from endi_like.services.demo.contacts import make_customers
from endi_like.services.demo.diary import Diary
from endi_like.services.demo.directory import make_directory
from endi_like.services.demo.fates import plan_invoices
from endi_like.services.demo.internal import plan_internal
from endi_like.services.demo.offers import plan_estimations
from endi_like.services.demo.options import make_options
from endi_like.services.demo.people import (
    TIME_ZONE,
    make_organisation,
    make_people,
)
from endi_like.services.demo.projects import plan_projects
from endi_like.services.demo.stories import World
from endi_like.services.demo.views import make_views
from endi_like.services.demonstration import LOGINS, PASSWORD, is_empty

__all__ = ["LOGINS", "PASSWORD", "TIME_ZONE", "is_empty", "load"]

SEED = 2026
DAYS = 730
UNREAD = dt.timedelta(days=10)
"""So long people leave their notifications unread."""


def load(db: Session, today: dt.date) -> None:
    """Store two years of work, up to the evening before ``today``.

    The caller commits.  What the session is signed by is the same afterwards.
    """
    signature = dict(db.info)
    random = Random(SEED)
    diary = Diary(db, begin=today - dt.timedelta(days=DAYS), end=today)
    with diary.writing():
        make_organisation(db)
        people = make_people(db, diary.now)
        options = make_options(db)
        customers = make_customers(db, random, people.companies)
        make_directory(db, people, diary.now)
        world = World(diary, random, people, options)
        plan_invoices(world, customers)
        plan_estimations(world, customers)
        plan_internal(world)
        plan_projects(diary, people, customers)
        plan_catalogue(diary, people, options)
        make_views(db, people)
        diary.live()
        read_what_is_old(db, diary.now - UNREAD)
        # No worker should spend its first minutes printing what nobody asks for.
        db.execute(delete(Job))
    db.info.clear()
    db.info.update(signature)


def read_what_is_old(db: Session, before: dt.datetime) -> None:
    """Have people read what they were told of so long ago."""
    old = update(Notification).where(
        Notification.at < before, Notification.read_at.is_(None)
    )
    db.execute(old.values(read_at=Notification.at))
