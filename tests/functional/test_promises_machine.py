"""T5: only the declared transitions exist, whatever is pressed by whomever.

A machine presses at random, hidden buttons and old pages included, and knows what has
to come of it from the table of the workflow and a table of its own of who may what.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from endi_like.models.history import StatusLogEntry
from endi_like.services.invariants import invariants
from endi_like.workflow.sales import INVOICE
from tests.factories import TODAY, make_customer, make_invoice
from tests.functional.pages import empty
from tests.functional.pressing import (
    MOVES,
    RIGHTS,
    RIGHTS_ELSEWHERE,
    WAYS,
    Expected,
    World,
)

STEPS, EXAMPLES = 50, 4
TURNS = [1, *(pytest.param(turn, marks=pytest.mark.nightly) for turn in range(2, 101))]
"""Each is two hundred steps in a world of its own; by night there are 20 000."""

people = st.sampled_from(sorted(RIGHTS))
which = st.integers(0, 2)
way = st.sampled_from([*WAYS, "valid"])
fresh_or_not = st.sampled_from([True, True, True, False])


class Pressing(RuleBasedStateMachine):
    """Three invoices: a small and a large one, and one of another company."""

    world: World

    def __init__(self):
        super().__init__()
        db = self.world.db
        accounts = [make_customer(db, company) for company in self.world.companies]
        kinds = (accounts[0], 100), (accounts[0], 5000), (accounts[1], 100)
        self.invoices = [
            make_invoice(db, account, lines=(cost,)) for account, cost in kinds
        ]
        self.expected = [
            Expected(RIGHTS, Decimal(100)),
            Expected(RIGHTS, Decimal(5000)),
            Expected(RIGHTS_ELSEWHERE, Decimal(100)),
        ]

    @initialize(ways=st.tuples(way, way, way))
    def begin(self, ways):
        """Bring each invoice some of its way."""
        for number, way in enumerate(ways):
            for name in WAYS[way]:
                fields = [("action", name), ("reason", "Because.")]
                _judged, answer = self.send("manager", number, "do", fields, fresh=True)
                assert answer.status_int == 303
                self.expected[number].move(name)

    def send(self, person, number, path, fields, *, fresh):
        """Press; return whether the answer is still to be judged, and itself."""
        invoice, expected = self.invoices[number], self.expected[number]
        sent = [
            ("csrf_token", self.world.tokens[person]),
            ("version", str(invoice.version - (not fresh))),
            *fields,
        ]
        answer = self.world.browsers[person].post(
            f"/invoices/{invoice.id}/{path}", sent, status="*"
        )
        if person == "nobody":
            assert answer.status_int == 303
            assert "/login" in answer.location
            return False, answer
        if expected.rights[person] is None:
            assert answer.status_int == 404
            return False, answer
        if not fresh:
            # who may not do it at all is told so, whatever page it was pressed on
            assert answer.status_int in (403, 409)
            return False, answer
        return True, answer

    @rule(
        person=people,
        number=which,
        name=st.sampled_from([*MOVES, "validated", ""]),
        reason=st.sampled_from(["", " ", "Because."]),
        fresh=fresh_or_not,
    )
    def press(self, person, number, name, reason, fresh):
        fields = [("action", name), ("reason", reason)]
        judged, answer = self.send(person, number, "do", fields, fresh=fresh)
        if not judged:
            return
        expected = self.expected[number]
        status, moves = expected.answer(person, name, reason.strip())
        assert answer.status_int == status
        if moves:
            expected.move(name)

    @rule(person=people, number=which)
    def press_all_that_is_hidden(self, person, number):
        """Whoever is shown no button for an action can press it all the same."""
        expected = self.expected[number]
        for name in (*MOVES, "validated", ""):
            if not (expected.in_place(name) and expected.may(person, name)):
                fields = [("action", name), ("reason", "Because.")]
                judged, answer = self.send(person, number, "do", fields, fresh=True)
                if judged:
                    status, _moves = expected.answer(person, name, "Because.")
                    assert answer.status_int == status
        for verb, press in (("pay", self.pay_half), ("take_back", self.take_back)):
            if not expected.may(person, verb):
                press(person=person, number=number, fresh=True)

    @rule(person=people, number=which, lines=st.booleans(), fresh=fresh_or_not)
    def edit(self, person, number, lines, fresh):
        fields = edited(
            self.invoices[number], self.expected[number], self.world.vat, lines
        )
        judged, answer = self.send(person, number, "edit", fields, fresh=fresh)
        if not judged:
            return
        expected = self.expected[number]
        if not expected.may(person, "edit"):
            assert answer.status_int == 403
            return
        assert answer.status_int == 303
        expected.complete = lines

    @rule(person=people, number=which, fresh=fresh_or_not)
    def pay_half(self, person, number, fresh):
        expected = self.expected[number]
        half = expected.due / 2
        fields = [
            ("date", TODAY.isoformat()),
            ("amount", str(half)),
            ("mode_id", str(self.world.mode.id)),
        ]
        judged, answer = self.send(person, number, "payment", fields, fresh=fresh)
        if not judged:
            return
        if not expected.may(person, "pay"):
            assert answer.status_int == 403
        elif not expected.is_payable:
            assert answer.status_int == 422
        else:
            assert answer.status_int == 303
            expected.receive(half)

    @rule(person=people, number=which, fresh=fresh_or_not)
    def take_back(self, person, number, fresh):
        invoice, expected = self.invoices[number], self.expected[number]
        if not invoice.payments:
            return
        path = f"payments/{invoice.payments[-1].id}/delete"
        judged, answer = self.send(person, number, path, [], fresh=fresh)
        if not judged:
            return
        if not expected.may(person, "take_back"):
            assert answer.status_int == 403
            return
        assert answer.status_int == 303
        expected.receive(-expected.due / 2)

    @rule(
        person=people,
        number=which,
        name=st.sampled_from(["delete", "restore"]),
        fresh=fresh_or_not,
    )
    def bin(self, person, number, name, fresh):
        judged, answer = self.send(person, number, name, [], fresh=fresh)
        if not judged:
            return
        expected = self.expected[number]
        if not expected.may(person, "delete"):
            assert answer.status_int == 403
            return
        assert answer.status_int == 303
        expected.binned = name == "delete"

    @rule(person=people, number=which)
    def look(self, person, number):
        """The buttons offered are those that would be permitted."""
        invoice, expected = self.invoices[number], self.expected[number]
        if expected.rights[person] is None:
            return
        page = self.world.browsers[person].get(f"/invoices/{invoice.id}/?fmt=json")
        offered = {
            name
            for name in MOVES
            if expected.in_place(name) and expected.may(person, name)
        }
        assert set(page.json["actions"]) == offered

    @invariant()
    def everything_is_as_expected(self):
        db = self.world.db
        for invoice, expected in zip(self.invoices, self.expected, strict=True):
            states = {key: getattr(invoice, key) for key in INVOICE.managers}
            assert states == expected.states
            # what is printed is noted in the log too, by the validation itself
            moved = StatusLogEntry.manager.in_(INVOICE.managers)
            mine = StatusLogEntry.node_id == invoice.id, moved
            moves = select(func.count()).select_from(StatusLogEntry).where(*mine)
            assert db.scalar(moves) == expected.log
            assert bool(invoice.official_number) == expected.is_valid
            assert bool(invoice.deleted_at) == expected.binned
            due = expected.due if expected.complete else 0
            assert (invoice.due, len(invoice.payments)) == (due, expected.payments)
            assert invoice.to_pay == due - expected.received
        assert list(invariants(db)) == []


def edited(invoice, expected, vat, lines):
    """Return the fields of the edit form: with its line, or without any."""
    fields = [
        ("account_id", str(invoice.account_id)),
        ("date", TODAY.isoformat()),
        ("name", "Repairs"),
        ("payment_conditions_id", str(invoice.payment_conditions_id)),
        ("action", "save"),
        *empty("discounts", "post_tax_lines"),
    ]
    if not lines:
        return fields + empty("groups")
    opening = "groups:sequence", "group:mapping", "lines:sequence", "line:mapping"
    return [
        *fields,
        *(("__start__", name) for name in opening),
        ("description", "Work"),
        ("cost", str(expected.cost)),
        ("vat_id", str(vat.id)),
        *(("__end__", name) for name in reversed(opening)),
    ]


@pytest.mark.parametrize("turn", TURNS)
def test_T5_only_the_declared_transitions_exist(db, login, visitor, turn):
    """Two hundred steps; each is judged by the tables, and nothing else may change."""
    world = World(db, login, visitor)
    run_state_machine_as_test(
        type("PressingHere", (Pressing,), {"world": world}),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=False,  # no turn does what another did
            # fifty steps can be read; to find fewer takes minutes
            phases=(Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
