"""Whatever is altered behind the application's back, ``invariants`` names it."""

import time
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import StaticPool, insert, select
from sqlalchemy.orm import Session

from endi_like.db import Base, make_engine
from endi_like.models.files import StoredFile
from endi_like.models.history import StatusLogEntry
from endi_like.models.mail import MailAttachment
from endi_like.models.node import Node
from endi_like.models.numbering import Counter
from endi_like.models.organisation import Organisation
from endi_like.services.files import Folder, Vault
from endi_like.services.invariants import invariants
from endi_like.services.journal import HASH_VERSION, canonical, digest
from endi_like.services.numbering import Numbering
from endi_like.services.printouts import Printout, keep
from tests.factories import (
    AUTHOR,
    NOW,
    lay_foundations,
    make_invoice,
    make_mail,
    make_vat,
    move,
    pay,
    stored,
)
from tests.tampering import alter, drop_refusals, hash_anew, moves

ROWS, NODES, LIMIT = 100_000, 1_000, 10.0


@pytest.fixture
def invoice(db):
    """An invoice with six entries: submit, validate, fix, part_pay, close, settle."""
    invoice = make_invoice(db, lines=["100", "49.99"], status="valid")
    pay(db, invoice, "50")
    move(db, invoice, "close", "The customer is bankrupt.")
    assert list(invariants(db)) == []
    return invoice


@pytest.fixture
def tampered(db, invoice):
    drop_refusals(db)
    return invoice


def findings(db):
    db.expire_all()
    return list(invariants(db))


# What is sound


@pytest.mark.parametrize("status", ["draft", "wait", "invalid", "valid"])
def test_there_is_nothing_to_say_about_sound_documents(db, status):
    make_invoice(db, status=status)
    make_invoice(db, lines=[], status="draft")
    assert findings(db) == []


def test_there_is_nothing_to_say_after_payments_and_closures(db, clock):
    paid = make_invoice(db, status="valid")
    pay(db, paid)
    clock.advance(days=1)
    closed = make_invoice(db, status="valid")
    move(db, closed, "close", "A gift.")
    move(db, closed, "undo_close", "No gift.")
    assert findings(db) == []


# The status log

COLUMNS_OF_A_MOVE = tuple(column.name for column in StatusLogEntry.__table__.c)
COLUMNS = {
    "position": "17",
    "manager": "'closure_status'",
    "action": "'reopen'",
    "old": "'wait'",
    "new": "'draft'",
    "actor_id": "NULL",
    "at": "'2026-11-19 09:00:00'",
    "comment": "'I never said that.'",
    "visibility": "'managers'",
    "hash_version": "0",
    "hash": "'0000'",
}


def test_every_column_of_a_move_is_tried():
    identity = {"id", "node_id"}
    assert set(COLUMNS_OF_A_MOVE) == identity | set(COLUMNS)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("place", [0, 3, 5])
def test_E1_a_changed_column_of_a_move_is_found(db, tampered, column, place):
    entry = moves(db, tampered.id)[place]
    alter(
        db,
        f"UPDATE status_log_entry SET {column} = {COLUMNS[column]} WHERE id = :id",
        id=entry.id,
    )
    first = findings(db)[0]
    assert first.startswith(f"status log: invoice {tampered.id}")
    assert f"move {place + 1} " in first
    if column == "position":
        assert f"move {place + 1} is missing" in first
    else:
        assert f"(entry {entry.id})" in first


def test_the_sentence_is_the_one_of_the_documentation(db, tampered):
    entry = moves(db, tampered.id)[3]
    alter(db, "UPDATE status_log_entry SET comment = 'x' WHERE id = :id", id=entry.id)
    assert findings(db)[0] == (
        f"status log: invoice {tampered.id}, move 4 (entry {entry.id}) "
        "is not what was written"
    )


def test_E1_a_move_given_to_another_document_is_found(db, tampered):
    entry = moves(db, tampered.id)[1]
    customer = tampered.account.entity_id
    alter(
        db,
        "UPDATE status_log_entry SET node_id = :other WHERE id = :id",
        other=customer,
        id=entry.id,
    )
    found = findings(db)
    assert any(f"entity {customer}: move 1 is missing" in one for one in found)
    assert any(f"invoice {tampered.id}: move 2 is missing" in one for one in found)


@pytest.mark.parametrize("place", [0, 1, 3])
def test_E1_a_deleted_move_is_found(db, tampered, place):
    entry = moves(db, tampered.id)[place]
    alter(db, "DELETE FROM status_log_entry WHERE id = :id", id=entry.id)
    expected = f"status log: invoice {tampered.id}: move {place + 1} is missing"
    assert findings(db)[0].startswith(expected)


