"""Jobs are done once, after whatever happens; asking twice is asking once."""

from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import create_engine, delete, insert, select, update
from sqlalchemy.orm import Session

from endi_like import logs
from endi_like.db import Base
from endi_like.jobs import JOBS
from endi_like.jobs.core import Postpone, Registered
from endi_like.jobs.worker import Worker
from endi_like.models.files import StoredFile
from endi_like.models.jobs import Job
from endi_like.services import jobs as queue
from endi_like.services import pulses, tidying
from endi_like.services.files import Folder, Vault
from endi_like.services.invariants import invariants
from endi_like.workflow.errors import Stale
from tests.factories import (
    NOW,
    make_company,
    make_customer,
    make_invoice,
    signed,
)
from tests.functional.hostile import rich_invoice
from tests.surroundings import FORMER, LATER, change_all_around

MARKER = "Jeanne-Who"


@pytest.fixture
def done():
    return []


@pytest.fixture
def worker(engine, clock, settings, done):
    def note(_work, word):
        done.append(word)

    def break_down(_work, word):
        done.append(word)
        raise RuntimeError("the printer is on fire")

    def write(work, code):
        make_company(signed(work.db, clock), code=code)
        if code == "BAD":
            raise RuntimeError("after the fact")

    functions = {"note": note, "break": break_down, "write": write}
    known = {name: Registered(name, run) for name, run in functions.items()}
    return Worker(engine, known, settings=settings, clock=clock)


def ask(engine, name, word="a", key=None, at=NOW):
    payload = {"code" if name == "write" else "word": word}
    with Session(engine) as db, db.begin():
        queue.enqueue(db, name, payload, dedupe_key=key or f"{name}:{word}", at=at)


def only(engine):
    with Session(engine) as db:
        return db.scalars(select(Job)).one()


def run_all(worker):
    while worker.run_one():
        pass


def test_jobs_are_done_in_their_order_and_once(engine, worker, done):
    for word in "abc":
        ask(engine, "note", word)
    run_all(worker)
    assert done == ["a", "b", "c"]
    assert not worker.run_one()


def test_asking_twice_for_the_same_is_asking_once(engine, worker, done):
    ask(engine, "note", "a", key="same")
    ask(engine, "note", "b", key="same")
    run_all(worker)
    ask(engine, "note", "c", key="same")
    run_all(worker)
    assert done == ["a"]


def test_what_is_rolled_back_has_asked_for_nothing(engine, worker, done):
    with Session(engine) as db:
        queue.enqueue(db, "note", {"word": "a"}, dedupe_key="a", at=NOW)
        db.rollback()
    assert not worker.run_one()


def test_a_job_waits_for_its_time(engine, worker, clock, done):
    ask(engine, "note", at=NOW + timedelta(minutes=5))
    run_all(worker)
    assert done == []
    clock.advance(minutes=5)
    run_all(worker)
    assert done == ["a"]


def test_a_job_that_fails_is_tried_again_later_and_later_and_at_last_given_up(
    engine, worker, clock, done
):
    ask(engine, "break")
    waits = []
    for _attempt in range(queue.MOST_FAILURES):
        run_all(worker)
        waits.append(only(engine).run_after - clock())
        clock.now = max(clock.now, only(engine).run_after)
    assert len(done) == queue.MOST_FAILURES
    assert waits == sorted(waits)
    assert waits[:3] == [timedelta(seconds=seconds) for seconds in (10, 20, 40)]
    job = only(engine)
    assert job.state == "failed"
    assert "the printer is on fire" in job.error
    clock.advance(days=30)
    assert not worker.run_one()


def test_what_a_job_writes_and_that_it_is_done_are_one_transaction(engine, worker):
    ask(engine, "write", "GOOD")
    ask(engine, "write", "BAD")
    run_all(worker)
    with Session(engine) as db:
        states = dict(db.execute(select(Job.dedupe_key, Job.state)).all())
        codes = set(db.scalars(select(Base.metadata.tables["company"].c.code)))
    assert states == {"write:GOOD": "done", "write:BAD": "waiting"}
    assert "GOOD" in codes
    assert "BAD" not in codes


