"""What becomes of a mail that was posted, with a real mail server."""

import ssl
from datetime import timedelta
from io import BytesIO

import pytest
import trustme
from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.models.notifications import Notification
from endi_like.models.people import User
from endi_like.services.files import Folder, StorageFault, Vault
from endi_like.services.jobs import MOST_FAILURES
from endi_like.services.mail import Recipient, outbox, post
from endi_like.services.tidying import try_again
from tests.factories import make_company, make_user, signed
from tests.functional.delivering import (
    SENDER,
    VALUES,
    forget_mails,
    mails,
    make_site,
    post_one,
    run_all,
    settings_of,
    worker_of,
)
from tests.servers.smtp import SECRET, USER, WITH_PASSWORD, mail_server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request, tmp_path_factory):
    """Return an engine with connections of its own: workers really commit."""
    yield from make_site(request, tmp_path_factory)


@pytest.fixture
def engine(site):
    forget_mails(site)
    return site


@pytest.fixture
def server():
    with mail_server() as server:
        yield server


@pytest.fixture
def worker(engine, server, tmp_path, clock):
    return worker_of(engine, settings_of(tmp_path, server), clock)


def only(engine):
    (found,) = mails(engine)
    return found


def job(engine):
    with Session(engine) as db:
        return db.scalars(select(Job)).one()


def test_a_mail_that_was_posted_arrives_and_is_marked_sent(
    engine, worker, server, clock
):
    post_one(engine, clock)
    run_all(worker)
    (arrived,) = server.taken
    assert (arrived.sender, arrived.recipients) == (SENDER, ("claire@example.org",))
    assert "Your login is claire." in arrived.message.get_body(("plain",)).get_content()
    mail = only(engine)
    assert (mail.state, mail.sent_at, mail.sender) == ("sent", clock(), SENDER)
    assert arrived.id == f"<{mail.message_id}@horizon.example>"


def test_a_mail_is_written_when_it_is_posted(engine, worker, server, clock):
    post_one(engine, clock, after=clock() + timedelta(hours=1))
    run_all(worker)
    assert server.taken == []
    clock.advance(hours=1)
    run_all(worker)
    assert len(server.taken) == 1


def test_the_job_of_a_mail_that_leaves_later_says_when_it_was_asked_for(engine, clock):
    later = clock() + timedelta(hours=1)
    post_one(engine, clock, after=later)
    assert (job(engine).created_at, job(engine).run_after) == (clock(), later)


def test_what_is_posted_twice_is_sent_once(engine, worker, server, clock):
    post_one(engine, clock)
    with Session(engine) as db, db.begin():
        to = Recipient("other@example.org")
        again = post(
            signed(db, clock),
            "welcome",
            to=to,
            values=VALUES,
            dedupe_key="one",
            at=clock(),
        )
    run_all(worker)
    assert again is None
    assert len(server.taken) == 1


def test_without_a_mail_server_a_mail_is_kept_and_can_be_sent_later(
    engine, server, tmp_path, clock
):
    post_one(engine, clock)
    run_all(worker_of(engine, settings_of(tmp_path), clock))
    assert only(engine).state == "kept"
    clock.advance(days=1)
    with Session(engine) as db, db.begin():
        mail = db.scalars(select(OutgoingMail)).one()
        assert outbox.again(signed(db, clock), mail, clock())
    run_all(worker_of(engine, settings_of(tmp_path, server), clock))
    assert (only(engine).state, len(server.taken)) == ("sent", 1)


def test_one_connection_serves_many_mails_and_is_given_back(
    engine, worker, server, clock
):
    for number in range(5):
        post_one(engine, clock, key=f"mail {number}")
    while worker.run_one():
        worker.doer.mailer.rest()
    assert (len(server.taken), server.handler.connections) == (5, 1)
    assert len(worker.doer.mailer.idle) == 1
    clock.advance(seconds=10)
    worker.doer.mailer.rest()
    assert len(worker.doer.mailer.idle) == 0


