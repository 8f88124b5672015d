"""Memos: who may read them, who may change them, and how many stay on top."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from endi_like.models.node import Node
from endi_like.models.notifications import Notification
from endi_like.permissions import Permission
from endi_like.services import memos
from endi_like.services.beside import Place, Signature
from endi_like.services.memos import Content
from endi_like.services.notifications import reading
from endi_like.services.rights.asking import holds, identity_by_id, place_of
from endi_like.services.rights.tables import RECORDS
from endi_like.workflow.errors import Done, NotPermitted, Refused, WrongState
from tests.factories import (
    NOW,
    make_customer,
    make_invoice,
    make_member,
    make_membership,
    make_memo,
    make_user,
)


@pytest.fixture
def author(db):
    return make_user(db)


@pytest.fixture
def reader(db):
    return make_user(db)


@pytest.fixture
def invoice(db):
    return make_invoice(db, make_customer(db), status="valid")


@pytest.fixture
def place(invoice):
    return Place(invoice.id, invoice.company_id)


@pytest.fixture
def by(author):
    return Signature(author.id, NOW)


def test_a_memo_says_who_wrote_it_when_and_where(db, place, by):
    memo = memos.write(db, place, by, Content("Call back"))
    assert (memo.node_id, memo.company_id) == (place.node_id, place.company_id)
    assert (memo.author_id, memo.at, memo.text) == (by.actor_id, NOW, "Call back")
    assert not memo.private
    assert not memo.pinned


def test_a_memo_leaves_the_record_as_it_is(db, invoice, place, by, clock):
    version, stamp = invoice.version, invoice.updated_at
    clock.advance(hours=1)
    memo = memos.write(db, place, by, Content("Call back", pinned=True))
    memos.change(db, memo, by, Content("Wait", private=True, pinned=False))
    memos.remove(db, memo, by)
    db.flush()
    db.expire_all()
    node = db.get(Node, invoice.id)
    assert (node.version, node.updated_at) == (version, stamp)


READING = """
            author reader nobody
shared      yes    yes    yes
private     yes    no     no
removed     yes    no     no
elsewhere   no     no     no
"""
"""Who finds a memo beside its record, whatever else they may do."""


@pytest.mark.parametrize("row", READING.strip().splitlines()[1:])
def test_a_private_or_removed_memo_is_its_authors(
    row, db, invoice, place, author, reader
):
    kind, *expected = row.split()
    columns = {
        "private": {"private": True},
        "removed": {"removed_at": NOW},
        "elsewhere": {"node_id": make_invoice(db, make_customer(db)).id},
    }
    memo = make_memo(db, invoice, author, **columns.get(kind, {}))
    people = author.id, reader.id, None
    found = [memos.find(db, place, memo.id, one) for one in people]
    assert ["yes" if one else "no" for one in found] == expected


def test_the_memos_of_a_customer_are_one_company_s(db, author):
    here = make_customer(db)
    there = make_customer(db, entity=here.entity)
    memo = make_memo(db, here, author)
    places = [Place(one.entity_id, one.company_id) for one in (here, there)]
    found = [memos.find(db, one, memo.id, author.id) for one in places]
    assert found == [memo, None]


def test_only_its_author_changes_removes_and_restores_a_memo(
    db, invoice, author, reader
):
    memo, other = make_memo(db, invoice, author), Signature(reader.id, NOW)
    values = {"private": False, "pinned": False}
    with pytest.raises(NotPermitted):
        memos.change(db, memo, other, Content("No", **values))
    with pytest.raises(NotPermitted):
        memos.remove(db, memo, other)
    memos.remove(db, memo, Signature(author.id, NOW))
    with pytest.raises(NotPermitted):
        memos.restore(memo, other)


def test_other_words_are_said_to_be_other_words(db, invoice, author):
    memo = make_memo(db, invoice, author)
    later = Signature(author.id, NOW + timedelta(hours=1))
    memos.change(db, memo, later, Content(memo.text, private=True, pinned=True))
    assert memo.changed_at is None
    memos.change(
        db, memo, later, Content("Call back on Tuesday", private=True, pinned=True)
    )
    assert memo.changed_at == later.at
    assert memo.at == NOW


def test_what_is_removed_comes_back_but_not_to_the_top(db, invoice, author, by):
    memo = make_memo(db, invoice, author, pinned=True)
    memos.remove(db, memo, by)
    assert memo.removed_at == NOW
    with pytest.raises(Done):
        memos.remove(db, memo, by)
    with pytest.raises(WrongState):
        memos.pin(db, memo)
    with pytest.raises(WrongState):
        memos.change(db, memo, by, Content("x", private=False, pinned=False))
    memos.restore(memo, by)
    assert (memo.removed_at, memo.pinned) == (None, False)
    with pytest.raises(Done):
        memos.restore(memo, by)


def pinned(db, invoice, author, **columns):
    """Pin as many memos as may be pinned."""
    for _ in range(memos.MOST_PINNED):
        make_memo(db, invoice, author, pinned=True, **columns)


@pytest.mark.parametrize("private", [True, False])
def test_only_so_many_memos_stay_on_top(db, invoice, place, author, by, private):
    pinned(db, invoice, author, private=private)
    with pytest.raises(Refused, match="unpin one first"):
        memos.write(db, place, by, Content("One more", private=private, pinned=True))
    memos.write(
        db, place, by, Content("Of the other kind", private=not private, pinned=True)
    )


def test_what_others_have_pinned_for_themselves_is_in_nobodys_way(
    db, invoice, place, author, reader, by
):
    pinned(db, invoice, reader, private=True)
    assert memos.write(db, place, by, Content("Mine", private=True, pinned=True)).pinned
    assert memos.write(db, place, by, Content("Ours", pinned=True)).pinned


def test_a_pinned_memo_that_becomes_shared_needs_room_as_well(db, invoice, author, by):
    memo = make_memo(db, invoice, author, private=True, pinned=True)
    pinned(db, invoice, author)
    with pytest.raises(Refused):
        memos.change(db, memo, by, Content(memo.text, private=False, pinned=True))


@pytest.fixture
def shared(db):
    """Return an entity of two companies, its accounts, and a member of each."""
    here = make_customer(db, name="Town")
    there = make_customer(db, entity=here.entity)
    people = {
        "here": make_member(db, here.company, login="here"),
        "there": make_member(db, there.company, login="there"),
        "manager": make_user(db, login="manager", roles={"manager"}),
        "social": make_user(db, login="social", roles={"social_worker"}),
        "admin": make_user(db, login="admin", roles={"admin"}),
    }
    return here, people


NAMING = """
           here there manager social admin
