"""E3: what is validated cannot be altered, not even by the application's account."""

from __future__ import annotations

import pytest
from sqlalchemy import Boolean, Date, DateTime, Integer, String, Text, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

from endi_like.db import Base
from endi_like.models.estimations import Estimation
from endi_like.models.files import StoredFile
from endi_like.models.sales import DiscountLine, LineProgress, PostTaxLine
from endi_like.models.triggers import APPEND_ONLY, PARTS
from endi_like.services.seals import seal_log
from tests.factories import (
    NOW,
    make_business,
    make_credit_note,
    make_estimation,
    make_invoice,
    make_mention,
    make_project,
    make_received,
    make_unit,
    make_vat,
    move,
    pay,
)

ANOTHER = (
    (Boolean, 'NOT "{name}"'),
    (DateTime, "'1999-12-31 00:00:00'"),
    (Date, "'1999-12-31'"),
    (Integer, "777777"),
    ((String, Text), "'ab'"),
)
"""A value of each type that no row of the test has."""

WHOLE = {
    "task": {"awaited", "project_id", "phase_id", "business_id"},
    "node": {"updated_at", "updated_by_id", "version"},
    "invoice": {
        "to_pay",
        "paid_status",
        "paid_status_user_id",
        "paid_status_at",
        "paid_status_comment",
        "closure_status",
        "estimation_id",
    },
    "cancelinvoice": set(),
    "supplier_invoice": {"reception_status"},
    "estimation": {
        "signed_status",
        "signed_status_user_id",
        "signed_status_at",
        "signed_status_comment",
    },
}
"""What follows from payments, closures, signatures, and where documents are kept."""

KINDS = {"invoice", "cancelinvoice", "estimation", "supplier_invoice"}
CORRECTABLE = {"payment", "payment_part"}
TABLES = {**WHOLE, **{table: set() for table in (*PARTS, *APPEND_ONLY)}}
ROWS = {"node": " WHERE type_ = 'invoice'"}
OTHER_STATE = {
    "paid_status": "'waiting'",
    "closure_status": "'closed'",
    "signed_status": "'signed'",
    "reception_status": "'acknowledged'",
}


def another(column):
    """Return a value the column does not have yet, as SQL."""
    if column.name in OTHER_STATE:
        return OTHER_STATE[column.name]
    if column.foreign_keys and column.name in WHOLE.get(column.table.name, ()):
        return "NULL"  # it may be changed, but not to what does not exist
    kind = column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    sql = next(sql for types, sql in ANOTHER if isinstance(kind, types))
    return sql.format(name=column.name)


def is_refused(db, statement):
    """Tell whether the database refuses to change a row; the statement must hit one."""
    savepoint = db.begin_nested()
    refusal, hit = "", 0
    try:
        hit = db.execute(text(statement)).rowcount
    except DBAPIError as error:
        refusal = str(error)
    savepoint.rollback()
    assert hit > 0 or "cannot be changed" in refusal, f"{statement}: {refusal}"
    return bool(refusal)


@pytest.fixture
def invoice(db, clock):
    """A validated and partly paid invoice with everything an invoice can have."""
    vat = make_vat(db)
    invoice = make_invoice(
        db,
        lines=["100", "200"],
        discounts=[DiscountLine(description="Loyal", amount=10, vat=vat)],
        post_tax_lines=[PostTaxLine(label="Deposit", amount=-5)],
        mentions=[make_mention(db)],
        expenses_ht=12,
        expenses_vat=vat,
    )
    make_unit(db)
    invoice.project = make_project(db, invoice.company, phases=("Study",))
    invoice.phase = invoice.project.phases[0]
    make_business(db, invoice.company, documents=[invoice])
    invoice.progress = [LineProgress(line_id=invoice.lines[0].id, percent=30)]
    invoice.name = "Changed once, for the history"
    db.flush()
    move(db, invoice, "submit")
    move(db, invoice, "validate")
    pay(db, invoice, "50")
    make_estimation(db, invoice.account, status="valid", deposit="30")
    make_credit_note(db, invoice, status="valid")
    make_received(db)
    seal_log(db, day=clock().date(), now=clock())
    columns = {"media_type": "application/pdf", "size": 3, "sha256": "0" * 64}
    db.add(
        StoredFile(
            node_id=invoice.id, purpose="print", name="x", created_at=NOW, **columns
        )
    )
    db.flush()
    return invoice