def test_a_recipient_who_is_refused_stops_only_their_own_mail(
    engine, worker, server, clock
):
    server.mood.answers["claire@example.org"] = "550 No such person here"
    post_one(engine, clock)
    post_one(engine, clock, key="two", to=Recipient("other@example.org"))
    run_all(worker)
    refused, sent = mails(engine)
    assert (refused.state, refused.error) == ("refused", "550 No such person here")
    assert sent.state == "sent"
    with Session(engine) as db:
        assert set(db.scalars(select(Job.state))) == {"done"}


def test_an_address_that_is_none_is_refused_at_once(engine, worker, server, clock):
    post_one(engine, clock, to=Recipient("a@b.c, evil@example.org\r\nBcc: x@y.zz"))
    run_all(worker)
    assert server.received == []
    assert only(engine).state == "refused"
    assert "\n" not in only(engine).recipient


def test_a_server_that_says_later_is_asked_later_for_days(
    engine, worker, server, clock
):
    server.mood.answers["claire@example.org"] = "451 Try again later"
    post_one(engine, clock)
    waits = []
    for _try in range(9):
        run_all(worker)
        waits.append((job(engine).run_after - clock()) / timedelta(minutes=1))
        clock.now = job(engine).run_after
    assert waits == [1, 1, 2, 4, 8, 16, 32, 60, 60]
    assert job(engine).error == "451 Try again later"
    clock.now = only(engine).due_at + timedelta(days=5, seconds=-1)
    run_all(worker)
    assert only(engine).state == "waiting"
    clock.advance(hours=1)
    run_all(worker)
    assert (only(engine).state, only(engine).error) == ("failed", "451 Try again later")


def test_a_server_that_says_later_gets_the_mail_later(engine, worker, server, clock):
    server.mood.answers["claire@example.org"] = "451 Try again later"
    post_one(engine, clock)
    run_all(worker)
    server.mood.answers.clear()
    clock.advance(minutes=1)
    run_all(worker)
    assert (only(engine).state, len(server.taken)) == ("sent", 1)


def test_a_mail_the_server_does_not_want_fails_after_some_tries(
    engine, worker, server, clock
):
    server.mood.data = lambda _number: "554 This looks like an advertisement"
    post_one(engine, clock)
    run_all(worker)
    assert only(engine).state == "waiting"
    while only(engine).state == "waiting":
        clock.now = job(engine).run_after
        run_all(worker)
    assert only(engine).state == "failed"
    assert only(engine).error == "554 This looks like an advertisement"
    server.mood.data = lambda _number: "250 OK"
    with Session(engine) as db, db.begin():
        mail = db.scalars(select(OutgoingMail)).one()
        assert outbox.again(signed(db, clock), mail, clock())
    run_all(worker)
    assert only(engine).state == "sent"


def test_a_server_that_is_down_for_an_hour_gets_each_mail_once(
    engine, worker, server, clock
):
    server.stop()
    for number in range(3):
        post_one(engine, clock, key=f"mail {number}")
    for _minute in range(60):
        run_all(worker)
        clock.advance(minutes=1)
    assert {mail.state for mail in mails(engine)} == {"waiting"}
    server.start()
    clock.advance(hours=1)
    run_all(worker)
    assert {mail.state for mail in mails(engine)} == {"sent"}
    assert len({one.id for one in server.received}) == len(server.received) == 3


@pytest.mark.parametrize(("minutes", "state"), [(29, "sent"), (30, "failed")])
def test_what_holds_no_more_when_the_server_is_back_is_not_sent(
    engine, worker, server, clock, minutes, state
):
    server.stop()
    post_one(engine, clock, until=clock() + timedelta(minutes=30))
    run_all(worker)
    server.start()
    clock.advance(minutes=minutes)
    run_all(worker)
    mail = only(engine)
    assert (mail.state, len(server.taken)) == (state, int(state == "sent"))
    assert ("does not hold any more" in mail.error) == (state == "failed")


