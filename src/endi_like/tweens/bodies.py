"""What was posted: its size, its kind, its encoding and its structure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote_to_bytes

from pyramid.httpexceptions import HTTPBadRequest

from endi_like.i18n import _
from endi_like.tweens.insane import Insane, check_text, decoded

MEGABYTE = 1024 * 1024
LARGEST_BODY = 30 * MEGABYTE
LARGEST_FIELD = MEGABYTE
LARGEST_PLAIN = 4 * MEGABYTE
"""The size of a form without files, or of JSON: to decode more takes too long."""

MOST_FIELDS = 20_000
DEEPEST = 20
LONGEST_NUMBER = 40
MARKS = frozenset({"__start__", "__end__"})
REPEATED = frozenset({"row"})
"""What may be sent several times outside a structure: the ticked rows of a list."""

STRUCTURES = ("mapping", "sequence")
LONGEST_BOUNDARY, TAIL = 200, 300
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

BROKEN = _("The form arrived broken. Please go back and send it once more.")


def check_body(request: Any) -> None:
    """Refuse a body that is too large or is not what it says."""
    size = length(request)
    check_size(size, LARGEST_BODY)
    if request.method != "POST":
        return
    kind = request.content_type
    if kind == "" and size == 0:
        return
    if kind not in READERS:
        raise Insane(
            415,
            _(
                "Only forms and JSON are understood, not ${kind}.",
                mapping={"kind": kind},
            ),
        )
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise Insane(400, _("The text is not encoded in UTF-8."))
    READERS[kind](request)


def length(request: Any) -> int:
    """Return how much was sent."""
    text = request.environ.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Insane(400, BROKEN)
    return int(text)


def check_size(size: int, largest: int) -> None:
    """Refuse more than so many bytes."""
    if size > largest:
        most = {"n": largest // MEGABYTE}
        raise Insane(413, _("At most ${n} MB can be sent at once.", mapping=most))


def check_urlencoded(request: Any) -> None:
    """Refuse a plain form that is not UTF-8, or has too many fields."""
    check_size(length(request), LARGEST_PLAIN)
    raw: bytes = request.body
    if raw.count(b"&") >= MOST_FIELDS:
        raise Insane(413, _("The form has too many fields."))
    decoded(unquote_to_bytes(raw.replace(b"+", b" ")))
    check_fields(posted(request))


def check_multipart(request: Any) -> None:
    """Refuse a form with files that is not split into its parts, or not UTF-8."""
    raw: bytes = request.body
    boundary = boundary_of(request.headers["Content-Type"])
    if raw.count(b"--" + boundary) > MOST_FIELDS:
        raise Insane(413, _("The form has too many fields."))
    fields = posted(request)
    if not fields or not raw[-TAIL:].rstrip().endswith(b"--" + boundary + b"--"):
        raise Insane(400, BROKEN)
    check_fields(fields)
    # What cannot be decoded was replaced: there are more marks now than were sent.
    names = [name for name, _value in fields] + [text_of(value) for _n, value in fields]
    if "".join(names).count(REPLACEMENT) > raw.count(REPLACEMENT.encode()):
        raise Insane(400, _("The text is not encoded in UTF-8."))


def boundary_of(content_type: str) -> bytes:
    """Return what separates the parts."""
    for part in content_type.split(";")[1:]:
        name, _equals, value = part.strip().partition("=")
        value = value.strip('"')
        if name.lower() == "boundary" and 0 < len(value) <= LONGEST_BOUNDARY:
            return value.encode("latin-1", "replace")
    raise Insane(400, BROKEN)


def posted(request: Any) -> list[tuple[Any, Any]]:
    """Return the fields of the form; what cannot be parsed is refused.

    The parser of the standard library raises many things, and hides none of them.
    """
    try:
        return list(request.POST.items())
    except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        raise Insane(400, BROKEN) from error
    except DeprecationWarning as error:  # how WebOb refuses an encoding
        raise Insane(400, BROKEN) from error


def text_of(value: Any) -> str:
    """Return what a field says as text: a file says its name."""
    return value if isinstance(value, str) else str(value.filename)


def check_fields(fields: Sequence[tuple[Any, Any]]) -> None:
    """Refuse fields that are no text, are too long, or were sent twice."""
    for name, value in fields:
        if not isinstance(name, str) or not isinstance(value, str):
            check_file(name, value)
        elif len(value) > LARGEST_FIELD:
            raise Insane(413, _("A text has at most ${n} MB.", mapping={"n": 1}))
    check_text("".join({name for name, _value in fields}))
    check_text("".join([text_of(value) for _name, value in fields]), lines=True)
    check_structure(fields)


def check_file(name: Any, value: Any) -> None:
    """Refuse what is neither a text nor a file with a name."""
    filename = getattr(value, "filename", None)
    if not isinstance(name, str) or not isinstance(filename, str):
        raise Insane(400, BROKEN)
    check_text(filename)


def check_structure(fields: Iterable[tuple[str, Any]]) -> None:
    """Refuse structures that do not end or are too deep, and what was sent twice."""
    depth, once = 0, set()
    for name, value in fields:
        if name in MARKS:
            depth += nesting(name, value)
            if not 0 <= depth <= DEEPEST:
                raise Insane(400, BROKEN)
        elif depth == 0 and name not in REPEATED:
            if name in once:
                raise Insane(400, BROKEN)
            once.add(name)
    if depth:
        raise Insane(400, BROKEN)


def nesting(name: str, value: Any) -> int:
    """Return 1 for what opens a structure, -1 for what closes one."""
    if name == "__end__":
        return -1
    if text_of(value).rpartition(":")[2].strip() not in STRUCTURES:
        raise Insane(400, BROKEN)
    return 1


def check_json(request: Any) -> None:
    """Refuse JSON that has no exact value in our world."""
    check_size(length(request), LARGEST_PLAIN)
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


READERS: dict[str, Callable[[Any], None]] = {
    "": check_urlencoded,
    "application/x-www-form-urlencoded": check_urlencoded,
    "multipart/form-data": check_multipart,
    "application/json": check_json,
}
