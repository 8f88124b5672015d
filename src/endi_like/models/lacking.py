"""What keeps the lines of a document from counting, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from endi_like.i18n import _, ngettext

if TYPE_CHECKING:
    from endi_like.models.parts import TaskLine, VatTotal

MOST_NAMED = 10


def lacking_lines(lines: Sequence[TaskLine]) -> list[str]:
    """Return what the lines of a document lack; having none is the first of it."""
    found = [] if lines else [_("Add at least one line.")]
    numbered = list(enumerate(lines, 1))
    nameless = [n for n, line in numbered if not line.description.strip()]
    if nameless:
        found.append(
            ngettext(
                "Line ${lines} needs a description.",
                "Lines ${lines} need a description.",
                len(nameless),
                {"lines": enumeration(nameless)},
            )
        )
    rateless = [n for n, line in numbered if not (line.vat_id or line.vat)]
    if rateless:
        found.append(
            ngettext(
                "Line ${lines} needs a VAT rate.",
                "Lines ${lines} need a VAT rate.",
                len(rateless),
                {"lines": enumeration(rateless)},
            )
        )
    return found


def lacking_rates(totals: Sequence[VatTotal]) -> list[str]:
    """Return what is wrong with taxes where there are none: within the organisation."""
    if any(one.vat.value > 0 for one in totals):
        return [_("It stays within the organisation: choose rates without VAT.")]
    return []


def enumeration(numbers: Sequence[int]) -> str:
    """Return the first of some numbers, as one reads them out."""
    shown = ", ".join(map(str, numbers[:MOST_NAMED]))
    return shown if len(numbers) <= MOST_NAMED else f"{shown} …"