def test_a_server_that_hangs_does_not_hold_other_work_up(
    engine, server, tmp_path, clock
):
    server.mood.greets = False
    for number in range(20):
        post_one(engine, clock, key=f"mail {number}")
    worker = worker_of(engine, settings_of(tmp_path, server, smtp_timeout=1), clock)
    run_all(worker)
    assert server.handler.connections == 1
    assert {mail.state for mail in mails(engine)} == {"waiting"}


def test_a_server_that_dies_after_the_mail_gets_it_again_with_the_same_id(
    engine, worker, server, clock
):
    server.mood.data = lambda number: "250 OK" if number else "die"
    post_one(engine, clock)
    run_all(worker)
    assert only(engine).state == "waiting"
    clock.advance(minutes=1)
    run_all(worker)
    assert only(engine).state == "sent"
    first, second = server.received
    assert first.id == second.id


def test_a_connection_the_server_has_closed_meanwhile_is_opened_anew(
    engine, worker, server, clock
):
    post_one(engine, clock)
    assert worker.run_one()
    server.stop()
    server.start()
    clock.advance(seconds=2)
    post_one(engine, clock, key="two")
    run_all(worker)
    assert {mail.state for mail in mails(engine)} == {"sent"}


def test_files_go_along(engine, worker, server, clock, tmp_path):
    vault = Vault(Folder(tmp_path / "files"))
    kept = OutgoingFile("Rechnung.pdf", vault.put(BytesIO(b"%PDF-1.7")))
    post_one(engine, clock, attachments=[kept])
    run_all(worker)
    (found,) = server.taken[0].message.iter_attachments()
    assert (found.get_filename(), found.get_content()) == ("Rechnung.pdf", b"%PDF-1.7")


