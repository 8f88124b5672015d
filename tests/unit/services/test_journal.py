"""Every change is signed, whoever forgets to; every move is chained to the last."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.history import FieldChange, StatusLogEntry
from endi_like.models.sales import Invoice
from endi_like.services.journal import canonical, digest, head, sign, write_down
from endi_like.workflow.core import Change
from tests.factories import (
    AUTHOR,
    NOW,
    make_customer,
    make_invoice,
    make_line,
    make_mention,
    make_user,
    make_vat,
    move,
    pay,
)
from tests.tampering import moves


def changes(db, node):
    db.flush()
    wanted = select(FieldChange).where(FieldChange.node_id == node.id)
    return [
        (one.what, one.row, one.field, one.before, one.after)
        for one in db.scalars(wanted.order_by(FieldChange.id))
    ]


@pytest.fixture
def invoice(db):
    return make_invoice(db, name="Roof", lines=["100"])


@pytest.fixture
def somebody(db, clock):
    """Another user, in whose name the session writes a day later."""
    user = make_user(db)
    clock.advance(days=1)
    sign(db, author=lambda: user.id, clock=clock)
    return user


# Who and when


def test_a_new_document_is_signed(db, invoice):
    assert (invoice.created_by_id, invoice.created_at) == (AUTHOR, NOW)
    assert (invoice.updated_by_id, invoice.updated_at) == (AUTHOR, NOW)
    assert changes(db, invoice) == []


def test_a_change_is_signed_by_whoever_makes_it(db, invoice, somebody):
    invoice.name = "Roof and gutter"
    db.flush()
    assert (invoice.created_by_id, invoice.created_at) == (AUTHOR, NOW)
    assert invoice.updated_by_id == somebody.id
    assert invoice.updated_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    "edit",
    [
        lambda line: setattr(line, "cost", Decimal(7)),
        lambda line: setattr(line.group, "title", "Material"),
        lambda line: line.group.lines.remove(line),
    ],
)
def test_a_document_of_which_only_a_part_changes_is_a_new_version(
    db, invoice, somebody, edit
):
    before = invoice.version
    edit(invoice.lines[0])
    db.flush()
    assert invoice.version == before + 1
    assert invoice.updated_by_id == somebody.id


def test_what_is_not_changed_is_not_signed(db, invoice, somebody):
    before = invoice.version
    invoice.name = "Roof"
    db.flush()
    db.expire_all()
    assert (invoice.version, invoice.updated_by_id) == (before, AUTHOR)


def test_a_session_without_signature_leaves_the_fields_alone(connection, db, invoice):
    db.flush()
    with Session(connection, join_transaction_mode="create_savepoint") as plain:
        plain.get_one(Invoice, invoice.id).name = "By a script"
        plain.flush()
        assert plain.get_one(Invoice, invoice.id).updated_by_id == AUTHOR
        assert changes(plain, invoice) == []


# What


def test_a_changed_field_is_kept_before_and_after(db, invoice):
    invoice.name = "Roof and gutter"
    assert changes(db, invoice) == [("invoice", "", "name", "Roof", "Roof and gutter")]


def test_a_changed_field_of_a_line_is_kept_with_the_line(db, invoice):
    line = invoice.lines[0]
    line.cost = Decimal("120.5")
    line.vat = make_vat(db, "5.5")
    assert changes(db, invoice) == [
        ("task_line", "Work", "cost", "100", "120.5"),
        ("task_line", "Work", "vat_id", "20 %", "5.5 %"),
    ]


def test_a_line_that_comes_or_goes_is_kept(db, invoice):
    nails = make_line(db, "5", description="Nails", position=1)
    invoice.groups[0].lines.append(nails)
    db.flush()
    invoice.groups[0].lines.pop(0)
    assert changes(db, invoice) == [
        ("task_line", "Nails", "", None, "Nails"),
        ("task_line", "Work", "", "Work", None),
    ]


def test_a_group_that_goes_takes_its_lines_along(db, invoice):
    invoice.groups[0].title = "Attic"
    db.flush()
    invoice.groups.pop()
    assert changes(db, invoice)[1:] == [
        ("line_group", "Attic", "", "Attic", None),
        ("task_line", "Work", "", "Work", None),
    ]


def test_another_customer_is_kept_by_name(db, invoice):
    before = invoice.account.title
    invoice.account = make_customer(db, invoice.company, name="Ferme des Aulnes")
    assert changes(db, invoice) == [
        ("invoice", "", "account_id", before, "Ferme des Aulnes")
    ]


def test_mentions_that_come_and_go_are_kept_by_their_titles(db, invoice):
    late, early = make_mention(db, label="Late"), make_mention(db, label="Early")
    invoice.mentions = [late]
    db.flush()
    invoice.mentions.append(early)
    db.flush()
    db.expire(invoice)
    invoice.mentions = [early]

    kept = [one for one in changes(db, invoice) if one[2] == "mentions"]
    assert kept == [
        ("invoice", "", "mentions", None, "Late"),
        ("invoice", "", "mentions", "Late", "Early, Late"),
        ("invoice", "", "mentions", "Early, Late", "Early"),
    ]


def test_a_payment_and_its_correction_are_kept(db):
    invoice = make_invoice(db, status="valid")
    payment = pay(db, invoice, "50")
    payment.reference = "CHQ 12"
    of_payments = [one[2:] for one in changes(db, invoice) if one[0] == "payment"]
    assert of_payments == [
        ("", None, "2026-11-20 50 Bank transfer"),
        ("reference", "", "CHQ 12"),
    ]


def test_a_long_line_is_named_by_its_beginning(db, invoice):
    invoice.lines[0].description = "x" * 500
    db.flush()
    invoice.lines[0].quantity = Decimal(2)
    assert changes(db, invoice)[-1][1] == "x" * 80


# The log


def test_moves_are_numbered_and_chained_within_each_document(db):
    first, second = (make_invoice(db, status="valid") for _ in range(2))
    for invoice in (first, second):
        entries = moves(db, invoice.id)
        assert [entry.position for entry in entries] == [1, 2, 3]
        assert entries[0].hash == digest(canonical(entries[0], ""))
        assert entries[1].hash == digest(canonical(entries[1], entries[0].hash))
        assert head(db, invoice.id) == (3, entries[2].hash)


def test_moves_that_are_not_stored_yet_are_chained_too(db, invoice):
    change = Change(
        "validation_status", "submit", "draft", "wait", AUTHOR, NOW, "Please"
    )
    with db.no_autoflush:
        one = write_down(db, invoice, change)
        other = write_down(db, invoice, change)
        assert head(db, invoice.id) == (2, other.hash)
    assert other.hash == digest(canonical(other, one.hash))


def test_a_document_without_moves_has_no_head(db, invoice):
    assert head(db, invoice.id) == (0, "")


def test_a_move_is_written_beside_the_status_too(db, invoice, clock):
    clock.advance(minutes=5)
    move(db, invoice, "submit", "Have a look")
    db.expire_all()
    assert invoice.validation_status_user_id == AUTHOR
    assert invoice.validation_status_at == NOW + timedelta(minutes=5)
    assert invoice.validation_status_comment == "Have a look"


def entry(**columns):
    values = {
        "node_id": 12,
        "position": 3,
        "manager": "validation_status",
        "action": "validate",
        "old": "wait",
        "new": "valid",
        "actor_id": 7,
        "at": datetime(2026, 11, 20, 9, 0, 0, 250, tzinfo=UTC),
        "comment": "Çà et là",
        "visibility": "public",
        "hash_version": 1,
    }
    return StatusLogEntry(**values | columns)


def test_what_is_hashed_never_changes():
    assert canonical(entry(), "abc") == (
        '[1,"abc",12,3,"validation_status","validate","wait","valid",7,'
        '"2026-11-20T09:00:00.000250+00:00","\\u00c7\\u00e0 et l\\u00e0","public"]'
    )


def test_what_is_hashed_is_the_same_however_it_is_written():
    composed, decomposed = "\u00e9", "e\u0301"
    assert canonical(entry(comment=composed), "") == canonical(
        entry(comment=decomposed), ""
    )
    there = timezone(timedelta(hours=1))
    moment = datetime(2026, 11, 20, 10, 0, 0, 250, tzinfo=there)
    assert canonical(entry(at=moment), "") == canonical(entry(), "")
