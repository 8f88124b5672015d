"""What waits for somebody: a few counts that open just that list, and the oldest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from endi_like.grids.counting import COUNTED, counts
from endi_like.grids.page import Page
from endi_like.grids.sales import InvoiceGrid
from endi_like.i18n import _
from endi_like.permissions import Permission

SHOWN = 12
GridOf: TypeAlias = Callable[[Permission], InvoiceGrid]

TO_VALIDATE = {"validation_status": "wait"}
SENT_BACK = {"validation_status": "invalid"}
DRAFTS = {"validation_status": "draft"}
UNPAID = {"paid_status": "open"}
LATE = {"late": "1"}


@dataclass(frozen=True)
class Kind:
    """A kind of work: for whom it is, what is counted, and how it is called."""

    permission: Permission
    params: Mapping[str, str]
    label: str
    tone: str = ""


KINDS = (
    Kind(Permission.VALIDATE, TO_VALIDATE, _("to validate")),
    Kind(Permission.SUBMIT, SENT_BACK, _("sent back, to correct"), "bad"),
    Kind(Permission.SUBMIT, DRAFTS, _("drafts")),
    Kind(Permission.VIEW, UNPAID, _("to be paid")),
    Kind(Permission.VIEW, LATE, _("late"), "bad"),
)


@dataclass(frozen=True)
class Counter:
    """One figure of the home page; ``more`` says that counting stopped there."""

    label: str
    params: Mapping[str, str]
    count: int
    more: bool
    tone: str


@dataclass(frozen=True)
class Waiting:
    """The figures, and the oldest documents of the first kind that has any."""

    counters: Sequence[Counter]
    label: str
    page: Page | None


def waiting(db: Session, grid_of: GridOf, held: frozenset[Permission]) -> Waiting:
    """Return what waits for a user who holds these permissions on some rows.

    ``grid_of`` gives the list of those rows: what somebody may validate waits for
    them, not all that waits and that they may see.
    """
    kinds = [kind for kind in KINDS if kind.permission in held]
    grids = [grid_of(kind.permission) for kind in kinds]
    asked = [
        (grid, tuple(k.params.items())) for grid, k in zip(grids, kinds, strict=True)
    ]
    found = counts(db, asked)
    counters = [counter(kind, n) for kind, n in zip(kinds, found, strict=True)]
    for grid, first in zip(grids, counters, strict=True):
        if first.count:
            page = grid.first(db, {**first.params, "sort": "date"}, SHOWN)
            return Waiting(counters, first.label, page)
    return Waiting(counters, "", None)


def counter(kind: Kind, count: int) -> Counter:
    """Return the figure of one kind of work."""
    more = count > COUNTED
    return Counter(kind.label, kind.params, min(count, COUNTED), more, kind.tone)
