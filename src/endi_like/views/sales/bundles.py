"""Many documents of a list printed at once: asked for, waited for, fetched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import colander
from pyramid.httpexceptions import HTTPBadRequest, HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config

from endi_like.forms.sales.bundles import BundleSchema
from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.models.sales import CancelInvoice, Invoice
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.keys import row_id
from endi_like.services import bundles, once
from endi_like.services.bundles import Bundle, Wanted
from endi_like.views.actions import text
from endi_like.views.bulk import ticks
from endi_like.views.downloads import download
from endi_like.views.lists import grid_of
from endi_like.workflow.errors import Refused

NAME = "bundle"
SECONDS = "2"
PATIENCE = dt.timedelta(minutes=30)
"""So long the page looks again by itself: nobody is there any more."""
PAGE = "endi_like:templates/sales/bundle.jinja2"
TOO_MANY = _(
    "At most ${n} documents are printed at once: set the filters so that there are "
    "fewer.",
    mapping={"n": bundles.MOST},
)
COMMON = {"context": Collection, "name": NAME, "permission": Permission.LIST}


class BundleViews:
    """``/invoices/bundle``, ``/invoices/bundle/12``, ``/invoices/bundle/12/file``.

    A bundle is for whoever has asked for it, and does not exist for others.
    """

    def __init__(self, context: Collection, request: Any) -> None:
        self.context = context
        self.request = request
        self.base = request.resource_path(context)
        self.user_id = request.identity.user_id

    @view_config(request_method="POST", holds=Invoice, **COMMON)
    @view_config(request_method="POST", holds=CancelInvoice, **COMMON)
    @view_config(request_method="POST", holds=Estimation, **COMMON)
    def ask(self) -> Any:
        """Have the ticked documents printed, or all that the filters find."""
        if self.request.subpath:
            raise HTTPNotFound
        said = self.said()
        ids = self.found(said["query"]) if said["whole"] else self.ticked()
        if not ids and said["whole"]:
            raise Refused(_("The filters find nothing that could be printed."))
        if not ids:
            raise Refused(_("Tick some rows first."))
        if len(ids) > bundles.MOST:
            raise Refused(TOO_MANY)
        key = said["once"] if once.is_key(said["once"]) else once.new_key()
        place = self.context.__name__
        wanted = Wanted(self.user_id, place, said["format"], ids, key)
        made = bundles.ask(self.request.db, wanted, self.request.registry["clock"]())
        return HTTPSeeOther(f"{self.request.host_url}{self.base}{NAME}/{made}")

    def said(self) -> dict[str, Any]:
        """Return what was posted; no page of ours sends anything else."""
        schema = BundleSchema()
        posted = {one.name: text(self.request.POST, one.name) for one in schema}
        try:
            found: dict[str, Any] = schema.deserialize(posted)
        except colander.Invalid as error:
            raise HTTPBadRequest(_("This form cannot be read.")) from error
        return found

    def ticked(self) -> Sequence[int]:
        """Return the ids of the ticked rows, in the order of the list.

        What is out of the user's sight the job leaves out.
        """
        rows = self.request.POST.getall("row")
        sent = [row for row in rows if isinstance(row, str)]
        return list(dict.fromkeys(key for key, _version in ticks(sent)))

    def found(self, query: str) -> Sequence[int]:
        """Return the ids of all rows that the filters find, at most one too many."""
        grid = grid_of(self.context, self.request, Permission.VIEW)
        params = dict(parse_qsl(query))
        page = grid.first(self.request.db, params, bundles.MOST + 1)
        return [row.id for row in page.rows]

    @view_config(request_method="GET", holds=Invoice, renderer=PAGE, **COMMON)
    @view_config(request_method="GET", holds=CancelInvoice, renderer=PAGE, **COMMON)
    @view_config(request_method="GET", holds=Estimation, renderer=PAGE, **COMMON)
    def page(self) -> Any:
        """Show how far a bundle is, or what became of it; or answer its file."""
        match self.request.subpath:
            case (key,):
                return self.shown(self.own(key))
            case (key, "file"):
                bundle = self.own(key)
                if not self.is_kept(bundle):
                    raise HTTPNotFound
                return download(self.request, bundle)
        raise HTTPNotFound

    def own(self, key: str) -> Bundle:
        """Return a bundle of this user, asked for in this list."""
        place = self.context.__name__
        try:
            found = bundles.own(self.request.db, row_id(key), self.user_id, place)
        except KeyError:
            found = None
        if found is None:
            raise HTTPNotFound
        return found

    def is_kept(self, bundle: Bundle) -> bool:
        """Tell whether the file is there still, and all of it for this user to see."""
        until = bundle.kept_until
        if until is None or until <= self.request.registry["clock"]():
            return False
        there = self.request.registry["vault"].size(bundle.sha256) is not None
        return there and self.is_seen(bundle)

    def is_seen(self, bundle: Bundle) -> bool:
        """Tell whether the user may see now what was printed while they might."""
        grid = grid_of(self.context, self.request, Permission.VIEW)
        seen = grid.within(self.request.db, bundle.ids)
        return len(seen) >= bundle.outcome.printed

    def shown(self, bundle: Bundle) -> dict[str, Any]:
        """Return what the page says; it looks again by itself until all is done."""
        age = self.request.registry["clock"]() - bundle.asked_at
        if bundle.is_open and age < PATIENCE:
            self.request.response.headers["Refresh"] = SECONDS
        return {
            "bundle": bundle,
            "back": self.base,
            "title": self.list_title,
            "file": f"{self.base}{NAME}/{bundle.id}/file" * self.is_kept(bundle),
        }

    @property
    def list_title(self) -> str:
        """Return how the list is called."""
        return str(grid_of(self.context, self.request, Permission.VIEW).title)
