"""What every machine does, shown on a door."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from endi_like.permissions import Permission
from endi_like.workflow.core import (
    Action,
    ActionManager,
    Lifecycle,
    Reached,
    State,
    denial,
)
from endi_like.workflow.errors import NotPermitted, Refused, UnknownAction, WrongState

AT = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)


@dataclass
class House:
    door: str = "shut"
    frame: str = "planned"


@dataclass(frozen=True)
class No:
    reason: str = ""

    def __bool__(self):
        return False


def yes(_permission):
    return True


def no(_permission):
    return No()


def too_much(_permission):
    return No("Your ceiling is 5.")


def nailed(_house):
    return "It is nailed."


def painted(_house):
    return "The paint is wet."


def fine(_house):
    return None


built = Reached("frame", "built", "Build it first.")


def door(*, when=None, opened_when=None, **settings):
    settings.setdefault("permission", Permission.EDIT)
    settings["when"] = opened_when
    return ActionManager(
        "door",
        "Door",
        states=(
            State("shut", "Shut", "door", quiet=True),
            State("ajar", "Ajar", "gap", locked=True),
            State("asked", "Asked", "bell", held=True),
        ),
        actions=(
            Action("open", "Open", ("shut",), "ajar", **settings),
            Action("knock", "Knock", ("shut",), "asked", Permission.SUBMIT),
        ),
        when=when,
    )


def run(house, name="open", allowed=yes, comment="", **settings):
    return Lifecycle(door(**settings)).execute(
        house, name, actor_id=7, allowed=allowed, at=AT, comment=comment
    )


def test_execute_moves_the_node_and_says_what_changed():
    house = House()

    change = run(house, comment="  Too hot. ")

    assert house.door == "ajar"
    assert (change.manager, change.action) == ("door", "open")
    assert (change.old, change.new) == ("shut", "ajar")
    assert (change.actor_id, change.at, change.comment) == (7, AT, "Too hot.")


REFUSALS = [
    ("no-such-action", "shut", {"name": "paint"}, UnknownAction, "no such action"),
    ("elsewhere", "ajar", {}, WrongState, "${state}"),
    ("asleep", "shut", {"when": built}, WrongState, "Build it first."),
    ("not-permitted", "shut", {"allowed": no}, NotPermitted, "the right"),
    ("ceiling", "shut", {"allowed": too_much}, NotPermitted, "ceiling is 5."),
    ("guard", "shut", {"guards": (fine, nailed)}, Refused, "It is nailed."),
    ("no-reason", "shut", {"asks": ("reason",)}, Refused, "a reason is needed"),
    (
        "blank-reason",
        "shut",
        {"asks": ("reason",), "comment": " \n "},
        Refused,
        "a reason is needed",
    ),
    ("long-reason", "shut", {"comment": "x" * 1001}, Refused, "at most ${n}"),
]


@pytest.mark.parametrize(
    ("state", "how", "error", "said"),
    [pytest.param(*row[1:], id=row[0]) for row in REFUSALS],
)
def test_a_refused_action_changes_nothing(state, how, error, said):
    house = House(state)

    with pytest.raises(error) as caught:
        run(house, **how)

    assert house == House(state)
    assert said in " ".join(caught.value.args)


def test_every_guard_is_heard_in_order():
    with pytest.raises(Refused) as caught:
        run(House(), guards=(nailed, fine, painted))

    assert caught.value.args == ("It is nailed.", "The paint is wet.")


def test_the_state_is_asked_before_the_right_and_the_right_before_the_guards():
    with pytest.raises(WrongState):
        run(House("ajar"), allowed=no, guards=(nailed,))
    with pytest.raises(NotPermitted):
        run(House("shut"), allowed=no, guards=(nailed,))


def test_the_sentence_about_the_wrong_state_names_it_as_people_see_it():
    with pytest.raises(WrongState) as caught:
        run(House("ajar"))

    told = caught.value.args[0].mapping
    assert told["state"] == "Ajar"
    assert "Ajar" not in [told[key] for key in told if key != "state"]


def test_an_action_that_asks_why_keeps_the_answer():
    assert run(House(), asks=("reason",), comment="Hot.").comment == "Hot."
    lines = "\r\n".join(["x"] * 500) + "\r\n"
    assert run(House(), comment=lines).comment == "\n".join(["x"] * 500)


def names(actions):
    return [action.name for action in actions]


def test_only_permitted_actions_of_machines_awake_are_offered():
    def may_knock(permission):
        return permission == Permission.SUBMIT

    house = House()

    assert names(Lifecycle(door()).available(house, yes)) == ["open", "knock"]
    assert names(Lifecycle(door()).available(house, may_knock)) == ["knock"]
    assert Lifecycle(door()).available(house, no) == []
    assert Lifecycle(door()).available(House("ajar"), yes) == []
    assert Lifecycle(door(when=built)).available(house, yes) == []
    assert names(Lifecycle(door(when=built)).available(House(frame="built"), yes)) == [
        "open",
        "knock",
    ]


def test_what_a_guard_refuses_is_offered_all_the_same_and_explained():
    lifecycle = Lifecycle(door(guards=(nailed, painted)))

    assert "open" in names(lifecycle.available(House(), yes))
    assert [
        (action.name, reasons) for action, reasons in lifecycle.explain(House(), yes)
    ] == [("open", ["It is nailed.", "The paint is wet."])]


def test_an_action_whose_time_has_not_come_is_not_offered_but_explained():
    lifecycle = Lifecycle(door(opened_when=nailed))

    assert names(lifecycle.available(House(), yes)) == ["knock"]
    assert [
        (action.name, reasons) for action, reasons in lifecycle.explain(House(), yes)
    ] == [("open", ["It is nailed."])]
    with pytest.raises(WrongState):
        run(House(), opened_when=nailed)


def test_what_is_not_offered_is_explained():
    house = House()

    def explained(allowed, **settings):
        found = Lifecycle(door(**settings)).explain(house, allowed)
        return {action.name: reasons for action, reasons in found}

    assert explained(yes) == {}
    assert explained(too_much)["open"] == ["Your ceiling is 5."]
    assert explained(no)["open"] == ["You do not have the right to do it."]
    assert explained(yes, when=built)["knock"] == ["Build it first."]
    house.door = "ajar"
    assert explained(yes).keys() == {"open", "knock"}


def test_what_runs_by_itself_is_never_a_choice():
    machine = door(permission=Permission.AUTOMATIC)
    lifecycle = Lifecycle(machine)

    assert machine.actions["open"].automatic
    assert [action.name for _manager, action in lifecycle.choices()] == ["knock"]
    assert names(lifecycle.available(House(), yes)) == ["knock"]
    assert lifecycle.explain(House(), no)[0][0].name == "knock"


def test_states_say_whether_they_lock_and_what_need_not_be_shown():
    lifecycle = Lifecycle(door())

    assert [
        (house.door, lifecycle.locked(house), lifecycle.held(house))
        for house in map(House, ("shut", "ajar", "asked"))
    ] == [("shut", False, False), ("ajar", True, False), ("asked", False, True)]
    assert lifecycle.states(House("shut")) == []
    assert [state.name for state in lifecycle.states(House("asked"))] == ["asked"]


def test_a_sleeping_machine_locks_nothing_and_shows_nothing():
    lifecycle = Lifecycle(door(when=built))

    assert not lifecycle.locked(House("ajar"))
    assert lifecycle.states(House("ajar")) == []
    assert lifecycle.locked(House("ajar", "built"))


def go(target, source="a", name="go"):
    return Action(name, "Go", (source,), target, Permission.EDIT)


@pytest.mark.parametrize(
    ("actions", "complaint"),
    [
        ((go("island"), go("lost", name="stray")), "lost"),
        ((go("island"), go("a", "nowhere", "stray")), "nowhere"),
        ((), "island"),
        ((go("island"), go("island")), "share a name"),
    ],
)
def test_a_contradiction_is_refused_on_import(actions, complaint):
    states = (State("a", "A", "x"), State("island", "I", "x"))

    with pytest.raises(ValueError, match=complaint):
        ActionManager("status", "Status", states=states, actions=actions)


def test_two_states_cannot_share_a_name():
    states = (State("a", "A", "x"), State("b", "B", "x"), State("a", "Other", "x"))

    with pytest.raises(ValueError, match="share a name"):
        ActionManager("status", "Status", states=states, actions=(go("b"),))


def machine(key, action):
    states = (State("a", "A", "x"), State("b", "B", "x"))
    return ActionManager(key, key, states=states, actions=(action,))


@pytest.mark.parametrize(
    ("one", "other", "complaint"),
    [
        (machine("front", go("b")), machine("back", go("b")), "go"),
        (machine("front", go("b")), machine("front", go("b", name="run")), "front"),
    ],
)
def test_two_managers_of_one_lifecycle_share_nothing(one, other, complaint):
    with pytest.raises(ValueError, match=complaint):
        Lifecycle(one, other)


def test_a_refusal_says_its_reason_or_the_general_one():
    assert denial(No("Too much.")) == "Too much."
    assert denial(No()) == "You do not have the right to do it."
    assert denial(False) == "You do not have the right to do it."
