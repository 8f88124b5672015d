"""Official numbers: what a template may say, and what it looks like filled in.

A template is text with variables in braces, such as ``F{YYYY}-{SEQYEAR:0>4}``.  It is
parsed here, never given to ``str.format``: there is no way from a template to an
attribute of anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from endi_like.i18n import _

LONGEST_TEMPLATE = 120
LONGEST_NUMBER = 60
LARGEST = 999_999_999
WIDEST = 12


class BadTemplate(ValueError):
    """No numbers can be made from this template; the arguments are sentences."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A way of counting: its variable, and when it begins again.

    ``needs`` are the variables that tell one series from the next, of each group at
    least one: without them a number would come back when the counting begins again.
    """

    variable: str
    series: str
    needs: tuple[tuple[str, ...], ...] = ()

    def key(self, on: date, company_id: int) -> str:
        """Return the name of the series a document counts in: ``month:2026-11``."""
        return self.series.format(
            year=f"{on.year:04}", month=f"{on.month:02}", company=company_id
        )

    def lacks(self, named: frozenset[str]) -> list[tuple[str, ...]]:
        """Return the groups of variables of which a template names none."""
        return [group for group in self.needs if named.isdisjoint(group)]


YEAR = ("YYYY", "YY")

SEQUENCES = {
    sequence.variable: sequence
    for sequence in (
        Sequence("SEQGLOBAL", "global"),
        Sequence("SEQYEAR", "year:{year}", (YEAR,)),
        Sequence("SEQMONTH", "month:{year}-{month}", (YEAR, ("MM",))),
        Sequence(
            "SEQMONTHANA",
            "month:{year}-{month}:company:{company}",
            (YEAR, ("MM",), ("ANA",)),
        ),
    )
}

LONGEST = {
    "YYYY": 4,
    "YY": 2,
    "MM": 2,
    "ANA": 20,
    **dict.fromkeys(SEQUENCES, len(str(LARGEST))),
}

PART = re.compile(r"\{(?P<variable>[^{}]*)\}|(?P<text>[^{}]+)|(?P<brace>[{}])")
# Zeros in front are the one padding that never makes two numbers look alike.
PADDING = re.compile(r"0>?(?P<width>[1-9][0-9]?)")
SEPARATOR = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a template: a variable with the width it is padded to, or a text."""

    text: str = ""
    variable: str = ""
    width: int = 0

    @property
    def grows(self) -> bool:
        """Tell whether the piece is longer in one number than in another."""
        return self.variable == "ANA" or self.variable in SEQUENCES

    @property
    def separates(self) -> bool:
        """Tell whether it is always seen where the piece before it ends."""
        return SEPARATOR.search(self.text) is not None

    @property
    def longest(self) -> int:
        """Return how many characters the piece takes at most."""
        return max(self.width, len(self.text), LONGEST.get(self.variable, 0))


def check(template: str) -> list[str]:
    """Return a sentence for everything that speaks against a template.

    A template without objection never gives two documents the same number, whatever
    the codes of the companies (with ``YY`` instead of ``YYYY``: for a century).
    """
    try:
        pieces = parse(template)
    except BadTemplate as error:
        return list(error.args)
    return [*_repetitions(pieces), *_collisions(pieces), *_lengths(pieces)]


def sequences(template: str) -> tuple[Sequence, ...]:
    """Return the sequences a template counts with, each once.

    Their order is the same for all templates, whatever comes first in the text.
    """
    named = _named(parse(template))
    return tuple(one for name, one in SEQUENCES.items() if name in named)


def render(template: str, on: date, *, ana: str, drawn: Mapping[Sequence, int]) -> str:
    """Return the number of a document.

    ``on`` is its date, ``ana`` the analytic code of its company, and ``drawn`` holds
    what each of the template's sequences has counted for it.
    """
    values = {
        "YYYY": f"{on.year:04}",
        "YY": f"{on.year % 100:02}",
        "MM": f"{on.month:02}",
        "ANA": ana,
    }
    values |= {sequence.variable: str(value) for sequence, value in drawn.items()}
    return "".join(
        values[piece.variable].zfill(piece.width) if piece.variable else piece.text
        for piece in parse(template)
    )