def test_a_job_whose_worker_died_is_taken_over(engine, worker, clock, done):
    ask(engine, "note")
    with Session(engine) as db, db.begin():
        assert queue.claim(db, clock())
    assert not worker.run_one(), "it has a lease"
    clock.advance(seconds=queue.LEASE.total_seconds() + 1)
    run_all(worker)
    assert done == ["a"]
    assert only(engine).attempts == 2


def test_who_took_too_long_cannot_finish_what_another_has_taken(engine, clock):
    ask(engine, "note")
    with Session(engine) as db, db.begin():
        (slow,) = queue.claim(db, clock())
    clock.advance(hours=1)
    with Session(engine) as db, db.begin():
        (quick,) = queue.claim(db, clock())
    with Session(engine) as db, db.begin():
        with pytest.raises(queue.LostLease):
            queue.finish(db, slow, clock())
        queue.finish(db, quick, clock())
    assert only(engine).state == "done"


def test_a_job_that_kills_its_worker_is_given_up_at_last(engine, worker, clock, done):
    ask(engine, "note", "deadly")
    for _attempt in range(queue.MOST_FAILURES):
        with Session(engine) as db, db.begin():
            assert queue.claim(db, clock())
        clock.advance(seconds=queue.LEASE.total_seconds() + 1)
    worker.pulse.give_up_deadly()
    assert (only(engine).state, only(engine).error) == ("failed", tidying.WORKER_DIED)
    ask(engine, "note", "a")
    run_all(worker)
    assert done == ["a"]


def test_a_job_that_fails_after_it_was_taken_over_does_not_stop_the_worker(
    engine, settings, clock
):
    def lose_it(_work, word):
        clock.advance(hours=1)
        with Session(engine) as db, db.begin():
            assert queue.claim(db, clock())
        raise RuntimeError(word)

    known = {"lose": Registered("lose", lose_it)}
    worker = Worker(engine, known, settings=settings, clock=clock)
    ask(engine, "lose")
    assert worker.run_one()
    assert (only(engine).state, only(engine).attempts) == ("running", 2)


def test_what_follows_a_job_may_fail_and_the_rest_is_done(engine, settings, clock):
    followed = []

    def followed_badly(work, word):
        work.after_commit(lambda _db: followed.append(1 / len(word[1:])))
        work.after_commit(lambda _db: followed.append(word))

    known = {"follow": Registered("follow", followed_badly)}
    worker = Worker(engine, known, settings=settings, clock=clock)
    ask(engine, "follow")
    assert worker.run_one()
    assert (only(engine).state, followed) == ("done", ["a"])


def test_no_error_ends_the_worker(engine, settings, clock, monkeypatch):
    stopping = Event()
    worker = Worker(engine, {}, settings=settings, clock=clock)
    rounds = []

    def trip():
        rounds.append(len(rounds))
        if len(rounds) == 2:
            stopping.set()
        raise KeyError("unheard of")

    monkeypatch.setattr("endi_like.jobs.worker.AFTER_TROUBLE", 0)
    monkeypatch.setattr(worker, "run_one", trip)
    worker.run(stopping)
    assert rounds == [0, 1]


def test_two_workers_never_take_the_same_job(engine):
    ask(engine, "note", "a")
    ask(engine, "note", "b")
    taken = []
    with Session(engine) as one, Session(engine) as other:
        for db in (one, other, one):
            taken += [one.payload["word"] for one in queue.claim(db, NOW)]
            if engine.dialect.name == "sqlite":  # one transaction writes at a time
                db.commit()
    assert taken == ["a", "b"]


def test_what_must_run_alone_waits_for_its_like_and_for_nothing_else(engine, clock):
    for key, alone in (("1", "digest"), ("2", "digest"), ("3", None)):
        with Session(engine) as db, db.begin():
            queue.enqueue(db, "note", {}, dedupe_key=key, at=NOW, alone=alone)
    with Session(engine) as db, db.begin():
        (first,) = queue.claim(db, clock())
    with Session(engine) as db, db.begin():
        assert [one.id for one in queue.claim(db, clock())] == [first.id + 2]
    with Session(engine) as db, db.begin():
        assert queue.claim(db, clock()) == []
        queue.finish(db, first, clock())
        assert [one.id for one in queue.claim(db, clock())] == [first.id + 1]


