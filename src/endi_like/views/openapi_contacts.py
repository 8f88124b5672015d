"""The search of the directory, described for programs: contacts, accounts, files."""

from __future__ import annotations

from typing import Any

from endi_like.forms.openapi import JsonSchema, Say
from endi_like.grids.contacts import AccountGrid
from endi_like.i18n import _
from endi_like.views import openapi_lists as lists
from endi_like.views import openapi_parts as parts
from endi_like.views.directory import CSV, VCARD, AccountViews, ContactViews
from endi_like.views.lists import XLSX

MATCHED = _("What has matched where the row does not show it.")
OPENS = _("The address of the contact.")


def paths(base: str, contacts: Any, say: Say) -> dict[str, JsonSchema]:
    """Return the addresses of the search; both lists are asked the same."""
    accounts = AccountGrid(contacts.scope, contacts.today, contacts.sight)
    found, other = lists.listing(contacts, say), lists.listing(accounts, say)
    row_of(found)["matched"] = {**parts.TEXT, "description": say(MATCHED)}
    row_of(other)["url"] = {**parts.TEXT, "description": say(OPENS)}
    page, of_accounts = ContactViews, AccountViews
    return {
        f"{base}/": {"get": called(found, page.as_json)},
        f"{base}/export.csv": {"get": file(contacts, CSV, page.export_csv, say)},
        f"{base}/export.xlsx": {"get": file(contacts, XLSX, page.export_xlsx, say)},
        f"{base}/export.vcf": {"get": file(contacts, VCARD, page.export_vcards, say)},
        f"{base}/accounts": {"get": called(other, of_accounts.as_json)},
        f"{base}/accounts.csv": {
            "get": file(accounts, CSV, of_accounts.export_csv, say)
        },
        f"{base}/accounts.xlsx": {
            "get": file(accounts, XLSX, of_accounts.export_xlsx, say)
        },
    }


def row_of(listing: JsonSchema) -> JsonSchema:
    """Return the properties of the rows of a list."""
    answer = listing["responses"]["200"]["content"]["application/json"]["schema"]
    found: JsonSchema = answer["properties"]["rows"]["items"]["properties"]
    return found


def file(grid: Any, media_type: str, view: Any, say: Say) -> JsonSchema:
    """Return the operation that downloads all that is found, as the view says."""
    kind = media_type.partition(";")[0]
    return called(lists.export(grid, kind, say), view)


def called(operation: JsonSchema, view: Any) -> JsonSchema:
    """Return an operation under the name of what the view does."""
    return {**operation, "summary": parts.summary(view)}