account    yes  no    yes     yes    no
entity     yes  yes   yes     yes    no
"""
"""Who is told of a memo on an account, or on the entity, that names all of them."""


@pytest.mark.parametrize("row", NAMING.strip().splitlines()[1:])
def test_nobody_is_told_of_a_memo_they_may_not_read(row, db, shared, by):
    kind, *expected = row.split()
    here, people = shared
    account = here if kind == "account" else None
    named = " ".join(f"@{name}" for name in people)
    memo = written(db, here.entity, by, Content(named), account)
    told = set(db.scalars(select(Notification.recipient_id)))
    assert ["yes" if one.id in told else "no" for one in people.values()] == expected
    for who in people.values():
        asking = identity_by_id(db, who.id)
        found, _more = reading.page(db, asking, before=None, unread=False)
        assert len(found) == (who.id in told)
        place = place_of(asking, RECORDS["contacts"], here.entity)
        may_view = holds(asking, Permission.VIEW, RECORDS["contacts"], here.entity)
        is_found = memos.find(db, place, memo.id, who.id) is not None
        assert (who.id in told) == (is_found and may_view), "as its page says"


def written(db, node, by, content, account=None):
    """Write a memo beside a record, or for an account of it, and tell whom it names."""
    place = Place(
        node.id,
        account.company_id if account else node.company_id,
        account_id=account.id if account else None,
    )
    memo = memos.write(db, place, by, content)
    memos.tell_named(db, memo, node, by)
    return memo


def test_what_a_memo_says_is_hidden_from_whom_it_is_hidden_from(db, shared, by):
    here, people = shared
    manager = people["manager"]
    memo = written(db, here.entity, by, Content("@manager"), here)
    assert len(seen_by(db, manager)) == 1
    memo.private = True
    assert seen_by(db, manager) == []
    memo.private = False
    manager.roles = frozenset()
    make_membership(db, manager, here.company)
    assert len(seen_by(db, manager)) == 1, "a member of its company"
    manager.memberships[0].company = make_customer(db, entity=here.entity).company
    db.flush()
    db.expire_all()
    assert seen_by(db, manager) == [], "of another company of the same entity"


def test_what_one_is_told_of_is_not_what_another_may_read(db, shared, by):
    here, people = shared
    hidden = written(db, here.entity, by, Content("@here @manager"))
    written(db, here.entity, by, Content("@manager, too"))
    assert [len(seen_by(db, people[name])) for name in ("here", "manager")] == [1, 2]
    hidden.private = True
    assert [len(seen_by(db, people[name])) for name in ("here", "manager")] == [0, 1]


def seen_by(db, user):
    """Return what somebody is told of, as they see it today."""
    db.flush()
    db.expire_all()
    query = reading.own(identity_by_id(db, user.id))
    return list(db.scalars(query))
