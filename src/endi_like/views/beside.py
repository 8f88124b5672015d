"""Where a record is in the list one comes from: the way back, and those beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from endi_like.grids import GRIDS
from endi_like.grids.page import Beside

LONGEST_QUERY = 1000


def neighbours(request: Any, context: Any) -> dict[str, str] | None:
    """Return the addresses of the list, the record before and the one after."""
    if "from" not in request.GET:
        return None
    asked = request.GET["from"][:LONGEST_QUERY]
    params = dict(parse_qsl(asked))
    collection = listing(request, context)
    scope = collection.scope(request.identity)
    sight = collection.sight(request.identity)
    grid = GRIDS[collection.item_class.model](scope, request.today, sight)
    before, after = grid.beside(request.db, params, context.node.id)
    return {
        "list": f"{request.resource_path(collection)}?{urlencode(params)}",
        "before": address(request, collection, before, asked),
        "after": address(request, collection, after, asked),
    }


def listing(request: Any, context: Any) -> Any:
    """Return the collection whose list one comes from: its own or a wider one."""
    own = context.__parent__
    shared = context.listed_in and request.GET.get("of") == context.listed_in
    return own.__parent__[context.listed_in] if shared else own


def address(request: Any, collection: Any, one: Beside | None, asked: str) -> str:
    """Return where a record is, with the way back to the list; nothing for none."""
    if one is None:
        return ""
    where = collection.elsewhere().get(one.kind)
    query = {"from": asked, **({"of": collection.__name__} if where else {})}
    return f"{request.resource_path(where or collection)}{one.id}/?{urlencode(query)}"
