"""What the form of an entity offers: others of the directory, users, suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from endi_like.forms.fields import Search
from endi_like.i18n import _
from endi_like.models.contacts import Entity
from endi_like.models.people import User
from endi_like.services import choices, finding
from endi_like.views.find import LONGEST_SEARCH

MOST_TYPED = 5

SUGGESTED: Mapping[str, tuple[Any, ...]] = {
    "stages": (
        _("Lead"),
        _("Hot lead"),
        _("Cold lead"),
        _("Referral"),
        _("Contact"),
        _("Sub-contractor"),
    ),
    "salutations": (_("Ms"), _("Mr"), _("Dr")),
    "labels": (
        _("Switchboard"),
        _("Direct line"),
        _("Mobile"),
        _("Home"),
        _("Fax"),
        _("Office"),
        _("For invoices"),
    ),
    "functions": (
        _("Director"),
        _("Billing contact"),
        _("Buyer"),
        _("Sales contact"),
        _("Member of the household"),
    ),
}
"""What is offered to be typed, by the id of its list; anything else may be as well."""


def persons(request: Any, collection: Any, names: Mapping[int, str]) -> Search:
    """Return the search among the entities the user may know; ``names`` are at hand."""
    scope = collection.scope(request.identity)

    @cache
    def label(key: int) -> str | None:
        return names.get(key) or choices.title(request.db, Entity, key, [scope])

    @cache
    def likely() -> list[tuple[int, str]]:
        words = typed(request, "person_id", "manager_id", "primary_contact_id")
        found = (
            one for word in words for one in choices.entities(request.db, scope, word)
        )
        return list({one.id: one.name for one in found}.items())

    return Search(f"{request.resource_path(collection)}find", label, likely)


def users(request: Any, collection: Any, names: Mapping[int, str]) -> Search:
    """Return the search among users, for those who may list them."""
    scope = collection.scope(request.identity)

    @cache
    def label(key: int) -> str | None:
        return names.get(key) or choices.title(request.db, User, key, [scope])

    @cache
    def likely() -> list[tuple[int, str]]:
        words = typed(request, "user_id")
        found = (
            row
            for word in words
            for row, _hint in finding.found(request.db, User, scope, word, {})
        )
        return list({one.id: one.name for one in found}.items())

    return Search(f"{request.resource_path(collection)}find", label, likely)


def typed(request: Any, *names: str) -> list[str]:
    """Return the words looked for where there is no script to answer at once."""
    words = [one for name in names for one in request.POST.getall(f"find.{name}")]
    found = (word.strip()[:LONGEST_SEARCH] for word in words if isinstance(word, str))
    return [word for word in found if word][:MOST_TYPED]
