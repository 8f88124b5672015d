"""Promise F9: what is due by the clock runs once for each time, and is caught up."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import colander
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from endi_like.i18n import _, ngettext, packed, unpacked
from endi_like.jobs import JOBS
from endi_like.jobs.core import Registered
from endi_like.jobs.worker import Worker
from endi_like.models.history import LogSeal
from endi_like.models.jobs import Job, Schedule, ScheduledRun
from endi_like.models.people import Company
from endi_like.services import pulses, righting, schedules, tidying
from endi_like.services.jobs import MOST_FAILURES, claim, enqueue
from endi_like.services.schedules import PLANS, Plan, is_cron
from endi_like.translation import translator
from tests.factories import NOW, TestClock, make_company, make_user, signed

PARIS = "Europe/Paris"
NIGHTLY = "30 2 * * *"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Days(colander.Schema):
    days = colander.SchemaNode(colander.Integer(), missing=30)


@pytest.fixture
def clock():
    return TestClock(at("2026-03-10 12:00"))


@pytest.fixture
def runs():
    return []


@pytest.fixture
def crew(engine, clock, settings, runs):
    """Return what makes workers with one job that is due every night."""

    def tidy(work, days):
        runs.append((clock(), days))
        work.report.done("Old things", _("Tidied"))
        work.report.skip("New things", _("Not old enough"))
        make_company(signed(work.db, clock), code=uuid4().hex[:12])
        if days == 13:
            raise RuntimeError("what a day")

    plan = Plan(NIGHTLY, "Tidy up", "", Days)
    known = {"tidy": Registered("tidy", tidy, plan)}

    def hire():
        return Worker(engine, known, settings=settings, clock=clock)

    return hire


def go_on(workers, clock, *, until, step=timedelta(minutes=30)):
    """Have the workers look again and again until a moment."""
    while clock() < until:
        for worker in workers:
            worker.planner.ask_for_due(clock())
            while worker.run_one():
                pass
        clock.now += step


def periods(engine):
    with Session(engine) as db:
        wanted = select(ScheduledRun.period).order_by(ScheduledRun.period)
        return [period.strftime("%d %H:%M") for period in db.scalars(wanted)]


def only(engine, model):
    with Session(engine) as db:
        return db.scalars(select(model)).one()


def set_schedule(engine, **columns):
    with Session(engine) as db, db.begin():
        schedules.make_known(db, ["tidy"], at("2026-03-10 12:00"))
        row = db.scalars(select(Schedule)).one()
        for name, value in columns.items():
            setattr(row, name, value)


def test_F9_two_workers_run_each_period_once(engine, crew, clock, runs):
    go_on([crew(), crew()], clock, until=at("2026-03-13 12:00"))
    assert periods(engine) == ["11 01:30", "12 01:30", "13 01:30"]
    assert len(runs) == 3


def test_F9_what_was_due_before_it_was_known_is_not_caught_up(engine, crew, clock):
    clock.now = at("2026-03-10 03:00")
    go_on([crew()], clock, until=at("2026-03-10 12:00"))
    assert periods(engine) == []


def test_F9_what_was_missed_is_caught_up_once_and_the_run_says_so(engine, crew, clock):
    go_on([crew()], clock, until=at("2026-03-11 12:00"))
    clock.now = at("2026-03-15 09:00")
    go_on([crew()], clock, until=at("2026-03-15 12:00"))
    assert periods(engine) == ["11 01:30", "15 01:30"]
    with Session(engine) as db:
        last = db.scalars(select(ScheduledRun).order_by(ScheduledRun.id.desc())).first()
        assert last.missed == 3


@pytest.mark.parametrize(
    ("begin", "until", "expected"),
    [
        ("2026-03-28 12:00", "2026-03-30 12:00", ["29 01:00", "30 00:30"]),
        ("2026-10-24 12:00", "2026-10-26 12:00", ["25 00:30", "26 01:30"]),
        ("2028-02-28 12:00", "2028-03-01 12:00", ["01 01:30", "29 01:30"]),
    ],
    ids=["an hour is skipped", "an hour comes twice", "29 February"],
)
def test_F9_each_night_has_its_run_whatever_the_clocks_do(
    engine, crew, clock, begin, until, expected
):
    clock.now = at(begin)
    go_on([crew(), crew()], clock, until=at(until), step=timedelta(minutes=10))
    assert sorted(periods(engine)) == expected


def test_F9_a_clock_that_is_put_back_runs_nothing_twice(engine, crew, clock, runs):
    worker = crew()
    go_on([worker], clock, until=at("2026-03-11 02:00"))
    clock.now -= timedelta(hours=1)
    go_on([worker, crew()], clock, until=at("2026-03-11 05:00"))
    assert len(runs) == 1


def test_F9_a_run_whose_worker_died_is_taken_over_and_no_second_one_begins(
    engine, crew, clock, runs
):
    worker = crew()
    clock.now = at("2026-03-10 20:00")
    worker.planner.ask_for_due(clock())
    clock.now = at("2026-03-11 01:31")
    worker.planner.ask_for_due(clock())
    assert worker.take()
    clock.now = at("2026-03-12 01:31")
    with Session(engine) as db, db.begin():
        job = db.scalars(select(Job)).one()
        job.leased_until = clock() + timedelta(minutes=1)
    go_on([crew()], clock, until=at("2026-03-12 01:32"), step=timedelta(minutes=1))
    assert runs == [], "the first one may still be at work"
    go_on([crew()], clock, until=at("2026-03-12 03:00"))
    assert len(runs) == 2


def test_a_job_that_is_switched_off_rests_and_catches_nothing_up(engine, crew, clock):
    set_schedule(engine, enabled=False)
    go_on([crew()], clock, until=at("2026-03-12 12:00"))
    assert periods(engine) == []
    set_schedule(engine, enabled=True, counts_from=clock())
    go_on([crew()], clock, until=at("2026-03-13 12:00"))
    assert periods(engine) == ["13 01:30"]


def test_an_administrators_time_and_parameters_hold(engine, crew, clock, runs):
    set_schedule(engine, cron="0 6 * * *", parameters='{"days": 7}')
    go_on([crew()], clock, until=at("2026-03-11 12:00"))
    assert periods(engine) == ["11 05:00"]
    assert [days for _moment, days in runs] == [7]


def test_a_run_reports_what_was_done_and_what_was_skipped_and_why(engine, crew, clock):
    go_on([crew()], clock, until=at("2026-03-11 12:00"))
    run = only(engine, ScheduledRun)
    assert (run.state, run.done, run.skipped, run.errors) == ("done", 1, 1, 0)
    assert json.loads(run.report)[0] == ["done", "Old things", ["Tidied", {}]]
    assert run.started_at
    assert run.ended_at


def test_old_runs_are_forgotten_but_the_last_of_each_schedule(engine, crew, clock):
    go_on([crew()], clock, until=at("2026-03-14 12:00"))
    with Session(engine) as db, db.begin():
        last = select(ScheduledRun).order_by(ScheduledRun.period)
        first, *_others = db.scalars(last).all()
        first.state = "failed"
    with Session(engine) as db, db.begin():
        assert tidying.forget_runs(db, before=at("2026-03-12 12:00"), now=clock()) == 1
    assert periods(engine) == ["11 01:30", "13 01:30", "14 01:30"]
    with Session(engine) as db, db.begin():
        assert tidying.forget_runs(db, before=at("2026-03-20 12:00"), now=clock()) == 1
    assert periods(engine) == ["11 01:30", "14 01:30"]
    go_on([crew()], clock, until=at("2026-03-15 12:00"))
    assert periods(engine) == ["11 01:30", "14 01:30", "15 01:30"]


def test_what_was_done_long_ago_is_forgotten_at_night(engine, settings, clock):
    known = {"forget_done_jobs": JOBS["forget_done_jobs"]}
    worker = Worker(engine, known, settings=settings, clock=clock)
    go_on([worker], clock, until=at("2026-03-12 12:00"), step=timedelta(hours=2))
    assert len(periods(engine)) == 2
    clock.now = at("2026-09-13 12:00")
    go_on([worker], clock, until=at("2026-09-13 13:00"))
    assert len(periods(engine)) == 1


def test_F9_a_clock_that_was_ahead_settles_nothing(engine, crew, clock, runs):
    go_on([crew()], clock, until=at("2026-03-11 12:00"))
    clock.now += timedelta(days=400)
    go_on([crew()], clock, until=clock() + timedelta(hours=1))
    assert len(periods(engine)) == 2
    clock.now = at("2026-03-11 14:00")
    go_on([crew()], clock, until=at("2026-03-14 12:00"))
    with Session(engine) as db, db.begin():
        tidying.forget_runs(db, before=at("2026-03-14 00:00"), now=clock())
    go_on([crew()], clock, until=at("2026-03-15 12:00"))
    moments = sorted(moment.strftime("%d %H:%M") for moment, _days in runs)
    assert moments.count("15 12:00") == 1, "when the clock was ahead"
    assert len(runs) == 6
    assert periods(engine)[:2] == ["14 01:30", "15 01:30"], "the last one settles"


def test_what_a_clock_that_was_ahead_has_put_off_is_due(engine, crew, clock, runs):
    ahead = at("2026-03-10 12:00") + timedelta(days=400)
    set_schedule(engine, counts_from=ahead)
    with Session(engine) as db, db.begin():
        schedule = db.scalars(select(Schedule)).one()
        schedules.ask(db, schedule, ahead, ahead)
        pulses.beat(db, "of then", ahead)
    crew().planner.ask_for_due(ahead)
    with Session(engine) as db, db.begin():
        assert claim(db, ahead), "and its worker dies"
    assert len(runs) == 0
    go_on([crew()], clock, until=at("2026-03-11 12:00"))
    assert len(runs) == 2, "what was asked for then, and what is due"
    with Session(engine) as db:
        assert pulses.alive(db, ahead) == 0


def test_what_is_due_later_by_a_clock_that_is_right_waits(engine, crew, clock):
    with Session(engine) as db, db.begin():
        later = clock() + timedelta(days=20)
        enqueue(db, "tidy", {}, dedupe_key="later", at=later, now=clock())
        enqueue(db, "tidy", {}, dedupe_key="now", at=clock())
        claim(db, clock())
        assert not righting.ahead(db, clock())
        assert righting.ahead(db, clock() - timedelta(days=2))


def ask_now(engine, clock, **columns):
    set_schedule(engine)
    with Session(engine) as db, db.begin():
        schedule = db.scalars(select(Schedule)).one()
        schedules.ask(db, schedule, clock(), clock(), **columns)


def companies(engine):
    with Session(engine) as db:
        return db.scalar(select(func.count()).select_from(Company))


def test_a_dry_run_changes_nothing_and_says_what_it_would_do(engine, crew, clock, runs):
    before = companies(engine)
    ask_now(engine, clock, dry=True)
    while crew().run_one():
        pass
    run = only(engine, ScheduledRun)
    assert (run.state, run.done, run.dry) == ("done", 1, True)
    assert len(runs) == 1
    assert companies(engine) == before
    go_on([crew()], clock, until=at("2026-03-11 12:00"))
    assert companies(engine) == before + 1, "the next night counts none the less"


def test_a_run_that_fails_is_tried_again_and_its_report_names_the_error(
    engine, crew, clock, runs
):
    before = companies(engine)
    set_schedule(engine, parameters='{"days": 13}')
    ask_now(engine, clock)
    worker = crew()
    worker.run_one()
    run = only(engine, ScheduledRun)
    assert (run.state, run.errors) == ("waiting", 1)
    assert "what a day" in run.report
    while only(engine, Job).state != "failed":
        clock.now = max(clock.now, only(engine, Job).run_after)
        worker.run_one()
    assert only(engine, ScheduledRun).state == "failed"
    assert len(runs) == MOST_FAILURES
    assert companies(engine) == before


def test_a_kept_text_is_said_in_the_language_of_the_reader():
    say = translator("fr")
    kept = json.dumps(
        [packed(_("Done")), packed("plain"), packed(_("${n} m", mapping={"n": 2}))]
    )
    done, plain, counted = (unpacked(one) for one in json.loads(kept))
    assert say(done) == say(_("Done")) != "Done"
    assert (say(plain), say(counted)) == ("plain", "2 m")
    two = ngettext("${n} row", "${n} rows", 2)
    assert say(unpacked(json.loads(json.dumps(packed(two))))) == say(two)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("0 7 * * 1-5", True),
        ("*/5 * * * *", True),
        ("0 0 29 2 *", True),
        ("0 0 L * *", True),
        ("0 0 31 2 *", False),
        ("60 * * * *", False),
        ("* * * * * *", False),
        ("@daily", False),
        ("", False),
        ("* * * *", False),
        ("* * * * *; DROP", False),
    ],
)
def test_only_times_that_come_true_are_times(text, good):
    assert is_cron(text) is good


def test_the_daily_seal_is_written_in_the_database_and_beside_it(
    engine, settings, tmp_path
):
    clock = TestClock(NOW)
    worker = Worker(engine, JOBS, settings=settings, clock=clock)
    go_on([worker], clock, until=NOW + timedelta(days=1), step=timedelta(hours=1))
    with Session(engine) as db:
        days = [seal.day.isoformat() for seal in db.scalars(select(LogSeal))]
    assert days == ["2026-11-21"]
    lines = (tmp_path / "seals.log").read_text().splitlines()
    assert [line.split(" ")[0] for line in lines] == days


def test_a_dry_run_writes_nothing_beside_the_database_either(
    engine, settings, clock, tmp_path
):
    known = {"seal_log": JOBS["seal_log"]}
    worker = Worker(engine, known, settings=settings, clock=clock)
    go_on([worker], clock, until=at("2026-03-11 12:00"), step=timedelta(hours=2))
    (tmp_path / "seals.log").unlink()
    with Session(engine) as db, db.begin():
        schedule = db.scalars(select(Schedule)).one()
        schedules.ask(db, schedule, clock(), clock(), dry=True)
    while worker.run_one():
        pass
    assert not (tmp_path / "seals.log").exists()
    go_on([worker], clock, until=at("2026-03-12 12:00"), step=timedelta(hours=2))
    *_others, last = (tmp_path / "seals.log").read_text().splitlines()
    assert last.startswith("2026-03-12")


def test_a_dry_run_in_the_second_of_a_period_does_not_take_it(engine, crew, clock):
    set_schedule(engine)
    clock.now = at("2026-03-11 01:30")
    with Session(engine) as db, db.begin():
        schedule = db.scalars(select(Schedule)).one()
        author = make_user(db).id
        dry = {"dry": True, "asked_by_id": author}
        assert schedules.ask_now(db, schedule, clock(), **dry)
        assert not schedules.ask_now(db, schedule, clock(), **dry), "one is open"
    go_on([crew()], clock, until=at("2026-03-11 03:00"))
    with Session(engine) as db:
        runs = db.scalars(select(ScheduledRun).order_by(ScheduledRun.period)).all()
        assert [(run.dry, run.state) for run in runs] == [
            (False, "done"),
            (True, "done"),
        ]


@pytest.mark.parametrize("name", PLANS)
def test_every_scheduled_job_says_what_it_has_done(name, engine, settings, clock):
    worker = Worker(engine, {name: JOBS[name]}, settings=settings, clock=clock)
    worker.planner.ask_for_due(clock())
    with Session(engine) as db, db.begin():
        schedule = db.scalars(select(Schedule)).one()
        schedules.ask(db, schedule, clock(), clock())
    while worker.run_one():
        pass
    run = only(engine, ScheduledRun)
    assert run.state == "done"
    assert json.loads(run.report)
