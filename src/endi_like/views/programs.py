"""What programs are told: records as JSON holds them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import colander

from endi_like.resources.core import NodeResource


def record(request: Any, context: Any) -> dict[str, Any]:
    """Return what a program needs to go on with a record."""
    found = {
        "id": context.node.id,
        "version": context.version,
        "url": request.resource_path(context),
    }
    if isinstance(context, NodeResource):
        found["states"] = states(context.node)
    return found


def states(node: Any) -> dict[str, str]:
    """Return the state of each machine by its key, sleeping ones left out."""
    return {
        manager.key: state.name
        for manager in node.lifecycle.managers.values()
        if (state := manager.state_of(node))
    }


def plain(value: Any) -> Any:
    """Return values as JSON holds them: amounts, days and moments as texts."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is None or value is colander.null:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | bool) else str(value)
