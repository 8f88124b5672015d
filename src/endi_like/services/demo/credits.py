"""The credit notes: of all that is left of an invoice, or of a part of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from endi_like.models.sales import CancelInvoice, Invoice
from endi_like.money import to_cents
from endi_like.services.credits import credit_note_of
from endi_like.services.demo.stories import Story


@dataclass
class CreditStory(Story):
    """One credit note, from the day it is written to its validation."""

    corrected: ClassVar[float] = 0

    invoice: Invoice
    whole: bool

    def write(self) -> CancelInvoice:
        """Store the draft; a part takes back half of the dearest line."""
        self.task = credit_note_of(
            self.diary.db, self.invoice, self.day, whole=self.whole
        )
        self.diary.db.add(self.task)
        self.diary.db.flush()
        if not self.whole:
            self.rewrite(half_of_a_line(self.values()))
        note: CancelInvoice = self.task
        return note


def half_of_a_line(data: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a credit note with half of its largest line left."""
    lines = [one for group in data["groups"] for one in group["lines"]]
    line = min(lines, key=lambda one: one["cost"] * one["quantity"])
    group = next(one for one in data["groups"] if line in one["lines"])
    half = {**line, "cost": to_cents(line["cost"] / 2)}
    return {
        **data,
        "groups": [{**group, "lines": [half]}],
        "post_tax_lines": [],
        "expenses_ht": Decimal(0),
        "expenses_vat_id": None,
    }


def credit(
    story: Story, *, after: int, whole: bool = True, fate: str = "valid"
) -> None:
    """Note that a credit note is written so many days after an invoice."""

    def begin() -> None:
        day = story.diary.now.date()
        CreditStory(
            story.world, story.account, day, fate, invoice=story.task, whole=whole
        ).begin()

    story.note(after, 9, story.author, begin)


def until_the_last_day(story: Story) -> int:
    """Return the days from the date of a document to the day before the end."""
    return (story.diary.end.date() - dt.timedelta(days=1) - story.day).days
