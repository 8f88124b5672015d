"""What a document was made of, and what of it therefore stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from endi_like.i18n import _
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.services.refusals import WrongValues


def origin(task: Task) -> Task | None:
    """Return the invoice that a credit note takes back, or an invoice's estimation."""
    if isinstance(task, CancelInvoice):
        return task.invoice
    return task.estimation if isinstance(task, Invoice) else None


def kept_customer(task: Task) -> str | None:
    """Return the sentence that says why the customer stays; nothing where it may go.

    So it is with an invoice that was attached by hand, too: it can be detached.
    """
    if origin(task) is None:
        return None
    if isinstance(task, CancelInvoice):
        return _("A credit note is for the customer of its invoice.")
    return _("An invoice of an estimation is for the customer of that.")


def check(task: Task, data: Mapping[str, Any]) -> None:
    """Refuse values of a form that do not fit what the document was made of."""
    if found := dict(unfit(task, data)):
        raise WrongValues(**found)


def unfit(task: Task, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each field whose value does not fit, with what is wrong with it."""
    reason = kept_customer(task)
    if reason and data["account_id"] != task.account_id:
        yield "account_id", reason
    made_of = origin(task)
    # what was attached by hand may be older: a deposit that was paid before the offer
    by_hand = isinstance(task, Invoice) and task.is_by_hand
    if made_of and not by_hand and data["date"] < made_of.date:
        yield "date", too_early(made_of)


def too_early(made_of: Task) -> str:
    """Return the sentence about a day before that of what a document was made of."""
    said = {"day": made_of.date}
    if isinstance(made_of, Invoice):
        return _(
            "It takes back an invoice of ${day}, and cannot be older.", mapping=said
        )
    return _(
        "It is made of an estimation of ${day}, and cannot be older.", mapping=said
    )
