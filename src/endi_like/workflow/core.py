"""States, actions, and the managers that hold them together.

This module knows nothing of requests, sessions or templates: the caller hands
in who acts, what they are allowed to do and what time it is, and gets back a
:class:`Change` to record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.workflow.errors import (
    NotPermitted,
    Refused,
    UnknownAction,
    WrongState,
)

LONGEST_REASON = 1000

Allowed: TypeAlias = Callable[[str], Any]
"""Asks whether a permission is held; a refusal may carry a ``reason``."""

Objection: TypeAlias = Callable[[Any], str | None]
"""Returns the sentence that objects to an action, or nothing."""

Guard: TypeAlias = Callable[[Any], str | Sequence[str] | None]
"""Returns what objects to an action: one sentence, several, or nothing."""


STARTS = (
    _("It is “${state}”; this is possible from “${a}” only."),
    _("It is “${state}”; this is possible from “${a}” or “${b}”."),
    _("It is “${state}”; this is possible from “${a}”, “${b}” or “${c}”."),
)


@dataclass(frozen=True, slots=True)
class State:
    """A value of a status attribute, and how it looks and behaves.

    ``tone`` is one of good, wait, bad, info, part, mute, closed.  A ``locked`` state
    forbids changes to everybody; a ``held`` one leaves them to those who may send the
    document back; a ``quiet`` one is the ordinary one, which needs no badge.
    """

    name: str
    label: str
    icon: str
    tone: str = "mute"
    help: str = ""
    locked: bool = False
    held: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A named, permissioned move from some states to one other, and its button.

    ``asks`` names what the actor must say along with it, such as a ``reason``.  While
    ``when`` objects nobody is offered the action; a guard is heard when it is pressed.
    ``done`` says what has happened, and may name the ``${number}`` of the document.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: Permission
    when: Objection | None = None
    guards: tuple[Guard, ...] = ()
    asks: tuple[str, ...] = ()
    icon: str = ""
    tone: str = ""
    help: str = ""
    done: Any = ""

    @property
    def automatic(self) -> bool:
        """Tell whether it follows from facts and is never chosen by a person."""
        return self.permission == Permission.AUTOMATIC

    def said(self, node: Any) -> Any:
        """Return the sentence about a document that this has just happened to."""
        return self.done % {"number": getattr(node, "official_number", None)}


@dataclass(frozen=True, slots=True)
class Change:
    """The record of one action that has happened."""

    manager: str
    action: str
    old: str
    new: str
    actor_id: int | None
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A guard: a status has come to a value.  Rows can be asked as well as nodes."""

    key: str
    value: str
    otherwise: str

    def holds(self, node: Any) -> Any:
        """Compare: a node gives a truth value, a mapped class a WHERE clause."""
        return getattr(node, self.key) == self.value

    def __call__(self, node: Any) -> str | None:
        """Return the objection, as any guard does."""
        return None if self.holds(node) else self.otherwise


class ActionManager:
    """The machine of one status attribute: its states and the actions between them.

    The first state is the initial one.  Until ``when`` holds, the machine sleeps:
    it shows no state and offers no action.  A definition that contradicts itself
    fails on import, not in front of a user.
    """

    def __init__(
        self,
        key: str,
        label: str,
        *,
        states: tuple[State, ...],
        actions: tuple[Action, ...],
        when: Reached | None = None,
    ) -> None:
        self.key = key
        self.label = label
        self.when = when
        self.initial = states[0].name
        self.states = {state.name: state for state in states}
        self.actions = {action.name: action for action in actions}
        if len(self.actions) < len(actions) or len(self.states) < len(states):
            raise ValueError(f"{key}: two actions or two states share a name")
        reachable = {self.initial} | {action.target for action in actions}
        named = reachable.union(*(action.sources for action in actions))
        if wrong := named ^ self.states.keys():
            raise ValueError(f"{key}: unknown or unreachable {sorted(wrong)}")

    def awake(self, node: Any) -> Any:
        """Tell whether the machine concerns the node yet; rows can be asked as well."""
        return self.when is None or self.when.holds(node)

    def state_of(self, node: Any) -> State | None:
        """Return the state the node is in, or nothing while the machine sleeps."""
        return self.states[getattr(node, self.key)] if self.awake(node) else None

    def objections(self, node: Any, action: Action) -> list[str]:
        """Return what every guard has against the action, in order."""
        return [reason for guard in action.guards for reason in listed(guard(node))]

    def out_of_place(self, node: Any, action: Action) -> str | None:
        """Return why the action does not start where the node is now."""
        if self.when and (reason := self.when(node)):
            return reason
        current = getattr(node, self.key)
        if current in action.sources:
            return action.when(node) if action.when else None
        labels = [self.states[name].label for name in action.sources]
        named = dict(zip("abc", labels, strict=False))
        sentence = STARTS[min(len(labels), len(STARTS)) - 1]
        return sentence % {"state": self.states[current].label, **named}


