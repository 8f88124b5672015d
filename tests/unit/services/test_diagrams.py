"""The picture of a machine covers nothing, whatever the machine and the language."""

from __future__ import annotations

from itertools import combinations

import pytest

from endi_like.permissions import Permission
from endi_like.services.diagrams import draw, ordered, text_width
from endi_like.workflow.core import Action, ActionManager, State
from endi_like.workflow.payment import CLOSURE, PAYMENT
from endi_like.workflow.validation import VALIDATION

LABEL_HEIGHT = 15.0


def long_winded(text):
    """Say everything the way a very long language would."""
    return f"{text} {text}, wie man es woanders sagt"


def every_to_every(count):
    """Return a machine in which each state leads to each other."""
    names = [f"state{number}" for number in range(count)]
    return ActionManager(
        "busy",
        "Busy",
        states=tuple(State(name, name.title(), "circle") for name in names),
        actions=tuple(
            Action(
                f"to_{name}",
                f"Go to {name}",
                tuple(other for other in names if other != name),
                name,
                Permission.EDIT,
            )
            for name in names
        ),
    )


def areas(picture):
    """Return left, top, right and bottom of everything that must stay readable."""
    boxes = [(b.x, b.y, b.x + b.width, b.y + b.height) for b in picture.boxes]
    labels = [
        (one.x - one.width / 2, one.y - LABEL_HEIGHT + 3, one.x + one.width / 2, one.y)
        for one in picture.labels
    ]
    return boxes + labels


def overlap(one, other):
    """Tell whether two areas share a point."""
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


@pytest.mark.parametrize("say", [str, long_winded], ids=["short", "long"])
@pytest.mark.parametrize(
    "machine",
    [VALIDATION, PAYMENT, CLOSURE, every_to_every(6)],
    ids=lambda machine: machine.key,
)
def test_no_box_and_no_label_covers_another(machine, say):
    picture = draw(machine, say)
    found = areas(picture)
    assert [pair for pair in combinations(found, 2) if overlap(*pair)] == []
    assert min(area[0] for area in found) >= 0
    assert min(area[1] for area in found) >= 0
    assert max(area[2] for area in found) <= picture.width
    assert max(area[3] for area in found) <= picture.height


def test_states_go_from_the_initial_one_to_the_final_ones():
    assert [state.name for state in ordered(VALIDATION)] == [
        "draft",
        "wait",
        "invalid",
        "valid",
    ]


def test_every_move_of_the_machine_is_drawn():
    moves = sum(len(action.sources) for action in VALIDATION.actions.values())
    assert len(draw(VALIDATION, str).arrows) == moves
    assert {label.text for label in draw(VALIDATION, str).labels} == {
        str(action.label) for action in VALIDATION.actions.values()
    }


def test_what_follows_by_itself_is_told_apart():
    assert all(arrow.automatic for arrow in draw(PAYMENT, str).arrows)
    assert not any(arrow.automatic for arrow in draw(VALIDATION, str).arrows)


def test_texts_are_translated():
    picture = draw(CLOSURE, str.upper)
    assert [box.label for box in picture.boxes] == ["OPEN", "CLOSED BY DECISION"]
    assert {label.text for label in picture.labels} == {
        "CLOSE WITHOUT FULL PAYMENT",
        "UNDO THE CLOSURE",
    }


def test_a_wide_text_is_known_to_be_wide():
    assert text_width("WWW") > text_width("aaa") > text_width("iii")
