"""What the form of a sales document offers, as its fields take it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from endi_like.models.options import VatRate
from endi_like.models.sales import Task
from endi_like.services import choices


def root_of(context: Any) -> Any:
    """Return the top of the tree."""
    while context.__parent__ is not None:
        context = context.__parent__
    return context


def above_form(request: Any, context: Any) -> list[tuple[str, str]]:
    """Return the document that a form is about: its number or subject, its address."""
    task: Task = context.node
    return [(task.official_number or task.name, request.resource_path(context))]


def pairs(found: Sequence[Any]) -> list[tuple[int, str]]:
    """Return options as pairs of id and label."""
    return [(one.id, one.label) for one in found]


def rates_for(db: Any, task: Task | None) -> list[VatRate]:
    """Return the rates offered, and those the document has already."""
    parts: list[Any] = [*task.lines, *task.discounts] if task else []
    kept = [part.vat_id for part in parts] + [task.expenses_vat_id if task else None]
    return choices.options(db, VatRate, keep=kept)


def rated(rates: Sequence[VatRate]) -> list[tuple[int, str, Any]]:
    """Return rates of tax as the form offers and counts them."""
    return [(one.id, one.label, one.value) for one in rates]
