"""Where a record stands: a line of progress for each of its machines.

Plain functions over a node and its moves, loaded already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from endi_like.workflow.core import ActionManager, State

DETOURS = ("bad", "closed")
"""The tones of states that nobody makes for."""


@dataclass(frozen=True)
class Step:
    """A state on a line of progress: passed, present or still to come."""

    label: str
    icon: str
    classes: str
    now: bool
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Track:
    """The line of one machine; ``alert`` is for the page to fill in."""

    label: str
    steps: list[Step]
    alert: str = ""


def tracks(node: Any, moves: Sequence[Any]) -> list[Track]:
    """Return a line of progress for each machine that is awake.

    ``moves`` are the node's log entries, oldest first.  A machine in a quiet state,
    such as a closure that was not decided, has nothing to say.
    """
    found = []
    for manager in node.lifecycle.managers.values():
        state = manager.state_of(node)
        if state is None or state.quiet:
            continue
        mine = {move.new: move for move in moves if move.manager == manager.key}
        path = path_through(manager, state)
        steps = [step(one, path, state, mine) for one in path]
        found.append(Track(manager.label, steps))
    return found


def path_through(manager: ActionManager, present: State) -> list[State]:
    """Return the states from the first to the last, without detours not taken."""
    final = {state.name for state in manager.states.values() if state.locked}
    path = [
        state
        for state in manager.states.values()
        if not state.quiet and (state.tone not in DETOURS or state is present)
    ]
    return sorted(path, key=lambda state: state.name in final)


def step(state: State, path: list[State], present: State, moves: Any) -> Step:
    """Return how a state looks from where the node is now."""
    at, now = path.index(state), path.index(present)
    complete = state is present and state is path[-1] and state.tone == "good"
    passed = at < now or complete
    classes = [
        *(["done"] if passed else []),
        *(["now"] if state is present else []),
        *(["bad"] if state is present and state.tone == "bad" else []),
    ]
    icon = "check-lg" if passed else state.icon if state is present else ""
    move = moves.get(state.name) if at <= now else None
    return Step(
        state.label,
        icon,
        " ".join(classes),
        state is present,
        move.who if move else "",
        move.at if move else None,
    )
