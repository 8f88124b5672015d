"""Invoicing by progress: so many percent of each line, until all is invoiced.

Percentages are 0 to 100 and have the shape of the document's groups.  The invoice that
brings every line to 100 % is the balance, so that all of them together are the
estimation to the cent, whatever was rounded before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from endi_like.money import (
    AMOUNT_EXPONENT,
    ZERO,
    exactly,
    percent_of,
    round_to,
    to_cents,
)
from endi_like.totals.document import Discount, Document, Line, RateTotal
from endi_like.totals.generation import balance
from endi_like.totals.refusal import Place, TooMuch
from endi_like.totals.vat import VatRate

Percents: TypeAlias = Sequence[Sequence[Decimal]]
"""A percentage for each line of each group."""

HUNDRED = Decimal(100)


def of_groups(
    document: Document, percents: Sequence[Decimal]
) -> tuple[tuple[Decimal, ...], ...]:
    """Return one percentage per group as one per line of it.

    Raises ``ValueError`` when there are not as many percentages as groups.
    """
    pairs = zip(document.groups, percents, strict=True)
    return tuple((percent,) * len(group) for group, percent in pairs)


@exactly
def remaining(
    document: Document, *invoiced: Percents
) -> tuple[tuple[Decimal, ...], ...]:
    """Return the percentage left of each line once those were invoiced.

    Raises :class:`TooMuch` with the percentage and the place of a line of which more
    than all, or less than nothing, is invoiced; ``ValueError`` for another shape.
    """
    left = of_groups(document, [HUNDRED] * len(document.groups))
    for percents in invoiced:
        groups = zip(left, percents, strict=True)
        left = tuple(
            tuple(
                _less(had, percent, (group, place))
                for place, (had, percent) in enumerate(zip(*pair, strict=True))
            )
            for group, pair in enumerate(groups)
        )
    return left


@exactly
def progress_invoice(
    document: Document,
    before: Percents,
    now: Percents,
    already: Iterable[RateTotal] = (),
) -> Document:
    """Return the invoice of what was done since the last one.

    ``before`` is the percentage of each line in earlier invoices, ``now`` that of this
    one, ``already`` the breakdowns of all earlier invoices and of their credit notes.
    Lines and discounts keep their places; of a line with 0 % nothing is asked.
    Discounts follow the lines of their rate; flat expenses and lines after tax come
    with the balance.  Raises what :func:`remaining` raises.
    """
    if not any(map(any, remaining(document, before, now))):
        return balance(document, already)
    groups = zip(document.groups, now, strict=True)
    return Document(
        document.mode,
        tuple(tuple(map(_share, group, percents)) for group, percents in groups),
        tuple(_discounts(document, now)),
    )


def _less(had: Decimal, percent: Decimal, place: Place) -> Decimal:
    beyond = -percent if percent < 0 else percent - had
    if beyond > 0:
        raise TooMuch(beyond, place)
    return had - percent


def _share(line: Line, percent: Decimal) -> Line:
    """Take a percentage of the quantity; of the price where that cannot be stored."""
    quantity = percent_of(line.quantity, percent)
    if quantity == round_to(quantity, AMOUNT_EXPONENT):
        return replace(line, quantity=quantity)
    cost = percent_of(line.cost, percent)
    return replace(line, cost=round_to(cost, AMOUNT_EXPONENT))


def _discounts(document: Document, now: Percents) -> Iterator[Discount]:
    """Yield each discount as far as the lines of its rate are done, by their size."""
    whole: dict[VatRate, Decimal] = {}
    done: dict[VatRate, Decimal] = {}
    for group, percents in zip(document.groups, now, strict=True):
        for line, percent in zip(group, percents, strict=True):
            size = abs(line.cost * line.quantity)
            whole[line.vat] = whole.get(line.vat, ZERO) + size
            done[line.vat] = done.get(line.vat, ZERO) + percent_of(size, percent)
    for one in document.discounts:
        size = whole.get(one.vat, ZERO)
        share = to_cents(one.amount * done[one.vat] / size) if size else ZERO
        yield replace(one, amount=share)