class Lifecycle:
    """All the action managers of one kind of document, asked as one."""

    def __init__(self, *managers: ActionManager) -> None:
        self.managers = {manager.key: manager for manager in managers}
        if len(self.managers) < len(managers):
            raise ValueError(f"two managers share a status: {sorted(self.managers)}")
        names = [name for manager in managers for name in manager.actions]
        if len(set(names)) < len(names):
            raise ValueError(f"two managers share an action: {sorted(names)}")

    def states(self, node: Any) -> list[State]:
        """Return the states to show for the node, in declaration order."""
        return [state for state in self._all_states(node) if not state.quiet]

    def locked(self, node: Any) -> bool:
        """Tell whether any state of the node forbids changing it."""
        return any(state.locked for state in self._all_states(node))

    def held(self, node: Any) -> bool:
        """Tell whether changes are left to those who may send the node back."""
        return any(state.held for state in self._all_states(node))

    def choices(self) -> list[tuple[ActionManager, Action]]:
        """Return every action a person may ever choose, with its manager."""
        return [
            (manager, action)
            for manager in self.managers.values()
            for action in manager.actions.values()
            if not action.automatic
        ]

    def available(self, node: Any, allowed: Allowed) -> list[Action]:
        """Return the actions to offer this actor as buttons."""
        return [
            action
            for manager, action in self.choices()
            if not manager.out_of_place(node, action) and allowed(action.permission)
        ]

    def explain(self, node: Any, allowed: Allowed) -> list[tuple[Action, list[str]]]:
        """Return every action that would not succeed now, with the sentences why.

        An action that is offered but that a guard would refuse is among them.
        """
        found = (
            (action, self._reasons(manager, action, node, allowed))
            for manager, action in self.choices()
        )
        return [(action, reasons) for action, reasons in found if reasons]

    def execute(
        self,
        node: Any,
        name: str,
        *,
        actor_id: int | None,
        allowed: Allowed,
        at: datetime,
        comment: str = "",
    ) -> Change:
        """Run the named action on the node, or raise and change nothing.

        Raises ``UnknownAction``, ``WrongState``, ``NotPermitted`` or ``Refused``.
        """
        manager, action = self.find(name)
        if reason := manager.out_of_place(node, action):
            raise WrongState(reason)
        if not (verdict := allowed(action.permission)):
            raise NotPermitted(denial(verdict))
        if reasons := manager.objections(node, action):
            raise Refused(*reasons)
        old, said = getattr(node, manager.key), reason_said(action, comment)
        setattr(node, manager.key, action.target)
        return Change(manager.key, name, old, action.target, actor_id, at, said)

    def find(self, name: str) -> tuple[ActionManager, Action]:
        """Return the action of that name and its manager; raise ``UnknownAction``."""
        for manager in self.managers.values():
            if action := manager.actions.get(name):
                return manager, action
        raise UnknownAction(_("This document knows no such action."))

    def _all_states(self, node: Any) -> list[State]:
        found = (manager.state_of(node) for manager in self.managers.values())
        return [state for state in found if state]

    def _reasons(
        self, manager: ActionManager, action: Action, node: Any, allowed: Allowed
    ) -> list[str]:
        if reason := manager.out_of_place(node, action):
            return [reason]
        if not (verdict := allowed(action.permission)):
            return [denial(verdict)]
        return manager.objections(node, action)


def listed(objected: str | Sequence[str] | None) -> Sequence[str]:
    """Return what a guard has returned as the list of its sentences."""
    if isinstance(objected, str):
        return [objected]
    return objected or ()


def reason_said(action: Action, comment: str) -> str:
    """Return the reason as it is kept; raise ``Refused`` for none, or one too long."""
    said = comment.replace("\r\n", "\n").strip()  # a browser counts a line's end once
    if "reason" in action.asks and not said:
        raise Refused(_("Say why: a reason is needed."))
    if len(said) > LONGEST_REASON:
        most = {"n": LONGEST_REASON}
        raise Refused(_("A reason has at most ${n} characters.", mapping=most))
    return said


def denial(verdict: Any) -> str:
    """Return the sentence of a refused permission."""
    return getattr(verdict, "reason", None) or _("You do not have the right to do it.")
