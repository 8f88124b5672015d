"""How lists are described to programs: their parameters, rows and downloads."""

from __future__ import annotations

from typing import Any

from endi_like.forms.openapi import JsonSchema, Say
from endi_like.grids.core import Grid
from endi_like.grids.page import PLACE
from endi_like.grids.parts import Bound, Choice, Column, Filter, Reference, Tick
from endi_like.grids.searched import Lookup
from endi_like.i18n import _
from endi_like.views import openapi_parts as parts

AMOUNT: JsonSchema = {"type": ["string", "null"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
CELLS: dict[str, JsonSchema] = {
    "money": AMOUNT,
    "percent": AMOUNT,
    "day": {"type": ["string", "null"], "format": "date"},
    "moment": {"type": ["string", "null"], "format": "date-time"},
    "states": {"type": "array", "items": parts.TEXT},
    "flag": {"type": "boolean"},
    "count": {"type": ["integer", "null"]},
}
NUMBERS: dict[str, JsonSchema] = {
    "page": {"type": "integer", "minimum": 1, "default": 1}
}
CELL: JsonSchema = {"type": ["string", "integer", "null"]}


def listing(grid: Grid, say: Say) -> JsonSchema:
    """Return the operation that reads a page of a list."""
    row = {
        "type": "object",
        "required": ["id", "version", "url"],
        "properties": {
            "id": {"type": "integer"},
            "version": parts.VERSION,
            "url": parts.TEXT,
            **{column.name: cell(column, say) for column in grid.columns},
            **{
                one.under.key: parts.TEXT
                for one in grid.columns
                if one.under is not None
            },
        },
    }
    place = {"type": ["string", "null"]}
    names = [column.name for column in grid.columns if column.total]
    sums = {"type": "object", "properties": dict.fromkeys(names, CELLS["money"])}
    page = {
        "type": "object",
        "required": ["total", "rows", "next", "count", "complete", "before", "after"],
        "properties": {
            "total": {"type": "integer"},
            "rows": {"type": "array", "items": row, "maxItems": grid.size},
            "next": place,
            "count": {"type": "integer"},
            "complete": {"type": "boolean"},
            "before": place,
            "after": place,
            "page_totals": sums,
            "totals": {**sums, "type": ["object", "null"]},
        },
    }
    return {
        "summary": parts.summary(type(grid)),
        "parameters": [
            *filters(grid, say),
            *(query(one, NUMBERS.get(one, parts.TEXT)) for one in PLACE),
        ],
        "responses": {
            "200": parts.answer(say(grid.title), page),
            **parts.refusals(say),
        },
    }


def listing_of_few(kind: Any, say: Say) -> JsonSchema:
    """Return the operation that reads a list without pages or filters."""
    row = {"type": "object", "required": ["url"], "properties": {"url": parts.TEXT}}
    page = {
        "type": "object",
        "required": ["rows", "count"],
        "properties": {
            "rows": {"type": "array", "items": row},
            "count": {"type": "integer"},
        },
    }
    summary = parts.summary(kind.collection)
    found = {"200": parts.answer(summary, page), **parts.refusals(say)}
    return {"summary": summary, "responses": found}


def cell(column: Column, say: Say) -> JsonSchema:
    """Return the type of a column's values."""
    return {**CELLS.get(column.kind, CELL), "title": say(column.label)}


def export(grid: Grid, media_type: str, say: Say) -> JsonSchema:
    """Return the operation that downloads every row of a list."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "summary": parts.summary(type(grid)),
        "parameters": filters(grid, say),
        "responses": {
            "200": {"description": say(grid.title), "content": content},
            **parts.refusals(say),
        },
    }


def filters(grid: Grid, say: Say) -> list[JsonSchema]:
    """Return the parameters of a list: its order and its filters."""
    sortable = [column.name for column in grid.columns if column.sort is not None]
    orders = [sign + name for name in sortable for sign in ("", "-")]
    order = query("sort", {"enum": orders, "default": grid.default_sort})
    return [
        order,
        *(query(one.name, values(one), meaning(one, say)) for one in grid.filters),
    ]


def meaning(one: Any, say: Say) -> str:
    """Return what a filter is called; of a field of the search how it matches, too."""
    if not isinstance(one, Lookup):
        return say(one.label)
    said = {"label": one.label, "value": one.told}
    return say(_("${label}: ${value}", mapping=said)) if one.told else say(one.label)


def values(one: Filter) -> JsonSchema:
    """Return what a filter takes."""
    if isinstance(one, Choice):
        return {"enum": list(one.choices)}
    if isinstance(one, Reference):
        return {"type": "integer", "minimum": 1}
    if isinstance(one, Tick) or kind_of(one) == "tick":
        return {"const": "1"}
    if kind_of(one) == "day":
        return {"type": "string", "format": "date"}
    if isinstance(one, Bound):
        return {"type": "string", **({"format": "date"} if one.kind == "day" else {})}
    return parts.TEXT


def kind_of(one: Any) -> str:
    """Return which kind a field of the search is; nothing of other filters."""
    return one.kind if isinstance(one, Lookup) else ""


def query(name: str, schema: JsonSchema = parts.TEXT, said: str = "") -> JsonSchema:
    """Return one parameter of an address."""
    found = {"name": name, "in": "query", "schema": schema}
    return {**found, "description": said} if said else found


def bulk(grid: Grid, say: Say) -> JsonSchema:
    """Return the operation that runs an action on many rows, with a result for each."""
    row = {**parts.TEXT, "pattern": "^[0-9]+-[0-9]+$"}
    schema = {
        "type": "object",
        "required": ["action", "rows"],
        "properties": {
            "action": parts.TEXT,
            "rows": {"type": "array", "items": row},
            "reason": parts.TEXT,
        },
    }
    results = {"type": "array", "items": parts.ref("Outcome")}
    count = {"count": {"type": "integer"}, "reason": parts.TEXT}
    left_out = {"type": "array", "items": {"type": "object", "properties": count}}
    done = {
        "type": "object",
        "properties": {"results": results, "left_out": left_out},
    }
    return {
        "summary": say(grid.title),
        "requestBody": parts.body(schema),
        "responses": {
            "200": parts.answer(say(_("Result")), done),
            **parts.refusals(say),
        },
    }
