"""Two contacts become one, and two again: every row follows, and comes back."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import MetaData, select, text

from endi_like.db import Base
from endi_like.models.contacts import (
    Address,
    ContactElement,
    Employment,
    EntityAlias,
    EntityBankAccount,
    EntityLink,
    OtherName,
)
from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.models.history import FieldChange
from endi_like.models.memos import Memo
from endi_like.services import memos
from endi_like.services.beside import Place, Signature
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.merging.fields import differences
from endi_like.services.contacts.merging.merging import (
    UNDONE_WITHIN,
    into,
    last_of,
    merge,
    undo,
)
from endi_like.services.contacts.merging.rows import POINTING
from endi_like.services.notifications import reading
from endi_like.workflow.errors import Refused
from tests.factories import (
    NOW,
    identity,
    make_company,
    make_customer,
    make_entity,
    make_invoice,
    make_memo,
    make_user,
    make_vat,
    stored,
)

NOTED = {"field_change", "entity_merge", "status_log_entry", "job"}
"""What only grows: a merge and its end are both written down, and compared anew."""

STAMPS = {"version", "updated_at", "updated_by_id", "search_key"}
ELSEWHERE = {
    "entity_merge.kept_id",
    "entity_merge.merged_id",
    "entity.id",
    # a pair is of the two it was found of; it is not shown while one is in the bin
    "entity_pair.first_id",
    "entity_pair.second_id",
}


@pytest.fixture
def by(db):
    return Signature(make_user(db).id, NOW)


@pytest.fixture
def kept(db):
    return make_entity(db, "Élan & Fils", email="info@elan.example", phone="02 96 1")


@pytest.fixture
def merged(db):
    """Return an entity of the same firm with a row of everything."""
    person = make_entity(db, "Léa Martin", kind="person")
    entity = make_entity(
        db,
        "Elan et Fils SARL",
        email="INFO@elan.example",
        phone="02 96 33",
        place={"line_one": "1 rue Neuve", "position": 0},
        vat_number="FR40303265045",
    )
    entity.other_names = [OtherName(name="Élan", kind="short")]
    entity.employments = [Employment(job_title="Boss", manager=person)]
    entity.bank_accounts = [EntityBankAccount(iban="FR76 3000")]
    entity.people = [EntityLink(person=person, function="Director")]
    entity.users = [make_user(db)]
    account = make_customer(db, make_company(db), entity, number="C 1")
    account.taxes = [make_vat(db)]
    entity.addresses.append(Address(line_one="Depot", account=account, position=1))
    index(entity)
    db.flush()
    make_invoice(db, account, name="A draft")
    make_invoice(db, account, name="Issued", status="valid")
    return entity


def contents(db):
    """Return every table, without what a change of the row itself counts."""
    found, known = {}, MetaData()
    known.reflect(db.connection())
    for name, table in known.tables.items():
        if name in NOTED or name not in Base.metadata.tables:
            continue
        columns = [f'"{c}"' for c in sorted(set(table.c.keys()) - STAMPS)]
        rows = db.execute(text(f'SELECT {", ".join(columns)} FROM "{name}"'))
        found[name] = sorted(map(repr, rows))
    return found


def test_every_column_that_points_at_an_entity_follows_it():
    pointing = {
        f"{table.name}.{column.key}"
        for table in Base.metadata.tables.values()
        for column in table.c
        for key in column.foreign_keys
        if key.target_fullname == "entity.id"
    }
    assert pointing - POINTING.keys() == ELSEWHERE & pointing


def test_all_that_is_known_of_one_is_known_of_the_other(db, kept, merged, by):
    merge(db, kept, merged, by)

    assert [one.number for one in kept.accounts] == ["C 1"]
    assert [one.line_one for one in kept.addresses] == [
        "3 place Saint-Michel",
        "1 rue Neuve",
        "Depot",
    ]
    assert [one.value for one in kept.elements] == [
        "info@elan.example",
        "02 96 1",
        "02 96 33",
    ]
    names = {(one.kind, one.name) for one in kept.other_names}
    assert names == {("short", "Élan"), ("former", "Elan et Fils SARL")}
    assert [one.job_title for one in kept.employments] == ["Boss"]
    assert [one.iban for one in kept.bank_accounts] == ["FR76 3000"]
    assert [one.function for one in kept.people] == ["Director"]
    assert len(kept.users) == 1
    assert kept.vat_number == "FR40303265045"
    assert kept.name == "Élan & Fils"
    assert kept.names_key.startswith(" elan fils")
    assert " sarl" in kept.names_key
    assert kept.accounts[0].name == "Élan & Fils"
    assert merged.deleted_at == NOW
    assert merged.accounts == []


def test_the_control_code_of_before_leads_to_the_one_that_stays(db, kept, merged, by):
    code = merged.control_code
    merge(db, kept, merged, by)
    alias = db.scalars(select(EntityAlias)).one()
    assert (alias.entity_id, alias.value, alias.key) == (kept.id, code, code.casefold())


def test_what_was_issued_keeps_its_name_and_drafts_follow(db, kept, merged, by):
    merge(db, kept, merged, by)
    query = text("SELECT validation_status, search_key FROM task")
    found = dict(db.execute(query).all())
    assert "elan et fils sarl" in found["valid"]
    assert "sarl" not in found["draft"]


def test_a_field_is_that_of_the_other_where_it_is_picked(db, kept, merged, by):
    kept.vat_number, kept.stage = "FR1", "Lead"
    (found,) = [one for one in differences(kept, merged) if one.field == "vat_number"]
    assert found.is_choice
    one = merge(db, kept, merged, by, {"vat_number", "legal_name"})
    assert (kept.vat_number, kept.name) == ("FR40303265045", "Elan et Fils SARL")
    assert kept.stage == "Lead"
    undo(db, one, by)
    assert (kept.vat_number, kept.name) == ("FR1", "Élan & Fils")


@pytest.mark.parametrize("picked", [(), ("vat_number", "legal_name")])
def test_taken_back_everything_is_as_it_was(db, kept, merged, by, picked):
    before = contents(db)
    one = merge(db, kept, merged, by, picked)
    assert contents(db) != before
    undo(db, one, by)
    assert contents(db) == before
    assert one.undone_by_id == by.actor_id
    assert last_of(db, merged.id) is None


def test_what_happened_since_stays(db, kept, merged, by):
    one = merge(db, kept, merged, by)
    kept.vat_number = "FR2"
    kept.elements = [e for e in kept.elements if e.value != "02 96 33"]
    kept.elements.append(ContactElement(kind="web", value="elan.example", position=9))
    index(kept)
    db.flush()
    undo(db, one, by)
    assert kept.vat_number == "FR2"
    assert [e.value for e in kept.elements] == [
        "info@elan.example",
        "02 96 1",
        "elan.example",
    ]
    assert [e.value for e in merged.elements] == ["INFO@elan.example"]


def test_the_history_says_what_was_merged_and_taken_back(db, kept, merged, by):
    called = f"{merged.name} ({merged.control_code})"
    undo(db, merge(db, kept, merged, by), by)
    found = select(FieldChange).where(FieldChange.what == "entity_merge")
    told = [(one.node_id, one.before, one.after) for one in db.scalars(found)]
    assert told == [(kept.id, None, called), (kept.id, called, None)]


def test_what_cannot_be_one_is_refused(db, kept, merged, by):
    person = make_entity(db, "Someone", kind="person")
    binned = make_entity(db, "Gone", deleted_at=NOW)
    for first, second in ((kept, kept), (kept, person), (kept, binned), (binned, kept)):
        with pytest.raises(Refused):
            merge(db, first, second, by)
    assert kept.deleted_at is None


def test_it_is_taken_back_within_thirty_days_only(db, kept, merged, by):
    one = merge(db, kept, merged, by)
    assert into(db, kept.id, NOW + UNDONE_WITHIN - dt.timedelta(hours=1)) == [one]
    assert into(db, kept.id, NOW + UNDONE_WITHIN + dt.timedelta(hours=1)) == []
    late = Signature(by.actor_id, NOW + UNDONE_WITHIN + dt.timedelta(hours=1))
    with pytest.raises(Refused):
        undo(db, one, late)


def test_what_was_merged_on_is_taken_back_first(db, kept, merged, by):
    third = make_entity(db, "A third")
    first = merge(db, kept, merged, by)
    second = merge(db, third, kept, by)
    with pytest.raises(Refused):
        undo(db, first, by)
    undo(db, second, by)
    undo(db, first, by)
    assert [e.line_one for e in merged.addresses] == ["1 rue Neuve", "Depot"]


def attach(db, entity, name, account=None):
    return stored(
        db,
        StoredFile(
            node_id=entity.id,
            company_id=account and account.company_id,
            account_id=account and account.id,
            purpose=ATTACHMENT,
            name=name,
            media_type="text/plain",
            size=1,
            sha256="ab" * 32,
            created_at=NOW,
        ),
    )


def attached(db, entity):
    """Return name, account and version of the files of an entity."""
    mine = (StoredFile.node_id == entity.id, StoredFile.removed_at.is_(None))
    rows = select(StoredFile.name, StoredFile.account_id, StoredFile.version)
    return {tuple(row) for row in db.execute(rows.where(*mine))}


def test_files_follow_with_their_accounts_and_come_back(db, kept, merged, by):
    account = merged.accounts[0]
    attach(db, kept, "plan.txt")
    attach(db, merged, "plan.txt")
    attach(db, merged, "plan.txt", account)
    before = attached(db, kept), attached(db, merged)

    one = merge(db, kept, merged, by)

    assert attached(db, kept) == {
        ("plan.txt", None, 1),
        ("plan.txt", None, 2),
        ("plan.txt", account.id, 1),
    }
    undo(db, one, by)
    assert (attached(db, kept), attached(db, merged)) == before


def test_what_came_to_an_account_since_goes_back_with_it(db, kept, merged, by):
    account = merged.accounts[0]
    attach(db, merged, "plan.txt", account)
    one = merge(db, kept, merged, by)
    attach(db, kept, "since.txt", account)
    attach(db, kept, "of nobody.txt")
    columns = {"account_id": account.id, "company_id": account.company_id}
    make_memo(db, kept, make_user(db), text="Since", **columns)
    kept.addresses.append(Address(line_one="Since", account=account, position=9))
    kept.elements.append(ContactElement(kind="phone", value="1", account=account))
    index(kept)
    db.flush()

    undo(db, one, by)

    assert attached(db, kept) == {("of nobody.txt", None, 1)}
    names = {(name, key) for name, key, _version in attached(db, merged)}
    assert names == {("plan.txt", account.id), ("since.txt", account.id)}
    assert [memo.text for memo in db.scalars(of(Memo, merged))] == ["Since"]
    assert "Since" in [one.line_one for one in merged.addresses]
    assert "1" in [one.value for one in merged.elements]
    assert not [one for one in kept.addresses if one.account_id]


def test_what_a_memo_said_before_goes_with_it(db, kept, merged, by, clock):
    memo = memos.write(db, Place(merged.id, None), by, memos.Content("First"))
    memos.change(db, memo, by, memos.Content("Second"))
    db.flush()

    one = merge(db, kept, merged, by)
    assert [c.before for c in memos.said_before(db, kept.id, [memo.id])[memo.id]] == [
        "First"
    ]
    db.refresh(memo)
    memos.change(db, memo, by, memos.Content("Third"))
    db.flush()
    undo(db, one, by)

    found = memos.said_before(db, merged.id, [memo.id])[memo.id]
    assert {change.before for change in found} == {"First", "Second"}


def test_who_is_named_in_a_memo_is_led_to_where_it_is(db, kept, merged, by):
    reader = make_user(db, login="maud", roles={"manager"})
    for entity in (merged, kept):
        content = memos.Content("@maud")
        memo = memos.write(db, Place(entity.id, None), by, content)
        memos.tell_named(db, memo, entity, by)

    def led_to():
        found = db.scalars(reading.own(identity(reader)))
        db.expire_all()
        return [one.record_id for one in found.all()]

    assert led_to() == [merged.id, kept.id]
    one = merge(db, kept, merged, by)
    assert led_to() == [kept.id, kept.id]
    undo(db, one, by)
    assert led_to() == [merged.id, kept.id]


def of(kind, entity):
    return select(kind).where(kind.node_id == entity.id)
