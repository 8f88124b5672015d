"""Notifications that are mailed, and administrators who are told what goes wrong."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from endi_like.i18n import unpacked
from endi_like.jobs import JOBS
from endi_like.jobs.core import Registered
from endi_like.jobs.worker import Worker
from endi_like.models.jobs import Job, Schedule, ScheduledRun
from endi_like.models.mail import OutgoingMail
from endi_like.models.notifications import AT_ONCE, DAILY, Notification
from endi_like.models.people import Membership, User
from endi_like.services import jobs as queue
from endi_like.services import schedules, tidying
from endi_like.services.notifications import choosing, mailing, watching
from endi_like.services.schedules import PLANS, Plan
from endi_like.translation import translator
from tests.factories import (
    NOW,
    make_company,
    make_customer,
    make_invoice,
    make_mail,
    make_member,
    make_notification,
    make_user,
    move,
    signed,
)

HOURLY = "0 * * * *"


@pytest.fixture
def engine(engine):
    """Return the engine, with nobody told of anything, and nobody but the author."""
    with Session(engine) as db, db.begin():
        for model in (Notification, OutgoingMail):
            db.execute(delete(model))
        db.execute(update(User).where(User.id > 1).values(active=False))
    return engine


@pytest.fixture
def do(engine, clock):
    """Return what does something in a session, and commits."""

    def do(what, *about, **more):
        with Session(engine, expire_on_commit=False) as db, db.begin():
            return what(signed(db, clock), *about, **more)

    return do


@pytest.fixture
def worker(engine, settings, clock):
    return Worker(engine, JOBS, settings=settings, clock=clock)


def run_all(worker):
    while worker.run_one():
        pass


def member_told(db, **columns):
    """Return a member who is told once a day of an invoice, and the invoice."""
    company = make_company(db)
    person = {"email": "anna@example.org", "language": "fr"} | columns
    member = make_member(db, company, name="Anna", **person)
    invoice = make_invoice(db, make_customer(db, company, name="Town"))
    make_notification(db, member, invoice, mail=DAILY)
    return member, invoice


def mails(engine, template=None):
    with Session(engine) as db:
        query = select(OutgoingMail).order_by(OutgoingMail.id)
        found = list(db.scalars(query))
    return [one for one in found if template in (None, one.template)]


def told(engine, event):
    with Session(engine) as db:
        query = select(Notification).where(Notification.event == event)
        return list(db.scalars(query.order_by(Notification.id)))


def said(notification, language="en"):
    return translator(language)(unpacked(json.loads(notification.text)))


def digest(do, engine, worker):
    """Have the scheduled job run now."""

    def ask(db):
        name = "notifications_of_the_day"
        schedules.make_known(db, [name], NOW)
        found = db.scalars(select(Schedule).where(Schedule.name == name)).one()
        return schedules.ask(db, found, db.info["clock"](), db.info["clock"]())

    run_id = do(ask)
    run_all(worker)
    with Session(engine) as db:
        return db.get_one(ScheduledRun, run_id)


def test_the_mail_of_the_day_tells_all_that_is_new_in_one(
    engine, do, worker, clock, settings
):
    member, invoice = do(member_told)
    do(make_notification, member, invoice, mail=DAILY, read_at=NOW)
    do(make_notification, member, invoice, mail=AT_ONCE)
    second = do(make_notification, member, invoice, mail=DAILY, bell=False)
    run = digest(do, engine, worker)
    (mail,) = mails(engine)
    assert (mail.recipient, mail.language) == ("anna@example.org", "fr")
    assert mail.text.count("It is validated.") == 2
    assert f"{settings.url}/notifications/{second.id}/" in mail.text
    assert (run.done, run.skipped) == (1, 0)


def test_the_mail_of_the_day_is_written_once_and_nothing_twice(
    engine, do, worker, clock
):
    member, invoice = do(member_told)
    digest(do, engine, worker)
    do(make_notification, member, invoice, mail=DAILY)
    clock.advance(hours=1)
    run = digest(do, engine, worker)
    assert (run.done, run.skipped) == (0, 1)
    assert len(mails(engine)) == 1, "one a day"
    clock.advance(days=1)
    digest(do, engine, worker)
    first, second = mails(engine)
    assert first.text.count("validated.") == second.text.count("validated.") == 1


def test_where_nothing_is_new_nothing_is_mailed(engine, do, worker):
    do(make_user, email="idle@example.org")
    run = digest(do, engine, worker)
    assert (run.state, run.done, mails(engine)) == ("done", 0, [])


def test_two_at_once_write_the_mail_of_the_day_once(engine, do, clock):
    member, _invoice = do(member_told)
    gate, posted = Barrier(2), []

    def write():
        with Session(engine) as db, db.begin():
            gate.wait(10)
            found = mailing.mail_digest(db, member.id, "2026-11-20", "x", clock())
            posted.append(found)

    threads = [Thread(target=write) for _ in range(2)]
    if engine.dialect.name == "sqlite":  # the second waits before it begins
        gate = Barrier(1)
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(posted) == [False, True]
    assert len(mails(engine)) == 1


def test_a_worker_that_dies_in_the_middle_loses_nothing_and_repeats_nothing(
    engine, do, settings, clock
):
    member, _invoice = do(member_told)
    do(mailing.ask_for_digest, member.id, NOW.date(), NOW)
    deaths = []

    def die(work, **payload):
        JOBS["mail_digest"].run(work, **payload)
        if not deaths:
            deaths.append(1)
            raise RuntimeError("killed before the commit")

    known = {**JOBS, "mail_digest": Registered("mail_digest", die)}
    worker = Worker(engine, known, settings=settings, clock=clock)
    run_all(worker)
    assert mails(engine) == []
    clock.advance(minutes=5)
    run_all(worker)
    assert len(mails(engine)) == 1
    do(mailing.ask_for_digest, member.id, (NOW + timedelta(days=1)).date(), clock())
    run_all(worker)
    assert len(mails(engine)) == 1


LOST = {
    "the company": lambda db, user: db.execute(
        delete(Membership).where(Membership.user_id == user.id)
    ),
    "the account": lambda db, user: db.execute(
        update(User).where(User.id == user.id).values(active=False)
    ),
    "the address": lambda db, user: db.execute(
        update(User).where(User.id == user.id).values(email="")
    ),
}


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("mail", [DAILY, AT_ONCE])
def test_A5_what_one_may_not_see_any_more_is_not_mailed(engine, do, worker, how, mail):
    member, invoice = do(member_told)
    one = do(make_notification, member, invoice, mail=mail)
    do(LOST[how], member)
    payload = {"ids": [one.id]}
    do(queue.enqueue, "mail_notifications", payload, dedupe_key="x", at=NOW)
    digest(do, engine, worker)
    assert mails(engine) == []


def test_what_is_not_to_wait_is_mailed_at_once_in_the_readers_language(
    engine, do, worker
):
    def send_back(db):
        company = make_company(db)
        person = {"email": "anna@example.org", "language": "fr"}
        author = make_member(db, company, **person)
        invoice = make_invoice(db, make_customer(db, company, name="Town"))
        invoice.created_by_id = author.id
        move(db, invoice, "submit")
        move(db, invoice, "invalidate", "The date is wrong.")
        return invoice

    invoice = do(send_back)
    run_all(worker)
    run_all(worker)
    (mail,) = mails(engine)
    (one,) = told(engine, "invalidated")
    assert one.mailed_at
    assert (mail.template, mail.language, mail.dedupe_key) == (
        "notice",
        "fr",
        f"notification:{one.id}",
    )
    assert "The date is wrong." in mail.text
    assert f"{invoice.name} (Town)" in mail.subject
    assert f"/notifications/{one.id}/" in mail.text


def test_what_was_read_meanwhile_is_not_mailed(engine, do, worker):
    member, invoice = do(member_told)
    one = do(make_notification, member, invoice, mail=AT_ONCE, read_at=NOW)
    payload = {"ids": [one.id]}
    do(queue.enqueue, "mail_notifications", payload, dedupe_key="x", at=NOW)
    run_all(worker)
    assert mails(engine) == []


@pytest.fixture(autouse=True)
def known_plan(monkeypatch):
    """Have administrators read what the job of these tests is called."""
    monkeypatch.setitem(PLANS, "break", Plan(HOURLY, "Tidy up", ""))


def knowing(run, plan=None):
    """Return what a worker knows: a job of ours, and those that mails need."""
    mailing = ("mail_notifications", "send_mail")
    known = {name: JOBS[name] for name in mailing}
    return {"break": Registered("break", run, plan), **known}


def failing(engine, settings, clock, plan=None):
    def break_down(_work, **_payload):
        raise OSError("no paper")

    return Worker(engine, knowing(break_down, plan), settings=settings, clock=clock)


def give_up(engine, worker, clock):
    for _ in range(queue.MOST_FAILURES):
        run_all(worker)
        clock.advance(hours=1)
    with Session(engine) as db:
        (job,) = db.scalars(select(Job).where(Job.name == "break"))
    assert job.state == "failed"
    return job


@pytest.fixture
def admin(do):
    return do(make_user, roles={"admin"}, language="de")


@pytest.fixture
def others(do):
    """Return people who are told nothing of what administrators look after."""
    return [do(make_user, roles={role}) for role in ("manager", "auditor")]


@pytest.mark.usefixtures("others")
def test_administrators_are_told_of_a_job_that_is_given_up_once(
    engine, do, settings, clock, admin
):
    do(queue.enqueue, "break", {}, dedupe_key="x", at=NOW)
    worker = failing(engine, settings, clock)
    job = give_up(engine, worker, clock)
    (one,) = told(engine, "job_failed")
    assert (one.recipient_id, one.collection, one.record_id) == (
        admin.id,
        "jobs",
        job.id,
    )
    assert said(one).endswith("OSError: no paper")
    do(lambda db: tidying.try_again(db, db.get_one(Job, job.id), clock()))
    give_up(engine, worker, clock)
    assert len(told(engine, "job_failed")) == 2, "what was tried again failed again"


def test_administrators_are_told_of_a_job_that_kills_its_workers(
    engine, do, settings, clock, admin
):
    do(queue.enqueue, "break", {}, dedupe_key="x", at=NOW)
    worker = failing(engine, settings, clock)
    for _ in range(queue.MOST_FAILURES):
        assert worker.take()
        clock.advance(hours=1)
    worker.pulse.give_up_deadly()
    worker.pulse.give_up_deadly()
    (one,) = told(engine, "job_failed")
    assert one.recipient_id == admin.id
    assert tidying.WORKER_DIED in said(one)


def tidy(engine, settings, clock, run):
    known = knowing(run, Plan(HOURLY, "Tidy up", ""))
    return Worker(engine, known, settings=settings, clock=clock)


def test_administrators_are_told_of_a_run_that_is_given_up(
    engine, settings, clock, admin
):
    worker = failing(engine, settings, clock, Plan(HOURLY, "Tidy up", ""))
    worker.planner.ask_for_due(clock())
    clock.advance(hours=1)
    worker.planner.ask_for_due(clock())
    give_up(engine, worker, clock)
    (one,) = told(engine, "run_failed")
    assert (one.recipient_id, one.collection) == (admin.id, "runs")
    assert said(one) == "“Tidy up” has failed: OSError: no paper"
    assert told(engine, "job_failed") == [], "once is enough"


def test_administrators_are_told_of_a_run_that_ends_with_errors(
    engine, settings, clock, admin
):
    def find_faults(work):
        work.report.done("A", "")
        work.report.error("B", "No such host")
        work.report.error("C", "No such host")

    worker = tidy(engine, settings, clock, find_faults)
    worker.planner.ask_for_due(clock())
    clock.advance(hours=1)
    worker.planner.ask_for_due(clock())
    run_all(worker)
    (one,) = told(engine, "run_failed")
    assert one.recipient_id == admin.id
    assert said(one) == "“Tidy up” has failed: 2 errors, see its page"


def test_work_is_called_as_its_reader_calls_it(
    engine, settings, clock, admin, monkeypatch
):
    plan = PLANS["forget_done_jobs"]
    monkeypatch.setitem(PLANS, "break", plan)
    worker = tidy(engine, settings, clock, lambda work: work.report.error("B", "x"))
    look(worker, clock)
    look(worker, clock, hours=1)
    run_all(worker)
    (one,) = told(engine, "run_failed")
    french, german = (translator(language) for language in ("fr", "de"))
    assert french(plan.label) in said(one, "fr")
    assert german(plan.label) in said(one, "de")
    assert french(plan.label) != german(plan.label)


def look(worker, clock, **later):
    clock.advance(**later)
    worker.planner.ask_for_due(clock())


def test_administrators_are_told_of_what_did_not_run_when_a_worker_is_back(
    engine, settings, clock, admin
):
    worker = tidy(engine, settings, clock, lambda _work: None)
    look(worker, clock)
    look(worker, clock, hours=1, minutes=1)
    run_all(worker)
    assert told(engine, "run_missed") == []
    look(worker, clock, hours=5, minutes=-2)
    look(worker, clock, minutes=1)
    assert told(engine, "run_missed") == [], "it is late, but not by an hour"


def test_what_was_due_long_ago_is_told_once_for_each_run(
    engine, settings, clock, admin
):
    known = knowing(lambda _work: None, Plan("0 3 * * *", "Tidy up", ""))
    worker = Worker(engine, known, settings=settings, clock=clock)
    look(worker, clock)
    look(worker, clock, days=1)  # due at 3, it is 9
    look(worker, clock, minutes=5)
    (one,) = told(engine, "run_missed")
    assert (one.recipient_id, one.collection) == (admin.id, "runs")
    assert said(one) == "“Tidy up” did not run in time."
    run_all(worker)
    look(worker, clock, minutes=5)
    assert len(told(engine, "run_missed")) == 1


def test_a_run_whose_worker_died_is_told_of_after_an_hour(
    engine, settings, clock, admin
):
    worker = tidy(engine, settings, clock, lambda _work: None)
    look(worker, clock)
    look(worker, clock, hours=1)
    assert worker.take()
    look(worker, clock, minutes=59)
    assert told(engine, "run_missed") == []
    look(worker, clock, minutes=2)
    look(worker, clock, minutes=2)
    assert len(told(engine, "run_missed")) == 1


def test_looking_for_what_is_late_writes_nothing_where_all_is_well(
    engine, settings, clock, monkeypatch
):
    worker = tidy(engine, settings, clock, lambda _work: None)
    look(worker, clock)
    monkeypatch.setattr(worker.planner, "engine", None)
    look(worker, clock, minutes=5)


def test_looking_for_what_is_late_writes_nothing_where_nobody_wants_to_know(
    engine, do, settings, clock, admin, monkeypatch
):
    do(choosing.choose, admin.id, {"run_missed": (False, "never")})
    worker = tidy(engine, settings, clock, lambda _work: None)
    look(worker, clock)
    look(worker, clock, hours=1)
    clock.advance(minutes=61)
    monkeypatch.setattr(worker.planner, "engine", None)
    worker.planner.tell_of_late(clock())


def test_a_mail_that_is_refused_is_told_of_and_its_own_mail_is_not(
    engine, do, clock, admin
):
    reset = do(make_mail, subject="Your password", recipient="x@example.org")
    notice = do(make_mail, template="notice")
    for one in (reset, notice, reset):
        do(watching.mail_refused, one.id, "550 No such person", clock())
    (found,) = told(engine, "mail_refused")
    assert (found.collection, found.record_id) == ("mails", reset.id)
    assert "550 No such person" in said(found)


def test_of_a_mailing_one_refusal_is_told(engine, do, clock, admin):
    for _ in range(3):
        mail = do(make_mail, mailing="spring")
        do(watching.mail_refused, mail.id, "550 No such person", clock())
    assert len(told(engine, "mail_refused")) == 1


def test_an_administrator_chooses_as_others_do(engine, do, clock, admin):
    do(choosing.choose, admin.id, {"mail_refused": (False, "never")})
    mail = do(make_mail)
    do(watching.mail_refused, mail.id, "550 No such person", clock())
    assert told(engine, "mail_refused") == []


def test_old_notifications_are_forgotten_at_night(engine, do, worker, clock):
    member, invoice = do(member_told)
    do(make_notification, member, invoice, read_at=NOW)

    def ask(db):
        name = "forget_old_notifications"
        schedules.make_known(db, [name], NOW)
        found = db.scalars(select(Schedule).where(Schedule.name == name)).one()
        return schedules.ask(db, found, clock(), clock())

    clock.advance(days=91)
    do(ask)
    run_all(worker)
    assert [one.read_at for one in told(engine, "validated")] == [None]
