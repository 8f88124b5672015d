"""The machines of sales documents, as tables: actions by states, where each leads."""

from types import SimpleNamespace

import pytest

from endi_like.permissions import Permission
from endi_like.workflow.payment import (
    CLOSURE,
    FOLLOWING,
    PAYMENT,
    is_payable,
    is_unsettled,
)
from endi_like.workflow.sales import INVOICE, TASK
from endi_like.workflow.validation import VALIDATION, is_complete, is_valid

VALIDATION_TABLE = """
            draft    wait     valid    invalid
submit      wait     -        -        wait
reopen      -        draft    -        -
invalidate  -        invalid  -        -
validate    valid    valid    -        valid
"""
PAYMENT_TABLE = """
               waiting  paid     resulted
await_payment  -        waiting  waiting
part_pay       paid     -        paid
settle         resulted resulted -
"""
CLOSURE_TABLE = """
            open    closed
close       closed  -
undo_close  -       open
"""
NEEDS = """
submit         submit      -
reopen         submit      -
invalidate     invalidate  reason
validate       validate    -
await_payment  automatic   -
part_pay       automatic   -
settle         automatic   -
close          close       reason
undo_close     close       reason
"""
LOOKS = """
draft     mute    -       shown
wait      wait    held    shown
valid     good    locked  shown
invalid   bad     -       shown
waiting   mute    -       shown
paid      part    -       shown
resulted  good    -       shown
open      mute    -       quiet
closed    closed  -       shown
"""
OFFERED = """
draft    -         -       submit validate
wait     -         -       reopen invalidate validate
invalid  -         -       submit validate
valid    waiting   open    close
valid    paid      open    close
valid    resulted  open    -
valid    resulted  closed  undo_close
"""
MACHINES = (VALIDATION, PAYMENT, CLOSURE)


def table(text):
    return [line.split() for line in text.strip().splitlines()]


def drawn(manager):
    """Draw a manager as the tables above do: actions by states, target or dash."""
    yield list(manager.states)
    for action in manager.actions.values():
        leads = (
            action.target if state in action.sources else "-"
            for state in manager.states
        )
        yield [action.name, *leads]


@pytest.mark.parametrize(
    ("manager", "text"),
    [
        (VALIDATION, VALIDATION_TABLE),
        (PAYMENT, PAYMENT_TABLE),
        (CLOSURE, CLOSURE_TABLE),
    ],
    ids=lambda value: getattr(value, "key", ""),
)
def test_where_each_action_leads(manager, text):
    assert list(drawn(manager)) == table(text)


def test_what_each_action_needs():
    assert [
        [action.name, action.permission.value, " ".join(action.asks) or "-"]
        for manager in MACHINES
        for action in manager.actions.values()
    ] == table(NEEDS)


def test_how_each_state_looks_and_what_it_forbids():
    def forbids(state):
        return "locked" if state.locked else "held" if state.held else "-"

    assert [
        [state.name, state.tone, forbids(state), "quiet" if state.quiet else "shown"]
        for manager in MACHINES
        for state in manager.states.values()
    ] == table(LOOKS)


@pytest.mark.parametrize("manager", MACHINES, ids=lambda manager: manager.key)
def test_everything_has_a_label_and_an_icon_and_choices_explain_themselves(manager):
    actions = manager.actions.values()

    assert all(one.label and one.icon for one in [*manager.states.values(), *actions])
    assert all(one.help for one in manager.states.values() if not one.quiet)
    assert all(one.help for one in actions if not one.automatic)
    assert all(one.done for one in actions if not one.automatic)


def invoice(validation="valid", paid="waiting", closure="open", lacking=()):
    return SimpleNamespace(
        validation_status=validation,
        paid_status="waiting" if paid == "-" else paid,
        closure_status="open" if closure == "-" else closure,
        lacking=lacking,
    )


@pytest.mark.parametrize("row", table(OFFERED), ids="-".join)
def test_what_is_offered_to_somebody_who_may_do_everything(row):
    validation, paid, closure, *expected = row

    offered = INVOICE.available(invoice(validation, paid, closure), lambda _: True)

    assert ([action.name for action in offered] or ["-"]) == expected