def test_E2_the_last_move_deleted_is_found_by_the_status(db, tampered):
    entry = moves(db, tampered.id)[-1]
    alter(db, "DELETE FROM status_log_entry WHERE id = :id", id=entry.id)
    assert findings(db) == [
        f"status: invoice {tampered.id}: paid_status is “resulted”, but its last move "
        "led to “paid”"
    ]


def test_E2_all_moves_deleted_is_found_by_the_status(db, tampered):
    mine = "DELETE FROM status_log_entry WHERE node_id = :id"
    alter(db, mine, id=tampered.id)
    assert (
        f"status: invoice {tampered.id}: validation_status is “valid”, but no move led "
        "there"
    ) in findings(db)


def test_E1_two_moves_swapped_is_found(db, tampered):
    second, third = moves(db, tampered.id)[1:3]
    swap = "UPDATE status_log_entry SET position = :to WHERE id = :id"
    alter(db, swap, to=-1, id=second.id)
    alter(db, swap, to=2, id=third.id)
    alter(db, swap, to=3, id=second.id)
    assert findings(db)[0] == (
        f"status log: invoice {tampered.id}, move 2 (entry {third.id}) "
        "is not what was written"
    )


def copy_of(entry, **columns):
    names = [name for name in COLUMNS_OF_A_MOVE if name != "id"]
    return {name: getattr(entry, name) for name in names} | columns


def test_E1_a_move_put_in_between_is_found(db, tampered):
    later = "UPDATE status_log_entry SET position = -position WHERE node_id = :id"
    last = moves(db, tampered.id)[-1]
    inserted = copy_of(last, position=6)
    mine = " AND position >= 6"
    alter(db, later + mine, id=tampered.id)
    moved_on = "UPDATE status_log_entry SET position = 7 WHERE position = -6"
    alter(db, moved_on)
    new_id = db.scalar(
        insert(StatusLogEntry)
        .values(inserted | {"comment": "Forged"})
        .returning(StatusLogEntry.id)
    )
    assert findings(db)[0] == (
        f"status log: invoice {tampered.id}, move 6 (entry {new_id}) "
        "is not what was written"
    )


def test_E2_a_move_added_at_the_end_with_a_right_hash_is_found_by_the_status(
    db, tampered
):
    last = moves(db, tampered.id)[-1]
    forged = copy_of(last, position=7, old="resulted", new="waiting")
    forged["action"] = "await_payment"
    forged["hash"] = digest(canonical(StatusLogEntry(**forged), last.hash))
    db.execute(insert(StatusLogEntry).values(forged))
    assert findings(db)[0].startswith(f"status: invoice {tampered.id}: paid_status")


def test_E1_a_change_hashed_anew_but_with_another_beginning_is_found(db, tampered):
    entry = moves(db, tampered.id)[1]
    changed = "UPDATE status_log_entry SET old = 'invalid' WHERE id = :id"
    alter(db, changed, id=entry.id)
    hash_anew(db, tampered.id)
    assert findings(db)[0] == (
        f"status log: invoice {tampered.id}, move 2 (entry {entry.id}) "
        "does not begin where the one before it ended"
    )


# Status columns


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("validation_status_user_id", "NULL"),
        ("validation_status_at", "'2026-01-01 00:00:00'"),
        ("validation_status_comment", "'Fine by me.'"),
    ],
)
def test_a_signature_that_the_log_does_not_have_is_found(db, tampered, column, value):
    alter(db, f"UPDATE task SET {column} = {value} WHERE id = :id", id=tampered.id)
    assert findings(db) == [
        f"status: invoice {tampered.id}: {column} is not that of its last move"
    ]


def test_E2_a_status_that_no_move_led_to_is_found(db):
    invoice = make_invoice(db)
    changed = "UPDATE task SET validation_status = 'wait' WHERE id = :id"
    alter(db, changed, id=invoice.id)
    assert findings(db) == [
        f"status: invoice {invoice.id}: validation_status is “wait”, but no move led "
        "there"
    ]


def test_E2_a_closure_without_a_move_is_found(db):
    invoice = make_invoice(db, status="valid")
    changed = "UPDATE invoice SET closure_status = 'closed' WHERE id = :id"
    alter(db, changed, id=invoice.id)
    assert any("closure_status is “closed”" in one for one in findings(db))


# Figures


