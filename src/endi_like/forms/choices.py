"""Fields whose value is one, or some, of what was offered.

What is offered is given as pairs of key and label, or as the name of the schema's
binding that will hold them.  A key that was not offered is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import colander

from endi_like.forms.entry import Entry, OneValue, quoted, refuse
from endi_like.forms.numbers import WholeNumber
from endi_like.i18n import _

Key: TypeAlias = int | str
Pairs: TypeAlias = Sequence[tuple[Any, ...]]


def not_offered(node: Any, value: Any) -> colander.Invalid:
    """Return the error about a key nobody was offered."""
    sentence = _("“${value}” cannot be chosen here.", mapping={"value": quoted(value)})
    return refuse(node, sentence)


class Offered(Entry):
    """What fields of choices have in common: they know what is offered once bound."""

    options: Pairs = ()

    def __init__(self, offered: Pairs | str, typ: Any, **settings: Any) -> None:
        super().__init__(typ, **settings)
        self.offered = offered
        if not isinstance(offered, str):
            self.offer(offered)

    def offer(self, options: Iterable[tuple[Any, ...]]) -> None:
        """Take what can be chosen: key, label, and whatever else stands beside."""
        self.options = tuple(option[:2] for option in options)
        self.keys = {str(key): key for key, _label in self.options}

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Look up what is offered under the name given at first."""
        if isinstance(self.offered, str):
            self.offer(bindings.get(self.offered) or ())


class OneOf(OneValue):
    """The type of a key that was offered, with the kind it was offered in."""

    def text(self, node: Any, cstruct: Any) -> str:
        """Return the key as text; JSON may send a number."""
        if isinstance(cstruct, int) and not isinstance(cstruct, bool):
            # beyond any key of ours; Python refuses to write out much larger ones
            if cstruct.bit_length() > 64:
                raise not_offered(node, hex(cstruct))
            return str(cstruct)
        return super().text(node, cstruct)

    def read(self, node: Any, text: str) -> Key:
        """Return the key."""
        if text not in node.keys:
            raise not_offered(node, text)
        return node.keys[text]


class Choice(Offered):
    """One of at most 50 options; more of them need ``Picked``."""

    control = "select"

    def __init__(self, offered: Pairs | str, **settings: Any) -> None:
        super().__init__(offered, OneOf(), **settings)


class SomeOf(colander.SchemaType):
    """The type of several keys, each offered, each once."""

    def deserialize(self, node: Any, cstruct: Any) -> Any:
        """Return the keys in the order they were offered in."""
        if cstruct is colander.null or cstruct is None:
            return colander.null
        if not isinstance(cstruct, list | tuple):
            raise refuse(node, _("A list is expected here."))
        one = OneOf()
        chosen = {one.read(node, one.text(node, item) or " ") for item in cstruct}
        return [key for key, _label in node.options if key in chosen]

    def serialize(self, _node: Any, appstruct: Any) -> Any:
        """Return the keys as texts."""
        if appstruct is colander.null or appstruct is None:
            return colander.null
        return [str(key) for key in appstruct]


class Choices(Offered):
    """Any number of the options, as a list of their keys; none is an empty list."""

    control = "checkboxes"
    span = "f6"

    def __init__(self, offered: Pairs | str, **settings: Any) -> None:
        settings.setdefault("missing", ())
        super().__init__(offered, SomeOf(), **settings)


@dataclass(frozen=True)
class Search:
    """Where many things are found by typing, and how one is called.

    ``label`` answers ``None`` for what the user may not choose; ``likely`` returns the
    options offered before anything is typed, asked for when a form is shown.  Without
    script the words come in the field ``find.<name>`` with the action ``find``, and
    other ones answer.  ``url`` answers ``?q=…`` with JSON:
    ``[{"id": 12, "label": "…", "hint": "…"}]``.  ``along`` names a parameter and the
    field of the form whose value it carries.
    """

    url: str
    label: Callable[[int], str | None]
    likely: Callable[[], Pairs] = tuple
    along: tuple[str, str] | None = None


NOWHERE = Search("", lambda _key: None)
"""Where nothing is found: for a form of which nothing is chosen."""


class Found(WholeNumber):
    """The type of an id that the search could have answered."""

    def __init__(self) -> None:
        super().__init__(1, 2**31 - 1)

    def read(self, node: Any, text: str) -> int:
        """Return the id of something the user may choose."""
        return self._findable(node, super().read(node, text))

    def deserialize(self, node: Any, cstruct: Any) -> Any:
        """Check an id sent by JSON as well."""
        found = super().deserialize(node, cstruct)
        return self._findable(node, found) if isinstance(cstruct, int) else found

    def _findable(self, node: Any, key: int) -> int:
        if node.search.label(key) is None:
            raise not_offered(node, key)
        return key


class Picked(Entry):
    """One of very many, found as one types; ``found`` names the bound ``Search``."""

    control = "combobox"

    def __init__(self, found: str, **settings: Any) -> None:
        super().__init__(Found(), **settings)
        self.found = found

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Take the search to ask."""
        self.search: Search = bindings.get(self.found, NOWHERE)

    def current(self, cstruct: Any) -> tuple[tuple[Any, ...], ...]:
        """Return what the control offers at first: what is chosen, what is likely."""
        likely = tuple(option[:2] for option in self.search.likely())
        known = {str(key) for key, _label in likely}
        if not isinstance(cstruct, str) or cstruct in known:
            return likely
        try:
            label = self.search.label(Found.read(Found(), self, cstruct))
        except colander.Invalid:
            return likely
        return ((cstruct, label), *likely)


class TrueOrFalse(OneValue):
    """The type of a yes or no: exactly ``true`` or ``false``."""

    words: ClassVar[dict[str, bool]] = {"true": True, "false": False}

    def deserialize(self, node: Any, cstruct: Any) -> Any:
        """Return the truth value; JSON may send one."""
        if isinstance(cstruct, bool):
            return cstruct
        return super().deserialize(node, cstruct)

    def read(self, node: Any, text: str) -> bool:
        """Return what the word means."""
        if text not in self.words:
            sentence = _(
                "“${value}” is neither true nor false.", mapping={"value": quoted(text)}
            )
            raise refuse(node, sentence)
        return self.words[text]

    def write(self, _node: Any, value: Any) -> str:
        """Return the word."""
        return "true" if value else "false"


class Flag(Entry):
    """A box to tick; one that is not ticked sends nothing and means no."""

    control = "checkbox"

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("missing", False)
        super().__init__(TrueOrFalse(), **settings)
