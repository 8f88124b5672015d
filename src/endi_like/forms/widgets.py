"""Deform widgets that draw our controls and leave all judgement to the schema."""

from __future__ import annotations

from typing import Any

import colander
from deform.widget import Widget

CONTROLS = "deform/control"


class Control(Widget):
    """One control of a field; the field's node says which and with what hints."""

    requirements = ()
    template = CONTROLS

    def serialize(self, field: Any, cstruct: Any, **extra: Any) -> Any:
        """Draw the control with its value."""
        return field.renderer(
            self.template,
            field=field,
            value=as_typed(cstruct),
            problems=field.get_root().problems.get(field.oid, ()),
            **extra,
        )

    def deserialize(self, _field: Any, pstruct: Any) -> Any:
        """Hand what was posted to the schema as it is."""
        return colander.null if pstruct == "" else pstruct


class Fieldset(Widget):
    """The fields of a mapping, one after the other."""

    requirements = ()
    template = "deform/mapping"

    def serialize(self, field: Any, cstruct: Any, **extra: Any) -> Any:
        """Draw the fields; they hold their values already."""
        root = field.get_root()
        return field.renderer(self.template, field=field, root=root, **extra)

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        """Let each field take its part; what is no mapping is left to the schema."""
        if pstruct is colander.null:
            pstruct = {}
        if not isinstance(pstruct, dict):
            return pstruct
        return {
            child.name: child.deserialize(pstruct.get(child.name, colander.null))
            for child in field.children
        }


class Rows(Widget):
    """Repeated parts as rows of a table, drawn from the values by one template.

    Deform would clone a field per cell: two hundred lines would take seconds.  Here
    the template gets the values, and ``problems`` to look each cell up in.
    """

    requirements = ()
    template = "deform/rows"

    def serialize(self, field: Any, cstruct: Any, **extra: Any) -> Any:
        """Draw the rows; ``figures`` are what the server computed for each."""
        values = {
            "field": field,
            "rows": tidy_rows(cstruct, field.schema),
            "blank": blank_row(field.schema),
            "problems": field.get_root().problems,
            "figures": (),
            "headed": False,
        }
        return field.renderer(self.template, **{**values, **extra})

    def deserialize(self, _field: Any, pstruct: Any) -> Any:
        """Hand the rows to the schema as they are."""
        return pstruct

    def handle_error(self, field: Any, error: colander.Invalid) -> None:
        """Keep the error with the field: its rows have no fields of their own."""
        field.error = error


def as_typed(cstruct: Any) -> Any:
    """Return a value as a control shows it: a text, or the list of ticked keys."""
    return cstruct if isinstance(cstruct, str | list) else ""


def tidy_rows(cstruct: Any, node: Any) -> list[dict[str, Any]]:
    """Return values for a template: a list of mappings that hold every name.

    What was sent in another shape has its error, and is shown as nothing.
    """
    parts = cstruct if isinstance(cstruct, list) else []
    return [_tidy(part, node.children[0]) for part in parts]


def blank_row(node: Any) -> dict[str, Any]:
    """Return the values a new part begins with."""
    part = node.children[0]
    return _tidy(part.serialize({}), part)


def _tidy(part: Any, node: Any) -> dict[str, Any]:
    given = part if isinstance(part, dict) else {}
    found: dict[str, Any] = {}
    for child in node.children:
        value = given.get(child.name, colander.null)
        if isinstance(child.typ, colander.Sequence):
            found[child.name] = tidy_rows(value, child)
        else:
            found[child.name] = as_typed(value)
    return found
