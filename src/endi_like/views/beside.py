"""Where a record is in the list one comes from: the way back, and those beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from endi_like.grids import GRIDS

LONGEST_QUERY = 1000


def neighbours(request: Any, context: Any) -> dict[str, str] | None:
    """Return the addresses of the list, the record before and the one after."""
    if "from" not in request.GET:
        return None
    asked = request.GET["from"][:LONGEST_QUERY]
    params = dict(parse_qsl(asked))
    collection = context.__parent__
    scope = collection.scope(request.identity)
    sight = collection.sight(request.identity)
    grid = GRIDS[context.model](scope, request.today, sight)
    before, after = grid.neighbours(request.db, params, context.node.id)
    base = request.resource_path(collection)
    kept = urlencode({"from": asked})
    return {
        "list": f"{base}?{urlencode(params)}",
        "before": f"{base}{before}/?{kept}" if before else "",
        "after": f"{base}{after}/?{kept}" if after else "",
    }
