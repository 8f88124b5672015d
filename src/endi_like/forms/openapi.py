"""What a schema takes, said as JSON Schema for those who write programs.

A program may send numbers as numbers or as texts with a point; dates are texts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import colander

from endi_like.forms.choices import Choices, Flag, Found, OneOf, Picked
from endi_like.forms.fields import IsoDay
from endi_like.forms.numbers import LocalNumber, WholeNumber
from endi_like.forms.texts import Words
from endi_like.i18n import _

Say: TypeAlias = Callable[[Any], str]
JsonSchema: TypeAlias = dict[str, Any]

AMOUNT = r"^-?[0-9]+(\.[0-9]+)?$"


def json_schema(node: Any, say: Say) -> JsonSchema:
    """Return what a node of a schema takes; ``say`` translates titles and hints."""
    found = {**kind_of(node, say), **words_of(node, say)}
    return found if node.required else or_nothing(found)


def kind_of(node: Any, say: Say) -> JsonSchema:
    """Return the type of a node's values, with its bounds."""
    if isinstance(node.typ, colander.Mapping):
        return object_schema(node.children, say)
    if isinstance(node.typ, colander.Sequence):
        return {
            "type": "array",
            "items": json_schema(node.children[0], say),
            "maxItems": node.typ.most,
        }
    if isinstance(node, Choices):
        return {"type": "array", "items": options_of(node, say), "uniqueItems": True}
    if isinstance(node, Flag):
        return {"type": "boolean"}
    if isinstance(node.typ, OneOf):
        return options_of(node, say)
    return scalar(node)


def object_schema(children: Any, say: Say) -> JsonSchema:
    """Return the type of named values; what has no default must be there."""
    found = {
        "type": "object",
        "properties": {child.name: json_schema(child, say) for child in children},
    }
    needed = [child.name for child in children if is_needed(child)]
    return {**found, "required": needed} if needed else found


def is_needed(node: Any) -> bool:
    """Tell whether a value must be sent: some are asked only of whom has a choice."""
    return bool(node.required) and not getattr(node, "where_there_is_a_choice", False)


def options_of(node: Any, say: Say) -> JsonSchema:
    """Return the keys that can be chosen, as far as they are always the same."""
    if isinstance(node.offered, str):
        one_of = _("One of those the form offers, by its id or key.")
        return {"type": ["integer", "string"], "description": say(one_of)}
    return {"enum": [key for key, _label in node.options]}


def scalar(node: Any) -> JsonSchema:
    """Return the type of one single value."""
    typ = node.typ
    if isinstance(node, Picked) or isinstance(typ, Found):
        return {"type": "integer", "minimum": 1}
    if isinstance(typ, WholeNumber):
        return {"type": "integer", "minimum": typ.low, "maximum": typ.high}
    if isinstance(typ, LocalNumber):
        return number(typ)
    if isinstance(typ, IsoDay):
        return {"type": "string", "format": "date"}
    if isinstance(typ, Words):
        return {"type": "string", "maxLength": typ.longest}
    return {"type": "string"}


def number(typ: LocalNumber) -> JsonSchema:
    """Return the type of a decimal: exact as a text, or as a number of JSON.

    Its bounds are texts, as they are exact too.
    """
    bounds = typ.bounds
    return {
        "type": ["string", "number"],
        "pattern": AMOUNT,
        "x-least": f"{bounds.low:f}",
        "x-most": f"{bounds.high:f}",
        "x-decimals": bounds.decimals,
    }


def words_of(node: Any, say: Say) -> JsonSchema:
    """Return title and hint of a node, those it has."""
    texts = {"title": node.title, "description": node.description}
    return {name: say(text) for name, text in texts.items() if text}


def or_nothing(found: JsonSchema) -> JsonSchema:
    """Let a value be left empty."""
    if "enum" in found:
        return {**found, "enum": [*found["enum"], None]}
    kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
    return {**found, "type": [*kinds, "null"]}