def test_what_was_never_tried_is_taken_together_and_the_rest_one_by_one(engine, clock):
    for word in "abcdef":
        ask(engine, "note", word)
    with Session(engine) as db, db.begin():
        assert len(queue.claim(db, clock(), most=4)) == 4
        assert len(queue.claim(db, clock(), most=4)) == 2
    clock.advance(hours=1)
    with Session(engine) as db, db.begin():
        assert len(queue.claim(db, clock(), most=4)) == 1
        assert set(db.scalars(select(Job.failures))) == {0}, "none was begun"


def test_a_worker_that_is_told_to_stop_leaves_the_rest_to_others(
    engine, settings, clock
):
    stopping = Event()
    known = {"note": Registered("note", lambda _work, word: stopping.set())}
    for word in "abc":
        ask(engine, "note", word)
    Worker(engine, known, settings=settings, clock=clock).run(stopping)
    with Session(engine) as db:
        assert sorted(db.scalars(select(Job.state))) == ["done", "waiting", "waiting"]
        assert set(db.scalars(select(Job.leased_until))) == {None}


def test_what_is_postponed_runs_later_however_often_and_has_not_failed(
    engine, settings, clock
):
    tries = []

    def closed(_work):
        tries.append(clock())
        if len(tries) <= 2 * queue.MOST_FAILURES:
            raise Postpone("the post office is closed", timedelta(minutes=3))

    known = {"closed": Registered("closed", closed)}
    worker = Worker(engine, known, settings=settings, clock=clock)
    with Session(engine) as db, db.begin():
        queue.enqueue(db, "closed", {}, dedupe_key="x", at=NOW)
    while only(engine).state != "done":
        assert worker.run_one()
        clock.advance(minutes=3)
    assert only(engine).failures == 0
    assert tries[1] - tries[0] == timedelta(minutes=3)


def test_a_lease_is_kept_as_long_as_its_worker_is_there(engine, worker, clock):
    ask(engine, "note")
    with Session(engine) as db, db.begin():
        (taken,) = queue.claim(db, clock())
    worker.pulse.keep(taken)
    clock.advance(minutes=4)
    worker.pulse.beat()
    clock.advance(minutes=4)
    with Session(engine) as db, db.begin():
        assert queue.claim(db, clock()) == [], "it would have ended by now"
        assert pulses.alive(db, clock()) == 0, "it has been silent for four minutes"
        assert pulses.alive(db, clock() - timedelta(minutes=3)) == 1


def test_a_job_that_was_given_up_can_be_tried_again(engine, worker, clock, done):
    ask(engine, "break")
    while only(engine).state != "failed":
        run_all(worker)
        clock.now = max(clock.now, only(engine).run_after)
    with Session(engine) as db, db.begin():
        tidying.try_again(db, db.scalars(select(Job)).one(), clock())
    run_all(worker)
    assert len(done) == queue.MOST_FAILURES + 1
    assert only(engine).state == "waiting", "it may fail as often as a new one"


def test_a_job_that_was_taken_since_it_was_read_is_not_tried_again(engine, clock):
    ask(engine, "note")
    with Session(engine) as db:
        read = db.scalars(select(Job)).one()
    with Session(engine) as db, db.begin():
        (taken,) = queue.claim(db, clock())
    with Session(engine) as db, pytest.raises(Stale):
        tidying.try_again(db, read, clock())
    with Session(engine) as db, db.begin():
        queue.fail(db, taken, "no paper", clock())
    with Session(engine) as db, pytest.raises(Stale):
        tidying.try_again(db, read, clock())


def test_a_job_of_a_name_nobody_knows_fails_without_stopping_the_worker(
    engine, worker, done
):
    with Session(engine) as db, db.begin():
        queue.enqueue(db, "unheard", {}, dedupe_key="x", at=NOW)
    ask(engine, "note")
    run_all(worker)
    assert done == ["a"]


