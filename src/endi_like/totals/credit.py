"""The credit note of an invoice: its opposite, less what was paid.

Amounts are euros.  Without payments invoice and credit note are nothing at each rate;
with them the credit note cancels what is left to pay, to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from endi_like.money import ZERO, exactly, to_cents
from endi_like.payments import due_by_rate
from endi_like.totals.compute import compute
from endi_like.totals.document import (
    Deduction,
    Document,
    Expenses,
    Line,
    Totals,
)
from endi_like.totals.refusal import Place, TooMuch
from endi_like.totals.vat import VatRate, tva_of_ttc

Part = tuple[VatRate, Decimal]


@exactly
def credit_note(invoice: Document, paid: Iterable[Part] = ()) -> Document:
    """Return the credit note of a whole invoice.

    Lines, flat expenses and lines after tax come back with the other sign; discounts
    are a last group of positive lines.  ``paid`` are the parts of the payments, each
    a rate and whole cents with tax.  The deductions are those of the invoice, then one
    for each part, in that order and all with the other sign; the latter add up to what
    was paid.  Where earlier credit notes took something back, the rest is the
    ``balance`` of this one and their breakdowns.  Raises ``ValueError`` when a part is
    not in whole cents.
    """
    groups = tuple(tuple(map(_opposite, group)) for group in invoice.groups)
    given_back = tuple(
        Line(one.amount, Decimal(1), one.vat) for one in invoice.discounts
    )
    flat = invoice.expenses
    return Document(
        invoice.mode,
        (*groups, given_back) if given_back else groups,
        expenses=Expenses(-flat.amount, flat.vat) if flat else None,
        post_tax=tuple(-amount for amount in invoice.post_tax),
        deductions=(
            *map(_opposite_deduction, invoice.deductions),
            *_settled(compute(invoice), paid),
        ),
    )


def credit_lines(
    invoice: Document, quantities: Sequence[Sequence[Decimal]]
) -> Document:
    """Return the credit note of some lines of an invoice.

    ``quantities`` has the shape of the invoice's groups: how much of each line comes
    back, nothing (0) to all of it.  Lines keep their places, those of quantity 0 ask
    for nothing.  Discounts, flat expenses, lines after tax and deductions stay with
    the invoice.  Raises :class:`TooMuch` with the quantity and the place of a line
    that has less; ``ValueError`` for another shape.
    """
    groups = zip(invoice.groups, quantities, strict=True)
    return Document(
        invoice.mode,
        tuple(
            tuple(
                _some(line, quantity, (group, place))
                for place, (line, quantity) in enumerate(zip(*pair, strict=True))
            )
            for group, pair in enumerate(groups)
        ),
    )


def _some(line: Line, quantity: Decimal, place: Place) -> Line:
    same_way = quantity * line.quantity >= 0
    beyond = abs(quantity) - (abs(line.quantity) if same_way else ZERO)
    if beyond > 0:
        raise TooMuch(beyond, place)
    return Line(-line.cost, quantity, line.vat)


def _settled(invoice: Totals, paid: Iterable[Part]) -> Iterator[Deduction]:
    """Yield what each part of a payment leaves for the credit note to cancel.

    A part contains tax as the whole invoice does at its rate: money for lines after
    tax contains none, and parts that pay all of a rate contain all of its tax.
    """
    due = due_by_rate({one.vat: one.ttc for one in invoice.by_rate}, invoice.due)
    tva = {one.vat: one.tva for one in invoice.by_rate}
    so_far: dict[VatRate, Decimal] = {}

    def tax(vat: VatRate) -> Decimal:
        amount = so_far.get(vat, ZERO)
        if not due.get(vat):
            return to_cents(tva_of_ttc(amount, vat.percent))
        return to_cents(amount * tva[vat] / due[vat])

    for vat, ttc in paid:
        before = tax(vat)
        so_far[vat] = so_far.get(vat, ZERO) + ttc
        inside = tax(vat) - before
        yield Deduction(vat, ZERO - (ttc - inside), ZERO - inside, ZERO - ttc)


def _opposite(line: Line) -> Line:
    return Line(-line.cost, line.quantity, line.vat)


def _opposite_deduction(one: Deduction) -> Deduction:
    back = -one.amounts
    return Deduction(one.vat, back.ht, back.tva, back.ttc)
