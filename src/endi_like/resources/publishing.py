"""How a kind of item is published: under which name, in which part of the menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from endi_like.resources.core import Resource, Root


@dataclass(frozen=True)
class MenuEntry:
    """How a collection is called in the side bar.

    ``new`` is what one item is called in the menu "New"; without it there is none.
    """

    name: str
    label: str
    section: str
    icon: str
    new: str = ""


def add_collection(
    config: Any,
    name: str,
    item_class: type[Resource],
    **entry: str,
) -> None:
    """Publish a kind of item under a top-level name (``config`` directive).

    The keywords are the fields of its ``MenuEntry``.
    """

    def register() -> None:
        config.registry["resources"][name] = item_class
        config.registry["menu"].append(MenuEntry(name, **entry))

    config.action(("collection", name), register)
    config.action(("collection of", item_class.model))


class HoldsPredicate:
    """View predicate ``holds=Invoice``: only on the collection of that model."""

    def __init__(self, model: Any, _config: Any) -> None:
        self.model = model

    def text(self) -> str:
        """Describe the predicate in ``pviews``."""
        return f"holds = {self.model.__name__}"

    phash = text

    def __call__(self, context: Any, _request: Any) -> bool:
        """Tell whether the collection publishes the model."""
        return context.item_class.model is self.model


def includeme(config: Any) -> None:
    """Install the root and the ``add_collection`` directive."""
    config.registry["resources"] = {}
    config.registry["branches"] = {}
    config.registry["menu"] = []
    config.set_root_factory(Root)
    config.add_directive("add_collection", add_collection)
    config.add_view_predicate("holds", HoldsPredicate)
