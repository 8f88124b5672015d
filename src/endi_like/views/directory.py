"""The search of the directory: its page, the accounts, JSON, files, cards."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from pyramid.view import view_config, view_defaults

from endi_like.grids.contacts import CLASSES, AccountGrid
from endi_like.grids.export import csv_file, filled, xlsx_file
from endi_like.grids.page import Page, Row
from endi_like.grids.parts import Filter
from endi_like.i18n import _
from endi_like.models.contacts import Entity
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.services.contacts.search.choices import countries, stages
from endi_like.services.contacts.search.hits import hits
from endi_like.services.contacts.search.vcards import vcards
from endi_like.services.countries import code_of, names_of
from endi_like.views.lists import XLSX, ListViews, grid_of

TEMPLATE = "endi_like:templates/contacts/list.jinja2"
CSV = "text/csv; charset=utf-8"
VCARD = "text/vcard; charset=utf-8"


class Searching(ListViews):
    """What the two lists of the search have in common."""

    def shown(self, page: Page) -> dict[str, Any]:
        """Return what the template reads; both lists are asked the same."""
        views = [(_("Contacts"), self.base), (_("Accounts"), f"{self.base}accounts")]
        asked = urlencode(page.query(sort=""))
        return {**super().shown(page), "views": views, "asked": asked}

    def filters(self, grid: Any) -> list[Any]:
        """Return the fields, with what their drop-downs offer."""
        chosen = {"class": self.classes, "country": self.countries}
        return [
            replace(one, choices=chosen[one.name]()) if one.name in chosen else one
            for one in grid.filters
        ]

    def classes(self) -> dict[str, str]:
        """Return what an entity may be by the facts, or be marked as."""
        scope = self.context.scope(self.request.identity)
        translate = self.request.translate
        facts = {name: translate(state.label) for name, state in CLASSES.items()}
        marks = {
            stage: translate(_("marked: ${stage}", mapping={"stage": stage}))
            for stage in sorted(stages(self.request.db, scope))
        }
        return self.with_chosen("class", facts | marks)

    def countries(self) -> dict[str, str]:
        """Return the countries in use, by what the reader calls them."""
        identity = self.request.identity
        scope, sight = self.context.scope(identity), self.context.sight(identity)
        used = countries(self.request.db, scope, sight)
        names = names_of(self.request.locale_name)
        found = {code: names.get(code, code) for code in used}
        by_name = dict(sorted(found.items(), key=lambda one: one[1]))
        return self.with_chosen("country", by_name)

    def with_chosen(self, name: str, offered: dict[str, str]) -> dict[str, str]:
        """Return the choices, and what the address asks if it is another one."""
        asked = self.request.GET.get(name, "").strip()
        return offered if asked in ("", *offered) else {asked: asked, **offered}

    def in_words(self, one: Filter, value: str) -> str:
        """Return the value of a field in force, as people call it."""
        if one.kind == "tick":
            return _("yes")
        if one.name == "country":
            code = code_of(value) or ""
            return names_of(self.request.locale_name).get(code, value)
        if one.name == "class" and value in CLASSES:
            return CLASSES[value].label
        return value


@view_defaults(context=Collection, holds=Entity, permission=Permission.LIST)
class ContactViews(Searching):
    """``/contacts``: a line for each entity."""

    @view_config(request_method="GET", renderer=TEMPLATE)
    def page(self) -> Any:
        """Show one page of what is found."""
        grid = grid_of(self.context, self.request, Permission.VIEW)
        if found := self.opening(grid):
            return found
        page = grid.run(self.request.db, self.request.GET)
        return {
            **self.shown(page),
            "beneath": self.beneath(page),
            "mail": mail_to(page),
            "may_merge": self.request.has_permission(Permission.MERGE, self.context),
            "files": "export",
            "cards": True,
        }

    @view_config(request_method="GET", renderer="json", wants_json=True)
    def as_json(self) -> dict[str, Any]:
        """Answer the same page as JSON, with what has matched in each row."""
        grid = grid_of(self.context, self.request, Permission.VIEW)
        page = grid.run(self.request.db, self.request.GET)
        found, matched = self.as_data(page), self.beneath(page)
        for row in found["rows"]:
            row["matched"] = matched.get(row["id"], "")
        return found

    @view_config(name="export.csv", request_method="GET")
    def export_csv(self) -> Any:
        """Download everybody found as CSV."""
        return super().export_csv()

    @view_config(name="export.xlsx", request_method="GET")
    def export_xlsx(self) -> Any:
        """Download everybody found as XLSX."""
        return super().export_xlsx()

    @view_config(name="export.vcf", request_method="GET")
    def export_vcards(self) -> Any:
        """Download everybody found as vCards."""
        db, grid = (
            self.request.db,
            grid_of(self.context, self.request, Permission.EXPORT),
        )

        def fill(file: Any) -> None:
            with closing(grid.every(db, self.request.GET)) as rows:
                for cards in vcards(db, (row.id for row in rows), grid.sight):
                    file.write(cards)

        return self.download("vcf", VCARD, filled(fill))

    def beneath(self, page: Page) -> Mapping[int, str]:
        """Return what has matched where the row does not show it, by its id."""
        ids = [row.id for row in page.rows]
        found = hits(self.request.db, ids, page.params, page.grid.sight)
        shown = {row.id: texts_of(row) for row in page.rows}
        translate = self.request.translate
        lines = {
            key: "; ".join(
                f"{translate(hit.label)}: {hit.text}"
                for hit in some
                if hit.text not in shown[key]
            )
            for key, some in found.items()
        }
        return {key: line for key, line in lines.items() if line}


@view_defaults(context=Collection, holds=Entity, permission=Permission.LIST)
class AccountViews(Searching):
    """``/contacts/accounts``: a line for each account."""

    def __init__(self, context: Collection, request: Any) -> None:
        super().__init__(context, request)
        self.list = f"{self.base}accounts"

    @view_config(name="accounts", request_method="GET", renderer=TEMPLATE)
    def page(self) -> dict[str, Any]:
        """Show one page of the accounts found."""
        page = self.grid(Permission.VIEW).run(self.request.db, self.request.GET)
        return {
            **self.shown(page),
            "mail": "",
            "may_merge": False,
            "files": "accounts",
            "cards": False,
        }

    @view_config(
        name="accounts", request_method="GET", renderer="json", wants_json=True
    )
    def as_json(self) -> dict[str, Any]:
        """Answer the same page as JSON."""
        page = self.grid(Permission.VIEW).run(self.request.db, self.request.GET)
        return self.as_data(page)

    @view_config(name="accounts.csv", request_method="GET")
    def export_csv(self) -> Any:
        """Download every account found as CSV."""
        grid, request = self.grid(Permission.EXPORT), self.request
        with closing(grid.every(request.db, request.GET)) as rows:
            file = csv_file(grid, rows, request.translate, request.locale_name)
        return self.download("csv", CSV, file, "accounts")

    @view_config(name="accounts.xlsx", request_method="GET")
    def export_xlsx(self) -> Any:
        """Download every account found as XLSX."""
        grid, request = self.grid(Permission.EXPORT), self.request
        with closing(grid.every(request.db, request.GET)) as rows:
            file = xlsx_file(grid, rows, request.translate)
        return self.download("xlsx", XLSX, file, "accounts")

    def grid(self, permission: Permission) -> Any:
        """Return the list of the accounts one holds a permission on."""
        identity = self.request.identity
        scope = self.context.scope(identity, permission)
        sight = self.context.sight(identity, permission)
        return AccountGrid(scope, self.request.today, sight)


def texts_of(row: Row) -> set[str]:
    """Return the texts that a row shows by itself."""
    return {value for value in row.values if isinstance(value, str)}


def mail_to(page: Page) -> str:
    """Return the address that writes a mail to everybody on a page, or nothing."""
    names = [column.name for column in page.grid.columns]
    at = names.index("email")
    found = dict.fromkeys(row.values[at] for row in page.rows if row.values[at])
    return f"mailto:?bcc={quote(','.join(found), safe='@,')}" if found else ""
