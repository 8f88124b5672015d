"""Saved views: kept from a list, renamed, shared, deleted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import colander
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from endi_like.forms.saved_views import SavedViewSchema
from endi_like.grids import GRIDS
from endi_like.grids.saved import packed, unpacked
from endi_like.i18n import _
from endi_like.models.saved_views import SavedView
from endi_like.permissions import Permission
from endi_like.principals import GROUPS
from endi_like.resources.core import Collection
from endi_like.resources.saved_views import SavedViewResource, SavedViews
from endi_like.services import saved_views
from endi_like.text import norm
from endi_like.views.actions import sent, text
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import EditForm
from endi_like.views.lists import grid_of

FORM = "endi_like:templates/form.jinja2"
CHOSEN = frozenset({"1", "True"})
"""What the button says, and a program."""
PAGE = "endi_like:templates/saved_views.jinja2"


def list_of(request: Any, root: Any, name: str) -> Any:
    """Return the list a view is of, if it is there and the user may see it."""
    kind = request.registry["resources"].get(name)
    if kind is None or kind.model not in GRIDS:
        return None
    found = root[name]
    may = request.has_permission(Permission.LIST, found)
    return found if may and isinstance(found, Collection) else None


def address(request: Any, collection: Any, query: str) -> str:
    """Return where a view opens, with what its list still knows of it."""
    asked = unpacked(grid_of(collection, request, Permission.VIEW), query)
    base = request.resource_path(collection)
    return f"{base}?{urlencode(asked or {'view': 'all'})}"


def as_row(request: Any, context: SavedViews, one: Any) -> dict[str, Any] | None:
    """Return a view as the page and JSON show it; nothing of a list one may not see."""
    collection = list_of(request, context.__parent__, one.collection)
    if collection is None:
        return None
    return {
        "id": one.id,
        "url": f"{request.resource_path(context)}{one.id}/",
        "list": one.collection,
        "name": one.name,
        "opens": address(request, collection, one.query),
        "role": one.role,
        "preset": one.preset,
        "mine": one.mine,
        "owner": one.owner,
    }


@view_defaults(context=SavedViews, permission=Permission.LOGGED_IN)
class SavedViewsViews:
    """``/saved-views``: one's own, and those shared with one."""

    def __init__(self, context: SavedViews, request: Any) -> None:
        self.context = context
        self.request = request

    def rows(self) -> list[dict[str, Any]]:
        """Return the views of the lists the user may see."""
        known = saved_views.known(self.request.db, self.request.identity)
        rows = (as_row(self.request, self.context, one) for one in known)
        return [row for row in rows if row is not None]

    @view_config(request_method="GET", renderer=PAGE)
    def page(self) -> dict[str, Any]:
        """Show them, list by list."""
        labels = {one.name: one.label for one in self.request.registry["menu"]}
        called = {k: norm(self.request.translate(one)) for k, one in labels.items()}
        rows = sorted(self.rows(), key=lambda row: called[row["list"]])
        return {"rows": rows, "labels": labels, "roles": GROUPS}

    @view_config(request_method="GET", renderer="json", wants_json=True)
    def as_json(self) -> dict[str, Any]:
        """Answer the same as JSON."""
        return {"views": self.rows()}


class SavedViewForm:
    """What the new and the edit form have in common."""

    schema = SavedViewSchema
    context: Any
    request: Any

    def bindings(self) -> dict[str, Any]:
        """Offer the groups to whoever may share."""
        may = saved_views.may_share(self.request.identity)
        return {"roles": tuple(GROUPS.items()) if may else ()}

    def store(self, view: SavedView, data: dict[str, Any]) -> None:
        """Write the values into the view."""
        saved_views.save(self.request.db, self.request.identity, view, data)

    def to_list(self, target: Any) -> Any:
        """Go to the list as the view shows it; tell a program of the view."""
        collection = list_of(self.request, self.request.root, target.node.collection)
        self.request.flash(self.request.translate(_("Saved.")))
        self.request.mark_saved()
        if collection is None:
            return HTTPSeeOther(self.request.resource_path(target.__parent__))
        return HTTPSeeOther(address(self.request, collection, target.node.query))


