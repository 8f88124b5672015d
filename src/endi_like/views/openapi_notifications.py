"""One's own notifications, described for programs."""

from __future__ import annotations

from endi_like.forms.openapi import JsonSchema, Say
from endi_like.i18n import _
from endi_like.views import openapi_parts as parts
from endi_like.views.notifications import NotificationView, NotificationViews
from endi_like.views.openapi_lists import query

BASE = "/notifications"
NOTIFICATION: JsonSchema = {
    "id": {"type": "integer"},
    "url": parts.TEXT,
    "event": parts.TEXT,
    "text": parts.TEXT,
    "at": {"type": "string", "format": "date-time"},
    "read": {"type": "boolean"},
    "record": {"type": ["string", "null"]},
}
ONE: JsonSchema = {
    "type": "object",
    "required": [*NOTIFICATION],
    "properties": NOTIFICATION,
}
LIST: JsonSchema = {
    "type": "object",
    "required": ["notifications", "unread", "before"],
    "properties": {
        "notifications": {"type": "array", "items": ONE},
        "unread": {"type": "integer", "minimum": 0, "maximum": 100},
        "before": {"type": ["integer", "null"]},
    },
}
ASKED: JsonSchema = {
    "unread": {"enum": ["1"]},
    "before": parts.NUMBER,
}
SAID: JsonSchema = {"type": "object", "properties": {"said": parts.TEXT}}


def paths(say: Say) -> dict[str, JsonSchema]:
    """Return the addresses of the notifications of whoever asks."""
    one = f"{BASE}/{{id}}"
    found: dict[str, JsonSchema] = {
        f"{BASE}/": {"get": listing(say)},
        f"{BASE}/read": {"post": marking(NotificationViews.read, say)},
        f"{one}/": {"get": answering(NotificationView.as_json, ONE, say)},
        f"{one}/read": {"post": marking(NotificationView.read, say)},
    }
    for path, described in found.items():
        described["parameters"] = parts.places(path, parts.NUMBER)
    return found


def listing(say: Say) -> JsonSchema:
    """Return the operation that lists notifications, the newest first."""
    asked = [query(name, schema) for name, schema in ASKED.items()]
    return {**answering(NotificationViews.page, LIST, say), "parameters": asked}


def answering(view: object, schema: JsonSchema, say: Say) -> JsonSchema:
    """Return an operation that only reads."""
    found = parts.answer(say(_("Notifications")), schema)
    return {
        "summary": parts.summary(view),
        "responses": {"200": found, **parts.refusals(say)},
    }


def marking(view: object, say: Say) -> JsonSchema:
    """Return an operation that marks as read, at most up to the id it is sent."""
    schema: JsonSchema = {"type": "object", "properties": {"until": parts.NUMBER}}
    done = parts.answer(say(_("Saved.")), SAID)
    return {
        "summary": parts.summary(view),
        "requestBody": parts.body(schema),
        "responses": {"200": done, **parts.refusals(say)},
    }
