"""What waits for somebody: a few counts that open just that list, and the oldest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from endi_like.grids.core import Grid
from endi_like.grids.counting import counts
from endi_like.grids.page import Page
from endi_like.i18n import _, ngettext
from endi_like.permissions import Permission

SHOWN = 12
COUNTED = 100
"""A figure says how much there is to do, not how many exactly: several are counted."""

GridOf: TypeAlias = Callable[[str, Permission], Grid]
Held: TypeAlias = Callable[[str], frozenset[Permission]]

TO_VALIDATE = {"validation_status": "wait"}
SENT_BACK = {"validation_status": "invalid"}
DRAFTS = {"validation_status": "draft"}
ALONE = {"kind": "invoice"}
"""The list of invoices shows credit notes too; here they are counted by themselves."""

UNPAID = {"paid_status": "open"}
LATE = {"late": "1"}
UNANSWERED = {"signed_status": "open"}


@dataclass(frozen=True)
class Kind:
    """A kind of work: in which list, for whom, what is counted, how it is called.

    ``title`` stands over the documents, ``label`` beside their number.
    """

    collection: str
    permission: Permission
    params: Mapping[str, str]
    title: str
    label: Callable[[int], str]
    tone: str = ""


KINDS = (
    Kind(
        "invoices",
        Permission.VALIDATE,
        {**TO_VALIDATE, **ALONE},
        _("Invoices to validate"),
        lambda n: ngettext("invoice to validate", "invoices to validate", n),
    ),
    Kind(
        "estimations",
        Permission.VALIDATE,
        TO_VALIDATE,
        _("Estimations to validate"),
        lambda n: ngettext("estimation to validate", "estimations to validate", n),
    ),
    Kind(
        "credit-notes",
        Permission.VALIDATE,
        TO_VALIDATE,
        _("Credit notes to validate"),
        lambda n: ngettext("credit note to validate", "credit notes to validate", n),
    ),
    Kind(
        "invoices",
        Permission.SUBMIT,
        {**SENT_BACK, **ALONE},
        _("Invoices sent back, to correct"),
        lambda n: ngettext("invoice sent back", "invoices sent back", n),
        "bad",
    ),
    Kind(
        "estimations",
        Permission.SUBMIT,
        SENT_BACK,
        _("Estimations sent back, to correct"),
        lambda n: ngettext("estimation sent back", "estimations sent back", n),
        "bad",
    ),
    Kind(
        "invoices",
        Permission.SUBMIT,
        {**DRAFTS, **ALONE},
        _("Drafts of invoices"),
        lambda n: ngettext("draft", "drafts", n),
    ),
    Kind(
        "estimations",
        Permission.SIGN,
        UNANSWERED,
        _("Estimations without an answer"),
        lambda n: ngettext(
            "estimation without an answer", "estimations without an answer", n
        ),
    ),
    Kind(
        "invoices",
        Permission.VIEW,
        UNPAID,
        _("Invoices to be paid"),
        lambda n: ngettext("invoice to be paid", "invoices to be paid", n),
    ),
    Kind(
        "invoices",
        Permission.VIEW,
        LATE,
        _("Late invoices"),
        lambda n: ngettext("late invoice", "late invoices", n),
        "bad",
    ),
)


@dataclass(frozen=True)
class Counter:
    """One figure of the home page; ``more`` says that counting stopped there."""

    label: str
    collection: str
    params: Mapping[str, str]
    count: int
    more: bool
    tone: str


@dataclass(frozen=True)
class Waiting:
    """The figures, and the oldest documents of the first kind that has any.

    ``permission`` is the one by which they wait for the user.
    """

    counters: Sequence[Counter]
    permission: Permission | None = None
    title: str = ""
    collection: str = ""
    grid: Grid | None = None
    page: Page | None = None


def waiting(db: Session, held: Held, grid_of: GridOf) -> Waiting:
    """Return what waits for a user.

    ``held`` tells what they may do on some rows of a list, ``grid_of`` gives the list
    of those rows: what somebody may validate waits for them, not all that waits and
    that they may see.
    """
    kinds = [kind for kind in KINDS if kind.permission in held(kind.collection)]
    grids = [grid_of(kind.collection, kind.permission) for kind in kinds]
    asked = [
        (grid, tuple(k.params.items())) for grid, k in zip(grids, kinds, strict=True)
    ]
    found = counts(db, asked, COUNTED)
    counters = [counter(kind, n) for kind, n in zip(kinds, found, strict=True)]
    for kind, grid, count in zip(kinds, grids, found, strict=True):
        if count:
            page = grid.first(db, {**kind.params, "sort": "date"}, SHOWN)
            shown = kind.permission, kind.title, kind.collection
            return Waiting(counters, *shown, grid, page)
    return Waiting(counters)


def counter(kind: Kind, count: int) -> Counter:
    """Return the figure of one kind of work."""
    more = count > COUNTED
    shown = min(count, COUNTED)
    return Counter(
        kind.label(shown), kind.collection, kind.params, shown, more, kind.tone
    )
