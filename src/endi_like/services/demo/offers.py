"""Offers of the demonstration: signed or not, invoiced part by part, paid or not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from endi_like.models.contacts import CreditAccount
from endi_like.models.estimations import Estimation
from endi_like.models.projects import Business, Phase, Project
from endi_like.models.sales import Invoice, Task
from endi_like.services import documents, projects
from endi_like.services.demo.diary import Diary, at
from endi_like.services.demo.options import Options
from endi_like.services.demo.people import People
from endi_like.services.demo.writing import form_values
from endi_like.services.invoicing import invoice_next, next_deadline
from endi_like.services.payments import Payments, Received

VALID_FOR = dt.timedelta(days=60)
FATES = ("finished", "begun", "late", "sent", "finished", "given up", "begun")
"""What becomes of each offer in turn."""

GIVEN_UP = "Le client a choisi un autre prestataire."


@dataclass
class Offer:
    """One offer to a customer of a project, and what follows from it."""

    diary: Diary
    random: Random
    people: People
    options: Options
    account: CreditAccount
    fate: str
    place: tuple[Project, Phase | None] | None = None

    @property
    def author(self) -> int:
        """Return the id of whoever writes for the company."""
        return self.people.id(self.people.author(self.account.company))

    def later(self, days: int, hour: int, login: str, event: object) -> None:
        """Have somebody, or the author, do something in so many days."""
        day = self.diary.now.date() + dt.timedelta(days=days)
        by = self.people.id(login) if login else self.author
        self.diary.note(at(day, hour, 30), by, event)  # type: ignore[arg-type]

    def begin(self) -> None:
        """Write the offer; a manager validates it on the next day."""
        day = self.diary.now.date()
        values = form_values(self.random, self.account, self.options, day)
        del values["due_date"]
        values |= {
            "valid_until": day + VALID_FOR,
            "deposit": Decimal(30),
            "payment_display": "all",
            "equal_parts": self.random.choice((1, 2)),
            "instalments": [],
            "post_tax_lines": [],
        }
        self.estimation = Estimation(company=self.account.company)
        self.diary.db.add(self.estimation)
        documents.write(self.diary.db, self.estimation, values)
        self.diary.db.flush()
        self.keep()
        self.move(self.estimation, "submit")
        self.later(1, 15, "manager", self.validate)

    def keep(self) -> None:
        """Keep it in its project, and begin the business it stands for."""
        project, phase = self.place or (None, None)
        projects.put(self.estimation, project, phase)
        self.estimation.business = Business(
            name=self.estimation.name[:150],
            company=self.account.company,
            project=project,
        )
        self.diary.db.flush()

    def validate(self) -> None:
        """Validate the offer; the author sends it."""
        self.move(self.estimation, "validate")
        self.later(1, 9, "", lambda: self.move(self.estimation, "mark_sent"))
        if self.fate == "given up":
            self.later(50, 9, "", self.give_up)
        elif self.fate != "sent":
            self.later(12, 9, "", self.sign)

    def give_up(self) -> None:
        """Note that nothing comes of it."""
        self.move(self.estimation, "abort", GIVEN_UP)

    def sign(self) -> None:
        """Note the signature, and ask for the first part."""
        self.move(self.estimation, "sign")
        self.later(2, 10, "", self.invoice)

    def invoice(self) -> None:
        """Write the next invoice; a manager validates it on the next day."""
        deadline = next_deadline(self.estimation)
        if deadline is None:
            return
        today = self.diary.now.date()
        draft = invoice_next(self.diary.db, self.estimation, deadline.id, today)
        self.move(draft, "submit")
        self.later(1, 15, "manager", lambda: self.ask(draft))

    def ask(self, invoice: Invoice) -> None:
        """Validate an invoice; it is paid, and the next one written, or neither."""
        self.move(invoice, "validate")
        if self.fate == "late":
            return
        self.later(25, 16, "accountant", lambda: self.pay(invoice))
        if self.fate == "finished":
            self.later(40, 10, "", self.invoice)

    def pay(self, invoice: Invoice) -> None:
        """Record what is left to pay."""
        received = Received(
            date=self.diary.now.date(),
            amount=invoice.to_pay,
            mode_id=self.options.modes[0].id,
            bank_id=self.options.banks[0].id,
            reference=invoice.official_number or "",
        )
        Payments(self.diary.transitions).record(invoice, received)

    def move(self, task: Task, name: str, comment: str = "") -> None:
        """Run an action; the diary knows who may."""
        self.diary.transitions.run(
            task, name, allowed=lambda _permission: True, comment=comment
        )
