"""How the timeline of a record and its memos are described to programs."""

from __future__ import annotations

from endi_like.forms.openapi import JsonSchema, Say
from endi_like.resources.memos import MemoResource
from endi_like.services.streams import FLAGS, KINDS
from endi_like.views import memos
from endi_like.views import openapi_parts as parts
from endi_like.views import timeline as past
from endi_like.views.openapi_lists import query
from endi_like.views.timeline_csv import as_csv

MOMENT: JsonSchema = {"type": ["string", "null"], "format": "date-time"}
WORDS: JsonSchema = {"type": ["string", "null"]}
FLAG: JsonSchema = {"type": "boolean"}
SIMPLE: dict[str, list[str]] = dict.fromkeys(("pin", "unpin", "remove", "restore"), [])
"""What is done with a memo without a form; none of it needs a version."""


def paths(base: str, kind: type, say: Say) -> dict[str, JsonSchema]:
    """Return what may be read of a timeline, or of one memo."""
    if kind is MemoResource:
        return {f"{base}/": {"get": memo(say)}}
    if kind is past.Timeline:
        found = {"get": timeline(say)}
        return {f"{base}/": found, f"{base}/export.csv": {"get": export(say)}}
    return {}


def memo(say: Say) -> JsonSchema:
    """Return the operation that reads one memo."""
    return parts.record(say) | {"summary": parts.summary(memos.memo)}


def timeline(say: Say) -> JsonSchema:
    """Return the operation that reads a part of a timeline."""
    told = {name: column for one in past.FACTS.values() for name, column in one.items()}
    entry = {
        "type": "object",
        "required": ["kind", "at", "who"],
        "properties": {
            "kind": {"enum": list(KINDS)},
            "at": {"type": "string", "format": "date-time"},
            "who": parts.TEXT,
            **{name: value(column) for name, column in told.items()},
            "id": {"type": "integer"},
            "url": parts.TEXT,
        },
    }
    entries = {"type": "array", "items": entry}
    count = {"type": "integer"}
    schema = {
        "type": "object",
        "required": ["pinned", "entries", "counts", "before"],
        "properties": {
            "pinned": entries,
            "entries": entries,
            "counts": {"type": "object", "properties": dict.fromkeys(KINDS, count)},
            "before": WORDS,
        },
    }
    summary = parts.summary(past.as_json)
    return {
        "summary": summary,
        "parameters": [shown(), query(past.BEFORE)],
        "responses": {"200": parts.answer(summary, schema), **parts.refusals(say)},
    }


def export(say: Say) -> JsonSchema:
    """Return the operation that downloads a timeline."""
    summary = parts.summary(as_csv)
    content = {"text/csv": {"schema": {"type": "string", "format": "binary"}}}
    return {
        "summary": summary,
        "parameters": [shown()],
        "responses": {
            "200": {"description": summary, "content": content},
            **parts.refusals(say),
        },
    }


def shown() -> JsonSchema:
    """Return the parameter that names one kind."""
    return query(past.KIND, {"enum": list(KINDS)})


def value(column: str) -> JsonSchema:
    """Return the type of what stands in a column of the timeline."""
    if column in FLAGS:
        return FLAG
    return MOMENT if column == "changed_at" else WORDS
