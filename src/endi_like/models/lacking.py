"""What keeps a document from counting, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from endi_like.i18n import _, ngettext
from endi_like.workflow.payment import PAID_BACK
from endi_like.workflow.signature import is_given_up

if TYPE_CHECKING:
    from endi_like.models.parts import TaskLine, VatTotal
    from endi_like.models.sales import CancelInvoice, Invoice

MOST_NAMED = 10
OVERTAKEN = _(
    "Since it was written, other invoices or credit notes of its estimation count: "
    "make this one anew."
)

GIVEN_UP = _("Its estimation was given up: note the signature first.")


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


def lacking_of_invoice(invoice: Invoice) -> list[str]:
    """Return what is wrong with what an invoice deducts, and with its terms."""
    found = [one.outdated for one in invoice.deductions if one.outdated]
    if invoice.estimation is not None and is_given_up.holds(invoice.estimation):
        found.append(GIVEN_UP)
    if is_overtaken(invoice):
        found.append(OVERTAKEN)
    if is_beyond(invoice):
        found.append(_("With it, more than all of its estimation is invoiced."))
    if invoice.payment_conditions_id is None and invoice.due_date is None:
        found.append(_("Choose the payment conditions or a due date."))
    return list(dict.fromkeys(found))


def is_beyond(invoice: Invoice) -> bool:
    """Tell whether more than all of its estimation is invoiced with an invoice.

    A draft that gives something back is no room for another: it may never count.
    """
    estimation = invoice.estimation
    if estimation is None:
        return False
    by_share = bool(invoice.progress) and not invoice.deductions
    living = estimation.living_invoices
    counting = (
        one
        for one in living
        if one is invoice
        or one.validation_status == "valid"
        or one.due * estimation.way > 0
    )
    asked = sum((one.due_after_credit for one in counting), Decimal(0))
    return estimation.is_beyond(asked, len(living), by_share=by_share)


def is_overtaken(invoice: Invoice) -> bool:
    """Tell whether something of its estimation is not deducted by a last invoice.

    What was granted after all was invoiced stays granted, also beside what is invoiced
    again.
    """
    if not invoice.deductions or invoice.estimation is None:
        return False
    deducted = {one.source_id for one in invoice.deductions}
    deducted |= {one.id for one in invoice.estimation.granted}
    others = (one for one in invoice.estimation.living_invoices if one is not invoice)
    counting = (task for one in others for task in (one, *one.valid_credits))
    return any(one.vat_totals for one in counting if one.id not in deducted)


def lacking_of_credit_note(note: CancelInvoice) -> list[str]:
    """Return what is wrong with an amount that is more than what is left to pay.

    What was paid is given back by its payment first.
    """
    invoice = note.invoice
    left = invoice.to_pay
    if note.due * left < 0 and abs(note.due) <= abs(left):
        return []
    sentence = _(
        "It takes back ${amount}, and ${left} is left to pay of the invoice.",
        mapping={"amount": -note.due, "left": left},
    )
    return [sentence, PAID_BACK] if invoice.payments else [sentence]


def enumeration(numbers: Sequence[int]) -> str:
    """Return the first of some numbers, as one reads them out."""
    shown = ", ".join(map(str, numbers[:MOST_NAMED]))
    return shown if len(numbers) <= MOST_NAMED else f"{shown} …"
