"""F9: two workers are killed over the mails of the day, and each comes once."""

from collections import Counter
from contextlib import ExitStack

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.db import make_engine
from endi_like.models.jobs import Job, Schedule
from endi_like.models.mail import OutgoingMail
from endi_like.models.notifications import DAILY, Notification
from endi_like.services import schedules
from tests.factories import (
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_notification,
    signed,
)
from tests.functional.site import install
from tests.functional.test_promises_mail import wait_until, working

READERS, EACH = 600, 2
LIVES, PATIENCE = 4, 120.0
NAME = "notifications_of_the_day"
MINE = Job.name.in_((NAME, "mail_digest"))


@pytest.fixture
def engine(empty_place):
    install(empty_place)
    engine = make_engine(empty_place.database_url)
    yield engine
    engine.dispose()


def tell(engine):
    """Tell many of something that is mailed once a day, and ask for those mails."""
    with Session(engine) as db, db.begin():
        signed(db, utcnow)
        company = make_company(db)
        invoice = make_invoice(db, make_customer(db, company))
        for number in range(READERS):
            address = f"reader{number}@example.org"
            reader = make_member(db, company, email=address)
            for _ in range(EACH):
                make_notification(db, reader, invoice, mail=DAILY)
        schedules.make_known(db, [NAME], utcnow())
        schedule = db.scalars(select(Schedule).where(Schedule.name == NAME)).one()
        assert schedules.ask(db, schedule, utcnow(), utcnow())


def written(engine):
    with Session(engine) as db:
        return db.scalar(select(func.count(OutgoingMail.id))) or 0


def left(engine):
    with Session(engine) as db:
        return db.scalar(select(func.count()).where(MINE, Job.state != "done"))


def live(place, engine, enough):
    """Have two workers write so many mails, then kill both in the middle of it."""
    with ExitStack() as both:
        for _ in range(2):
            both.enter_context(working(place))
        wait_until(lambda: written(engine) >= enough or not left(engine), PATIENCE)
    with Session(engine) as db, db.begin():
        running = update(Job).where(Job.state == "running")
        db.execute(running.values(leased_until=utcnow(), failures=0))
        waiting = update(Job).where(Job.state == "waiting")
        db.execute(waiting.values(run_after=utcnow()))


def test_F9_the_mail_of_the_day_comes_once_whoever_is_killed(empty_place, engine):
    tell(engine)
    in_the_middle = 0
    for life in range(1, LIVES):
        live(empty_place, engine, READERS * life // 20)
        in_the_middle += written(engine) < READERS
    assert in_the_middle
    live(empty_place, engine, READERS + 1)
    assert left(engine) == 0
    with Session(engine) as db:
        found = db.execute(select(OutgoingMail.recipient, OutgoingMail.text)).all()
        unmailed = select(Notification.id).where(Notification.mailed_at.is_(None))
        assert db.scalars(unmailed).all() == []
    times = Counter(row.recipient for row in found)
    assert times == {f"reader{number}@example.org": 1 for number in range(READERS)}
    assert {row.text.count("It is validated.") for row in found} == {EACH}