@form_view(
    context=SavedViews, name="add", permission=Permission.LOGGED_IN, renderer=FORM
)
class AddSavedView(SavedViewForm, AddForm):
    """Keep what a list is asked; the address says which list, and what."""

    title = _("Save this view")

    def __init__(self, context: Any, request: Any) -> None:
        super().__init__(context, request)
        asked = request.GET
        if not asked and request.method == "GET":
            raise HTTPSeeOther(request.resource_path(context))
        self.list = list_of(request, context.__parent__, asked.get("list", ""))
        if self.list is None:
            raise HTTPNotFound
        grid = grid_of(self.list, request, Permission.VIEW)
        self.query = packed(grid, asked.get("query", ""))

    def save(self, data: dict[str, Any]) -> Any:
        """Keep the view, as one's own."""
        view = SavedView(
            owner_id=self.request.identity.user_id,
            collection=self.list.__name__,
            query=self.query,
        )
        self.store(view, data)
        return self.context.wrap(view)

    def done(self, target: Any) -> Any:
        """Go back to the list."""
        found = super().done(target)
        return found if self.request.wants_json else self.to_list(target)


@form_view(
    context=SavedViewResource, name="edit", permission=Permission.EDIT, renderer=FORM
)
class EditSavedView(SavedViewForm, EditForm):
    """Rename a view, share it, or have its list open with it."""

    title = _("Change the saved view")

    def __init__(self, context: Any, request: Any) -> None:
        super().__init__(context, request)
        if list_of(request, request.root, context.node.collection) is None:
            raise HTTPNotFound

    def appstruct(self) -> dict[str, Any]:
        """Return what is stored, and whether the list opens with it."""
        names = {child.name for child in self.schema()} - {"preset"}
        view, request = self.context.node, self.request
        found = {name: getattr(view, name) for name in names}
        opens = saved_views.is_preset(request.db, request.identity, view)
        kept = {key: colander.null if v is None else v for key, v in found.items()}
        return {**kept, "preset": opens}

    def change(self, item: Any, data: dict[str, Any]) -> None:
        """Write the values into the view."""
        self.store(item, data)

    def done(self, target: Any) -> Any:
        """Go back to the list."""
        found = super().done(target)
        return found if self.request.wants_json else self.to_list(target)


@view_config(
    context=SavedViewResource, request_method="GET", permission=Permission.VIEW
)
def open_view(context: SavedViewResource, request: Any) -> Any:
    """Open the list as the view shows it."""
    collection = list_of(request, request.root, context.node.collection)
    if collection is None:
        raise HTTPNotFound
    return HTTPSeeOther(address(request, collection, context.node.query))


@view_config(
    context=SavedViewResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: SavedViewResource, request: Any) -> dict[str, Any]:
    """Answer a view as JSON."""
    known = saved_views.known(request.db, request.identity, context.node.collection)
    one = next(one for one in known if one.id == context.node.id)
    row = as_row(request, context.__parent__, one)
    if row is None:
        raise HTTPNotFound
    return {**row, "version": context.version}


@view_config(
    context=SavedViewResource,
    name="preset",
    request_method="POST",
    permission=Permission.CHOOSE,
)
def preset(context: SavedViewResource, request: Any) -> Any:
    """Have the list open with a view for oneself, or not any more."""
    opens = text(sent(request), "opens") in CHOSEN
    saved_views.preset(request.db, request.identity, context.node, opens=opens)
    said = request.translate(
        _("The list opens with it from now on.")
        if opens
        else _("The list opens without it from now on.")
    )
    if request.wants_json:
        return Response(json_body={"said": said})
    request.flash(said)
    return HTTPSeeOther(request.resource_path(context.__parent__))


@view_config(
    context=SavedViewResource,
    name="delete",
    request_method="POST",
    permission=Permission.DELETE,
)
def delete(context: SavedViewResource, request: Any) -> Any:
    """Delete one's own view."""
    request.db.delete(context.node)
    request.db.flush()
    said = request.translate(_("The view is deleted."))
    if request.wants_json:
        return Response(json_body={"said": said})
    request.flash(said)
    return HTTPSeeOther(request.resource_path(context.__parent__))
