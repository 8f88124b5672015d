"""What is printed of a validated document is what it was when it was validated."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from endi_like.models.files import Paper
from endi_like.models.history import FieldChange
from endi_like.models.organisation import Organisation
from endi_like.services import history
from endi_like.services.duplicating import duplicated
from endi_like.services.files import Damaged
from endi_like.services.invariants import invariants
from endi_like.services.journal import digest
from endi_like.services.papers import addressee, fixed, paper
from endi_like.services.printable import printable
from tests.factories import TODAY, make_customer, make_invoice, move
from tests.functional.hostile import rich_invoice
from tests.surroundings import FORMER, change_all_around
from tests.tampering import alter, drop_refusals, hash_anew, moves


@pytest.fixture
def draft(db):
    return rich_invoice(db, make_customer(db, name=FORMER), "draft")


@pytest.fixture
def invoice(db, draft):
    move(db, draft, "validate")
    assert list(invariants(db)) == []
    return draft


# What is fixed


def test_of_a_draft_it_is_what_everything_says_now(db, draft):
    draft.account.entity.language = "de"

    assert paper(db, draft).language == "de"
    assert addressee(db, draft) == paper(db, draft).recipient
    assert db.scalars(select(Paper)).all() == []


def test_E6_from_validation_on_nothing_that_changes_is_printed(db, invoice):
    own = db.get_one(Organisation, 1)
    before = printable(invoice, own)

    change_all_around(db, invoice)

    assert paper(db, invoice) == before
    assert addressee(db, invoice) == before.recipient
    brought = history.moves(db, invoice)
    assert [one.paper is None for one in brought] == [True, False]
    assert addressee(db, invoice, brought) == before.recipient
    assert printable(invoice, own) != before
    assert list(invariants(db)) == []


def test_E6_the_log_notes_the_sha256_of_what_is_printed(db, invoice):
    kept = db.scalars(select(Paper)).one()
    validated, noted = moves(db, invoice.id)

    assert kept.node_id == invoice.id
    assert (noted.manager, noted.action, noted.new) == ("print", "fix", "fixed")
    assert noted.comment == digest(kept.content)
    assert noted.at == validated.at


def test_what_a_move_fixes_is_no_change_by_a_person(db):
    invoice = make_invoice(db, make_customer(db, name=FORMER), status="valid")

    assert addressee(db, invoice).lines[0] == FORMER
    assert invoice.address == ""
    mine = select(FieldChange).where(FieldChange.node_id == invoice.id)
    assert db.scalars(mine).all() == []


def test_a_copy_follows_the_customer_unless_an_address_was_agreed(db, invoice):
    plain = make_invoice(db, invoice.account, status="valid")
    invoice.account.entity.addresses[0].line_one = "Elsewhere"

    assert "Elsewhere" in addressee(db, duplicated(db, plain, TODAY)).lines
    copy = duplicated(db, invoice, TODAY)
    assert addressee(db, copy).lines == ("3 place Saint-Michel",)


# What is altered behind the application's back


@pytest.fixture
def tampered(db, invoice):
    drop_refusals(db)
    return invoice


def about(invoice, *sentences):
    return [f"documents: invoice {invoice.id}: {one}" for one in sentences]


NOT_FIXED = "its paper is not what was fixed"
FORGED = "UPDATE paper SET content = replace(content, 'Roof', 'Cellar')"


def test_E3_a_paper_that_was_altered_is_neither_shown_nor_overlooked(db, tampered):
    alter(db, FORGED)

    assert list(invariants(db)) == about(tampered, NOT_FIXED)
    for read in (paper, addressee):
        with pytest.raises(Damaged):
            read(db, tampered)


def test_E3_a_paper_that_is_gone_is_not_made_anew(db, tampered):
    alter(db, "DELETE FROM paper")

    assert list(invariants(db)) == about(tampered, "its paper is gone")
    with pytest.raises(Damaged):
        fixed(db, tampered.id)


def test_E3_a_paper_the_log_does_not_know_is_found(db, tampered):
    alter(db, "DELETE FROM status_log_entry WHERE action = 'fix'")

    assert list(invariants(db)) == about(tampered, NOT_FIXED)


def test_E3_a_paper_altered_with_its_entry_of_the_log_is_found_by_what_it_says(
    db, tampered
):
    alter(db, FORGED)
    forged = digest(db.scalars(select(Paper.content)).one())
    noted = "UPDATE status_log_entry SET comment = :forged WHERE action = 'fix'"
    alter(db, noted, forged=forged)
    hash_anew(db, tampered.id)

    says = "its paper says otherwise: lines"
    assert list(invariants(db)) == about(tampered, says)


def test_a_paper_of_a_draft_is_found(db, draft):
    db.add(Paper(node_id=draft.id, content="{}"))
    db.flush()

    says = "it has a paper but is not validated"
    assert list(invariants(db)) == about(draft, says)


TEXTS = {
    "UPDATE task SET official_number = '2026-0009'": "number",
    "UPDATE node SET name = 'Another' WHERE type_ = 'invoice'": "subject",
    "UPDATE task SET date = '2026-11-19'": "date",
    "UPDATE task SET due_date = NULL": "due date",
    "UPDATE task SET address = 'Another'": "address",
    "UPDATE task SET address = ''": "address",
    "UPDATE task SET workplace = 'Another'": "workplace",
    "UPDATE task SET display_units = NOT display_units": "units",
    "UPDATE task_line SET description = 'Another'": "lines",
    "UPDATE task_line SET unit = 'day'": "lines",
    "UPDATE line_group SET title = 'Another'": "lines",
    "UPDATE line_group SET description = 'Another'": "lines",
    "UPDATE vat_rate SET mention = 'Another'": "mentions",
    "UPDATE discount_line SET description = 'Another'": "discounts",
    "UPDATE post_tax_line SET label = 'Another'": "lines after tax",
    "UPDATE mention SET text = 'Another'": "mentions",
    "DELETE FROM task_mention": "mentions",
    "UPDATE task SET notes = 'Another'": "notes",
}


@pytest.mark.parametrize("statement", TEXTS)
def test_E3_an_altered_text_of_a_validated_document_is_found(db, tampered, statement):
    alter(db, statement)

    says = f"its paper says otherwise: {TEXTS[statement]}"
    found = [one for one in invariants(db) if one.startswith("documents: ")]
    assert found == about(tampered, says)


def test_E3_lines_altered_with_their_totals_are_found(db, tampered):
    alter(db, "UPDATE task_line SET cost = 2 * cost, quantity = quantity / 2")

    says = "its paper says otherwise: lines"
    assert list(invariants(db)) == about(tampered, says)
