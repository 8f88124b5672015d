"""Promise T6 as rows: whatever is deleted, credited and invoiced again in between."""

from decimal import Decimal

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from endi_like.models.estimations import BALANCE
from endi_like.models.sales import LineGroup
from endi_like.services.deadlines import next_deadline
from endi_like.services.invariants.invoicing import too_much_invoiced
from endi_like.services.invoicing import invoice_next, is_invoiceable
from endi_like.services.sales import compute
from endi_like.workflow.errors import Refused
from endi_like.workflow.payment import is_creditable
from tests.factories import TODAY, make_credit_note, make_line, move
from tests.unit.services.test_progress import SHAPES, by_rate, offered
from tests.unit.totals.estimations import numbers

FATES = st.sampled_from(["write", "all", "bin", "validate", "credit", "grant"])
AFTERWARDS = st.sampled_from(["grant", "credit"])


def fates(names, least, most):
    """Return lists of what happens, each to one of the invoices, by some part."""
    one = st.tuples(names, st.integers(0, 2), numbers(0, 1, 2))
    return st.lists(one, min_size=least, max_size=most)


STORIES = st.tuples(
    SHAPES,
    st.sampled_from([Decimal(0), Decimal(30), Decimal(100)]) | numbers(0, 60, 2),
    st.integers(1, 4),
    st.tuples(fates(FATES, 3, 12), fates(AFTERWARDS, 0, 4)),
)


NONE, HALF = Decimal(0), Decimal("0.5")
GRANTED_BEFORE_A_BALANCE = (
    {
        "mode": "ht",
        "groups": [[(Decimal(3), Decimal(1), 0), (Decimal("4.38"), Decimal(1), 1)]],
        "discounts": [(Decimal("44.36"), 1)],
        "expenses": Decimal("3.04"),
        "post_tax": [],
    },
    Decimal(100),
    2,
    (
        [
            ("all", 0, NONE),
            ("validate", 0, NONE),
            ("grant", 1, HALF),
            ("grant", 1, HALF),
            ("validate", 1, NONE),
        ],
        [],
    ),
)
"""A deposit of all of it is validated, and then granted in part: night found it."""


class Story:
    """What becomes of an estimation.

    ``before`` are the ids of what the last balance deducts: it makes good the credit
    notes among them.
    """

    def __init__(self, db, estimation):
        self.db, self.estimation = db, estimation
        self.before = set()

    def write(self, *_drawn):
        """Write the next invoice, if there is one to write."""
        deadline = next_deadline(self.estimation)
        if is_invoiceable(self.db, self.estimation):
            return None
        return invoice_next(self.db, self.estimation, deadline.id, TODAY)

    def all(self, *_drawn):
        """Write all that is left."""
        while self.write():
            pass

    def one(self, at, status):
        """Return one of the invoices of a status that lack nothing, if there is any."""
        living = self.estimation.living_invoices
        found = [one for one in living if one.validation_status == status]
        found = [one for one in found if status == "valid" or not one.lacking]
        return found[at % len(found)] if found else None

    def bin(self, at, _part=None):
        """Put a draft into the bin."""
        if draft := self.one(at, "draft"):
            draft.deleted_at = draft.created_at
            self.db.flush()

    def validate(self, at, _part=None):
        """Validate a draft that lacks nothing."""
        draft = self.one(at, "draft")
        if draft:
            self.count(draft)

    def count(self, draft):
        """Validate a draft, and remember what it makes good if it is a balance.

        One that was written before something was granted of a deposit that asked for
        all of it does not make that good: nothing was left by then.
        """
        if draft.deadline.kind == BALANCE:
            self.before = {row.source_id for row in draft.deductions}
        move(self.db, draft, "validate")

    def credit_notes(self):
        """Return the credit notes that count."""
        living = self.estimation.living_invoices
        return [note for one in living for note in one.valid_credits]

    def credit(self, at, _part=None):
        """Credit all that is left of an invoice."""
        invoice = self.one(at, "valid")
        if invoice and not is_creditable(invoice):
            make_credit_note(self.db, invoice, status="valid")

    def grant(self, at, part):
        """Credit a part of an invoice, at one of its rates."""
        invoice = self.one(at, "valid")
        amount = (invoice.to_pay * part).quantize(Decimal("0.01")) if invoice else 0
        if not amount or is_creditable(invoice):
            return
        vat = invoice.vat_totals[at % len(invoice.vat_totals)].vat
        note = make_credit_note(self.db, invoice, whole=False)
        note.mode, note.expenses_ht, note.post_tax_lines = "ttc", Decimal(0), []
        note.groups = [LineGroup(lines=[make_line(self.db, -amount, vat=vat)])]
        for position, group in enumerate(note.groups):
            group.position = group.lines[0].position = position
        compute(note)
        self.db.flush()
        move(self.db, note, "validate")

    def end(self):
        """Invoice all that is left, and validate it."""
        for one in self.estimation.living_invoices:
            if one.validation_status == "draft":
                one.deleted_at = one.created_at
        self.db.flush()
        while made := self.write():
            assert made.lacking == []
            self.count(made)

    def is_sound(self):
        """Tell whether no more is invoiced than all of it, validated as it is."""
        return list(too_much_invoiced(self.db)) == []

    def granted(self):
        """Return the credit notes that no balance has made good.

        Those of what was credited as a whole are none: it asks for nothing any more.
        """
        notes = self.credit_notes()
        notes = [one for one in notes if not one.invoice.is_credited]
        return [one for one in notes if one.id not in self.before]


@pytest.mark.parametrize(
    "examples", [100, pytest.param(1000, marks=pytest.mark.nightly)]
)
def test_T6_what_is_invoiced_again_is_the_estimation_at_last(db, examples):
    @settings(max_examples=examples, deadline=None)
    @example(GRANTED_BEFORE_A_BALANCE)
    @given(STORIES)
    def holds(drawn):
        shape, deposit, parts, chapters = drawn
        savepoint = db.begin_nested()
        try:
            estimation = offered(db, shape, deposit=deposit, equal_parts=parts)
            told(Story(db, estimation), chapters)
        except Refused as error:
            assume("what is taxed" not in str(error))
            raise
        finally:
            savepoint.rollback()
            db.expire_all()

    holds()


def told(story, chapters):
    """Tell a story to its end, and compare what is invoiced with the estimation.

    Each of its chapters ends with all being invoiced, and something may follow.
    """
    for chapter in chapters:
        for name, at, part in chapter:
            getattr(story, name)(at, part)
            assert story.is_sound()
        story.end()
    estimation = story.estimation
    assert story.is_sound()
    assert "All of it is invoiced" in is_invoiceable(story.db, estimation)
    living = estimation.living_invoices
    tasks = [task for one in living for task in (one, *one.valid_credits)]
    granted = story.granted()
    assert by_rate(*tasks) == by_rate(estimation, *granted)
    due = estimation.due + sum(one.due for one in granted)
    assert sum(one.due for one in tasks) == due
