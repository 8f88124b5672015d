"""The files of a record, described for programs."""

from __future__ import annotations

from endi_like.forms.openapi import JsonSchema, Say
from endi_like.i18n import _
from endi_like.views import files as views
from endi_like.views import openapi_parts as parts

MOMENT: JsonSchema = {"type": "string", "format": "date-time"}
FILE: JsonSchema = {
    "id": {"type": "integer"},
    "name": parts.TEXT,
    "version": {"type": "integer", "minimum": 1},
    "description": parts.TEXT,
    "account_id": {"type": ["integer", "null"]},
    "media_type": parts.TEXT,
    "size": {"type": "integer", "minimum": 0},
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "created_at": MOMENT,
    "uploaded_by": {"type": ["string", "null"]},
    "removed_at": {**MOMENT, "type": ["string", "null"]},
    "url": parts.TEXT,
}
BYTES: JsonSchema = {"type": "string", "format": "binary"}


def paths(base: str, say: Say) -> dict[str, JsonSchema]:
    """Return the addresses of the files of the record at ``base``."""
    one = f"{base}/files/{{file_id}}"
    return {
        f"{base}/files/": {"get": listing(say), "post": attaching(say)},
        f"{one}/{{name}}": {"get": fetching(say)},
        f"{one}/remove": {"post": parts.simple(views.remove, [], say)},
        f"{one}/restore": {"post": parts.simple(views.restore, [], say)},
    }


def several(**more: JsonSchema) -> JsonSchema:
    """Return the schema of some files."""
    file = {"type": "object", "required": [*FILE], "properties": FILE}
    properties = {"files": {"type": "array", "items": file}, **more}
    return {"type": "object", "required": ["files"], "properties": properties}


def listing(say: Say) -> JsonSchema:
    """Return the operation that names all files, removed ones and versions too."""
    found = parts.answer(say(_("Files")), several())
    return {
        "summary": parts.summary(views.files_json),
        "responses": {"200": found, **parts.refusals(say)},
    }


def attaching(say: Say) -> JsonSchema:
    """Return the operation that attaches files: the one thing not sent as JSON."""
    sent = {"type": "array", "items": BYTES}
    schema = {
        "type": "object",
        "required": [views.FIELD],
        "properties": {
            views.FIELD: sent,
            "description": {"type": "string", "maxLength": views.LONGEST_DESCRIPTION},
            views.ACCOUNT: {
                "type": "integer",
                "description": say(_("Of a contact: the account whose file it is.")),
            },
        },
    }
    made = parts.answer(say(_("Saved.")), several(said=parts.TEXT))
    large = parts.answer(say(_("That is too much at once")), parts.ref("Error"))
    wrong = parts.answer(say(parts.WRONG), parts.ref("Error"))
    return {
        "summary": parts.summary(views.attach),
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": schema}},
        },
        "responses": {"201": made, "413": large, "422": wrong, **parts.refusals(say)},
    }


def fetching(say: Say) -> JsonSchema:
    """Return the operation that answers the content of a file, whatever its kind."""
    content = {"*/*": {"schema": BYTES}}
    found = {"description": say(_("Files")), "content": content}
    return {
        "summary": parts.summary(views.fetch),
        "responses": {"200": found, **parts.refusals(say)},
    }