def test_a_job_that_finds_the_database_busy_is_tried_again_and_nobody_is_blamed(
    hurried, locked, settings, clock, caplog
):
    def write(work, word):
        with locked():
            work.db.execute(delete(Job).where(Job.name == word))

    ask(hurried, "write in vain")
    known = {"write in vain": Registered("write in vain", write)}
    assert Worker(hurried, known, settings=settings, clock=clock).run_one()
    assert (only(hurried).state, only(hurried).failures) == ("waiting", 1)
    assert [one.levelname for one in caplog.records] == ["WARNING"]
    assert "the database does not answer" in caplog.text


@pytest.mark.parametrize("column", ["state", "dedupe_key"])
def test_I15_no_value_of_a_row_is_in_the_log_or_kept_with_the_job(
    engine, settings, clock, column, caplog
):
    row = {"name": MARKER, "dedupe_key": "new", "run_after": NOW, "created_at": NOW}
    wrong = insert(Job).values({**row, column: MARKER})
    known = {"wrong": Registered("wrong", lambda work, word: work.db.execute(wrong))}
    caplog.handler.setFormatter(logs.formatter("text"))
    ask(engine, "wrong", key=MARKER)
    Worker(engine, known, settings=settings, clock=clock).run_one()
    for told in (only(engine).error, caplog.text):
        assert "IntegrityError" in told
        assert MARKER not in told


def test_the_worker_stops_when_it_is_told(engine, settings, clock):
    stopping = Event()
    words = []

    def last(_work, word):
        words.append(word)
        stopping.set()

    worker = Worker(
        engine,
        {"last": Registered("last", last)},
        settings=settings,
        clock=clock,
    )
    ask(engine, "last", "a")
    ask(engine, "last", "b")
    worker.run(stopping)
    assert words == ["a"]


def test_E6_a_validated_invoice_is_printed_once_and_never_again(
    engine, settings, tmp_path, clock
):
    with Session(engine) as db, db.begin():
        invoice = make_invoice(signed(db, clock), status="valid")
        invoice_id, number = invoice.id, invoice.official_number
    worker = Worker(engine, JOBS, settings=settings, clock=clock)
    run_all(worker)
    assert only(engine).state == "done"
    with Session(engine) as db:
        file = db.scalars(select(StoredFile)).one()
        assert (file.node_id, file.name) == (invoice_id, f"{number}.pdf")
        vault = Vault(Folder(tmp_path / "files"))
        assert vault.get(file.sha256).startswith(b"%PDF")
        assert list(invariants(db, vault)) == []
    with Session(engine) as db, db.begin():
        db.execute(update(Job).values(state="waiting"))
    run_all(worker)
    with Session(engine) as db:
        assert db.scalars(select(StoredFile.sha256)).all() == [file.sha256]


def test_E6_what_changes_before_the_worker_prints_is_not_printed(
    engine, settings, clock, monkeypatch
):
    with Session(engine) as db, db.begin():
        account = make_customer(signed(db, clock), name=FORMER)
        invoice = rich_invoice(db, account, "valid")
    with Session(engine) as db, db.begin():
        change_all_around(db, db.merge(invoice))
    printed = []
    render = "endi_like.services.printouts.render_pdf"
    monkeypatch.setattr(render, lambda html: printed.append(html) or b"%PDF")

    run_all(Worker(engine, JOBS, settings=settings, clock=clock))

    (page,) = printed
    assert "Facture" in page
    assert LATER not in page
    assert "Another" not in page


def test_nobody_who_writes_waits_while_an_invoice_is_printed(
    engine, settings, clock, monkeypatch
):
    with Session(engine) as db, db.begin():
        make_invoice(signed(db, clock), status="valid")
    written = []

    def printed(_html):
        impatient = create_engine(engine.url)
        with impatient.connect() as other:
            if engine.dialect.name == "sqlite":
                other.exec_driver_sql("PRAGMA busy_timeout = 0")
                other.exec_driver_sql("BEGIN IMMEDIATE")
            written.append(other.execute(update(Job).values(error="")).rowcount)
        impatient.dispose()
        return b"%PDF"

    monkeypatch.setattr("endi_like.services.printouts.render_pdf", printed)
    run_all(Worker(engine, JOBS, settings=settings, clock=clock))
    assert written == [1]
    assert only(engine).state == "done"