@pytest.mark.parametrize("manager", [PAYMENT, CLOSURE], ids=lambda m: m.key)
@pytest.mark.parametrize("state", ["draft", "wait", "invalid"])
def test_payment_and_closure_sleep_until_the_document_is_valid(manager, state):
    asleep, awake = invoice(state), invoice("valid")

    assert manager.state_of(asleep) is None
    assert manager.state_of(awake).name == manager.initial
    for action in manager.actions.values():
        assert manager.out_of_place(asleep, action) == "It is not validated yet."


def test_nothing_leaves_the_valid_state():
    assert [
        one.name for one in VALIDATION.actions.values() if "valid" in one.sources
    ] == []
    assert INVOICE.locked(invoice("valid"))
    assert TASK.locked(invoice("valid"))


def test_waiting_leaves_changes_to_those_who_may_send_back():
    assert INVOICE.held(invoice("wait"))
    assert not any(INVOICE.held(invoice(one)) for one in ("draft", "invalid", "valid"))


@pytest.mark.parametrize("name", ["submit", "validate"])
def test_what_moves_forward_must_be_complete(name):
    lacking = invoice("draft", lacking="Add at least one line.")
    _manager, action = INVOICE.find(name)

    assert VALIDATION.objections(lacking, action) == ["Add at least one line."]
    assert VALIDATION.objections(invoice("draft"), action) == []


@pytest.mark.parametrize("name", ["reopen", "invalidate"])
def test_what_moves_back_may_be_incomplete(name):
    _manager, action = INVOICE.find(name)

    assert VALIDATION.objections(invoice("wait", lacking=["No lines."]), action) == []


def test_guards_say_what_is_the_matter_or_nothing():
    assert is_complete(invoice(lacking=["No date.", "No line."])) == [
        "No date.",
        "No line.",
    ]
    assert not is_complete(invoice())
    assert is_valid(invoice("wait")) == "It is not validated yet."
    assert is_valid(invoice("valid")) is None
    assert is_unsettled(invoice(paid="resulted")) == "It is settled already."
    assert is_unsettled(invoice(paid="paid")) is None
    assert is_unsettled(invoice(paid="waiting")) is None
    assert is_payable(invoice("wait")) == "It is not validated yet."
    assert "settled" in is_payable(invoice(paid="resulted"))
    assert "by decision" in is_payable(invoice(paid="resulted", closure="closed"))
    assert is_payable(invoice(paid="paid")) is None


def test_the_paid_status_is_never_chosen():
    assert all(action.automatic for action in PAYMENT.actions.values())
    chosen = {action.name for _manager, action in INVOICE.choices()}
    assert chosen.isdisjoint(PAYMENT.actions)


def test_each_paid_status_is_reached_by_one_automatic_action():
    assert FOLLOWING == {
        "waiting": "await_payment",
        "paid": "part_pay",
        "resulted": "settle",
    }
    assert FOLLOWING.keys() == PAYMENT.states.keys()


def test_each_choice_names_a_permission_that_somebody_can_hold():
    for _manager, action in INVOICE.choices():
        assert action.permission not in (Permission.AUTOMATIC, Permission.NEVER)


def test_explain_names_every_choice_that_would_not_succeed_now():
    explained = INVOICE.explain(invoice("wait", lacking=["No lines."]), lambda _: True)

    assert [(action.name, reasons) for action, reasons in explained] == [
        ("submit", ["It is “${state}”; this is possible from “${a}” or “${b}”."]),
        ("validate", ["No lines."]),
        ("close", ["It is not validated yet."]),
        ("undo_close", ["It is not validated yet."]),
    ]


def test_close_and_undo_are_explained_by_the_payment():
    def why(**states):
        found = INVOICE.explain(invoice(**states), lambda _: True)
        return {action.name: reasons for action, reasons in found}

    assert why(paid="resulted")["close"] == ["It is settled already."]
    assert "close" not in why(paid="paid")
    assert "undo_close" not in why(paid="resulted", closure="closed")
