"""The pieces of the description for programs: parameters, bodies, answers."""

from __future__ import annotations

import inspect
import re
from typing import Any

from endi_like.forms.openapi import JsonSchema, Say
from endi_like.i18n import _
from endi_like.workflow.core import Lifecycle

PLACE = re.compile(r"{(\w+)}")
VERSION: JsonSchema = {"type": "integer", "minimum": 0}
TEXT: JsonSchema = {"type": "string"}
NUMBER: JsonSchema = {"type": "integer", "minimum": 1}
REFUSALS = {
    "400": _("What arrived cannot be read"),
    "401": _("Please send a valid API token."),
    "403": _("This is not for you to do"),
    "404": _("There is nothing here"),
}
CONFLICT = _("Somebody was faster")
WRONG = _("Something is missing or wrong")


def components(say: Say) -> JsonSchema:
    """Return what several operations share: the errors, and how to show who one is."""
    reasons = {"type": "array", "items": TEXT}
    error = {
        "type": "object",
        "required": ["error", "reasons"],
        "properties": {"error": TEXT, "reasons": reasons},
    }
    change = {
        "type": "object",
        "properties": {
            "who": TEXT,
            "at": {"type": "string", "format": "date-time"},
            "action": {"type": ["string", "null"]},
        },
    }
    by_field = {"type": "object", "additionalProperties": reasons}
    properties = {**error["properties"], "last_change": change}  # type: ignore[dict-item]
    return {
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": say(_("An API token, made on the page of the account.")),
            }
        },
        "schemas": {
            "Error": error,
            "Conflict": {**error, "properties": properties},
            "FieldErrors": {"type": "object", "properties": {"errors": by_field}},
            "Saved": saved(),
            "Outcome": {"allOf": [ref("Saved")], "properties": {"reasons": reasons}},
        },
    }


def saved() -> JsonSchema:
    """Return what is answered when something was stored."""
    return {
        "type": "object",
        "required": ["url"],
        "properties": {
            "id": {"type": "integer"},
            "url": TEXT,
            "version": VERSION,
            "states": {"type": "object", "additionalProperties": TEXT},
            "said": TEXT,
        },
    }


def ref(name: str) -> JsonSchema:
    """Return a reference to a shared schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(description: str, schema: JsonSchema) -> JsonSchema:
    """Return one answer in JSON."""
    return {
        "description": description,
        "content": {"application/json": {"schema": schema}},
    }


def refusals(say: Say) -> JsonSchema:
    """Return the answers anything may get."""
    return {
        status: answer(say(text), ref("Error")) for status, text in REFUSALS.items()
    }


def written(say: Say, status: str = "200") -> JsonSchema:
    """Return the answers to what changes something."""
    return {
        status: answer(say(_("Saved.")), ref("Saved")),
        "409": answer(say(CONFLICT), ref("Conflict")),
        **refusals(say),
    }


def body(schema: JsonSchema) -> JsonSchema:
    """Return what is to be sent."""
    content = {"application/json": {"schema": schema}}
    return {"required": True, "content": content}


def summary(documented: Any) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def places(path: str, ids: JsonSchema) -> list[JsonSchema]:
    """Return the parameters within a path: ids, and the name of a file."""
    kinds = {"name": TEXT}
    return [
        {"name": name, "in": "path", "required": True, "schema": kinds.get(name, ids)}
        for name in PLACE.findall(path)
    ]


def record(say: Say) -> JsonSchema:
    """Return the operation that reads one record."""
    properties = {"id": {"type": "integer"}, "version": VERSION, "url": TEXT}
    schema = {
        "type": "object",
        "required": [*properties],
        "properties": properties,
        "description": say(_("Beside these, what its form takes.")),
    }
    return {"responses": {"200": answer(say(_("Details")), schema), **refusals(say)}}


def form(view: Any, schema: JsonSchema, status: str, say: Say) -> JsonSchema:
    """Return the operation that a form is."""
    return {
        "summary": summary(view),
        "requestBody": body(schema),
        "responses": {
            **written(say, status),
            "422": answer(say(WRONG), ref("FieldErrors")),
        },
    }


def action(lifecycle: Lifecycle, say: Say) -> JsonSchema:
    """Return the operation that runs an action, with the names of all there are."""
    schema = {
        "type": "object",
        "required": ["action", "version"],
        "properties": {"version": VERSION, **moving(lifecycle, say)},
    }
    refused = answer(say(WRONG), ref("Error"))
    return {
        "summary": say(_("Run an action.")),
        "requestBody": body(schema),
        "responses": {**written(say), "422": refused},
    }


def moving(lifecycle: Lifecycle, say: Say) -> JsonSchema:
    """Return the properties that name an action, and say why where that is asked."""
    choices = [found for _manager, found in lifecycle.choices()]
    told = "\n".join(f"{one.name}: {say(one.help)}" for one in choices)
    return {
        "action": {"enum": [one.name for one in choices], "description": told},
        "reason": {**TEXT, "description": asking(lifecycle, say)},
    }


def asking(lifecycle: Lifecycle, say: Say) -> str:
    """Return the sentence about which actions ask for a reason."""
    names = [one.name for _manager, one in lifecycle.choices() if "reason" in one.asks]
    sentence = _("Needed for: ${names}.", mapping={"names": ", ".join(names)})
    return say(sentence)


def simple(view: Any, needed: list[str], say: Say) -> JsonSchema:
    """Return the operation that takes nothing but the version, if it needs that."""
    schema = {
        "type": "object",
        "required": needed,
        "properties": {"version": VERSION},
    }
    return {
        "summary": summary(view),
        "requestBody": body(schema),
        "responses": written(say),
    }
