"""Saved views of lists, described for programs."""

from __future__ import annotations

from endi_like.forms.openapi import JsonSchema, Say
from endi_like.i18n import _
from endi_like.models.saved_views import LONGEST_NAME
from endi_like.principals import GROUPS
from endi_like.views import openapi_parts as parts
from endi_like.views.openapi_lists import query
from endi_like.views.openapi_notifications import SAID, answering
from endi_like.views.saved_views import (
    AddSavedView,
    EditSavedView,
    SavedViewsViews,
    as_json,
    delete,
    preset,
)

BASE = "/saved-views"
ROLE: JsonSchema = {"enum": [*GROUPS, None]}
VIEW: JsonSchema = {
    "id": {"type": "integer"},
    "url": parts.TEXT,
    "list": parts.TEXT,
    "name": parts.TEXT,
    "opens": parts.TEXT,
    "role": ROLE,
    "preset": {"type": "boolean"},
    "mine": {"type": "boolean"},
    "owner": parts.TEXT,
}
ONE: JsonSchema = {
    "type": "object",
    "required": [*VIEW],
    "properties": {**VIEW, "version": parts.VERSION},
}
ALL: JsonSchema = {
    "type": "object",
    "required": ["views"],
    "properties": {"views": {"type": "array", "items": ONE}},
}
SENT: JsonSchema = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": LONGEST_NAME},
        "preset": {"type": "boolean"},
        "role": ROLE,
    },
}
CHANGED: JsonSchema = {
    **SENT,
    "required": ["version"],
    "properties": {**SENT["properties"], "version": parts.VERSION},
}
CHOSEN: JsonSchema = {
    "type": "object",
    "required": ["opens"],
    "properties": {"opens": {"type": "boolean"}},
}
SAVED: JsonSchema = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "version": parts.VERSION,
        "url": parts.TEXT,
        "said": parts.TEXT,
    },
}


def paths(say: Say) -> dict[str, JsonSchema]:
    """Return the addresses of the saved views of whoever asks."""
    one = f"{BASE}/{{id}}"
    asked = [query("list"), query("query")]
    found: dict[str, JsonSchema] = {
        f"{BASE}/": {"get": answering(SavedViewsViews.page, ALL, say)},
        f"{BASE}/add": {"post": {**sending(AddSavedView, SENT, say), **asking(asked)}},
        f"{one}/": {"get": answering(as_json, ONE, say)},
        f"{one}/edit": {"post": sending(EditSavedView, CHANGED, say)},
        f"{one}/preset": {"post": sending(preset, CHOSEN, say, SAID)},
        f"{one}/delete": {"post": sending(delete, {"type": "object"}, say, SAID)},
    }
    for path, described in found.items():
        described["parameters"] = parts.places(path, parts.NUMBER)
    return found


def asking(parameters: list[JsonSchema]) -> JsonSchema:
    """Return what of an operation says what its address takes."""
    return {"parameters": parameters}


def sending(
    view: object, schema: JsonSchema, say: Say, done: JsonSchema = SAVED
) -> JsonSchema:
    """Return an operation that changes a view."""
    stored = "201" if view is AddSavedView else "200"
    return {
        "summary": parts.summary(view),
        "requestBody": parts.body(schema),
        "responses": {
            stored: parts.answer(say(_("Saved.")), done),
            **parts.refusals(say),
        },
    }