@lru_cache(maxsize=64)
def parse(template: str) -> tuple[Piece, ...]:
    """Return the parts of a template.  Raises ``BadTemplate`` where there is no sense.

    What comes back can be filled in; whether its numbers are unique is for ``check``.
    """
    if not template:
        raise BadTemplate(_("A template cannot be empty."))
    if len(template) > LONGEST_TEMPLATE:
        raise BadTemplate(
            _(
                "A template has at most ${n} characters.",
                mapping={"n": LONGEST_TEMPLATE},
            )
        )
    if not template.isprintable() or template != template.strip():
        raise BadTemplate(
            _(
                "A template has no blank at its ends, no line breaks and no invisible "
                "characters."
            )
        )
    parts = list(PART.finditer(template))
    if objections := [text for part in parts if (text := _objection(part))]:
        raise BadTemplate(*dict.fromkeys(objections))
    return tuple(_piece(part) for part in parts)


def _objection(part: re.Match[str]) -> str | None:
    """Return what is wrong with one part, looked at alone."""
    if part["brace"]:
        return _(
            "Braces stand in pairs around the name of a variable, such as ${example}.",
            mapping={"example": "{SEQYEAR}"},
        )
    if part["variable"] is None:
        return None
    name, colon, padding = part["variable"].partition(":")
    if name not in LONGEST:
        return _(
            "There is no variable “${name}”; there are ${known}.",
            mapping={"name": name, "known": ", ".join(LONGEST)},
        )
    if colon and name not in SEQUENCES:
        return _("${name} cannot be padded.", mapping={"name": _braced(name)})
    if colon and not _width(padding):
        return _(
            "“${padding}” is no padding; write ${example} for at least four digits, "
            "and at most ${n} instead of 4.",
            mapping={
                "padding": padding,
                "example": f"{{{name}:0>4}}",
                "n": WIDEST,
            },
        )
    return None


def _piece(part: re.Match[str]) -> Piece:
    """Return what a part without objection means."""
    if part["variable"] is None:
        return Piece(text=part["text"])
    name, _colon, padding = part["variable"].partition(":")
    return Piece(variable=name, width=_width(padding))


def _width(padding: str) -> int:
    """Return how many digits a padding asks for; 0 when it is none."""
    found = PADDING.fullmatch(padding)
    width = int(found["width"]) if found else 0
    return width if width <= WIDEST else 0


def _named(pieces: tuple[Piece, ...]) -> frozenset[str]:
    """Return the names of the variables."""
    return frozenset(piece.variable for piece in pieces if piece.variable)


def _braced(*names: str) -> str:
    """Return variables as one writes them."""
    return " / ".join(f"{{{name}}}" for name in names)


def _repetitions(pieces: tuple[Piece, ...]) -> list[str]:
    """Object unless one sequence at least never gives the same number again."""
    named = _named(pieces)
    counting = [one for name, one in SEQUENCES.items() if name in named]
    if not counting:
        return [
            _(
                "Without a sequence, such as ${example}, every number would be the "
                "same.",
                mapping={"example": "{SEQGLOBAL}"},
            )
        ]
    lacking = [(sequence, sequence.lacks(named)) for sequence in counting]
    if not all(groups for _sequence, groups in lacking):
        return []
    return [
        _(
            "${sequence} begins again and again, so the same number would come back; "
            "add ${missing}.",
            mapping={
                "sequence": _braced(sequence.variable),
                "missing": ", ".join(_braced(*group) for group in groups),
            },
        )
        for sequence, groups in lacking
    ]


def _collisions(pieces: tuple[Piece, ...]) -> list[str]:
    """Object when it could not be seen where one variable ends and the next begins.

    Digits end at the first other character.  So with a separator between any two
    pieces that grow, everything before the analytic code can be read from the left
    and everything behind it from the right, and what is left is the code: two
    documents with the same number would have counted the same.
    """
    if sum(piece.variable == "ANA" for piece in pieces) > 1:
        return [_("${name} can stand there once only.", mapping={"name": "{ANA}"})]
    found = []
    before: Piece | None = None
    for piece in pieces:
        if piece.grows and before:
            found.append(_glued(before, piece))
        if piece.grows or piece.separates:
            before = piece if piece.grows else None
    return found


def _glued(first: Piece, second: Piece) -> str:
    return _(
        "Put a sign that is no digit, such as a hyphen, between ${first} and "
        "${second}: 1 and 11 would look the same as 11 and 1.",
        mapping={
            "first": _braced(first.variable),
            "second": _braced(second.variable),
        },
    )


def _lengths(pieces: tuple[Piece, ...]) -> list[str]:
    """Object to numbers that do not fit where numbers are printed and stored."""
    longest = sum(piece.longest for piece in pieces)
    if longest <= LONGEST_NUMBER:
        return []
    return [
        _(
            "Numbers could be ${n} characters long; there is room for ${room}.",
            mapping={"n": longest, "room": LONGEST_NUMBER},
        )
    ]
