"""What was posted: its size, its kind, its encoding and its structure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from endi_like.i18n import _
from endi_like.security.answers import NO_ROOM
from endi_like.services.files.storage import is_full
from endi_like.settings import MEGABYTE
from endi_like.tweens.insane import DEEPEST, Insane, check_text, decoded
from endi_like.tweens.json_bodies import check_json
from endi_like.tweens.sizes import BROKEN, check_size, largest, length

LARGEST_FIELD = MEGABYTE
BLOCK = 64 * 1024

MOST_FIELDS = 20_000
MOST_PARTS = 100
"""Fewer may come in parts: each may be a file, which is open while it is looked at."""

MARKS = frozenset({"__start__", "__end__"})
REPEATED = frozenset({"row", "file"})
"""What may be sent several times outside a structure: ticked rows, and files."""

STRUCTURES = ("mapping", "sequence")
LONGEST_BOUNDARY, TAIL = 200, 300
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def check_body(request: Any) -> None:
    """Refuse a body that is too large or is not what it says."""
    size = length(request)
    check_size(size, largest(request))
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


def check_urlencoded(request: Any) -> None:
    """Refuse a plain form that is not UTF-8, or has too many fields."""
    raw: bytes = request.body
    if raw.count(b"&") >= MOST_FIELDS:
        raise Insane(413, _("The form has too many fields."))
    decoded(unquote_to_bytes(raw.replace(b"+", b" ")))
    check_fields(posted(request))


def check_multipart(request: Any) -> None:
    """Refuse a form with files that is not split into its parts, or not UTF-8.

    The body is looked through where it lies, which is on disk when it is large.
    """
    boundary = b"--" + boundary_of(request.headers["Content-Type"])
    parts, replaced = occurrences(request, boundary, REPLACEMENT.encode())
    if parts > MOST_PARTS:
        raise Insane(413, _("The form has too many fields."))
    fields = posted(request)
    request.add_finished_callback(close_files)
    if not fields or not ends_with(request, boundary + b"--"):
        raise Insane(400, BROKEN)
    check_fields(fields)
    # What cannot be decoded was replaced: there are more marks now than were sent.
    names = [name for name, _value in fields] + [text_of(value) for _n, value in fields]
    if "".join(names).count(REPLACEMENT) > replaced:
        raise Insane(400, _("The text is not encoded in UTF-8."))


def occurrences(request: Any, *wanted: bytes) -> list[int]:
    """Return how often each of these stands in the body."""
    overlap = max(map(len, wanted)) - 1
    counts, tail = [0] * len(wanted), b""
    for block in blocks(request):
        looked = tail + block
        for at, text in enumerate(wanted):
            # what the block before has ended with was counted with it
            counts[at] += looked.count(text) - tail.count(text)
        tail = looked[-overlap:] if overlap else b""
    return counts


def blocks(request: Any) -> Iterator[bytes]:
    """Yield the body, some of it at a time."""
    request.make_body_seekable()
    file = request.body_file_raw
    while block := file.read(BLOCK):
        yield block
    file.seek(0)


def ends_with(request: Any, end: bytes) -> bool:
    """Tell whether the body ends like this, but for a line end."""
    file = request.body_file_raw
    file.seek(max(0, length(request) - TAIL))
    tail: bytes = file.read(TAIL)
    file.seek(0)
    return tail.rstrip().endswith(end)


def close_files(request: Any) -> None:
    """Close the files that were sent, whatever became of the request."""
    for value in request.POST.values():
        if file := getattr(value, "file", None):
            file.close()


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
        if is_full(error):
            raise Insane(503, NO_ROOM) from error
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


READERS: dict[str, Callable[[Any], None]] = {
    "": check_urlencoded,
    "application/x-www-form-urlencoded": check_urlencoded,
    "multipart/form-data": check_multipart,
    "application/json": check_json,
}
