"""Anonymising: what goes, what stays, and what the database lets go of."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from endi_like.models.contacts import EntityMerge
from endi_like.models.files import StoredFile
from endi_like.models.history import FieldChange
from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.services.beside import Signature
from endi_like.services.contacts.anonymising import SWEEP, anonymise, anonymous_name
from endi_like.services.contacts.keeping import balance
from endi_like.services.invariants import invariants
from endi_like.services.papers import fixed
from endi_like.services.refusals import WrongValues
from endi_like.workflow.errors import Done
from tests.factories import AUTHOR, NOW, make_entity
from tests.kept import PERSONAL, SHA, found_in, somebody

BY = Signature(AUTHOR, NOW)
ISSUED = {
    "task.address",
    "task.search_key",
    "paper.content",
    "field_change.before",
    "field_change.after",
}
"""Where the name may still stand: in what was issued."""


@pytest.fixture
def known(db):
    found = somebody(db)
    db.flush()
    return found


def forget(db, entity):
    anonymise(db, entity, BY, entity.control_code)


def test_the_name_stands_in_what_was_issued_and_nowhere_else(db, known):
    assert found_in(db) - ISSUED  # it was everywhere
    forget(db, known.entity)
    assert found_in(db) <= ISSUED


def test_what_the_past_still_says_is_of_issued_documents(db, known):
    forget(db, known.entity)
    saying = FieldChange.before.contains(PERSONAL) | FieldChange.after.contains(
        PERSONAL
    )
    nodes = set(db.scalars(select(FieldChange.node_id).where(saying)))
    assert nodes <= {known.issued.id}


def test_amounts_numbers_papers_and_moves_stay_and_all_is_as_it_must_be(db, known):
    paper, moves = fixed(db, known.issued.id), rows_of(db, "status_log_entry")
    figures = known.issued.official_number, known.issued.ttc, known.account.number
    forget(db, known.entity)
    assert (known.issued.official_number, known.issued.ttc, known.account.number) == (
        figures
    )
    assert fixed(db, known.issued.id) == paper
    assert PERSONAL in " ".join(paper.recipient.lines)
    assert rows_of(db, "status_log_entry") == moves
    assert list(invariants(db)) == []
    limits = select(FieldChange.after).where(
        FieldChange.node_id == known.entity.id, FieldChange.field == "credit_limit"
    )
    assert db.scalars(limits).all() == ["500"]


def rows_of(db, table):
    return db.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()


def test_what_is_left_of_the_person(db, known):
    entity = known.entity
    forget(db, entity)
    name = f"Anonym {entity.id:06}"
    assert anonymous_name(entity) == name
    assert (entity.name, entity.last_name, entity.birth_date) == (name, name, None)
    assert known.account.name == name
    assert not known.account.active
    assert (entity.addresses, entity.elements, entity.bank_accounts) == ([], [], [])
    assert [one.job_title for one in entity.employments] == ["Gardener"]
    assert entity.users == []
    assert known.employer.people == []
    assert known.draft.address == ""
    assert name.lower() in known.draft.search_key


def test_who_did_it_and_that_something_was_changed_is_still_known(db, known):
    before = db.scalars(of_entity(known.entity)).all()
    forget(db, known.entity)
    after = db.scalars(of_entity(known.entity)).all()
    assert {one.id for one in before} < {one.id for one in after}
    assert after[-1].field == "anonymised_at"
    assert after[-1].actor_id == AUTHOR


def of_entity(entity):
    query = select(FieldChange).where(FieldChange.node_id == entity.id)
    return query.order_by(FieldChange.id)


def test_a_mail_that_was_sent_is_emptied_one_that_waits_is_dropped(db, known):
    forget(db, known.entity)
    mails = db.scalars(
        select(OutgoingMail).where(OutgoingMail.node_id == known.issued.id)
    ).all()
    assert [(one.state, one.text, one.recipient) for one in mails] == [("sent", "", "")]


def test_files_go_and_their_bytes_are_swept_afterwards(db, known):
    forget(db, known.entity)
    assert db.scalars(select(StoredFile).where(StoredFile.sha256 == SHA)).all() == []
    jobs = db.scalars(select(Job).where(Job.name == SWEEP)).all()
    assert [SHA in one.payload for one in jobs] == [True]


def test_whoever_became_part_of_it_is_forgotten_too(db, known):
    other = make_entity(db, f"{PERSONAL} Twin", kind="person")
    merge = EntityMerge(kept=known.entity, merged=other, at=NOW, moved=f'"{PERSONAL}"')
    db.add(merge)
    db.flush()
    forget(db, known.entity)
    assert other.name == anonymous_name(other)
    assert db.scalars(select(EntityMerge)).all() == []
    assert found_in(db) <= ISSUED


@pytest.mark.parametrize("code", ["", "E-1", "Anonym"])
def test_another_code_forgets_nothing(db, known, code):
    with pytest.raises(WrongValues):
        anonymise(db, known.entity, BY, code)
    assert known.entity.anonymised_at is None


def test_upper_and_lower_case_of_the_code_are_alike_and_once_is_enough(db, known):
    entity = known.entity
    anonymise(db, entity, BY, f" {entity.control_code.lower()} ")
    with pytest.raises(Done):
        forget(db, entity)


def test_what_would_go_and_what_stays_is_counted_before(db, known):
    found = balance(db, known.entity)
    assert (found.names, found.addresses, found.elements) == (1, 2, 3)
    assert (found.bank_accounts, found.links, found.users) == (1, 1, 1)
    assert (found.memos, found.files, found.mails) == (2, 1, 2)
    assert (found.issued, found.open, found.last) == (1, 1, known.issued.date)
    assert found.until == dt.date(known.issued.date.year + 10, 12, 31)
    assert [one.name for one in found.drafts] == ["Hedge"]


CHANGE = "UPDATE field_change SET {} WHERE node_id = {}"
REFUSED = (
    ("before = 'x'", "entity"),
    ("before = NULL, after = NULL", "employer"),
    ("before = NULL, after = NULL, \"row\" = ''", "employer"),
    ("before = NULL, after = NULL, \"row\" = '', actor_id = NULL", "entity"),
    ("before = NULL, after = NULL, \"row\" = '', field = 'x'", "entity"),
    ("before = NULL, after = NULL, \"row\" = ''", "draft"),
)


@pytest.mark.parametrize(("values", "whose"), REFUSED)
def test_the_database_lets_go_of_nothing_else(db, known, values, whose):
    forget(db, known.entity)
    known.employer.legal_name += " & Co"
    known.draft.name += " & fence"
    db.flush()
    node_id = getattr(known, whose).id
    with pytest.raises(DBAPIError, match="cannot be changed"), db.begin_nested():
        db.execute(text(CHANGE.format(values, node_id)))


def test_of_who_is_not_forgotten_the_database_lets_nothing_go(db, known):
    node_id = known.entity.id
    empty = "before = NULL, after = NULL, \"row\" = ''"
    for statement in (
        CHANGE.format(empty, node_id),
        f"DELETE FROM stored_file WHERE node_id = {node_id}",
    ):
        with pytest.raises(DBAPIError, match="cannot be changed"), db.begin_nested():
            db.execute(text(statement))


def test_nobody_becomes_known_again(db, known):
    forget(db, known.entity)
    back = f"UPDATE entity SET anonymised_at = NULL WHERE id = {known.entity.id}"
    with pytest.raises(DBAPIError, match="cannot be changed"), db.begin_nested():
        db.execute(text(back))
