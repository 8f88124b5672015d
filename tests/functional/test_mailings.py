"""F8: a mail to many reaches each once, whatever happens, and no faster than agreed."""

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.models.people import User
from endi_like.services.mail import mailings
from tests.factories import make_user, signed
from tests.functional.delivering import (
    forget_mails,
    make_site,
    run_all,
    settings_of,
    worker_of,
)
from tests.functional.pages import button, words
from tests.servers.smtp import mail_server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request, tmp_path_factory):
    """Return an engine with connections of its own: workers really commit."""
    yield from make_site(request, tmp_path_factory)


@pytest.fixture
def engine(site):
    forget_mails(site)
    return site


def people(engine, clock, number, **columns):
    """Store so many users who have an address."""
    with Session(engine) as db, db.begin():
        signed(db, clock)
        for n in range(number):
            name = f"someone{n}"
            make_user(db, login=name, email=f"{name}@example.org", **columns)


@pytest.fixture(autouse=True)
def nobody(engine):
    """Forget everybody but the author."""
    yield
    with Session(engine) as db, db.begin():
        db.execute(delete(OutgoingMail))
        db.execute(delete(User).where(User.id > 1))


def begin(engine, clock, key="spring"):
    with Session(engine) as db, db.begin():
        mailings.begin(signed(db, clock), "welcome", key, clock())


def states(engine):
    with Session(engine) as db:
        rows = select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)
        return dict(db.execute(rows).all())


def test_F8_a_mailing_keeps_its_rate_and_the_order(engine, clock, tmp_path):
    people(engine, clock, 15)
    begin(engine, clock)
    sent = []
    with mail_server() as server:
        worker = worker_of(engine, settings_of(tmp_path, server, mail_rate=6), clock)
        for _minute in range(4):
            for _step in range(6):
                run_all(worker)
                clock.advance(seconds=10)
            sent.append(len(server.taken) - sum(sent))
        names = [one.recipients[0] for one in server.taken]
    assert sent == [6, 6, 3, 0]
    assert names == [f"someone{n}@example.org" for n in range(15)]


def test_F8_a_mailing_keeps_its_rate_after_everything_was_away(engine, clock, tmp_path):
    people(engine, clock, 15)
    begin(engine, clock)
    with mail_server() as server:
        worker = worker_of(engine, settings_of(tmp_path, server, mail_rate=6), clock)
        assert worker.run_one()
        clock.advance(hours=2)
        lately = []
        while states(engine) != {"sent": 15}:
            before = len(server.taken)
            run_all(worker)
            lately.append(len(server.taken) - before)
            clock.advance(seconds=10)
            assert sum(lately[-6:]) <= 6, "what was sent in one minute"
            assert len(lately) < 40, "it goes on"


def test_F8_a_bad_address_stops_only_itself(engine, clock, tmp_path):
    people(engine, clock, 20)
    with Session(engine) as db, db.begin():
        third = db.scalars(select(User).where(User.login == "someone3")).one()
        third.email = "nowhere, evil@example.org"
    begin(engine, clock)
    with mail_server() as server:
        server.mood.answers["someone5@example.org"] = "550 No such person"
        run_all(worker_of(engine, settings_of(tmp_path, server, mail_rate=0), clock))
        assert len(server.taken) == 18
    assert states(engine) == {"sent": 18, "refused": 2}


def test_a_mailing_is_begun_once_for_each_page(login, db):
    admin = login(make_user(db, roles=["admin"], email="ada@example.org"))
    make_user(db, email="somebody@example.org")
    make_user(db, email="gone@example.org", active=False)
    page = admin.get("/mail-templates/welcome-en/edit")
    assert "2 users who may log in have an e-mail address" in words(page)
    for _press in range(2):
        answer = button(page, "send-to-all").follow()
        assert "The mails are being written" in answer
        assert answer.request.path_qs == "/mails/?template=welcome"
    jobs = db.scalars(select(Job).where(Job.name == "post_mailing")).all()
    assert len(jobs) == 1
    assert "Send to all users" not in admin.get("/mail-templates/reset-en/edit")


def test_a_mail_for_one_is_not_sent_to_all(login, db):
    admin = login(make_user(db, roles=["admin"], email="ada@example.org"))
    page = admin.get("/mail-templates/welcome-en/edit")
    form = next(
        one for one in page.forms.values() if one.action.endswith("/send-to-all")
    )
    form.action = "/mail-templates/reset-en/send-to-all"
    form.submit(status=303)
    assert db.scalars(select(Job)).all() == []
