"""``/openapi.json``: what programs may ask, as the lists, forms and machines say it.

Nothing is described by hand: collections come from the resource tree, parameters from
the filters of the grids, bodies from the schemas of the registered forms, and the
names of actions from the lifecycles.  Each reader finds what they may list.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any, NamedTuple

from pyramid.view import view_config

from endi_like.forms.openapi import JsonSchema, Say, object_schema
from endi_like.grids import GRIDS
from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.resources.core import Branch, Collection, Resource, Root
from endi_like.resources.memos import MemoResource, Memos, Timeline
from endi_like.resources.sales import InvoiceResource, PaymentResource
from endi_like.views import openapi_contacts as contacts
from endi_like.views import openapi_files as files
from endi_like.views import openapi_lists as lists
from endi_like.views import openapi_notifications as notifications
from endi_like.views import openapi_parts as parts
from endi_like.views import openapi_past as past
from endi_like.views import openapi_saved_views as saved_views
from endi_like.views.forms import FormView
from endi_like.views.items import ItemForm
from endi_like.views.lists import XLSX
from endi_like.views.sales.form import TaskForm

PARTS: dict[type[Resource], dict[str, Any]] = {
    InvoiceResource: {"payments/{payment_id}": PaymentResource}
}
"""The rows of a document that have an address below it."""

PAST = {"timeline": Timeline, "memos": Memos, "memos/{memo_id}": MemoResource}
"""What every record has below its address, besides its files."""

SIMPLE = {
    "delete": ["version"],
    "restore": ["version"],
    "duplicate": [],
    "send": ["version"],
}
"""Views without a form, and what they need."""


class Posting(NamedTuple):
    """A view that takes posts: its name, what it is, and on what."""

    name: str
    view: Any
    context: Any
    holds: Any


@view_config(
    context=Root,
    name="openapi.json",
    request_method="GET",
    permission=Permission.LOGGED_IN,
    renderer="json",
)
def openapi(context: Root, request: Any) -> JsonSchema:
    """Describe every list, record, form and action to a program (OpenAPI 3.1)."""
    say = request.translate
    known = list(postings(request.registry))
    paths: JsonSchema = {}
    for name in request.registry["resources"]:
        collection = context[name]
        if request.has_permission(Permission.LIST, collection):
            paths |= paths_of(collection, request, known)
    paths |= notifications.paths(say)
    paths |= saved_views.paths(say)
    return {
        "openapi": "3.1.0",
        "info": {"title": "endi-like", "version": version("endi_like")},
        "servers": [{"url": request.script_name or "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": parts.components(say),
    }


def postings(registry: Any) -> Iterator[Posting]:
    """Yield every registered view that takes posts."""
    for entry in registry.introspector.get_category("views"):
        view = entry["introspectable"]
        if view["request_methods"] in ("POST", ("POST",)):
            yield Posting(
                view["name"], view["callable"], view["context"], view.get("holds")
            )


def paths_of(
    collection: Branch, request: Any, known: list[Posting]
) -> dict[str, JsonSchema]:
    """Return the addresses of a collection, of its items and of their parts."""
    say, kind = request.translate, collection.item_class
    base = f"/{collection.__name__}"
    if not isinstance(collection, Collection):
        below = paths_below(f"{base}/{{id}}", kind, known, say, parts.TEXT)
        return {f"{base}/": {"get": lists.listing_of_few(kind, say)}, **below}
    grid = GRIDS[kind.model](collection.scope(request.identity), request.today)
    found = {
        f"{base}/": {"get": lists.listing(grid, say)},
        f"{base}/export.csv": {"get": lists.export(grid, "text/csv", say)},
        f"{base}/export.xlsx": {"get": lists.export(grid, XLSX, say)},
    }
    if kind is EntityResource:
        found |= contacts.paths(base, grid, say)
    if grid.bulk:
        found[f"{base}/bulk"] = {"post": lists.bulk(grid, say)}
    for one in known:
        if one.context is Collection and one.holds is kind.model and is_form(one):
            found[f"{base}/{one.name}"] = {"post": form(one, kind, say)}
    found |= paths_below(f"{base}/{{id}}", kind, known, say)
    beside = PAST if "timeline" in kind.parts else {}
    for path, part in {**PARTS.get(kind, {}), **beside}.items():
        found |= paths_below(f"{base}/{{id}}/{path}", part, known, say)
    return found


def paths_below(
    base: str,
    kind: Any,
    known: list[Posting],
    say: Say,
    ids: JsonSchema = parts.NUMBER,
) -> dict[str, JsonSchema]:
    """Return the addresses of one item: its record, its forms, its actions."""
    found: dict[str, JsonSchema] = {}
    model = getattr(kind, "model", None)
    found |= past.paths(base, kind, say)
    if model is not None:
        found[f"{base}/"] = {"get": parts.record(say)}
    for one in known:
        if not (isinstance(one.context, type) and issubclass(kind, one.context)):
            continue
        if described := posted(one, kind, say):
            found[f"{base}/{one.name}"] = {"post": described}
    if "files" in getattr(kind, "parts", ()):
        found |= files.paths(base, say)
    for path, described in found.items():
        described["parameters"] = parts.places(path, ids)
    return found


def posted(one: Posting, kind: Any, say: Say) -> JsonSchema | None:
    """Return the operation that a view for one item is, if programs may ask for it."""
    model = getattr(kind, "model", None)
    if is_form(one):
        return form(one, kind, say)
    if one.name == "do" and model is not None:
        return parts.action(model.lifecycle, say)
    simple = past.SIMPLE if kind is MemoResource else SIMPLE
    if one.name in simple:
        return parts.simple(one.view, simple[one.name], say)
    return None


def is_form(posting: Posting) -> bool:
    """Tell whether a view is one of our forms."""
    return isinstance(posting.view, type) and issubclass(posting.view, FormView)


def form(posting: Posting, kind: Any, say: Say) -> JsonSchema:
    """Return the operation that a form is, with what its schema takes.

    Of an item a program sends what is to change, and the version it has seen.
    """
    body = object_schema(schema_of(posting.view, kind).children, say)
    on_item = issubclass(posting.view, ItemForm)
    if issubclass(posting.view, TaskForm):
        body["properties"] |= parts.moving(kind.model.lifecycle, say)
    if on_item and posting.view.unsent is FormView.unsent:
        body["required"] = []
    if on_item:
        body["properties"] = {"version": parts.VERSION, **body["properties"]}
        body["required"] = ["version", *body.get("required", ())]
    return parts.form(posting.view, body, "200" if on_item else "201", say)


def schema_of(view: Any, kind: Any) -> Any:
    """Return the schema of a form; that of some depends on what kind it is for."""
    model = getattr(kind, "model", None)
    asking = object.__new__(view)
    asking.context = SimpleNamespace(item_class=kind, model=model)
    return asking.schema()
