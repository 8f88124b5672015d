"""JSON that was posted: an object, of values that are exact in our world."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest

from endi_like.i18n import _
from endi_like.tweens.insane import DEEPEST, Insane, check_text, decoded
from endi_like.tweens.sizes import length

LONGEST_NUMBER = 40


def check_json(request: Any) -> None:
    """Refuse JSON that has no exact value in our world."""
    if not isinstance(read_json(request.body), dict):
        raise Insane(400, _("The JSON must be an object."))


def read_json(raw: bytes) -> Any:
    """Return the value of JSON, numbers with a point as decimals.

    Raises ``Insane`` for what is broken, too deep, too long or not a number.
    """
    text = decoded(raw)
    try:
        found = json.loads(
            text,
            parse_int=number(int),
            parse_float=number(Decimal),
            parse_constant=not_a_number,
            object_pairs_hook=without_doubles,
        )
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise Insane(400, _("The JSON cannot be read.")) from error
    check_value(found)
    return found


def json_values(request: Any) -> dict[str, Any]:
    """Return what a program sent, nothing for an empty body: ``request.json_values``.

    Raises ``HTTPBadRequest`` when it sent something else than JSON.
    """
    if not length(request):
        return {}
    if request.content_type != "application/json":
        raise HTTPBadRequest(_("Please send what you have to say as JSON."))
    found: dict[str, Any] = read_json(request.body)
    return found


def number(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads a number, unless it is too long to be an amount or an id."""

    def read(text: str) -> Any:
        if len(text) > LONGEST_NUMBER:
            raise ValueError(text[:LONGEST_NUMBER])
        return kind(text)

    return read


def not_a_number(text: str) -> None:
    """Refuse ``NaN`` and ``Infinity``."""
    raise ValueError(text)


def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object, unless a name stands twice in it."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def check_value(value: Any, depth: int = 0) -> None:
    """Refuse JSON that is nested too deeply, or texts that are none."""
    if depth > DEEPEST:
        raise Insane(400, _("The JSON is nested too deeply."))
    if isinstance(value, str):
        check_text(value, lines=True)
        return
    children: list[Any] = []
    if isinstance(value, dict):
        children = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        children = value
    for child in children:
        check_value(child, depth + 1)
