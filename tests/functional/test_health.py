"""``/health/…``: what load balancers and monitoring read, without waiting long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from endi_like import migrations
from endi_like.services import pulses
from endi_like.services.jobs import claim, enqueue
from endi_like.services.metrics import metrics

LONG = timedelta(minutes=10)


def migrated(db, version):
    """Have the database say which version its tables are of."""
    db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    db.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": version})


@pytest.fixture
def current(db):
    migrated(db, migrations.head())


def ready(visitor, status=200):
    answer = visitor.get("/health/ready", status=status)
    assert answer.content_type == "application/json"
    return answer.json


def checks(database="ok", schema="ok", worker="not needed"):
    return {"database": database, "schema": schema, "worker": worker}


def test_a_process_that_answers_is_alive(visitor):
    answer = visitor.get("/health/live")
    assert (answer.content_type, answer.json) == (
        "application/json",
        {"status": "alive"},
    )


def test_a_site_with_nothing_to_do_is_ready(visitor, current):
    assert ready(visitor) == {"status": "ready", "checks": checks()}


def test_a_worker_that_is_there_is_said_to_be(visitor, current, db, clock):
    pulses.beat(db, "worker", clock())
    assert ready(visitor) == {"status": "ready", "checks": checks(worker="ok")}


def test_work_left_lying_shows_but_pages_go_on(visitor, current, db, clock):
    pulses.beat(db, "worker", clock() - LONG)
    enqueue(db, "send_mail", {}, dedupe_key="1", at=clock() - LONG)
    found = ready(visitor)
    assert found == {"status": "degraded", "checks": checks(worker="missing")}
    pulses.beat(db, "another", clock())
    assert ready(visitor)["status"] == "ready"


def test_a_worker_that_is_there_and_does_not_get_on_shows(visitor, current, db, clock):
    since = clock()
    pulses.beat(db, "worker", since)
    enqueue(db, "send_mail", {}, dedupe_key="1", at=since)
    enqueue(db, "send_mail", {}, dedupe_key="2", at=since + timedelta(days=1))
    clock.advance(minutes=14)
    pulses.beat(db, "worker", clock())
    assert ready(visitor)["checks"] == checks(worker="ok")
    clock.advance(minutes=2)
    pulses.beat(db, "worker", clock())
    late = {"status": "degraded", "checks": checks(worker="late")}
    assert ready(visitor) == late
    assert metrics(db, clock()).oldest_due_seconds > 900
    claim(db, clock())
    assert ready(visitor)["status"] == "ready"
    clock.advance(hours=1)
    pulses.beat(db, "worker", clock())
    assert ready(visitor) == late, "whoever had it has died"


def test_a_sign_of_life_by_a_clock_that_was_ahead_is_none(visitor, current, db, clock):
    pulses.beat(db, "worker", clock() + timedelta(days=400))
    enqueue(db, "send_mail", {}, dedupe_key="1", at=clock() - LONG)
    assert ready(visitor)["checks"] == checks(worker="missing")
    assert metrics(db, clock()).workers == 0


def test_work_whose_worker_died_is_left_lying_too(visitor, current, db, clock):
    enqueue(db, "send_mail", {}, dedupe_key="1", at=clock() - LONG)
    claim(db, clock() - LONG)
    assert ready(visitor)["status"] == "degraded"


def test_work_in_hand_is_no_alarm(visitor, current, db, clock):
    enqueue(db, "send_mail", {}, dedupe_key="1", at=clock() - LONG)
    claim(db, clock())
    assert ready(visitor)["status"] == "ready"


def test_work_that_was_asked_for_just_now_is_no_alarm(visitor, current, db, clock):
    enqueue(db, "send_mail", {}, dedupe_key="1", at=clock())
    enqueue(db, "send_mail", {}, dedupe_key="2", at=clock() + LONG)
    assert ready(visitor)["status"] == "ready"


def test_tables_of_another_version_are_503(visitor, db):
    migrated(db, "another")
    answer = visitor.get("/health/ready", status=503)
    assert answer.headers["Retry-After"] == "5"
    expected = checks(schema="outdated", worker="unknown")
    assert answer.json == {"status": "unavailable", "checks": expected}


def test_no_tables_are_503(visitor):
    assert ready(visitor, 503)["checks"]["schema"] == "outdated"


@pytest.mark.usefixtures("current")
def test_it_takes_few_statements(visitor, connection):
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    ready(visitor)
    event.remove(connection, "before_cursor_execute", note)
    told = [one for one in asked if one.startswith("SELECT")]
    assert len(told) == 2, asked


@pytest.mark.parametrize("path", ["/health", "/health/", "/health/x", "/health/live/x"])
def test_there_are_only_two_health_pages(visitor, path):
    visitor.get(path, status=404)
