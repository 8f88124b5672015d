"""What waits for somebody: a few counts that open just that list, and the oldest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from sqlalchemy.orm import Session

from endi_like.grids.core import Grid
from endi_like.grids.counting import counts
from endi_like.grids.page import Page
from endi_like.grids.sales.invoices import DueGrid
from endi_like.i18n import _, ngettext
from endi_like.permissions import Permission

SHOWN = 10
NEXT = 5
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
IN_TIME = {"in_time": "1"}
UNANSWERED = {"signed_status": "open"}


@dataclass(frozen=True, eq=False)
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


TO_BE_PAID = Kind(
    "invoices",
    Permission.VIEW,
    UNPAID,
    _("Invoices to be paid, not late yet"),
    lambda n: ngettext("invoice to be paid", "invoices to be paid", n),
)
"""Those that are late are counted with the others, and shown by themselves."""

GROUPS = (
    (
        Kind(
            "invoices",
            Permission.VALIDATE,
            {**TO_VALIDATE, **ALONE},
            _("Invoices to validate"),
            lambda n: ngettext("invoice to validate", "invoices to validate", n),
        ),
    ),
    (
        Kind(
            "estimations",
            Permission.VALIDATE,
            TO_VALIDATE,
            _("Estimations to validate"),
            lambda n: ngettext("estimation to validate", "estimations to validate", n),
        ),
    ),
    (
        Kind(
            "credit-notes",
            Permission.VALIDATE,
            TO_VALIDATE,
            _("Credit notes to validate"),
            lambda n: ngettext(
                "credit note to validate", "credit notes to validate", n
            ),
        ),
    ),
    (
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
            "credit-notes",
            Permission.SUBMIT,
            SENT_BACK,
            _("Credit notes sent back, to correct"),
            lambda n: ngettext("credit note sent back", "credit notes sent back", n),
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
    ),
    (
        Kind(
            "invoices",
            Permission.VIEW,
            LATE,
            _("Late invoices"),
            lambda n: ngettext("late invoice", "late invoices", n),
            "bad",
        ),
    ),
    (TO_BE_PAID,),
)
"""Kinds of work; of each group the oldest of the first kind that has any are shown."""


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
class Table:
    """The first documents of a kind; ``more`` says that there are others.

    ``params`` are those of the list that has them all; ``order`` says which are first.
    """

    kind: Kind
    grid: Grid
    page: Page
    params: Mapping[str, str]
    more: bool
    order: str = _("Oldest first")


@dataclass(frozen=True)
class Waiting:
    """The figures, and the oldest documents of one kind of each group."""

    counters: Sequence[Counter]
    tables: Sequence[Table]


def waiting(db: Session, held: Held, grid_of: GridOf) -> Waiting:
    """Return what waits for a user.

    ``held`` tells what they may do on some rows of a list, ``grid_of`` gives the list
    of those rows: what somebody may validate waits for them, not all that waits and
    that they may see.
    """
    groups = [[one for one in group if is_theirs(one, held)] for group in GROUPS]
    kinds = list(chain(*groups))
    grids = {kind: grid_of(kind.collection, kind.permission) for kind in kinds}
    asked = [(grids[kind], tuple(kind.params.items())) for kind in kinds]
    found = dict(zip(kinds, counts(db, asked, COUNTED), strict=True))
    shown = [next(filter(found.get, group), None) for group in groups]
    tables = (table_of(db, kind, grids[kind], found[kind]) for kind in shown if kind)
    return Waiting(
        [counter(kind, n) for kind, n in found.items()],
        [one for one in tables if one.page.rows],
    )


def is_theirs(kind: Kind, held: Held) -> bool:
    """Tell whether a kind of work is a user's."""
    return kind.permission in held(kind.collection)


def table_of(db: Session, kind: Kind, grid: Grid, count: int) -> Table:
    """Return the documents of a kind that come first."""
    if kind is TO_BE_PAID:
        return next_due(db, kind, grid)
    return oldest(db, kind, grid, count)


def oldest(db: Session, kind: Kind, grid: Grid, count: int) -> Table:
    """Return the oldest documents of a kind."""
    page = grid.first(db, {**kind.params, "sort": "date"}, SHOWN)
    return Table(kind, grid, page, kind.params, count > SHOWN)


def next_due(db: Session, kind: Kind, grid: Grid) -> Table:
    """Return the invoices that are to be paid next, without those that are late.

    One more is read than is shown: it tells that there are others, uncounted.
    """
    by_day = DueGrid(grid.scope, grid.today, grid.sight)
    asked = {**IN_TIME, "sort": "due"}
    page = by_day.first(db, asked, NEXT + 1)
    more = len(page.rows) > NEXT
    del page.rows[NEXT:]
    return Table(kind, by_day, page, asked, more, _("Next due first"))


def counter(kind: Kind, count: int) -> Counter:
    """Return the figure of one kind of work."""
    more = count > COUNTED
    shown = min(count, COUNTED)
    return Counter(
        kind.label(shown), kind.collection, kind.params, shown, more, kind.tone
    )