@pytest.mark.parametrize("column", ["ht", "tva", "ttc", "due"])
def test_a_total_that_is_not_that_of_the_lines_is_found(db, tampered, column):
    changed = f"UPDATE task SET {column} = {column} + 1000 WHERE id = :id"
    alter(db, changed, id=tampered.id)
    about = f"documents: invoice {tampered.id}: "
    assert f"{about}its totals are not those of its lines" in findings(db)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("task_line", "cost = cost * 2"),
        ("task_line", "quantity = quantity * 2"),
        ("vat_rate", "value = 1000"),
    ],
)
def test_totals_that_did_not_follow_a_change_are_found(db, tampered, table, change):
    alter(db, f"UPDATE {table} SET {change}")
    about = f"documents: invoice {tampered.id}: "
    assert f"{about}its totals are not those of its lines" in findings(db)


@pytest.mark.parametrize("column", ["ht", "tva", "ttc"])
def test_amounts_by_rate_that_do_not_add_up_are_found(db, tampered, column):
    changed = f"UPDATE vat_total SET {column} = {column} - 1000 WHERE task_id = :id"
    alter(db, changed, id=tampered.id)
    about = f"documents: invoice {tampered.id}: its amounts by rate of tax"
    assert findings(db) == [
        f"{about} are not those of its lines",
        f"{about} do not add up to its totals",
    ]


def test_a_total_under_another_rate_is_found(db, tampered):
    other = make_vat(db, "5.5")
    db.flush()
    changed = "UPDATE vat_total SET vat_id = :vat WHERE task_id = :id"
    alter(db, changed, vat=other.id, id=tampered.id)
    about = f"documents: invoice {tampered.id}: its amounts by rate of tax"
    assert findings(db) == [f"{about} are not those of its lines"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "UPDATE payment_part SET amount = amount + 1000",
            "the parts of payment",
        ),
        ("UPDATE payment SET amount = amount + 1000", "the parts of payment"),
        (
            "UPDATE invoice SET to_pay = 0",
            "what is left to pay does not follow from its payments",
        ),
        (
            "UPDATE task SET awaited = awaited + 1",
            "what lists say is to be paid is not what it awaits",
        ),
        (
            "DELETE FROM payment",
            "what is left to pay does not follow from its payments",
        ),
    ],
)
def test_money_that_does_not_follow_is_found(db, tampered, change, sentence):
    alter(db, change)
    assert any(
        one.startswith(f"documents: invoice {tampered.id}: {sentence}")
        for one in findings(db)
    )


@pytest.mark.parametrize("status", ["waiting", "paid"])
def test_a_paid_status_that_does_not_follow_is_found(db, tampered, status):
    alter(db, f"UPDATE invoice SET paid_status = '{status}'")
    about = f"documents: invoice {tampered.id}: "
    assert f"{about}its paid status does not follow from its payments" in findings(db)


# Numbers


def several(db, clock, count=3):
    found = []
    for _number in range(count):
        found.append(make_invoice(db, status="valid"))
        clock.advance(hours=1)
    assert findings(db) == []
    drop_refusals(db)
    return found


def about_numbers(db):
    return [one for one in findings(db) if one.startswith("numbers: ")]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_number_that_is_on_no_document_is_found(db, clock, place):
    gone = several(db, clock)[place]
    number = f"{place + 1}"
    renumbered = "UPDATE task SET official_number = 'X-' || id WHERE id = :id"
    alter(db, renumbered, id=gone.id)
    assert about_numbers(db) == [], "it might have been made with an older template"
    taken = "UPDATE task SET official_number = '2026-0050' WHERE id = :id"
    alter(db, taken, id=gone.id)
    assert about_numbers(db) == [
        f"numbers: series year:2026: number {number} is on no document",
        "numbers: series year:2026: number 50 was never drawn",
    ]


def test_a_series_that_began_elsewhere_has_no_gap(db, clock):
    Numbering(db).start("year:2026", 41)
    assert several(db, clock)[0].official_number == "2026-0042"
    assert findings(db) == []


def test_a_counter_set_back_is_found(db, clock):
    several(db, clock)
    alter(db, "UPDATE counter SET value = 2")
    assert findings(db) == ["numbers: series year:2026: number 3 was never drawn"]


def test_a_counter_that_is_gone_is_found(db, clock):
    several(db, clock)
    alter(db, "DELETE FROM counter WHERE key = 'year:2026'")
    assert findings(db) == ["numbers: series year:2026: number 1 was never drawn"]
    assert db.get(Counter, "year:2026") is None


