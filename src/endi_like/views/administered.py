"""What was changed of what is administered, in words: on its page, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from endi_like.forms.people import LANGUAGE_NAMES, RIGHT_NAMES, ROLE_NAMES
from endi_like.i18n import _
from endi_like.models.options import Option, VatRate
from endi_like.models.people import Company, Membership, User
from endi_like.permissions import Permission
from endi_like.services import administered
from endi_like.services.administered import MEMBERSHIP, PASSWORD
from endi_like.templating import country_name
from endi_like.views.history import Changed, Entry, changed_by, in_words
from endi_like.views.programs import plain
from endi_like.views.words import FIELDS

LABELS: dict[tuple[type, str], Any] = {
    (User, "active"): _("May log in"),
    (User, MEMBERSHIP): _("Company"),
    (Company, MEMBERSHIP): _("Member"),
}
"""How fields are called that have another name elsewhere."""

OPTION_LABELS = {"active": _("Offered"), "value": _("Per cent")}
NAMES = {"language": LANGUAGE_NAMES, "rights": RIGHT_NAMES, "roles": ROLE_NAMES}
"""What the names that are kept in a field mean."""

TOLD = ("at", "who", "row", "field", "before", "after")
"""What a program is told of each change, as it is stored."""


def past_of(request: Any, context: Any) -> list[Entry] | None:
    """Return what was changed last of something; nothing for who may not see it."""
    if not request.has_permission(Permission.SEE_HISTORY, context):
        return None
    rows = administered.read(request.db, context.node)
    return list(entries(request, type(context.node), rows))


def told(request: Any, context: Any) -> dict[str, Any]:
    """Return the same for a program, among what it is told of the thing."""
    if not request.has_permission(Permission.SEE_HISTORY, context):
        return {}
    rows = administered.read(request.db, context.node)
    return {
        "past": [plain({name: getattr(row, name) for name in TOLD}) for row in rows]
    }


def entries(request: Any, kind: type, rows: Any) -> Iterator[Entry]:
    """Yield what one person changed in one moment as one entry, the newest first."""
    for (at, _who), group in groupby(rows, lambda row: (row.at, row.actor_id)):
        saved = list(group)[::-1]
        symbol, text = done(saved)
        changes = [changed(request, kind, row) for row in saved if row.field]
        yield Entry(at, symbol, text, changes=changes, who=saved[0].who or "")


def done(saved: list[Any]) -> tuple[str, Any]:
    """Return the icon and the sentence of what somebody did."""
    who = saved[0].who or ""
    said = {"who": who}
    whole = next((row for row in saved if not row.field), None)
    if whole is None:
        return "pencil-square", changed_by(who)
    if whole.after:
        text = _("${who} added it", mapping=said) if who else _("Added")
        return "plus-circle", text
    return "trash", _("${who} removed it", mapping=said) if who else _("Removed")


def changed(request: Any, kind: type, row: Any) -> Changed:
    """Return one field before and after, in words."""
    label = LABELS.get((kind, row.field)) or called(kind, row.field)
    if row.field == PASSWORD:
        return Changed(label, "", _("changed"))
    if row.field in Membership.administered:
        label = _("${row}: ${field}", mapping={"field": label, "row": row.row})
    before, after = (
        value and written(request, kind, row.field, value)
        for value in (row.before, row.after)
    )
    return Changed(label, before, after)


def called(kind: type, field: str) -> Any:
    """Return what a field is called, of an option or of anything else."""
    special = OPTION_LABELS if issubclass(kind, Option) else {}
    return special.get(field) or FIELDS.get(field, field)


def written(request: Any, kind: type, field: str, value: str) -> Any:
    """Return a kept value as people read it."""
    if field in NAMES:
        names, translate = NAMES[field], request.translate
        return ", ".join(translate(names.get(one, one)) for one in value.split())
    if field == "country":
        return country_name(value, request.locale_name)
    if issubclass(kind, VatRate) and field == "value":
        return Decimal(0) if value.startswith("-") else in_words("quantity", value)
    return in_words(field, value)
