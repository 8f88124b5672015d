"""Who is told of what, by which way; and who is not told any more."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from endi_like.i18n import unpacked
from endi_like.models.jobs import Job
from endi_like.models.notifications import AT_ONCE, DAILY, NEVER, Notification
from endi_like.principals import Identity
from endi_like.principals import Membership as Rights
from endi_like.services.effects import EFFECTS
from endi_like.services.notifications import choosing, reading
from endi_like.services.notifications.documents import authors
from endi_like.services.notifications.events import ALL, EVENTS
from endi_like.services.notifications.telling import MAIL_AT_ONCE
from endi_like.services.payments import Payments
from endi_like.services.rights.asking import identity_by_id
from endi_like.services.rights.holders import Role
from endi_like.services.rights.tables import RECORDS
from endi_like.services.transitions import Transitions
from endi_like.translation import translator
from endi_like.workflow.errors import Refused
from tests.factories import (
    NOW,
    identity,
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_membership,
    make_notification,
    make_run,
    make_user,
    pay,
    transitions,
)

TOLD = """
                 submitted  validated  invalidated  paid  resulted
author           no         yes        yes          yes   yes
submitter        no         yes        yes          yes   yes
member           no         no         no           no    no
cashier          no         no         no           yes   yes
self_validator   yes        no         no           no    no
limited          no         no         no           no    no
manager          yes        no         no           no    no
accountant       no         no         no           no    no
auditor          no         no         no           no    no
admin            no         no         no           no    no
foreign          no         no         no           no    no
former_author    no         no         no           no    no
former_manager   no         no         no           no    no
nobody           no         no         no           no    no
"""
"""Who is told what of an invoice of 1 200 that somebody else moves.

