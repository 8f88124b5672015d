"""What of an address is worth keeping: the filters and the order a list knows."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from endi_like.grids.core import Grid
from endi_like.models.saved_views import LONGEST_QUERY

MOST_PARAMETERS = 100


def lasting(grid: Grid, params: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that leave out some rows, and the order, if it is one.

    What a list does not know, or no longer, is dropped: it has no say in anything.
    """
    found = {
        one.name: params[one.name].strip()
        for one in grid.filters
        if one.name in params and one.where(params[one.name].strip()) is not None
    }
    wish = params.get("sort", "")
    sortable = {column.name for column in grid.columns if column.sort is not None}
    if wish.removeprefix("-") in sortable:
        found["sort"] = wish
    return found


def packed(grid: Grid, query: str) -> str:
    """Return what is kept of an address; nothing of one that is too long."""
    kept = urlencode(unpacked(grid, query))
    return kept if len(kept) <= LONGEST_QUERY else ""


def unpacked(grid: Grid, query: str) -> dict[str, str]:
    """Return the parameters that were kept, as far as the list still knows them."""
    try:
        pairs = parse_qsl(query[: 4 * LONGEST_QUERY], max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return {}
    return lasting(grid, dict(pairs))
