"""What the forms of projects and businesses offer: customers, and projects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from endi_like.forms.fields import Search
from endi_like.grids.parts import LONGEST_ID
from endi_like.models.projects import Project
from endi_like.services import choices
from endi_like.views.actions import text
from endi_like.views.contacts.offers import typed

NOBODY: Mapping[int, str] = {}


def customers(
    request: Any,
    collection: Any,
    company_id: int | None,
    names: Mapping[int, str] = NOBODY,
) -> Search:
    """Return the search among the customers of a company, or of all one may see.

    ``names`` are those chosen already, at hand.
    """
    scope = collection.scope(request.identity)

    @cache
    def label(key: int) -> str | None:
        if key in names:
            return names[key]
        found = choices.customer(request.db, scope, key)
        if found is None or company_id not in (None, found.company_id):
            return None
        return found.title

    @cache
    def likely() -> list[tuple[int, str]]:
        words = typed(request, "account_id")
        found = (
            one
            for word in words
            for one in choices.customers(request.db, scope, word, company_id)
        )
        return list({one.id: one.title for one in found}.items())

    return Search(address(request, collection, company_id), label, likely)


def projects(
    request: Any, collection: Any, company_id: int | None, keep: Project | None = None
) -> Search:
    """Return the search among the open projects of a company, or of all one may see.

    ``keep`` is the one that was chosen before, which may be archived by now.
    """
    scope = choices.open_projects(collection.scope(request.identity), company_id)

    @cache
    def label(key: int) -> str | None:
        if keep is not None and keep.id == key:
            return keep.title
        return choices.title(request.db, Project, key, [scope])

    @cache
    def likely() -> list[tuple[int, str]]:
        words = typed(request, "project_id") or [""]
        found = (
            one
            for word in words
            for one in choices.kept_together(request.db, Project, scope, word)
        )
        return list({one.id: one.title for one in found}.items())

    found = address(request, collection, company_id)
    return Search(f"{found}{'&' if company_id else '?'}open=1", label, likely)


def phases(request: Any, collection: Any, keep: Project | None = None) -> Search:
    """Return the search among the phases of the project that is chosen in the form.

    ``keep`` is the one that was chosen before, which may be archived by now.
    """
    scope = collection.scope(request.identity)
    kept = {one.id: one.name for one in keep.phases} if keep else {}

    @cache
    def label(key: int) -> str | None:
        if key in kept:
            return kept[key]
        found = choices.phase(request.db, scope, key)
        return found.name if found else None

    def likely() -> list[tuple[int, str]]:
        key = chosen_project(request)
        if key is None:
            return list(kept.items())
        words = " ".join(typed(request, "phase_id"))
        found = choices.phases(request.db, scope, words, key)
        return [(one.id, one.name) for one in found]

    found = f"{request.resource_path(collection)}phases"
    return Search(found, label, likely, along=("project", "project_id"))


def chosen_project(request: Any) -> int | None:
    """Return the project that stands in a form, or that the form is opened for."""
    key = text(request.POST, "project_id") or text(request.GET, "project")
    known = key.isascii() and key.isdecimal() and len(key) < LONGEST_ID
    return int(key) if known else None


def address(request: Any, collection: Any, company_id: int | None) -> str:
    """Return where a collection is searched, among the records of a company."""
    query = f"?company={company_id}" if company_id else ""
    return f"{request.resource_path(collection)}find{query}"
