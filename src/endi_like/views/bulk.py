"""One action on many ticked rows of a list, with a result for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from pyramid.httpexceptions import HTTPBadRequest
from pyramid.view import view_config, view_defaults

from endi_like.grids import GRIDS
from endi_like.i18n import _, ngettext
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.keys import row_id
from endi_like.views.actions import run, text
from endi_like.views.lists import grid_of
from endi_like.views.programs import record
from endi_like.workflow.errors import ActionError

MOST_TICKED = 500


class Rest(NamedTuple):
    """Rows nothing was done to: how many, and the sentence that says why."""

    rows: int
    reason: Any


class Outcome(NamedTuple):
    """What became of a row: what it is called, what was objected, how it is now."""

    title: str
    objections: list[Any]
    told: dict[str, Any]


@view_defaults(
    context=Collection, name="bulk", request_method="POST", permission=Permission.LIST
)
class BulkViews:
    """``/invoices/bulk``; the action names the permission, asked of each row."""

    def __init__(self, context: Collection, request: Any) -> None:
        self.context = context
        self.request = request

    @view_config(renderer="endi_like:templates/bulk.jinja2")
    def page(self) -> dict[str, Any]:
        """Run one action on every ticked row, and say what became of each."""
        posted = self.request.POST
        found, rest = self.run_on(posted.getall("row"), text(posted, "action"))
        return {
            "results": found,
            "rest": rest,
            "base": self.request.resource_path(self.context),
            "grid": GRIDS[self.context.item_class.model],
        }

    @view_config(wants_json=True, renderer="json")
    def as_json(self) -> dict[str, Any]:
        """Do the same for a program; each of its rows is ``"12-3"``, id and version."""
        values = self.request.json_values
        rows = values.get("rows")
        if not isinstance(rows, list) or not all(isinstance(one, str) for one in rows):
            raise HTTPBadRequest(_("A list is expected here."))
        found, rest = self.run_on(rows, text(values, "action"), text(values, "reason"))
        translate = self.request.translate
        return {
            "results": [
                {
                    **one.told,
                    "reasons": [translate(reason) for reason in one.objections],
                }
                for one in found
            ],
            "left_out": [
                {"count": one.rows, "reason": translate(one.reason)} for one in rest
            ],
        }

    def run_on(
        self, rows: list[str], name: str, reason: str = ""
    ) -> tuple[list[Outcome], list[Rest]]:
        """Run an action on the rows, as far as the user may see them."""
        rows = list(dict.fromkeys(rows))
        kept = rows[:MOST_TICKED]
        read = list(ticks(kept))
        ticked = dict(read)
        grid = grid_of(self.context, self.request, Permission.VIEW)
        mine = grid.within(self.request.db, list(ticked))
        self.context.reserve(self.request.db, mine)
        items = map(self.context.wrap, grid.pick(self.request.db, mine))
        found = [self.one(item, ticked[item.node.id], name, reason) for item in items]
        unseen = len(ticked) - len(found) + len(kept) - len(read)
        return found, left_out(unseen, len(rows) - len(kept))

    def one(self, item: Any, version: str, name: str, reason: str) -> Outcome:
        """Return what became of one row; a refusal undoes it only."""
        objections: list[Any] = []
        try:
            with self.request.db.begin_nested():
                item.node.expect(version)
                run(self.request, item, name, reason)
        except ActionError as error:
            objections = list(error.args)
        return Outcome(item.node.title, objections, record(self.request, item))


def left_out(unseen: int, beyond: int) -> list[Rest]:
    """Return the rows nothing was done to: those not found, those too many.

    Whether a row is out of the user's sight or does not exist is not told.
    """
    not_found = ngettext(
        "${n} row was not found, so nothing was done to it.",
        "${n} rows were not found, so nothing was done to them.",
        unseen,
    )
    too_many = ngettext(
        "At most ${most} rows are done at once: ${n} row is as it was.",
        "At most ${most} rows are done at once: ${n} rows are as they were.",
        beyond,
        {"most": MOST_TICKED},
    )
    found = (Rest(unseen, not_found), Rest(beyond, too_many))
    return [one for one in found if one.rows]


def ticks(posted: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield id and version of each ticked row; what is no id is left out."""
    for one in posted:
        key, _dash, version = one.partition("-")
        with suppress(KeyError):
            yield row_id(key), version
