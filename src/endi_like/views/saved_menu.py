"""The menu of saved views above a list, and the one the list opens with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther

from endi_like.grids.page import Page
from endi_like.grids.saved import lasting, unpacked
from endi_like.services.saved_views import Known, known

EVERYTHING = {"view": "all"}
"""What the address of a list says that opens with a view, to see it without."""


class Link(NamedTuple):
    """A saved view in the menu; ``owner`` is who shares it, if it is another's."""

    name: str
    url: str
    current: bool
    owner: str


class Menu(NamedTuple):
    """The views of a list, where to save what is shown, and where they are kept."""

    links: Sequence[Link]
    save: str
    all: str


def offered(request: Any, collection: Any) -> Sequence[Known]:
    """Return the saved views of a list; of who has none nothing is asked."""
    access = request.access
    if access is None or not access.views:
        return ()
    return known(request.db, access.identity, collection.__name__)


def menu(
    collection: Any, views: Sequence[Known], page: Page, url: Callable[..., str]
) -> Menu:
    """Return the menu above a page of a list."""
    here = lasting(page.grid, page.params)
    links = []
    for one in views:
        asked = unpacked(page.grid, one.query)
        owner = "" if one.mine else one.owner
        links.append(Link(one.name, url(**asked), asked == here, owner))
    kept = collection.request.resource_path(collection.__parent__["saved-views"])
    asked = {"list": collection.__name__, "query": urlencode(here)}
    return Menu(links, f"{kept}add?{urlencode(asked)}", kept)


def opening(
    request: Any, views: Sequence[Known], grid: Any, url: Callable[..., str]
) -> HTTPSeeOther | None:
    """Return the way to the view a list opens with, unless something is asked."""
    preset = next((one for one in views if one.preset), None)
    if preset is None or request.GET:
        return None
    return HTTPSeeOther(url(**unpacked(grid, preset.query)))
