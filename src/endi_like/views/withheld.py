"""Why what is archived, in the bin or in use is neither edited nor deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.core import FROM_THE_BIN
from endi_like.views.attached import NO_RIGHT

ARCHIVED = _("It is archived: take it out of the archive first.")


def withheld(
    context: Any, may: Mapping[Permission, Any], in_use: Any
) -> list[tuple[Any, Any]]:
    """Return what cannot be done now, with the sentences why.

    ``in_use`` is why it is not deleted although one may, if there is a reason.
    """
    found: list[tuple[Any, Any]] = []
    if not may[Permission.EDIT]:
        found.append((_("Edit"), [cannot_change(context)]))
    if not may[Permission.DELETE]:
        found.append((_("Delete"), [cannot_change(context)]))
    elif in_use:
        found.append((_("Delete"), [in_use]))
    return found


def cannot_change(context: Any) -> Any:
    """Return why something cannot be changed by this user."""
    if context.node.deleted_at:
        return FROM_THE_BIN
    return ARCHIVED if context.is_settled else NO_RIGHT