def test_a_storage_that_is_away_is_waited_for(
    engine, worker, server, clock, tmp_path, monkeypatch
):
    kept = OutgoingFile(
        "a.pdf", Vault(Folder(tmp_path / "files")).put(BytesIO(b"%PDF"))
    )
    post_one(engine, clock, attachments=[kept])

    def away(_folder, _name):
        raise StorageFault("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "open", away)
        run_all(worker)
    assert (only(engine).state, job(engine).failures) == ("waiting", 0)
    assert job(engine).error == "no answer"
    clock.now = job(engine).run_after
    run_all(worker)
    assert (only(engine).state, len(server.taken)) == ("sent", 1)


def test_a_mail_whose_file_is_gone_is_not_sent_and_says_why(
    engine, worker, server, clock
):
    with Session(engine) as db, db.begin():
        admin_id = make_user(db, roles={"admin"}).id
    post_one(engine, clock, attachments=[OutgoingFile("a.pdf", "0" * 64)])
    run_all(worker)
    mail = only(engine)
    assert (mail.state, job(engine).state) == ("failed", "done")
    assert mail.error == f"file {'0' * 64} cannot be read"
    with Session(engine) as db, db.begin():
        told = select(Notification.event).where(Notification.record_id == mail.id)
        assert db.scalars(told).one() == "mail_refused"
        db.get_one(User, admin_id).active = False


def test_a_mail_whose_job_is_given_up_says_so_until_that_is_tried_again(
    engine, worker, server, clock, monkeypatch
):
    post_one(engine, clock)

    def trip(*_about):
        raise ValueError("unheard of")

    with monkeypatch.context() as patched:
        patched.setattr("endi_like.jobs.mail.compose", trip)
        for _ in range(MOST_FAILURES):
            run_all(worker)
            clock.advance(hours=1)
    assert job(engine).state == "failed"
    assert (only(engine).state, only(engine).error) == ("failed", "unheard of")
    with Session(engine) as db, db.begin():
        try_again(db, db.scalars(select(Job)).one(), clock())
    assert only(engine).state == "waiting"
    run_all(worker)
    assert (only(engine).state, len(server.taken)) == ("sent", 1)


class OutgoingFile:
    media_type, size = "application/pdf", 8

    def __init__(self, name, sha256):
        self.name, self.sha256 = name, sha256


def test_a_company_writes_under_its_own_name_and_is_answered_to(
    engine, worker, server, clock
):
    with Session(engine) as db, db.begin():
        columns = {"name": "Atelier Bois", "email": "bois@example.org"}
        plain = make_company(signed(db, clock), **columns)
        own = make_company(db, mail_sender="rechnung@bois.example", **columns)
        ids = plain.id, own.id
    for company_id in ids:
        post_one(engine, clock, key=f"of {company_id}", company_id=company_id)
    run_all(worker)
    first, second = (one.message for one in server.taken)
    assert first["From"] == f"Atelier Bois <{SENDER}>"
    assert second["From"] == "Atelier Bois <rechnung@bois.example>"
    assert {first["Reply-To"], second["Reply-To"]} == {
        "Atelier Bois <bois@example.org>"
    }


without_warning = pytest.mark.filterwarnings("ignore:Requiring AUTH while not")
"""The test server warns of a password that is asked for without STARTTLS."""


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def certificate(authority):
    found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(found)
    return found


@pytest.fixture
def trusted(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return {
        "smtp_ca": str(path),
        "smtp_user": USER,
        "smtp_password": SECRET,
        "smtp_timeout": 5,
    }


def encrypted(security, certificate):
    """Return a mail server that wants a password, and encrypts in that way."""
    if security == "tls":
        return mail_server(certificate, auth_require_tls=False, **WITH_PASSWORD)
    options = {"tls_context": certificate, "require_starttls": True}
    return mail_server(**options, **WITH_PASSWORD)


@without_warning
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_encrypted_and_with_a_password(
    security, engine, tmp_path, clock, certificate, trusted
):
    post_one(engine, clock)
    with encrypted(security, certificate) as server:
        settings = settings_of(tmp_path, server, smtp_security=security, **trusted)
        run_all(worker_of(engine, settings, clock))
        assert len(server.taken) == 1
    assert only(engine).state == "sent"


@without_warning
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("change", "why"),
    [({"smtp_ca": ""}, "certificate"), ({"smtp_password": "guessed"}, "535")],
)
def test_a_mail_waits_while_certificate_or_password_are_wrong(
    security, change, why, engine, tmp_path, clock, certificate, trusted
):
    post_one(engine, clock)
    with encrypted(security, certificate) as server:
        settings = settings_of(
            tmp_path, server, **{"smtp_security": security, **trusted, **change}
        )
        run_all(worker_of(engine, settings, clock))
        assert server.received == []
    assert only(engine).state == "waiting"
    assert why in job(engine).error.lower()


def test_a_server_that_cannot_encrypt_gets_nothing(engine, server, tmp_path, clock):
    post_one(engine, clock)
    settings = settings_of(tmp_path, server, smtp_security="starttls")
    run_all(worker_of(engine, settings, clock))
    assert (server.received, only(engine).state) == ([], "waiting")


def test_a_mail_that_is_being_sent_is_not_asked_for_once_more(
    engine, worker, server, clock
):
    post_one(engine, clock)
    with Session(engine) as db, db.begin():
        db.query(Job).update({"state": "running"})
    with Session(engine) as db, db.begin():
        mail = db.scalars(select(OutgoingMail)).one()
        assert not outbox.again(signed(db, clock), mail, clock())


def test_a_letter_no_server_knows_needs_one_that_takes_it(tmp_path, engine, clock):
    post_one(engine, clock, to=Recipient("jérôme@example.org"))
    with mail_server(enable_SMTPUTF8=False) as server:
        run_all(worker_of(engine, settings_of(tmp_path, server), clock))
    assert only(engine).state == "refused"
    post_one(engine, clock, key="two", to=Recipient("jérôme@example.org"))
    with mail_server(enable_SMTPUTF8=True) as server:
        run_all(worker_of(engine, settings_of(tmp_path, server), clock))
        assert server.taken[0].recipients == ("jérôme@example.org",)