The limited one validates up to 1 000; the foreign one has every right, elsewhere; who
is former has written it or was a manager, and has left the company or the house.
"""


@pytest.fixture
def here(db):
    return make_company(db)


@pytest.fixture
def people(db, here):
    elsewhere = make_company(db)
    rights = "self_validate", "record_payment"
    return {
        "author": make_member(db, here, name="Anna Author"),
        "submitter": make_member(db, here),
        "member": make_member(db, here),
        "cashier": make_member(db, here, "record_payment"),
        "self_validator": make_member(db, here, "self_validate"),
        "limited": make_member(db, here, "self_validate", ceiling=1000),
        "manager": make_user(db, roles={"manager"}),
        "accountant": make_user(db, roles={"accountant"}),
        "auditor": make_user(db, roles={"auditor"}),
        "admin": make_user(db, roles={"admin"}),
        "foreign": make_member(db, elsewhere, *rights),
        "former_author": make_member(db, elsewhere, *rights),
        "former_manager": make_user(db, roles={"manager"}, active=False),
        "nobody": make_user(db),
    }


@pytest.fixture
def invoice(db, here, people):
    found = make_invoice(db, make_customer(db, here, name="Town"), lines=["1200"])
    found.created_by_id = people["author"].id
    db.flush()
    return found


def act(db, user, node, name, comment="", clock=None):
    moving = Transitions(
        db, actor_id=user.id, clock=clock or db.info["clock"], effects=EFFECTS
    )
    return moving.run(node, name, allowed=lambda _permission: True, comment=comment)


def told(db, event):
    rows = select(Notification.recipient_id).where(Notification.event == event)
    return set(db.scalars(rows))


def said_to(db, user, event, language="en"):
    mine = Notification.recipient_id == user.id, Notification.event == event
    row = db.scalars(select(Notification).where(*mine)).one()
    return translator(language)(unpacked(json.loads(row.text)))


def happen(db, people, invoice, event, actor):
    """Have it happen, by somebody else than who has asked for its validation."""
    act(db, people["submitter"], invoice, "submit")
    if event == "invalidated":
        act(db, actor, invoice, "invalidate", "The date is wrong.")
    elif event != "submitted":
        act(db, actor, invoice, "validate")
    if event == "paid":
        pay(db, invoice, "10")
    elif event == "resulted":
        pay(db, invoice)


def table():
    head, *rows = [line.split() for line in TOLD.strip().splitlines()]
    return head, {who: cells for who, *cells in rows}


@pytest.mark.parametrize("event", table()[0])
def test_who_is_told_of_what(event, db, people, invoice):
    head, rows = table()
    happen(db, people, invoice, event, actor=make_user(db, roles={"manager"}))
    found = told(db, event)
    answers = {who: "yes" if one.id in found else "no" for who, one in people.items()}
    assert answers == {who: cells[head.index(event)] for who, cells in rows.items()}


def test_nobody_is_told_of_what_they_did(db, here, people, invoice):
    manager = people["manager"]
    make_membership(db, manager, here, "self_validate", "record_payment")
    invoice.created_by_id = manager.id
    act(db, manager, invoice, "submit")
    act(db, manager, invoice, "invalidate", "No")
    act(db, manager, invoice, "submit")
    act(db, manager, invoice, "validate")
    mine = Notification.recipient_id == manager.id
    assert db.scalar(select(func.count()).select_from(Notification).where(mine)) == 0


def test_each_part_payment_is_told_and_none_that_is_taken_back(
    db, people, invoice, clock
):
    act(db, people["manager"], invoice, "validate")
    for count in (1, 2):
        clock.advance(minutes=1)
        part = pay(db, invoice, "10")
        assert how_often(db, people["author"], "paid") == count
    last = pay(db, invoice)
    assert how_often(db, people["author"], "resulted") == 1
    clock.advance(minutes=1)
    for payment in (last, part):
        Payments(transitions(db)).remove(payment)
        assert invoice.paid_status == "paid"
    assert how_often(db, people["author"], "paid") == 2


def how_often(db, user, event):
    mine = Notification.recipient_id == user.id, Notification.event == event
    return db.scalar(select(func.count()).select_from(Notification).where(*mine))


def test_a_move_that_is_rolled_back_tells_nobody(db, people, invoice):
    with db.begin_nested() as inner:
        act(db, people["submitter"], invoice, "submit")
        assert told(db, "submitted")
        inner.rollback()
    assert told(db, "submitted") == set()
    jobs = select(func.count()).select_from(Job).where(Job.name == MAIL_AT_ONCE)
    assert db.scalar(jobs) == 0


def test_a_move_that_is_refused_tells_nobody(db, people, invoice, clock):
    invoice.date = (NOW + timedelta(days=9)).date()
    db.flush()
    with pytest.raises(Refused), db.begin_nested():
        act(db, people["manager"], invoice, "validate")
    assert told(db, "validated") == set()


def test_it_is_said_in_the_language_of_the_reader_with_who_and_why(db, people, invoice):
    manager = people["manager"]
    manager.name = "Maud <b>Manager</b>"
    act(db, people["submitter"], invoice, "submit")
    act(db, manager, invoice, "invalidate", "The date\nis ${wrong}.")
    said = said_to(db, people["author"], "invalidated")
    assert said == (
        f"Maud <b>Manager</b> has sent back {invoice.name} (Town): "
        "The date is ${wrong}."
    )
    french = said_to(db, people["author"], "invalidated", "fr")
    assert french != said
    assert "Maud <b>Manager</b>" in french


def test_what_waited_for_somebody_is_read_once_it_waits_no_more(db, people, invoice):
    act(db, people["submitter"], invoice, "submit")
    manager = identity(people["manager"])
    assert reading.how_many_unread(db, manager) == 1
    act(db, people["self_validator"], invoice, "validate")
    db.expire_all()
    assert reading.how_many_unread(db, manager) == 0


def test_each_submission_is_told_and_none_twice(db, people, invoice, clock):
    for _ in range(2):
        act(db, people["submitter"], invoice, "submit")
        act(db, people["submitter"], invoice, "reopen")
        clock.advance(minutes=1)
    assert authors(db, invoice) == {people["author"].id, people["submitter"].id}
    rows = select(Notification.id).where(
        Notification.event == "submitted",
        Notification.recipient_id == people["manager"].id,
    )
    assert len(db.scalars(rows).all()) == 2


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ((True, NEVER), (True, NEVER)),
        ((False, DAILY), (False, DAILY)),
        ((True, AT_ONCE), (True, AT_ONCE)),
        ((False, NEVER), None),
    ],
)
def test_each_is_told_as_they_chose(way, expected, db, people, invoice):
    manager = people["manager"]
    choosing.choose(db, manager.id, {"submitted": way})
    act(db, people["submitter"], invoice, "submit")
    mine = Notification.recipient_id == manager.id
    what = select(Notification.bell, Notification.mail).where(mine)
    assert db.execute(what).one_or_none() == expected
    asked = select(func.count()).select_from(Job).where(Job.name == MAIL_AT_ONCE)
    assert db.scalar(asked) == (way[1] == AT_ONCE)


def test_what_is_usual_is_kept_by_nobody_and_follows_the_code(db, people):
    user = people["author"]
    usual = choosing.ways(db, user.id)
    choosing.choose(db, user.id, {"validated": (False, NEVER)})
    assert choosing.ways(db, user.id)["validated"] == (False, NEVER)
    choosing.choose(db, user.id, {"validated": usual["validated"]})
    assert choosing.ways(db, user.id) == usual


CONCERNS = """
                 submitted validated invalidated paid resulted mention mail_refused
