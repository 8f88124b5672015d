"""What stands on paper: plain data, no database behind it.

``services.printable`` gathers it from the models; the templates below
``templates/print`` turn it into a page, in the language of the customer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Sender:
    """The organisation that invoices, for the footer and the window."""

    name: str
    address: str
    vat_number: str
    registration: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Letterhead:
    """The enseigne at the top of the page."""

    name: str
    contact_name: str
    lines: tuple[str, ...]
    reach: tuple[str, ...]


@dataclass(frozen=True)
class Recipient:
    """Whom the letter is for; ``country`` is a code, for letters that go abroad.

    ``agreed`` says that the lines are the document's, not those the customer has.
    """

    lines: tuple[str, ...]
    country: str
    vat_number: str
    agreed: bool = False


@dataclass(frozen=True)
class PrintedLine:
    """A charged item; what is missing in a draft is nothing.

    ``mark`` refers to the reason why no tax is charged.
    """

    description: str
    cost: Decimal | None
    quantity: Decimal | None
    unit: str
    percent: Decimal | None
    total: Decimal | None
    mark: str = ""


@dataclass(frozen=True)
class PrintedGroup:
    """Lines under one title, with what they come to."""

    title: str
    description: str
    lines: tuple[PrintedLine, ...]
    total: Decimal


@dataclass(frozen=True)
class PrintedRate:
    """What the document comes to at one rate, and why it is charged so."""

    percent: Decimal
    ht: Decimal
    tva: Decimal
    label: str
    mention: str
    mark: str = ""


@dataclass(frozen=True)
class PrintedDeduction:
    """What is settled elsewhere, at one rate, taken off the totals."""

    label: str
    date: dt.date | None
    percent: Decimal
    ht: Decimal
    tva: Decimal
    ttc: Decimal


@dataclass(frozen=True)
class PrintedDeadline:
    """A part of the payment schedule."""

    kind: str
    label: str
    amount: Decimal
    date: dt.date | None


@dataclass(frozen=True)
class Terms:
    """When it is due and how it is paid, and every paragraph that follows."""

    conditions: str
    mentions: tuple[tuple[str, str], ...]
    notes: str


@dataclass(frozen=True)
class Printable:
    """Everything on the paper.

    ``kind`` is the type of the document, ``number`` empty while it is a draft;
    ``with_tax`` says that prices and sums of lines include tax.  What only some kinds
    have comes last, and is nothing for the others and for papers of before.
    """

    kind: str
    number: str
    draft: bool
    language: str
    currency: str
    subject: str
    date: dt.date
    due_date: dt.date | None
    workplace: str
    sender: Sender
    letterhead: Letterhead
    recipient: Recipient
    with_tax: bool
    with_units: bool
    groups: tuple[PrintedGroup, ...]
    discounts: tuple[PrintedLine, ...]
    expenses: PrintedLine | None
    rates: tuple[PrintedRate, ...]
    ht: Decimal
    tva: Decimal
    ttc: Decimal
    post_tax: tuple[tuple[str, Decimal], ...]
    due: Decimal
    terms: Terms
    deductions: tuple[PrintedDeduction, ...] = ()
    valid_until: dt.date | None = None
    deposit: Decimal | None = None
    schedule_display: str = "none"
    schedule: tuple[PrintedDeadline, ...] = ()
    credited: str = ""
    credited_on: dt.date | None = None
