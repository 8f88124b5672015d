"""The list page, JSON and exports of every registered grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from pyramid.view import view_config, view_defaults

from endi_like import formats
from endi_like.grids import GRIDS
from endi_like.grids.counting import COUNTED
from endi_like.grids.export import File, csv_file, xlsx_file
from endi_like.grids.page import Page, Row
from endi_like.grids.parts import (
    Bound,
    Choice,
    Column,
    Filter,
    Reference,
    Tick,
    plain_number,
)
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.services import choices, once
from endi_like.services.bundles import MOST
from endi_like.services.saved_views import Known
from endi_like.views import saved_menu
from endi_like.views.cells import Cells
from endi_like.views.downloads import made
from endi_like.workflow.core import State

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def grid_of(context: Collection, request: Any, permission: Permission) -> Any:
    """Return the collection's grid over the rows the user holds a permission on."""
    scope = context.scope(request.identity, permission)
    sight = context.sight(request.identity, permission)
    return GRIDS[context.item_class.model](scope, request.today, sight)


@view_defaults(context=Collection, permission=Permission.LIST)
class ListViews:
    """``/invoices`` and ``/invoices/export.csv``."""

    def __init__(self, context: Collection, request: Any) -> None:
        self.context = context
        self.request = request
        self.base = request.resource_path(context)
        self.list = self.base

    @view_config(request_method="GET", renderer="endi_like:templates/list.jinja2")
    def page(self) -> Any:
        """Show one page of the grid, or go to the view the list opens with."""
        grid = grid_of(self.context, self.request, Permission.VIEW)
        if found := self.opening(grid):
            return found
        return self.shown(grid.run(self.request.db, self.request.GET))

    @cached_property
    def saved(self) -> Sequence[Known]:
        """Return the saved views of the list; one beside it has none."""
        if self.list != self.base:
            return ()
        return saved_menu.offered(self.request, self.context)

    def opening(self, grid: Any) -> Any:
        """Return the way to the view the list opens with, if nothing is asked."""
        return saved_menu.opening(self.request, self.saved, grid, self.url)

    def shown(self, page: Page) -> dict[str, Any]:
        """Return what the template of a list reads."""
        grid, labels = page.grid, self.references(page)
        bulk, printing = self.bulk_actions(grid, page), self.printing(page)
        return {
            "page": page,
            "grid": grid,
            "base": self.base,
            "list": self.list,
            "everything": self.url(),
            "saved": self.menu(page),
            "filters": self.filters(grid),
            "cells": Cells(self.request),
            "url": self.url,
            "chips": list(self.chips(page, labels)),
            "labels": labels,
            "entry": self.entry(),
            "here": urlencode(page.params),
            "may_add": self.request.has_permission(Permission.ADD),
            "bulk": bulk,
            "printing": printing,
            "ticked": bulk or printing,
            "beneath": {},
            "elsewhere": self.elsewhere(),
        }

    def menu(self, page: Page) -> saved_menu.Menu | None:
        """Return the menu of saved views: they open the list, none beside it."""
        if self.list != self.base:
            return None
        return saved_menu.menu(self.context, self.saved, page, self.url)

    @view_config(request_method="GET", renderer="json", wants_json=True)
    def as_json(self) -> dict[str, Any]:
        """Answer the same page as JSON."""
        grid = grid_of(self.context, self.request, Permission.VIEW)
        return self.as_data(grid.run(self.request.db, self.request.GET))

    def as_data(self, page: Page) -> dict[str, Any]:
        """Return a page as JSON holds it; ``next`` is the address of the next one."""
        following = page.query(after=page.after) if page.after else {}
        places = self.elsewhere()
        return {
            "total": min(page.count, COUNTED),
            "rows": [
                self.json_row(page, row, places.get(row.kind, self.base))
                for row in page.rows
            ],
            "next": self.url(**following, fmt="json") if following else None,
            "count": page.count,
            "complete": page.complete,
            "before": page.before,
            "after": page.after,
            "page_totals": texts(page.page_totals()),
            "totals": texts(page.totals),
        }

    @view_config(name="export.csv", request_method="GET")
    def export_csv(self) -> Any:
        """Download every matching row as CSV."""
        grid = grid_of(self.context, self.request, Permission.EXPORT)
        with closing(grid.every(self.request.db, self.request.GET)) as rows:
            file = csv_file(
                grid, rows, self.request.translate, self.request.locale_name
            )
        return self.download("csv", "text/csv; charset=utf-8", file)

    @view_config(name="export.xlsx", request_method="GET")
    def export_xlsx(self) -> Any:
        """Download every matching row as XLSX."""
        grid = grid_of(self.context, self.request, Permission.EXPORT)
        with closing(grid.every(self.request.db, self.request.GET)) as rows:
            file = xlsx_file(grid, rows, self.request.translate)
        return self.download("xlsx", XLSX, file)

    def url(self, **changes: str) -> str:
        """Return the address of the list with some parameters; empty ones left out.

        Without any, a list that opens with a view is asked for everything.
        """
        asked = {k: v for k, v in changes.items() if v}
        if not asked and any(one.preset for one in self.saved):
            asked = saved_menu.EVERYTHING
        query = urlencode(asked)
        return f"{self.list}?{query}" if query else self.list

    def chips(self, page: Page, labels: Mapping[str, str]) -> Any:
        """Yield each filter in force: its label, its value in words, without it."""
        for one in page.grid.filters:
            value = page.params.get(one.name, "").strip()
            if one.where(value) is None:
                continue
            words = labels.get(one.name) or self.in_words(one, value)
            yield one.label, words, self.url(**page.query(**{one.name: ""}))

    def in_words(self, one: Filter, value: str) -> str:
        """Return the value of a filter in force, as people write it."""
        if isinstance(one, Choice):
            return one.choices[value]
        if isinstance(one, Tick):
            return _("yes")
        if isinstance(one, Bound):
            write = formats.date_short if one.kind == "day" else formats.amount
            return write(one.bound(value), self.request.locale_name)
        return value

    def references(self, page: Page) -> dict[str, str]:
        """Return how the record each reference filter points at is called."""
        found = {}
        for one in page.grid.filters:
            if not isinstance(one, Reference):
                continue
            key = one.key(page.params.get(one.name, ""))
            if key is not None:
                found[one.name] = self.title_of(page.grid, one, key)
        return found

    def title_of(self, grid: Any, one: Reference, key: int) -> str:
        """Return the title of a record, its number where the user may not know it.

        Whoever may view the record knows it, and whoever sees a row that names it.
        """
        parent = self.context.__parent__[one.options]
        seen = parent.scope(self.request.identity)
        named = grid.pointing_at(one, key)
        title = choices.title(
            self.request.db, parent.item_class.model, key, [seen, named]
        )
        return title or str(key)

    def filters(self, grid: Any) -> list[Any]:
        """Return the filters to show: a reference to what one may list."""
        root = self.context.__parent__
        return [
            one
            for one in grid.filters
            if not isinstance(one, Reference)
            or self.request.has_permission(Permission.LIST, root[one.options])
        ]

    def elsewhere(self) -> dict[str, str]:
        """Return where rows of other kinds lead, by their kind."""
        places = self.context.elsewhere().items()
        return {kind: self.request.resource_path(place) for kind, place in places}

    def entry(self) -> Any:
        """Return how the collection is called in the menu."""
        entries = self.request.registry["menu"]
        return next(one for one in entries if one.name == self.context.__name__)

    def bulk_actions(self, grid: Any, page: Page) -> list[Any]:
        """Return the bulk actions this user may run on some row of the page."""
        if not page.rows or not grid.bulk:
            return []
        held = self.context.held(self.request.identity)
        return [action for action in grid.bulk if action.permission in held]

    def printing(self, page: Page) -> dict[str, Any] | None:
        """Return what the buttons that print rows say; none where they are nothing."""
        if not page.rows or not page.grid.printed:
            return None
        return {"most": MOST, "key": once.new_key()}

    def json_row(self, page: Page, row: Row, base: str) -> dict[str, Any]:
        """Return a row's values by column name, with its id, version and address."""
        found: dict[str, Any] = {
            "id": row.id,
            "version": row.version,
            "url": f"{base}{row.record or row.id}/",
        }
        cells = zip(page.grid.columns, row.values, row.under, strict=True)
        for column, value, under in cells:
            found[column.name] = as_json(column, value)
            if column.under is not None:
                found[column.under.key] = under
        return found

    def download(self, ending: str, media_type: str, file: File, what: str = "") -> Any:
        """Return a response that is saved under the collection's name, or another."""
        name = (
            f"{what or self.context.__name__}-{self.request.today.isoformat()}.{ending}"
        )
        return made(self.request, file, name, media_type)


def texts(sums: Mapping[str, Decimal] | None) -> dict[str, str] | None:
    """Return sums by column name as JSON holds them; none where there are too many."""
    return None if sums is None else {name: str(one) for name, one in sums.items()}


def as_json(column: Column, value: Any) -> Any:
    """Return a value as JSON holds it: amounts and days as texts, states by name."""
    if column.kind == "states":
        return [state.name for state in value if isinstance(state, State)]
    if column.kind == "percent":
        return plain_number(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