member           no        yes       yes         yes  yes      yes     no
cashier          no        yes       yes         yes  yes      yes     no
self_validator   yes       yes       yes         yes  yes      yes     no
manager          yes       yes       yes         yes  yes      yes     no
accountant       no        no        no          no   no       yes     no
admin            no        no        no          no   no       yes     yes
nobody           no        no        no          no   no       yes     no
"""


def test_only_what_may_concern_somebody_is_offered_to_them():
    cashier = Rights(frozenset({"record_payment"}))
    validator = Rights(frozenset({"self_validate"}))
    everybody = {
        "member": Identity(9, memberships={1: Rights()}),
        "cashier": Identity(9, memberships={1: cashier}),
        "self_validator": Identity(9, memberships={1: validator}),
        "nobody": Identity(9),
        **{n: Identity(9, frozenset({n})) for n in ("manager", "accountant", "admin")},
    }
    head, *rows = [line.split() for line in CONCERNS.strip().splitlines()]
    for who, *cells in rows:
        offered = {event.name for event in choosing.events_for(everybody[who])}
        found = ["yes" if name in offered else "no" for name in head]
        assert (who, found) == (who, cells)
        system = {"job_failed", "run_failed", "run_missed"}
        assert system <= offered if who == "admin" else not system & offered


def test_a_right_that_was_lost_hides_what_was_told(db, here, people, invoice):
    author = people["author"]
    act(db, people["manager"], invoice, "validate")
    found, _more = page(db, author)
    assert len(found) == 1
    db.delete(author.memberships[0])
    db.flush()
    db.expire_all()
    assert page(db, author) == ([], False)
    assert reading.how_many_unread(db, identity(author)) == 0
    assert reading.find(db, identity(author), found[0].id) is None


def test_a_role_that_was_lost_hides_what_administrators_are_told(db, people):
    admin, run = people["admin"], make_run(db)
    make_notification(db, admin, run, event="run_failed")
    assert len(page(db, admin)[0]) == 1
    admin.roles = frozenset({"manager"})
    db.flush()
    assert page(db, admin) == ([], False)


def page(db, user, **asked):
    who = identity_by_id(db, user.id)
    return reading.page(db, who, **{"before": None, "unread": False} | asked)


def test_who_is_not_active_any_more_is_nobody(db, people):
    assert identity_by_id(db, people["former_manager"].id) is None
    assert identity_by_id(db, people["manager"].id) is not None


def test_a_record_that_is_gone_is_not_told_of(db, people, invoice):
    row = make_notification(db, people["admin"], invoice)
    row.record_id = 10**6
    db.flush()
    assert page(db, people["admin"]) == ([], False)


def test_a_record_that_was_tidied_away_is_told_of_to_whoever_may_see_its_like(
    db, people
):
    run = make_run(db)
    row, other = (
        make_notification(db, people[who], run, event="run_failed")
        for who in ("admin", "manager")
    )
    row.record_id = other.record_id = 10**6
    db.flush()
    assert page(db, people["admin"]) == ([row], False)
    assert page(db, people["manager"]) == ([], False)


def test_what_is_tidied_away_is_granted_to_roles_alone():
    tidied = [record for record in RECORDS.values() if record.tidied]
    assert tidied
    assert all(isinstance(one, Role) for record in tidied for one in record.grants)


def test_pages_follow_one_another_without_gap_or_double(db, people, invoice):
    author = people["author"]
    rows = [
        make_notification(db, author, invoice) for _ in range(reading.SHOWN * 2 + 1)
    ]
    rows[0].read_at = rows[-1].read_at = NOW
    db.flush()
    seen, before, more = [], None, True
    while more:
        found, more = page(db, author, before=before)
        seen += [one.id for one in found]
        before = seen[-1]
    assert seen == sorted((one.id for one in rows), reverse=True)
    unread, _more = page(db, author, unread=True)
    assert unread[0].id == rows[-2].id


def test_counting_stops_at_a_hundred(db, people, invoice):
    for _ in range(103):
        make_notification(db, people["author"], invoice)
    assert reading.how_many_unread(db, identity(people["author"])) == 100


def test_what_was_read_long_ago_is_forgotten(db, people, invoice):
    author = people["author"]
    long_ago = NOW - timedelta(days=100)
    old = make_notification(db, author, invoice, at=long_ago, read_at=long_ago)
    make_notification(db, author, invoice, at=long_ago)
    make_notification(db, author, invoice, read_at=NOW)
    make_notification(db, author, invoice, at=NOW - timedelta(days=400))
    kept = NOW - timedelta(days=90)
    assert reading.forget_old(db, read_before=kept, now=NOW) == 2
    left = set(db.scalars(select(Notification.id)))
    assert len(left) == 2
    assert old.id not in left


def test_every_event_has_words_and_a_place():
    assert set(EVENTS) == {event.name for event in ALL}
    for event in ALL:
        assert all((event.label, event.help, event.icon))
        assert "${record}" in event.said
