"""F7 over HTTP: what a transition tells by mail is sent if, and only if, it was done.

A manager sends invoices back at a real server, and their author is told by mail.  Some
transactions fail at their COMMIT, when all is written; meanwhile workers are killed,
and the mail server refuses, hangs, dies when it has got a mail, or is not there.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from endi_like.models.mail import OutgoingMail
from tests.deadlines import all_end
from tests.factories import (
    make_company,
    make_conditions,
    make_customer,
    make_invoice,
    make_member,
    make_user,
    make_vat,
    signed,
)
from tests.functional.site import Client, cookie_of
from tests.functional.test_promises_mail import (
    MOODS,
    PATIENCE,
    engine,
    finish,
    one_life,
    place,
    server,
)
from tests.processes import in_session, wrong
from tests.servers.http import running_server

FIXTURES = engine, place, server

OFTEN = [
    pytest.param(40, 2, id="some"),
    pytest.param(500, 10, id="many", marks=pytest.mark.nightly),
]
REASON = re.compile(r"because-(\d+)\.")
DOMAIN = "horizon.example"
DOOMED = 3
"""Of ten invoices, so many are not sent back: the COMMIT fails."""

FAILING = """
CREATE TABLE IF NOT EXISTS nowhere (id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS failing
    (id INTEGER REFERENCES nowhere (id) DEFERRABLE INITIALLY DEFERRED)
"""
CONDITION = f"NEW.validation_status = 'invalid' AND NEW.id % 10 < {DOOMED}"
TRIGGER = {
    "sqlite": f"""
CREATE TRIGGER IF NOT EXISTS fail_later AFTER UPDATE ON task WHEN {CONDITION}
    BEGIN INSERT INTO failing VALUES (1); END
""",
    "postgresql": f"""
CREATE OR REPLACE FUNCTION fail_later() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO failing VALUES (1); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER fail_later AFTER UPDATE ON task FOR EACH ROW
    WHEN ({CONDITION}) EXECUTE FUNCTION fail_later()
""",
}
"""What is checked at the COMMIT, and found wanting."""


@dataclass
class People:
    """A manager who sends invoices back, and what came of it."""

    cookie: str
    waiting: list[tuple[int, int]]
    done: set[int] = field(default_factory=set)
    failed: Counter = field(default_factory=Counter)

    def send_back(self, url):
        """Send back what waits, one after the other, each for a reason of its own."""
        client = Client(url, self.cookie)
        for key, version in self.waiting:
            fields = {"action": "invalidate", "version": version}
            fields["reason"] = f"because-{key}."
            said = client.post(f"/invoices/{key}/do", list(fields.items()))
            if said.status == 303:
                self.done.add(key)
            else:
                self.failed[said.status] += 1


def furnish(db, number):
    """Store so many invoices that wait, and a manager to send them back."""
    company = make_company(db)
    author = make_member(db, company, email="author@example.org")
    manager = make_user(db, roles={"manager"}, email="manager@example.org")
    signed(db, author=author.id)
    account = make_customer(db, company)
    shared = {"payment_conditions": make_conditions(db)}
    make_vat(db)
    made = [make_invoice(db, account, status="wait", **shared) for _ in range(number)]
    waiting = [(invoice.id, invoice.version) for invoice in made]
    return People(cookie_of(db, manager), waiting)


def have_some_fail(db):
    """Have the COMMIT fail of what sends certain invoices back."""
    for statement in FAILING.split(";"):
        db.execute(text(statement))
    kind = db.get_bind().dialect.name
    parts = [TRIGGER[kind]] if kind == "sqlite" else TRIGGER[kind].rsplit(";\n", 1)
    for statement in parts:
        db.execute(text(statement))


def work(place, engine, server, people, kills):
    """Have people work while workers are killed; return the mails those had in hand."""
    in_hand, moods = set(), [name for name in MOODS if name != "well"]
    with running_server(place.folder / "endi.ini", {}, "--no-worker") as site:
        working = threading.Thread(target=people.send_back, args=(site.url,))
        working.start()
        for number in range(kills):
            mood = moods[number % len(moods)]
            in_hand |= one_life(place, engine, server, mood, 5 + 9 * number % 31)
        all_end([working], PATIENCE)
        assert "unexpected error" not in site.printed()
    server.mood.data = MOODS["well"]
    finish(place, engine)
    return in_hand


def told(mails):
    """Return which invoice each mail tells of, and its Message-ID."""
    texts = [one.message.get_body(("plain",)).get_content() for one in mails]
    keys = [int(REASON.search(said)[1]) for said in texts]
    return list(zip(keys, (one.id for one in mails), strict=True))


def died_over(engine, in_hand):
    """Return the Message-IDs of the mails whose worker died over them."""
    with Session(engine) as db:
        found = db.execute(select(OutgoingMail.id, OutgoingMail.message_id)).all()
    mine = [row for row in found if f'{{"mail_id": {row.id}}}' in in_hand]
    return {f"<{row.message_id}@{DOMAIN}>" for row in mine}


@pytest.mark.parametrize(("transitions", "kills"), OFTEN)
def test_F7_what_a_transition_tells_is_sent_if_and_only_if_it_was_done(
    place, engine, server, transitions, kills
):
    people = in_session(place, lambda db: furnish(db, transitions))
    in_session(place, have_some_fail)
    in_hand = work(place, engine, server, people, kills)

    keys = {key for key, _version in people.waiting}
    doomed = {key for key in keys if key % 10 < DOOMED}
    assert people.done == keys - doomed
    assert people.failed == {409: len(doomed)}
    assert len(doomed) == transitions * DOOMED / 10
    assert wrong(place) == []

    arrived = told(server.received)
    assert {key for key, _id in arrived} == people.done
    assert len(set(arrived)) == len(people.done), "what comes twice has one Message-ID"
    # Twice only what the server did not answer, or whose worker died over it.
    twice = {own for (_key, own), times in Counter(arrived).items() if times > 1}
    excused = {one.id for one in server.handler.unanswered}
    excused |= died_over(engine, in_hand)
    assert twice <= excused
    assert in_hand or kills < len(MOODS), "somebody was killed over a mail"
