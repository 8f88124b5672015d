"""Cells of a list as text in the reader's language, made fast: there are hundreds.

What is the same in every row is made once for a page; a row is then put together
from plain strings.  Each value is escaped here, and nowhere again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from endi_like import formats
from endi_like.grids.page import Page, Row
from endi_like.grids.parts import Column
from endi_like.i18n import _
from endi_like.templating import assets
from endi_like.text import escaped
from endi_like.workflow.core import State

UNNUMBERED = _("No number")
NUMBERS = ("money", "percent", "count")
NOTHING: Mapping[int, str] = {}
ELSEWHERE: Mapping[str, str] = {}
LONG = 40
CLIPPED = '<span class="clip" title="{0}">{0}</span>'
STATE = Markup('<span class="st st-{}" title="{}">{}{}</span>')

Show = Callable[[Any], str]


class Cell(NamedTuple):
    """The cells of one column: what is before and after a value, how it is shown.

    With ``link``, what is before ends where the address of the row's record begins.
    ``empty`` is written for nothing, and as much of a second text as ``brief`` says.
    """

    before: str
    show: Show
    after: str
    brief: Show
    link: bool = False
    empty: str = ""


class Way(NamedTuple):
    """What is before and after the id in the address of a row's record."""

    before: str
    after: str


class Cells:
    """What a template prints for a value, by the kind of its column."""

    def __init__(self, request: Any) -> None:
        self.request = request
        self.locale = request.locale_name
        self.translate = request.translate
        self.icon = assets(request.script_name).icon
        self._states: dict[int, str] = {}
        self.kinds: dict[str, Show] = {
            "money": self.money,
            "day": self.day,
            "moment": self.moment,
            "states": self.states,
            "flag": self.flag,
            "percent": self.percent,
        }

    def __call__(self, kind: str, value: Any) -> Markup:
        """Return a value as it is shown, nothing for nothing."""
        if value is None:
            return Markup()
        return Markup(self.kinds.get(kind, self.text)(value))  # noqa: S704  escaped

    def rows(
        self,
        page: Page,
        base: str,
        here: str = "",
        tick: str = "",
        beneath: Mapping[int, str] = NOTHING,
        elsewhere: Mapping[str, str] = ELSEWHERE,
    ) -> Markup:
        """Write the rows of a page; one cell of each leads to its record.

        ``here`` are the parameters of the list, by which the record finds the way
        back.  With ``tick``, each row begins with a box to tick that is called so.
        ``beneath`` is what is written under that cell, by the id of the row;
        ``elsewhere`` is where records of other kinds are than those of the list.
        """
        ends = [("from", here)] if here else []
        way = Way(escape(base), address_end(ends))
        of = ("of", base.strip("/").rpartition("/")[2])
        others = {
            kind: Way(escape(place), address_end([*ends, of]))
            for kind, place in elsewhere.items()
        }
        cells = [self._cell(column) for column in page.grid.columns]
        rows = [
            f"<tr>{box(row, tick)}"
            f"{written(cells, row, others.get(row.kind, way), beneath)}</tr>\n"
            for row in page.rows
        ]
        return Markup("".join(rows))  # noqa: S704  escaped, value by value

    def _cell(self, column: Column) -> Cell:
        classes = [
            *(["num"] if column.kind in NUMBERS else ()),
            *(["hide-s"] if column.wide else ()),
            *(["nowrap"] if column.kind in ("day", "moment") else ()),
        ]
        tag = "th" if column.link else "td"
        scope = ' scope="row"' if column.link else ""
        before, after = f'<{tag}{scope} class="{" ".join(classes)}">', f"</{tag}>"
        if column.kind == "money":
            before, after = f'{before}<span class="amount">', f"</span>{after}"
        show = self.kinds.get(column.kind, self.brief_text)
        if not column.link:
            return Cell(before, show, after, column.brief)
        before += '<a class="rec" href="'
        after = f"</a>{after}"
        empty = escape(self.translate(UNNUMBERED))
        return Cell(
            before,
            lambda value: show(value) or empty,
            after,
            column.brief,
            True,
            empty,
        )

    def text(self, value: Any) -> str:
        """Write a text as text, whatever signs it holds."""
        return escaped(value if type(value) is str else str(value))

    def brief_text(self, value: Any) -> str:
        """Write a text; of a long one only its first lines are seen."""
        text = self.text(value)
        return CLIPPED.format(text) if len(text) > LONG else text

    def money(self, value: Any) -> str:
        """Write an amount."""
        return formats.amount(value, self.locale)

    def day(self, value: Any) -> str:
        """Write a date."""
        return formats.date_short(value, self.locale)

    def moment(self, value: Any) -> str:
        """Write an instant as the organisation's clock showed it."""
        return formats.moment(value, self.locale, self.request.time_zone, True)

    def percent(self, value: Any) -> str:
        """Write a rate."""
        return formats.percent(value, self.locale)

    def flag(self, value: Any) -> str:
        """Write a yes or no."""
        return escape(self.translate(_("yes") if value else _("no")))

    def states(self, value: Sequence[State]) -> str:
        """Write states, each with its icon."""
        known = self._states
        return "<br>".join([known.get(id(one)) or self.state(one) for one in value])

    def state(self, state: State) -> str:
        """Write one state, and keep it: a page shows the same few many times."""
        written = STATE.format(
            state.tone,
            self.translate(state.help),
            self.icon(state.icon),
            self.translate(state.label),
        )
        # by identity: a state is made once, and to hash it means to hash its texts
        self._states[id(state)] = str(written)
        return self._states[id(state)]


def address_end(query: Sequence[tuple[str, str]]) -> str:
    """Return what follows the id in the address of a record."""
    return f"/?{escape(urlencode(query))}" if query else "/"


def written(
    cells: Sequence[Cell], row: Row, way: Way, beneath: Mapping[int, str]
) -> str:
    """Return the cells of a row."""
    parts = []
    for cell, value, under in zip(cells, row.values, row.under, strict=True):
        before, show, after, brief, link, empty = cell
        if link:
            before = f'{before}{way.before}{row.record or row.id}{way.after}">'
            under = beneath.get(row.id, under)
        shown = show(value) if value is not None else empty
        if under is not None:
            shown += f"<small>{escaped(brief(under))}</small>"
        parts.append(before + shown + after)
    return "".join(parts)


def box(row: Row, label: str) -> str:
    """Return the cell with the box that ticks a row, if its list has any."""
    if not label:
        return ""
    return (
        '<td class="hide-s"><label class="tick"><input class="form-check-input"'
        f' type="checkbox" name="row" value="{row.id}-{row.version}"'
        f' aria-label="{escape(label)}"></label></td>'
    )