def test_numbers_of_a_template_with_several_series_are_read(db, clock):
    own = db.get_one(Organisation, 1)
    own.invoice_number_template = "F{YYYY}-{MM}-{SEQMONTHANA:0>3}/{SEQGLOBAL}-{ANA}"
    found = several(db, clock)
    assert found[0].official_number.startswith("F2026-11-001/1-")
    taken = "UPDATE task SET official_number = :number WHERE id = :id"
    wrong = found[1].official_number.replace("/2-", "/9-")
    alter(db, taken, number=wrong, id=found[1].id)
    assert about_numbers(db) == [
        "numbers: series global: number 2 is on no document",
        "numbers: series global: number 9 was never drawn",
    ]


# Files


@pytest.fixture
def vault(tmp_path):
    return Vault(Folder(tmp_path))


@pytest.fixture
def printed(db, invoice, vault):
    """The row of the kept printout of the invoice."""
    keep(db, vault, Printout(invoice.id, "2026-0001.pdf", b"the invoice"), NOW)
    db.flush()
    return db.scalars(select(StoredFile)).one()


def test_a_file_that_is_not_what_was_stored_is_found(db, printed, vault):
    sha256, file = printed.sha256, printed
    assert list(invariants(db, vault)) == []
    vault.storage.place(sha256).write_bytes(b"another invoice")
    about = f"files: 2026-0001.pdf (file {file.id}): file {sha256}"
    assert list(invariants(db, vault)) == [f"{about} is not what was stored"]
    vault.storage.place(sha256).unlink()
    assert list(invariants(db, vault)) == [f"{about} cannot be read"]


def test_an_attachment_of_a_mail_that_is_gone_is_found(db, vault):
    file = MailAttachment(
        mail_id=make_mail(db).id,
        name="Terms.pdf",
        media_type="application/pdf",
        size=4,
        sha256=vault.put(BytesIO(b"%PDF")),
    )
    stored(db, file)
    assert list(invariants(db, vault)) == []
    vault.storage.place(file.sha256).unlink()
    assert list(invariants(db, vault)) == [
        f"files: Terms.pdf (attachment {file.id}): file {file.sha256} cannot be read"
    ]


def test_E6_a_printout_taken_away_is_found(db, invoice, printed, tampered):
    alter(db, "DELETE FROM stored_file WHERE id = :id", id=printed.id)

    missing = f"printouts: node {invoice.id}: the printout of the log is not there"
    assert findings(db) == [missing]


def test_E6_a_printout_put_in_place_of_another_is_found(db, invoice, printed, tampered):
    name = f"{printed.name} (file {printed.id})"
    statement = "UPDATE stored_file SET sha256 = :other WHERE id = :id"
    alter(db, statement, other="0" * 64, id=printed.id)

    assert findings(db) == [
        f"printouts: node {invoice.id}: the printout of the log is not there",
        f"printouts: {name}: the log does not know it",
    ]


# Speed


def long_log(nodes):
    """Yield the moves of nodes that were sent and taken back very often."""
    for node_id in nodes:
        previous = ""
        for position in range(1, ROWS // NODES + 1):
            there, back = ("draft", "wait"), ("wait", "draft")
            old, new = there if position % 2 else back
            entry = StatusLogEntry(
                node_id=node_id,
                position=position,
                manager="validation_status",
                action="submit" if position % 2 else "reopen",
                old=old,
                new=new,
                actor_id=AUTHOR,
                at=NOW + timedelta(seconds=position),
                comment="",
                visibility="public",
                hash_version=HASH_VERSION,
            )
            previous = digest(canonical(entry, previous))
            yield copy_of(entry, hash=previous)


@pytest.fixture
def long_enough():
    """A database of its own, in which nobody else has to wait for these rows."""
    memory = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engine = make_engine("sqlite://", **memory)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        lay_foundations(session)
        columns = {"type_": "node", "name": "", "created_at": NOW, "updated_at": NOW}
        many = [columns | {"version": 1}] * NODES
        nodes = session.scalars(insert(Node).returning(Node.id), many).all()
        session.execute(insert(StatusLogEntry.__table__), list(long_log(nodes)))
        yield session
    engine.dispose()


def test_E1_a_hundred_thousand_moves_are_verified_in_time(long_enough):
    began = time.process_time()
    assert list(invariants(long_enough)) == []
    assert time.process_time() - began < LIMIT
    drop_refusals(long_enough)
    last = "SELECT max(id) FROM status_log_entry"
    changed = f"UPDATE status_log_entry SET actor_id = NULL WHERE id = ({last})"
    alter(long_enough, changed)
    assert list(invariants(long_enough)) == [
        f"status log: node {NODES}, move 100 (entry {ROWS}) is not what was written"
    ]
