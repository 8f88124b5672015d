"""What the program says about itself: its machines, its components, its keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.core import Root
from endi_like.services.diagrams import Diagram, draw
from endi_like.services.rights.holders import Member, Role
from endi_like.translation import Translator
from endi_like.views.examples import Examples
from endi_like.workflow.core import Action, ActionManager, State

HOLDERS = {
    Role("admin"): _("administrators"),
    Role("manager"): _("managers"),
    Role("accountant"): _("accountants"),
    Role("auditor"): _("auditors"),
    Role("social_worker"): _("social workers"),
    Member(): _("members of the company"),
    Member("self_validate"): _("members who may validate alone"),
    Member("record_payment"): _("members who may record payments"),
}
ASKED = {"reason": _("a reason")}
BY_ITSELF = _("nobody: it follows from the facts")


@dataclass(frozen=True)
class Move:
    """An action as a row of a machine's table."""

    label: str
    help: str
    sources: list[State]
    target: State
    holders: list[str]
    asks: str


@dataclass(frozen=True)
class Machine:
    """An action manager as the help page shows it."""

    key: str
    label: str
    documents: str
    when: str
    picture: Diagram
    states: list[State]
    moves: list[Move]

    @property
    def automatic(self) -> bool:
        """Tell whether something moves by itself."""
        return any(arrow.automatic for arrow in self.picture.arrows)


def collections(registry: Any) -> dict[str, list[tuple[str, Any]]]:
    """Return, for each machine in use, the collections of what it moves."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for name, resource in registry["resources"].items():
        for key in machines_of(resource):
            found.setdefault(key, []).append((name, resource))
    return found


def machines_of(resource: Any) -> dict[str, ActionManager]:
    """Return the machines of what a resource publishes, by key."""
    lifecycle = getattr(resource.model, "lifecycle", None)
    return lifecycle.managers if lifecycle else {}


def every_machine(registry: Any) -> dict[str, ActionManager]:
    """Return all machines in use, by key."""
    resources = registry["resources"].values()
    return {
        key: one for held in map(machines_of, resources) for key, one in held.items()
    }


def who_may(action: Action, resources: Iterable[Any], say: Translator) -> list[str]:
    """Return who is granted an action on some of the documents it moves."""
    if action.automatic:
        return [say(BY_ITSELF)]
    granted = {
        holder: None
        for resource in resources
        for holder, held in resource.grants.items()
        if action.permission in held
    }
    return [say(HOLDERS[holder]) for holder in granted]


def move(
    manager: ActionManager, action: Action, resources: list[Any], say: Translator
) -> Move:
    """Return an action as a row of its machine's table."""
    return Move(
        action.label,
        action.help,
        [manager.states[name] for name in action.sources],
        manager.states[action.target],
        who_may(action, resources, say),
        ", ".join(say(ASKED.get(name, name)) for name in action.asks),
    )


class Guide:
    """The machines of the application, described in one language."""

    def __init__(self, registry: Any, say: Translator) -> None:
        self.say = say
        self.known = every_machine(registry)
        self.published = collections(registry)
        self.labels = {entry.name: entry.label for entry in registry["menu"]}

    def __iter__(self) -> Iterator[Machine]:
        """Yield each machine as a picture and a table."""
        for key, manager in self.known.items():
            named = self.published[key]
            resources = [resource for _name, resource in named]
            yield Machine(
                key,
                manager.label,
                ", ".join(self.say(self.labels[name]) for name, _resource in named),
                self.waits_for(manager),
                draw(manager, self.say),
                list(manager.states.values()),
                [
                    move(manager, action, resources, self.say)
                    for action in manager.actions.values()
                ],
            )

    def waits_for(self, manager: ActionManager) -> str:
        """Return the sentence that says when a machine starts, if it sleeps."""
        if manager.when is None:
            return ""
        state = self.known[manager.when.key].states[manager.when.value]
        return self.say(_("It starts at “${state}”.", mapping={"state": state.label}))


@view_defaults(context=Root, request_method="GET", permission=Permission.LOGGED_IN)
class HelpPages:
    """``/help/workflows``, ``/help/keyboard`` and ``/styleguide``."""

    def __init__(self, context: Root, request: Request) -> None:
        self.context = context
        self.request = request

    @view_config(
        name="help",
        path_info=r"^/help/workflows/?$",
        renderer="endi_like:templates/help/workflows.jinja2",
    )
    def workflows(self) -> dict[str, Any]:
        """Show every machine."""
        return {"machines": list(Guide(self.request.registry, self.request.translate))}

    @view_config(
        name="help",
        path_info=r"^/help/keyboard/?$",
        renderer="endi_like:templates/help/keyboard.jinja2",
    )
    def keyboard(self) -> dict[str, Any]:
        """Show the shortcuts."""
        return {}

    @view_config(name="styleguide", renderer="endi_like:templates/styleguide.jinja2")
    def styleguide(self) -> dict[str, Any]:
        """Show every component and every status."""
        machines = every_machine(self.request.registry).values()
        return {"machines": list(machines), "examples": Examples()}
