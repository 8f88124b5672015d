"""Documents to tick, the newest of them, and a search for the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from endi_like.models.sales import Task
from endi_like.services.businesses import MOST_OFFERED
from endi_like.views.projects.page import Listed, listed

SEARCHED = "offer"


class Offered(NamedTuple):
    """What can be ticked, the words it was searched by, and whether there is more."""

    documents: Sequence[Listed] = ()
    words: str = ""
    is_cut: bool = False
    most: int = MOST_OFFERED

    def __bool__(self) -> bool:
        """Tell whether there is something to tick, or was something looked for."""
        return bool(self.documents or self.words)


def offered(request: Any, root: Any, find: Callable[[str], Sequence[Task]]) -> Offered:
    """Return what is offered of what is found by the words of the address."""
    words = request.GET.get(SEARCHED, "").strip()
    found = find(words)
    shown = list(listed(request, root, found[:MOST_OFFERED]))
    return Offered(shown, words, is_cut=len(found) > MOST_OFFERED)
