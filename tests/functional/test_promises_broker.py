"""Mails by a broker: two real workers, as the ini file says, and one Redis."""

from __future__ import annotations

import signal
import subprocess
import time

from sqlalchemy import func, select

from endi_like.clock import utcnow
from endi_like.models.mail import OutgoingMail
from endi_like.services.mail import Recipient, post
from tests.factories import signed
from tests.functional.delivering import SENDER, VALUES
from tests.functional.site import ini, install
from tests.processes import in_session
from tests.servers.http import COMMAND
from tests.servers.smtp import mail_server

MAILS = 200
PATIENCE = 120.0
SETTINGS = """endi.broker = {broker}
endi.mail_from = {sender}
endi.smtp_host = 127.0.0.1
endi.smtp_port = {port}
endi.smtp_security = none
endi.url = https://office.example.org"""


def ask(db):
    """Post many mails in one transaction."""
    for number in range(MAILS):
        post(
            signed(db, utcnow),
            "welcome",
            to=Recipient(f"r{number}@example.org", "", "en"),
            values=VALUES,
            dedupe_key=f"mail:{number}",
            at=utcnow(),
        )


def unsent(place):
    """Return how many mails have not left."""
    query = select(func.count()).where(OutgoingMail.state != "sent")
    return in_session(place, lambda db: db.scalar(query))


def test_F8_two_workers_by_a_broker_send_each_mail_once(empty_place, redis_url):
    place = empty_place
    install(place)
    with mail_server() as server:
        more = SETTINGS.format(broker=redis_url, sender=SENDER, port=server.port)
        path = place.folder / "endi.ini"
        path.write_text(ini(place, settings=more))
        workers = [
            subprocess.Popen([COMMAND, "worker", path], stdout=subprocess.DEVNULL)
            for _ in range(2)
        ]
        try:
            in_session(place, ask)
            end = time.monotonic() + PATIENCE
            while unsent(place) and time.monotonic() < end:
                assert [one.poll() for one in workers] == [None, None]
                time.sleep(0.5)
        finally:
            for one in workers:
                one.send_signal(signal.SIGTERM)
            ended = [one.wait(PATIENCE) for one in workers]
        assert unsent(place) == 0
        assert len(server.received) == MAILS
        assert len({mail.id for mail in server.received}) == MAILS
        assert ended == [0, 0]
