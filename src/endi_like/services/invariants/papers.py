"""What stands on the paper of a validated document is what the document says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any

from endi_like.models.organisation import Organisation
from endi_like.models.sales import Task
from endi_like.services.files import Damaged
from endi_like.services.papers import Stored
from endi_like.services.printable import printable
from endi_like.services.printed import Printable
from endi_like.workflow.validation import is_valid


def agreed_address(paper: Printable) -> tuple[str, ...]:
    """Return the address of the document itself; the customer's may have changed."""
    return paper.recipient.lines if paper.recipient.agreed else ()


def paragraphs(paper: Printable) -> list[str]:
    """Return the mentions; their names and their order may have changed."""
    reasons = [rate.mention for rate in paper.rates]
    return sorted([*reasons, *(text for _label, text in paper.terms.mentions)])


OWN: Mapping[str, Callable[[Printable], Any]] = {
    "number": attrgetter("number"),
    "subject": attrgetter("subject"),
    "date": attrgetter("date"),
    "due date": attrgetter("due_date"),
    "address": agreed_address,
    "workplace": attrgetter("workplace"),
    "prices": attrgetter("with_tax"),
    "units": attrgetter("with_units"),
    "lines": attrgetter("groups"),
    "discounts": attrgetter("discounts"),
    "expenses": attrgetter("expenses"),
    "lines after tax": attrgetter("post_tax"),
    "mentions": paragraphs,
    "notes": attrgetter("terms.notes"),
    "deductions": attrgetter("deductions"),
    "validity": attrgetter("valid_until"),
    "payment schedule": attrgetter("schedule"),
    "invoice": attrgetter("credited"),
}
"""What stands on the paper and is the document's own, or fixed because it has it.

Totals are not among it: they follow from the rest, which is looked at elsewhere.
"""


def paper_objections(
    task: Task, stored: Stored | None, organisation: Organisation
) -> Iterator[str]:
    """Yield what is wrong with the paper of a document: validated ones have one."""
    valid = is_valid(task) is None
    if stored is None:
        if valid:
            yield "its paper is gone"
    elif not valid:
        yield "it has a paper but is not validated"
    else:
        yield from differences(printable(task, organisation), stored)


def differences(now: Printable, stored: Stored) -> Iterator[str]:
    """Yield what a document says and its paper does not."""
    try:
        fixed = stored.trusted()
    except Damaged:
        yield "its paper is not what was fixed"
        return
    for name, part in OWN.items():
        if part(now) != part(fixed):
            yield f"its paper says otherwise: {name}"
