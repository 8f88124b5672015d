"""The home page: what waits for me."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pyramid.view import view_config

from endi_like.grids import GRIDS
from endi_like.grids.core import Grid
from endi_like.naming import without_company
from endi_like.permissions import Permission
from endi_like.reports.activity import Touched, activity
from endi_like.reports.ages import ages
from endi_like.reports.turnover import turnover
from endi_like.reports.waiting import Table, waiting
from endi_like.resources.core import Collection, Root
from endi_like.services.organisation import is_nameless
from endi_like.views.cells import Cells
from endi_like.views.charts import chart_of
from endi_like.views.history import Entry, Reader, begun, edited_by, timeline
from endi_like.views.projects.page import Listed, listed
from endi_like.workflow.core import Action

TELLING = ("payments", "moves", "changes", "files")
"""What is told of things that happened in one moment: the first of these."""


class Active(NamedTuple):
    """A document and what happened to it last, as a line of the page."""

    document: Listed
    entry: Entry

    @property
    def number(self) -> str:
        """Return the number of the document: the internal one as long as it must be."""
        task = self.document.task
        return task.official_number or without_company(task.internal_number or "")


@view_config(
    context=Root,
    request_method="GET",
    permission=Permission.LOGGED_IN,
    renderer="endi_like:templates/home.jinja2",
)
def home(context: Root, request: Any) -> dict[str, Any]:
    """Show the work of the logged-in user, the oldest first."""
    identity = request.identity

    def grid_of(name: str, permission: Permission) -> Grid:
        collection = context[name]
        grid = GRIDS[collection.item_class.model]
        return grid(collection.scope(identity, permission), request.today)

    @cache
    def held(name: str) -> frozenset[Permission]:
        found: frozenset[Permission] = context[name].held(identity)
        return found

    return {
        **figures(context["invoices"], request),
        "activity": active(context, request),
        "waiting": waiting(request.db, held, grid_of),
        "bulk_of": bulk_of,
        "base": request.resource_path(context),
        "cells": Cells(request),
        "query": urlencode,
        "name": identity.name,
        "today": request.today,
        "naming_url": naming_url(context, request),
    }


def bulk_of(table: Table) -> list[Action]:
    """Return what can be done at once to the documents of a table."""
    actions = table.grid.bulk
    return [one for one in actions if one.permission == table.kind.permission]


def figures(invoices: Collection, request: Any) -> dict[str, Any]:
    """Return what companies have invoiced, for their members, and what is owed.

    That is for whoever records payments, of the invoices they may record them for.
    """
    identity, today = request.identity, request.today
    own = invoices.companies(identity, Permission.VIEW)
    invoiced = turnover(request.db, own, today) if own else None
    paid = invoices.companies(identity, Permission.RECORD_PAYMENT)
    owed = ages(request.db, paid, today) if paid != () else None
    return {
        "turnover": invoiced,
        "chart": chart_of(invoiced, today) if invoiced else None,
        "owed": owed,
        "owed_url": owed_url(invoices, request, own, paid),
        "currency": request.currency,
    }


def active(context: Root, request: Any) -> list[Active]:
    """Return what happened last to the documents of the user's companies."""
    identity, history = request.identity, Permission.SEE_HISTORY
    told = context["invoices"].companies(identity, history)
    own = [one for one in identity.memberships if told is None or one in told]
    touched = activity(request.db, own) if own else []
    shown = listed(request, context, [one.task for one in touched])
    entries = (last_entry(one, identity.user_id) for one in touched)
    return [Active(*line) for line in zip(shown, entries, strict=True)]


def last_entry(touched: Touched, reader_id: int) -> Entry:
    """Return what happened to a document last; a new one was written."""
    task = touched.task
    entries = list(timeline(task, touched.rows, Reader(reader_id)))
    if entries:
        return min(entries, key=lambda entry: TELLING.index(entry.kind))
    return begun(task) if task.version == 1 else edited_by(task)


def owed_url(
    invoices: Collection,
    request: Any,
    seen: Sequence[int] | None,
    paid: Sequence[int] | None,
) -> str:
    """Return where the unpaid invoices are listed, if the list is of the same ones."""
    asked = {"paid_status": "open"}
    if seen != paid:
        if paid is None or len(paid) != 1:
            return ""
        asked["company"] = str(paid[0])
    return f"{request.resource_path(invoices)}?{urlencode(asked)}"


def naming_url(context: Root, request: Any) -> str:
    """Return where a new installation is given its name, for who may do so."""
    organisations = context["organisation"]
    if Permission.EDIT not in organisations.held(request.identity):
        return ""
    own = organisations["1"]
    return request.resource_path(own, "edit") if is_nameless(own.node) else ""