def hanging_on(table):
    """Return the tables whose rows belong to rows of this one, or of those."""
    found = {
        key.parent.table.name
        for other in Base.metadata.tables.values()
        for key in other.foreign_keys
        if key.column.table.name == table and key.parent.table.name != table
    }
    return found.union(*(hanging_on(one) for one in found))


def test_every_table_of_a_document_is_among_those_that_are_tried():
    assert hanging_on("task") == KINDS | set(PARTS) | CORRECTABLE


def test_E3_every_column_of_every_table_is_refused_but_those_named(db, invoice):
    changed = {
        table: {
            column.name
            for column in Base.metadata.tables[table].c
            if not is_refused(
                db,
                f'UPDATE {table} SET "{column.name}" = {another(column)}'
                f"{ROWS.get(table, '')}",
            )
        }
        for table in TABLES
    }
    assert changed == TABLES


def test_E3_no_row_of_any_table_can_be_deleted(db, invoice):
    deleted = [table for table in TABLES if not is_refused(db, f"DELETE FROM {table}")]
    assert deleted == []


def test_E3_nothing_can_be_added_to_a_validated_invoice(db, invoice):
    group, vat = invoice.groups[0].id, make_vat(db, "5.5").id
    mention = make_mention(db, label="Another").id
    estimation = db.scalars(select(Estimation.id)).one()
    line = db.get_one(Estimation, estimation).lines[0].id
    db.flush()
    additions = {
        "line_group": f"(task_id, position, title, description) "
        f"VALUES ({invoice.id}, 9, '', '')",
        "task_line": "(group_id, position, description, cost, quantity, unit, product)"
        f" VALUES ({group}, 9, '', 0, 0, '', '')",
        "discount_line": "(task_id, position, description, amount, vat_id) "
        f"VALUES ({invoice.id}, 9, '', 0, {vat})",
        "post_tax_line": "(task_id, position, label, amount) "
        f"VALUES ({invoice.id}, 9, '', 0)",
        "vat_total": "(task_id, vat_id, position, ht, tva, ttc) "
        f"VALUES ({invoice.id}, {vat}, 9, 0, 0, 0)",
        "task_mention": f"(task_id, mention_id) VALUES ({invoice.id}, {mention})",
        "deduction": "(task_id, position, label, vat_id, ht, tva, ttc) "
        f"VALUES ({invoice.id}, 9, '', {vat}, 0, 0, 0)",
        "payment_deadline": "(task_id, position, kind, label, amount) "
        f"VALUES ({estimation}, 9, 'part', '', 0)",
        "line_progress": "(task_id, line_id, percent) "
        f"VALUES ({invoice.id}, {line}, 5)",
    }
    assert additions.keys() == PARTS.keys()
    for table, row in additions.items():
        assert is_refused(db, f"INSERT INTO {table} {row}"), table


def test_E3_a_part_of_another_document_cannot_be_moved_into_a_validated_one(
    db, invoice
):
    draft = make_invoice(db)
    group = draft.groups[0]
    moved = f"UPDATE line_group SET task_id = {invoice.id} WHERE id = {group.id}"
    assert is_refused(db, moved)
    own = invoice.groups[0].id
    moved = f"UPDATE task_line SET group_id = {own} WHERE group_id = {group.id}"
    assert is_refused(db, moved)


@pytest.mark.parametrize("status", ["draft", "wait", "invalid"])
def test_what_is_not_validated_can_be_changed_and_deleted(db, status):
    draft = make_invoice(db, status=status)
    own = draft.groups[0].id
    for statement in (
        f"UPDATE node SET name = 'x' WHERE id = {draft.id}",
        f"UPDATE task SET ht = 5 WHERE id = {draft.id}",
        f"UPDATE invoice SET to_pay = 5 WHERE id = {draft.id}",
        f"UPDATE task_line SET cost = 5 WHERE group_id = {own}",
        f"DELETE FROM task_line WHERE group_id = {own}",
        f"DELETE FROM vat_total WHERE task_id = {draft.id}",
    ):
        assert not is_refused(db, statement), statement
