"""Cells of a list as text in the reader's language, made fast: there are hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from endi_like import formats
from endi_like.grids.core import Row
from endi_like.grids.parts import Column
from endi_like.i18n import _
from endi_like.templating import assets
from endi_like.workflow.core import State

NUMBERS = ("money", "percent", "count")
UNDER = Markup("<small>{}</small>")
STATE = Markup('<span class="st st-{}" title="{}">{}{}</span>')


class Cells:
    """What a template prints for a value, by the kind of its column."""

    def __init__(self, request: Any) -> None:
        self.locale = request.locale_name
        self.translate = request.translate
        self.icon = assets(request.script_name).icon
        self._states: dict[State, Markup] = {}
        self.kinds = {
            "money": self.money,
            "day": self.day,
            "states": self.states,
            "flag": self.flag,
            "percent": self.percent,
        }

    def __call__(self, kind: str, value: Any) -> Any:
        """Return the value as it is shown; texts are escaped by the template."""
        if value is None:
            return ""
        show = self.kinds.get(kind)
        return show(value) if show else value

    def row(self, columns: Sequence[Column], row: Row, base: str, here: str) -> Markup:
        """Write all cells of a row; the one that links leads to the record."""
        parts = []
        for column, value, under in zip(columns, row.values, row.under, strict=True):
            shown = escape(self(column.kind, value))
            if column.link:
                url = escape(f"{base}{row.id}/{'?from=' + here if here else ''}")
                shown = Markup('<a class="rec" href="%s">%s</a>') % (url, shown or "…")
            if column.kind == "money":
                shown = Markup('<span class="amount">%s</span>') % shown
            if under is not None:
                shown += UNDER.format(under)
            parts.append(Markup(self._cell(column)) % shown)
        return Markup("").join(parts)

    def _cell(self, column: Column) -> str:
        classes = [
            *(["num"] if column.kind in NUMBERS else ()),
            *(["hide-s"] if column.wide else ()),
            *(["nowrap"] if column.kind == "day" else ()),
        ]
        tag = "th" if column.link else "td"
        scope = ' scope="row"' if column.link else ""
        return f'<{tag}{scope} class="{" ".join(classes)}">%s</{tag}>'

    def money(self, value: Any) -> str:
        """Write an amount."""
        return formats.amount(value, self.locale)

    def day(self, value: Any) -> str:
        """Write a date."""
        return formats.date_short(value, self.locale)

    def percent(self, value: Any) -> str:
        """Write a rate; a named zero rate is zero."""
        return formats.percent(max(value, 0), self.locale)

    def flag(self, value: Any) -> str:
        """Write a yes or no."""
        return self.translate(_("yes") if value else _("no"))

    def states(self, value: list[State]) -> Markup:
        """Write states, each with its icon; a page shows the same few many times."""
        return Markup("<br>").join([self.state(state) for state in value])

    def state(self, state: State) -> Markup:
        """Write one state."""
        if state not in self._states:
            self._states[state] = STATE.format(
                state.tone,
                self.translate(state.help),
                self.icon(state.icon),
                self.translate(state.label),
            )
        return self._states[state]
