"""Administrators watch over work in the background."""

import json

import pytest
from sqlalchemy import select

from endi_like.models.jobs import Job, Schedule, ScheduledRun
from endi_like.services import schedules
from tests.factories import NOW, make_run, make_user
from tests.functional.pages import button, save, token
from tests.functional.programs import Program


@pytest.fixture
def admin(db, login):
    return login(make_user(db, roles={"admin"}))


@pytest.fixture
def schedule(db):
    schedules.make_known(db, ["forget_done_jobs"], NOW)
    return db.scalars(select(Schedule)).one()


def failed(db):
    run = make_run(db)
    job = db.get_one(Job, run.job_id)
    job.state, job.failures, job.error = "failed", 8, "Traceback…\nOSError: <no paper>"
    db.flush()
    return job


def test_a_job_that_was_given_up_shows_its_error_and_can_be_tried_again(db, admin):
    job = failed(db)
    listed = admin.get("/jobs/?state=failed")
    assert "OSError: &lt;no paper&gt;" in listed
    assert f"/jobs/{job.id}/" in listed
    page = admin.get(f"/jobs/{job.id}/")
    assert "Traceback…" in page.html.find("pre").text
    done = button(page, "again").follow()
    assert "It begins in a moment." in done
    db.expire_all()
    assert (job.state, job.failures) == ("waiting", 0)


def test_the_log_says_who_has_had_a_job_tried_again(db, login, caplog):
    job, boss = failed(db), make_user(db, roles={"admin"})
    page = login(boss).get(f"/jobs/{job.id}/")
    caplog.set_level("INFO", "endi_like")
    button(page, "again")
    assert f"user {boss.id} tried again job {job.id}: {job.name}" in caplog.messages


def test_trying_again_on_an_old_page_says_that_it_has_changed(db, admin):
    job = failed(db)
    page = admin.get(f"/jobs/{job.id}/")
    job.state, job.attempts = "running", 3
    db.flush()
    assert button(page, "again", status=409)


def test_a_schedule_says_when_it_runs_next_and_what_with(admin, schedule):
    page = admin.get("/schedules/").click("Forget jobs that are done")
    assert "20 2 * * *" in page
    assert "21 Nov 2026, 02:20" in page
    assert "It has not run yet" in page


def test_when_and_with_what_it_runs_is_chosen_and_checked_when_it_is_saved(
    db, admin, schedule
):
    page = admin.get(f"/schedules/{schedule.id}/edit")
    assert "is no time" in save(page, cron="0 25 * * *", days="0", status=422)
    save(page, cron="5 4 * * 1", days="14", enabled=False)
    db.expire_all()
    assert (schedule.cron, schedule.enabled) == ("5 4 * * 1", False)
    assert json.loads(schedule.parameters) == {"days": 14}


def test_what_is_switched_on_again_counts_from_then(db, admin, schedule, clock):
    schedule.enabled = False
    db.flush()
    clock.advance(hours=3)
    save(admin.get(f"/schedules/{schedule.id}/edit"), enabled=True)
    db.expire_all()
    assert schedule.counts_from == clock()


@pytest.mark.parametrize("dry", [False, True])
def test_run_now_asks_for_a_run_and_leads_to_it(db, admin, schedule, dry):
    fields = {"csrf_token": token(admin), **({"dry": "1"} if dry else {})}
    page = admin.post(f"/schedules/{schedule.id}/run", fields).follow()
    run = db.scalars(select(ScheduledRun)).one()
    assert page.request.path == f"/runs/{run.id}/"
    assert run.dry is dry
    assert run.asked_by_id
    assert ("nothing was changed" in page) is dry


def test_a_run_shows_what_was_done_skipped_and_why_in_the_readers_language(db, login):
    run = make_run(db)
    report = schedules.Report()
    report.done("Jobs", "7")
    report.skip("<b>Seal</b>", "It was sealed today already.")
    report.error("Mail", "No such host")
    schedules.close(db, run.id, report, NOW, "done")
    admin = login(make_user(db, roles={"admin"}, language="fr"))
    page = admin.get(f"/runs/{run.id}/")
    assert [cell.text for cell in page.html.select("tbody th")] == [
        "Jobs",
        "<b>Seal</b>",
        "Mail",
    ]
    assert "Ignorées" in page
    as_json = admin.get(f"/runs/{run.id}/", headers={"Accept": "application/json"})
    assert [one["kind"] for one in as_json.json["report"]] == [
        "done",
        "skipped",
        "error",
    ]


def pressed(admin, schedule, dry=""):
    fields = {"csrf_token": token(admin), "dry": dry}
    return admin.post(f"/schedules/{schedule.id}/run", fields).follow()


def runs(db):
    return db.scalars(select(ScheduledRun)).all()


def test_run_now_pressed_twice_runs_once(db, admin, schedule, clock):
    pressed(admin, schedule)
    assert "It is asked for already, or running." in pressed(admin, schedule)
    clock.advance(minutes=1)
    assert "It is asked for already, or running." in pressed(admin, schedule)
    pressed(admin, schedule, dry="1")
    assert sorted(run.dry for run in runs(db)) == [False, True]


@pytest.mark.parametrize(("wish", "dry"), [(True, True), (False, False), ("1", True)])
def test_a_program_says_whether_a_run_only_pretends(app, db, schedule, wish, dry):
    program = Program(app, db, make_user(db, roles={"admin"}))
    program.post(f"/schedules/{schedule.id}/run", {"dry": wish}, status=202)
    assert [run.dry for run in runs(db)] == [dry]


@pytest.mark.parametrize("wish", ["yes", "2", [True], 7])
def test_a_wish_that_is_none_runs_nothing(app, db, schedule, wish):
    program = Program(app, db, make_user(db, roles={"admin"}))
    answer = program.post(f"/schedules/{schedule.id}/run", {"dry": wish}, status="*")
    assert answer.status_int in (400, 422)
    assert runs(db) == []


def test_another_time_counts_from_now(db, admin, schedule, clock):
    schedule.counts_from = NOW
    clock.advance(hours=3)
    save(admin.get(f"/schedules/{schedule.id}/edit"), cron="0 9 * * *")
    db.expire_all()
    assert schedule.counts_from == clock.now
