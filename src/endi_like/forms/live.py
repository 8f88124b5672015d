"""Totals that follow while somebody types: what can be read is added up.

A value that cannot be read is named, its line is left out, and the rest counts.  The
arithmetic is that of ``endi_like.totals``, the reading that of the form's own fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import colander

from endi_like import formats
from endi_like.forms.widgets import tidy_rows
from endi_like.money import to_cents
from endi_like.totals import (
    Deduction,
    Discount,
    Document,
    Expenses,
    Line,
    Totals,
    VatRate,
    compute,
    percent_discount,
)

UNREADABLE = "?"


@dataclass
class TotalsInput:
    """What was read of a posted document, in the order of the form.

    ``lines`` holds ``None`` for a line that does not count; ``discounts`` one tuple for
    each row, since a percentage makes a discount per rate.
    """

    mode: str = "ht"
    lines: list[list[Line | None]] = field(default_factory=list)
    discounts: list[tuple[Discount, ...] | None] = field(default_factory=list)
    expenses: Expenses | None = None
    post_tax: list[Decimal | None] = field(default_factory=list)
    deductions: tuple[Deduction, ...] = ()
    errors: dict[str, Any] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[tuple[Line, ...], ...]:
        """Return the lines that count, group by group."""
        return tuple(
            tuple(line for line in group if line is not None) for group in self.lines
        )

    @property
    def document(self) -> Document:
        """Return what there is to add up."""
        return Document(
            mode="ttc" if self.mode == "ttc" else "ht",
            groups=self.groups,
            discounts=tuple(one for row in self.discounts for one in row or ()),
            expenses=self.expenses,
            post_tax=tuple(amount for amount in self.post_tax if amount is not None),
            deductions=self.deductions,
        )


class Reader:
    """Reads a posted structure with the nodes of a bound ``InvoiceSchema``."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        bound = schema.bindings or {}
        self.found = TotalsInput(deductions=tuple(bound.get("deductions") or ()))
        rates = bound.get("vat_rates") or ()
        self.rates = {key: VatRate(key, value) for key, _label, value in rates}

    def read(self, structure: dict[str, Any]) -> TotalsInput:
        """Return what can be counted, and what is wrong with the rest."""
        found = self.found
        found.mode = self.one(self.schema, structure, "", "mode") or "ht"
        for at, group in self.parts(structure, "groups"):
            part = self.schema["groups"].children[0]["lines"].children[0]
            rows = enumerate(group["lines"])
            found.lines.append(
                [self.line(part, row, f"{at}.lines.{number}") for number, row in rows]
            )
        part = self.schema["discounts"].children[0]
        for at, row in self.parts(structure, "discounts"):
            found.discounts.append(self.discount(part, row, at))
        found.expenses = self.flat_expenses(structure)
        part = self.schema["post_tax_lines"].children[0]
        for at, row in self.parts(structure, "post_tax_lines"):
            found.post_tax.append(self.one(part, row, at, "amount"))
        return found

    def parts(self, structure: Any, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the rows of a table, each with its path."""
        rows = tidy_rows(structure.get(name), self.schema[name])
        for number, row in enumerate(rows):
            yield f"{name}.{number}", row

    def one(self, node: Any, row: dict[str, Any], at: str, name: str) -> Any:
        """Return a value, ``None`` when it is empty or wrong."""
        try:
            value = node[name].typ.deserialize(node[name], row.get(name))
        except colander.Invalid as error:
            path = f"{at}.{name}" if at else name
            self.found.errors[path] = error.messages()[0]
            return None
        return None if value is colander.null else value

    def line(self, node: Any, row: dict[str, Any], at: str) -> Line | None:
        """Return a line, ``None`` when it cannot be read or has no rate of tax."""
        known = len(self.found.errors)
        cost = self.one(node, row, at, "cost")
        quantity = self.one(node, row, at, "quantity")
        vat = self.rates.get(self.one(node, row, at, "vat_id"))
        if len(self.found.errors) > known or vat is None:
            return None
        quantity = Decimal(1) if quantity is None else quantity
        return Line(cost or Decimal(0), quantity, vat)

    def discount(
        self, node: Any, row: dict[str, Any], at: str
    ) -> tuple[Discount, ...] | None:
        """Return what a row takes off, rate by rate."""
        amount = self.one(node, row, at, "amount")
        percent = self.one(node, row, at, "percent")
        vat = self.rates.get(self.one(node, row, at, "vat_id"))
        if amount is None and percent is not None:
            return percent_discount(self.found.groups, percent)
        if amount is None:
            return None if at_fault(self.found.errors, at) else ()
        return None if vat is None else (Discount(amount, vat),)

    def flat_expenses(self, structure: dict[str, Any]) -> Expenses | None:
        """Return the flat expenses, if there are any and their rate is known."""
        amount = self.one(self.schema, structure, "", "expenses_ht")
        vat = self.rates.get(self.one(self.schema, structure, "", "expenses_vat_id"))
        return Expenses(amount, vat) if amount and vat else None


def at_fault(errors: dict[str, Any], at: str) -> bool:
    """Tell whether something is wrong with a row."""
    return any(path.startswith(f"{at}.") for path in errors)


def live_totals(
    schema: Any, structure: Any, locale: str, translate: Callable[[Any], str]
) -> dict[str, Any]:
    """Return every figure of a document as typed, written for the reader.

    ``structure`` is what ``structure.parse`` made of a POST, or a form's own values
    (``form.cstruct``).  The answer is what lines.js shows, ready for JSON.
    """
    read = Reader(schema).read(structure if isinstance(structure, dict) else {})
    totals = compute(read.document)
    labels = {key: label for key, label, _value in schema.bindings["vat_rates"]}

    def write(amount: Decimal) -> str:
        return formats.amount(to_cents(amount), locale)

    return {
        "lines": list(_lines(read, totals, write)),
        "groups": [write(_typed(totals, group)) for group in totals.groups],
        "discounts": [
            UNREADABLE if row is None else write(_taken_off(row))
            for row in read.discounts
        ],
        "rates": [
            {
                "label": translate(labels[rate.vat.key]),
                "ht": write(rate.ht),
                "tva": write(rate.tva),
            }
            for rate in totals.by_rate
        ],
        "ht": write(totals.ht),
        "tva": write(totals.tva),
        "ttc": write(totals.ttc),
        "due": write(totals.due),
        "post_tax": bool(read.document.post_tax),
        "errors": {at: translate(text) for at, text in read.errors.items()},
    }


def _taken_off(row: tuple[Discount, ...]) -> Decimal:
    return -sum((one.amount for one in row), Decimal(0))


def _typed(totals: Totals, amounts: Any) -> Decimal:
    """Return an amount in the mode prices are typed in."""
    figure: Decimal = amounts.ttc if totals.mode == "ttc" else amounts.ht
    return figure


def _lines(
    read: TotalsInput, totals: Totals, write: Callable[[Decimal], str]
) -> Iterator[str]:
    """Yield the figure of each line of the form; those left out have none."""
    for rows, counted in zip(read.lines, totals.lines, strict=True):
        figures = iter(counted)
        for row in rows:
            yield UNREADABLE if row is None else write(_typed(totals, next(figures)))
