"""The rows of a made-up installation: sound, plausible, and the same every time.

Everything is derived from the number of the invoice.  Most are settled; the newest
wait for somebody.  Company 1 is small, however many invoices there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from benchmarks._papers import paper
from endi_like import payments, totals
from endi_like.models.files import FIX, PRINTOUT
from endi_like.models.history import StatusLogEntry
from endi_like.services.journal import canonical, digest
from endi_like.services.official import number_key
from endi_like.text import shadow

TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
DAYS = 730
COMPANIES = 50
LARGE_COMPANIES = COMPANIES - 1
CUSTOMERS = 40
OF_SMALL_COMPANY = 200
FIRST_NODE = COMPANIES * CUSTOMERS + 1
AUTHOR, VALIDATOR = 3, 2
PATTERNS = 40
RATES = (
    {"id": 1, "label": "20 %", "value": Decimal(20), "default": True},
    {"id": 2, "label": "10 %", "value": Decimal(10), "default": False},
    {"id": 3, "label": "5,5 %", "value": Decimal("5.5"), "default": False},
)
WORK = (
    "Fabrication d’un banc en chêne massif, finition huilée",
    "Livraison et installation sur place",
    "Étude préparatoire et relevé des mesures",
    "Atelier de formation, demi-journée",
)
NAMES = (
    "Garage Élan",
    "Mairie de Saint-Brieuc",
    "Åkesson & Fils",
    "Coopérative des Maraîchers du Trégor",
    "Œuvres laïques d’Ille-et-Vilaine",
)


@dataclass(frozen=True)
class Pattern:
    """The content of an invoice: its lines and what they come to."""

    lines: list[dict[str, Any]]
    totals: totals.Totals


@cache
def pattern(number: int, lines: int) -> Pattern:
    """Return one of a few contents."""
    made, priced = [], []
    for at in range(lines):
        rate = RATES[(number + at // 3) % len(RATES)]
        cost = Decimal(1000 + 137 * ((number * 7 + at * 3) % 90)).scaleb(-1)
        quantity = Decimal(1 + (number + at) % 8) + Decimal(at % 2).scaleb(-1) * 5
        made.append(
            {
                "position": at,
                "description": f"{WORK[(number + at) % len(WORK)]} ({at + 1})",
                "cost": cost,
                "quantity": quantity,
                "unit": ("h", "pièce", "")[at % 3],
                "vat_id": rate["id"],
                "product": "",
            }
        )
        vat = totals.VatRate(rate["id"], rate["value"])
        priced.append(totals.Line(cost, quantity, vat))
    return Pattern(made, totals.compute(totals.Document("ht", (tuple(priced),))))


@dataclass(frozen=True)
class Moved:
    """What became of an invoice."""

    validation: str
    paid: str = "waiting"

    @property
    def moves(self) -> list[tuple[str, str, str, str]]:
        """Return its moves: machine, action, old and new state."""
        found = []
        if self.validation != "draft":
            found.append(("validation_status", "submit", "draft", "wait"))
        if self.validation == "valid":
            found.append(("validation_status", "validate", "wait", "valid"))
        if self.validation == "invalid":
            found.append(("validation_status", "invalidate", "wait", "invalid"))
        if self.paid == "paid":
            found.append(("paid_status", "part_pay", "waiting", "paid"))
        if self.paid == "resulted":
            found.append(("paid_status", "settle", "waiting", "resulted"))
        return found


SETTLED = Moved("valid", "resulted")
YOUNG = (
    *(Moved("draft"),) * 3,
    *(Moved("wait"),) * 2,
    Moved("invalid"),
    *(Moved("valid"),) * 4,
    *(SETTLED,) * 10,
)
OLDER = (Moved("valid"), Moved("valid", "paid"), *(SETTLED,) * 18)


class Invoices:
    """The invoices 1 to ``count``, the oldest first, of ``companies`` and a small one.

    Only the last ``whole`` of them have lines, payments and a history.
    """

    def __init__(
        self, count: int, whole: int, companies: int = LARGE_COMPANIES
    ) -> None:
        self.count = count
        self.companies = companies
        self.first_whole = count - whole + 1
        self.numbers: dict[int, int] = {}
        self.small_every = max(count // OF_SMALL_COMPANY, 1)

    def day(self, number: int) -> dt.date:
        """Return the date of an invoice: they are spread over two years."""
        return TODAY - dt.timedelta(days=(self.count - number) * DAYS // self.count)

    def fate(self, number: int) -> Moved:
        """Return what became of it: unpaid ones are of this year, drafts of a month."""
        age = (TODAY - self.day(number)).days
        if age < DAYS // 24:
            return YOUNG[number * 7 % len(YOUNG)]
        return OLDER[number * 7 % len(OLDER)] if age < DAYS // 2 else SETTLED

    def company(self, number: int) -> int:
        """Return its company."""
        if number % self.small_every == 0:
            return 1
        return 2 + number * 31 % self.companies

    def rows(self, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every row of an invoice, after those it points at."""
        node_id = FIRST_NODE + number - 1
        fate, company = self.fate(number), self.company(number)
        found = pattern(number % PATTERNS, 3 + number % 3)
        node = self.node(node_id, number, company, len(fate.moves))
        yield "node", node
        task = self.task(number, company, fate, found)
        yield "task", {"id": node_id, **task}
        paid = self.paid(fate, found)
        yield (
            "invoice",
            {
                "id": node_id,
                "paid_status": fate.paid,
                "closure_status": "open",
                "paid_status_at": NOW if fate.paid != "waiting" else None,
                "paid_status_user_id": VALIDATOR if fate.paid != "waiting" else None,
                "paid_status_comment": "",
                "to_pay": found.totals.due - paid,
            },
        )
        if number >= self.first_whole:
            yield from self.parts(node_id, found)
            content = ""
            if fate.validation == "valid":
                content = paper(node, task, found.lines, found.totals)
                yield "paper", {"node_id": node_id, "content": content}
            yield from self.history(node_id, fate, content)
            if paid:
                yield from self.payment(node_id, number, paid, found)

    def node(
        self, node_id: int, number: int, company: int, moves: int
    ) -> dict[str, Any]:
        """Return the row of the node."""
        return {
            "id": node_id,
            "type_": "invoice",
            "name": f"Travaux de menuiserie, lot {number % 17 + 1}, étape {number}",
            "company_id": company,
            "parent_id": None,
            "created_at": NOW,
            "updated_at": NOW,
            "created_by_id": AUTHOR,
            "updated_by_id": AUTHOR,
            "deleted_at": None,
            "version": 1 + moves,
        }

    def task(
        self, number: int, company: int, fate: Moved, found: Pattern
    ) -> dict[str, Any]:
        """Return the row of the sales document, without its id."""
        account = (company - 1) * CUSTOMERS + 1 + number * 13 % CUSTOMERS
        official = self.official(number) if fate.validation == "valid" else None
        last = [move for move in fate.moves if move[0] == "validation_status"]
        subject = f"Travaux de menuiserie, lot {number % 17 + 1}, étape {number}"
        return {
            "company_id": company,
            "awaited": self.awaited(fate, found),
            "validation_status": fate.validation,
            "validation_status_user_id": VALIDATOR if last else None,
            "validation_status_at": NOW if last else None,
            "validation_status_comment": "",
            "account_id": account,
            "date": self.day(number),
            "mode": "ht",
            "payment_conditions_id": 1,
            "due_date": self.day(number) + dt.timedelta(days=30),
            "address": "3 place Saint-Michel\n22000 Saint-Brieuc",
            "workplace": "",
            "display_units": True,
            "expenses_ht": Decimal(0),
            "expenses_vat_id": None,
            "notes": "",
            "official_number": official,
            "number_key": number_key(official) if official else "",
            "search_key": shadow(official, subject, customer(account)),
            "ht": found.totals.ht,
            "tva": found.totals.tva,
            "ttc": found.totals.ttc,
            "due": found.totals.due,
        }

    def official(self, number: int) -> str:
        """Draw the next number of the year."""
        year = self.day(number).year
        self.numbers[year] = self.numbers.get(year, 0) + 1
        return f"{year}-{self.numbers[year]:0>4}"

    def awaited(self, fate: Moved, found: Pattern) -> Decimal:
        """Return what it still asks for."""
        if fate.validation != "valid" or fate.paid == "resulted":
            return Decimal(0)
        return found.totals.due - self.paid(fate, found)

    def paid(self, fate: Moved, found: Pattern) -> Decimal:
        """Return what was paid."""
        share = {"waiting": 0, "paid": 4, "resulted": 1}[fate.paid]
        return round(found.totals.due / share, 2) if share else Decimal(0)

    def parts(
        self, node_id: int, found: Pattern
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield group, lines and totals by rate; the group has the node's id."""
        yield (
            "line_group",
            {
                "id": node_id,
                "task_id": node_id,
                "position": 0,
                "title": "",
                "description": "",
            },
        )
        for line in found.lines:
            yield "task_line", {"group_id": node_id, **line}
        for at, rate in enumerate(found.totals.by_rate):
            yield (
                "vat_total",
                {
                    "task_id": node_id,
                    "vat_id": rate.vat.key,
                    "position": at,
                    "ht": rate.ht,
                    "tva": rate.tva,
                    "ttc": rate.ttc,
                },
            )

    def history(
        self, node_id: int, fate: Moved, content: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the moves, chained as the journal does, and that the paper is fixed."""
        previous = ""
        entries = [(*move, "") for move in fate.moves]
        if content:
            entries.append((PRINTOUT, FIX, "", "fixed", digest(content)))
        for at, (manager, action, old, new, comment) in enumerate(entries, 1):
            values = {
                "node_id": node_id,
                "position": at,
                "manager": manager,
                "action": action,
                "old": old,
                "new": new,
                "actor_id": VALIDATOR,
                "at": NOW,
                "comment": comment,
                "visibility": "public",
                "hash_version": 1,
            }
            previous = digest(canonical(StatusLogEntry(**values), previous))
            yield "status_log_entry", {**values, "hash": previous}

    def payment(
        self, node_id: int, number: int, paid: Decimal, found: Pattern
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield one payment and its parts; it has the node's id."""
        yield (
            "payment",
            {
                "id": node_id,
                "invoice_id": node_id,
                "date": min(TODAY, self.day(number) + dt.timedelta(days=20)),
                "amount": paid,
                "mode_id": 1,
                "bank_id": None,
                "reference": "",
                "recorded_by_id": VALIDATOR,
                "recorded_at": NOW,
            },
        )
        asked = {rate.vat.key: rate.ttc for rate in found.totals.by_rate}
        for vat_id, amount in payments.split(paid, asked).items():
            if amount:
                yield (
                    "payment_part",
                    {"payment_id": node_id, "vat_id": vat_id, "amount": amount},
                )


@cache
def customer(account: int) -> str:
    """Return the name of a customer."""
    return f"{NAMES[account % len(NAMES)]} {account}"
