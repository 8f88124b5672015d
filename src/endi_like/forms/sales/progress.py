"""How much of each line of an estimation an invoice by progress asks for."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from endi_like.formats import percent
from endi_like.forms.entry import locale_of
from endi_like.forms.fields import (
    PercentField,
    Schema,
    Sequence,
    Several,
    refuse,
    wrong,
)
from endi_like.forms.sales.parts import MOST_GROUPS, MOST_LINES, row_id
from endi_like.i18n import _

ELSEWHERE = _("This is no line of the estimation.")


def too_much(node: Any, left: Decimal) -> Any:
    """Return the error about more than is left."""
    said = {"left": percent(left, locale_of(node))}
    return wrong(node, percent=_("Only ${left} is left.", mapping=said))


class LineShareSchema(Schema):
    """How much of one line; of one that says nothing, what its group says."""

    id = row_id()
    percent = PercentField(title=_("This invoice"), missing=None)

    def validator(self, node: Any, line: dict[str, Any]) -> None:
        """Refuse more than is left of the line, and lines of elsewhere."""
        left = self.bindings["left"].get(line["id"])
        if left is None:
            raise refuse(node, ELSEWHERE)
        if line["percent"] is not None and line["percent"] > left:
            raise too_much(node, left)


class LineShares(Several):
    """The lines of a group."""

    schema_type = partial(Sequence, MOST_LINES)
    line = LineShareSchema(title=_("Line"))


class GroupShareSchema(Schema):
    """How much of the lines of a group that do not say it themselves."""

    id = row_id()
    percent = PercentField(title=_("Each line of the group"), missing=None)
    lines = LineShares(title=_("Lines"), missing=())

    def validator(self, node: Any, group: dict[str, Any]) -> None:
        """Refuse more than is left of a line, and groups of elsewhere."""
        own = self.bindings["groups"].get(group["id"])
        given = {one["id"]: one["percent"] for one in group["lines"]}
        if own is None or not given.keys() <= set(own):
            raise refuse(node, ELSEWHERE)
        left = self.bindings["left"]
        others = [left[key] for key in own if given.get(key) is None]
        most = min((one for one in others if one), default=Decimal(0))
        if group["percent"] is not None and others and group["percent"] > most:
            raise too_much(node, most)


class GroupShares(Several):
    """The groups of the estimation."""

    template = "sales/form_progress"
    schema_type = partial(Sequence, MOST_GROUPS)
    group = GroupShareSchema(title=_("Group"))


class ProgressSchema(Schema):
    """An invoice by progress.

    Bindings: ``left``, the percentage left of each line by its id, and ``groups``, the
    ids of the lines of each group by its own.
    """

    groups = GroupShares(title=_("What is done"))

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Refuse what is named twice."""
        groups = data["groups"]
        of_groups = [one["id"] for one in groups]
        of_lines = [line["id"] for one in groups for line in one["lines"]]
        if any(len(set(keys)) < len(keys) for keys in (of_groups, of_lines)):
            raise wrong(node, groups=ELSEWHERE)
