"""What our schemas are built of: nodes that read one typed value, strictly.

A value that is not of the expected kind, a list for a text, say, is an error with a
sentence, never an exception.  Errors quote the value, shortened.
"""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

import colander

from endi_like.i18n import _

QUOTED = 40
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
DEFAULT_LOCALE = "en"


def quoted(value: Any) -> str:
    """Return a value as an error may show it: one short, harmless line."""
    text = str(value)
    if len(text) > QUOTED:
        text = text[: QUOTED - 1] + "…"
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(letter)[0] == "C"
        else letter
        for letter in text
    )


def refuse(node: Any, sentence: Any) -> colander.Invalid:
    """Return the error to raise for a value of ``node``."""
    return colander.Invalid(node, sentence)


def wrong(node: Any, **sentences: Any) -> colander.Invalid:
    """Return the error to raise about fields of a mapping, each with its sentence."""
    error = colander.Invalid(node)
    for name, sentence in sentences.items():
        error[name] = sentence
    return error


def locale_of(node: Any) -> str:
    """Return the language the form is written in, from the schema's binding."""
    return (node.bindings or {}).get("locale", DEFAULT_LOCALE)


class OneValue(colander.SchemaType):
    """The type of whatever is typed into one control.

    A subclass says how a text becomes a value (``read``) and how a value is shown
    for editing (``write``).
    """

    def deserialize(self, node: Any, cstruct: Any) -> Any:
        """Return the value, ``null`` for an empty one; raise ``Invalid``."""
        if cstruct is colander.null or cstruct is None:
            return colander.null
        text = self.text(node, cstruct)
        return self.read(node, text) if text else colander.null

    def serialize(self, node: Any, appstruct: Any) -> Any:
        """Return the text to edit, ``null`` for no value."""
        if appstruct is colander.null or appstruct is None:
            return colander.null
        return self.write(node, appstruct)

    def text(self, node: Any, cstruct: Any) -> str:
        """Return what was typed, without blanks around it."""
        if not isinstance(cstruct, str):
            raise refuse(node, _("One single value is expected here."))
        return cstruct.strip()

    def read(self, node: Any, text: str) -> Any:
        """Return the value of a text that is not empty."""
        raise NotImplementedError

    def write(self, _node: Any, value: Any) -> str:
        """Return the text of a value."""
        return str(value)


class Light:
    """Makes a node as good as Colander's for each request, in a tenth of the time.

    To clone, Colander builds the node anew; to bind, it looks at every attribute for
    one that is ``deferred``: ours never are, they look at what is bound themselves.
    """

    children: list[Any]
    bindings: dict[str, Any]
    only_for: tuple[str, ...] = ()

    def clone(self) -> Any:
        """Return a copy."""
        cloned = self.__class__.__new__(self.__class__)
        cloned.__dict__.update(self.__dict__)
        cloned.children = [node.clone() for node in self.children]
        return cloned

    def _bind(self, bindings: dict[str, Any]) -> None:
        self.bindings = bindings
        for child in self.children:
            child._bind(bindings)
        self.after_bind(self, bindings)

    def after_bind(self, _node: Any, _bindings: dict[str, Any]) -> None:
        """Look at what is bound; override where something is to be done with it."""


class Entry(Light, colander.SchemaNode):
    """A field: its type, and what a page needs to draw it.

    ``control`` is the kind of control, ``span`` the width in the grid of the form
    (f3, f6, f8, f12), ``hints`` further attributes of the control; ``is_fixed`` is what
    stays as it is once it is stored, ``only_for`` the kinds of record that have it.
    ``kept`` is the key and the label of what is shown and cannot be exchanged.
    """

    missing_msg = _("Please fill this in.")
    control: ClassVar[str] = "input"
    span = "f6"
    is_fixed = False
    kept: tuple[int, str] | None = None
    hints: ClassVar[dict[str, str]] = {}


class Mapping(colander.Mapping):
    """The type of named fields; names that were not offered are ignored."""

    def _validate(self, node: Any, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return dict(value)
        raise refuse(node, _("Several named values are expected here."))

    def cstruct_children(self, node: Any, cstruct: Any) -> list[Any]:
        """Return the values of the fields, also when the whole is none."""
        given = cstruct if isinstance(cstruct, dict) else colander.null
        return super().cstruct_children(node, given)


class Sequence(colander.Sequence):
    """The type of repeated parts, at most ``most`` of them."""

    def __init__(self, most: int = 200) -> None:
        super().__init__()
        self.most = most

    def _validate(self, node: Any, value: Any, _accept_scalar: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise refuse(node, _("A list is expected here."))
        return list(value)

    def deserialize(self, node: Any, cstruct: Any, accept_scalar: Any = None) -> Any:
        """Return the parts; what came in otherwise may be more, and is shown all."""
        if isinstance(cstruct, list | tuple) and len(cstruct) > self.most:
            sentence = _(
                "At most ${most} are possible here, there are ${n}.",
                mapping={"most": self.most, "n": len(cstruct)},
            )
            raise refuse(node, sentence)
        return super().deserialize(node, cstruct, accept_scalar)

    def cstruct_children(self, _node: Any, cstruct: Any) -> colander.SequenceItems:
        """Return the parts, none when the whole is no list."""
        return colander.SequenceItems(cstruct if isinstance(cstruct, list) else ())


class Several(Light, colander.SequenceSchema):
    """Repeated parts, each of them the one node of the class."""


class Parts(Several):
    """Repeated parts, a row each: what the buttons say, whether their order counts."""

    adding: ClassVar[Any] = _("Add a line")
    removing: ClassVar[Any] = _("Remove the line")
    ordered: ClassVar[bool] = True


class Cards(Parts):
    """Repeated parts of many fields, a box each; ``folded`` are those rarely used."""

    template = "deform/cards"
    folded: ClassVar[tuple[str, ...]] = ()
    folding: ClassVar[Any] = _("More")


class Schema(Light, colander.Schema):
    """What a form may contain; a domain's schemas derive from this."""

    schema_type = Mapping
    missing_msg = Entry.missing_msg
