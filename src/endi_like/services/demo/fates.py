"""What becomes of each invoice: validated, paid, forgotten, closed, credited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from endi_like.models.contacts import CreditAccount
from endi_like.models.people import Company
from endi_like.models.sales import Invoice
from endi_like.money import to_cents
from endi_like.services.demo.catalog import CLOSURES
from endi_like.services.demo.credits import credit, until_the_last_day
from endi_like.services.demo.diary import Diary
from endi_like.services.demo.stories import Story, World
from endi_like.services.demo.writing import form_values, write
from endi_like.services.payments import Payments, Received

INVOICES = 96
RECENT = 36

OLD_FATES = (
    *(["paid"] * 20 + ["in two"] * 8),
    *(["part"] * 3 + ["closed"] * 2 + ["unpaid"] * 3),
)
NEW_FATES = (
    *("paid", "unpaid", "draft", "wait", "part", "invalid"),
    *("unpaid", "paid", "wait", "draft", "in two", "draft"),
)
CREDITED: Mapping[int, str] = {
    12: "credited",
    23: "credited",
    34: "credited in part",
    52: "credited in part",
    66: "credit begun",
    73: "credit asked for",
}
"""The invoices of which something is taken back, by their place in time."""

SMALL = Decimal(1000)


@dataclass
class InvoiceStory(Story):
    """One invoice, from the day it is written to where it ends."""

    def write(self) -> Invoice:
        """Store the draft, as the form is filled in."""
        values = form_values(self.random, self.account, self.options, self.day)
        return write(self.diary.db, Invoice(company=self.account.company), values)

    def validates_alone(self) -> bool:
        """Tell whether a small invoice is validated by its own company."""
        own = self.account.company == self.people.companies[0]
        small = self.task.ht <= SMALL
        return own and small and self.fate in ("paid", "unpaid", "part")

    def validated(self) -> None:
        """Note when which money comes."""
        PAYING[self.fate](self)

    def pay(self, share: Decimal) -> None:
        """Record money, as a share of what is due."""
        amount = to_cents(self.task.due * share)
        received = Received(
            date=self.diary.now.date(),
            amount=min(amount, self.task.to_pay),
            mode_id=self.random.choice(self.options.modes).id,
            bank_id=self.random.choice(self.options.banks).id,
            reference=f"REF-{self.random.randint(10000, 99999)}",
        )
        Payments(self.diary.transitions).record(self.task, received)

    def pay_later(self, days: int, share: str) -> None:
        """Note that the accountant will record money."""
        self.note(days, 16, "accountant", lambda: self.pay(Decimal(share)))

    def close(self) -> None:
        """Give up what is left to pay."""
        self.move("close", self.random.choice(CLOSURES))


def pay_whole(story: InvoiceStory) -> None:
    """Pay at once, some days or weeks later."""
    story.pay_later(story.random.randint(3, 55), "1")


def pay_in_two(story: InvoiceStory) -> None:
    """Pay a part, then the rest."""
    story.pay_later(story.random.randint(3, 20), "0.4")
    story.pay_later(story.random.randint(21, 60), "1")


def pay_part(story: InvoiceStory) -> None:
    """Pay a part, and then nothing."""
    story.pay_later(story.random.randint(3, 12), "0.55")


def pay_nothing(_story: InvoiceStory) -> None:
    """Let it wait."""


def pay_part_then_close(story: InvoiceStory) -> None:
    """Pay a part; the rest is given up."""
    pay_part(story)
    story.note(120, 17, "manager", story.close)


def pay_part_then_credit(story: InvoiceStory) -> None:
    """Pay a part; a credit note takes the rest back."""
    pay_part(story)
    credit(story, after=40)


def credit_a_part_then_pay(story: InvoiceStory) -> None:
    """Have a part taken back, then pay the rest."""
    credit(story, after=20, whole=False)
    story.pay_later(45, "1")


def begin_to_credit(story: InvoiceStory) -> None:
    """Leave a credit note as a draft."""
    credit(story, after=10, whole=False, fate="draft")


def ask_to_credit(story: InvoiceStory) -> None:
    """Pay a part, and wait for a manager to take the rest back.

    What waits is dated the last day: a number is never given to an earlier date.
    """
    pay_part(story)
    credit(story, after=until_the_last_day(story), fate="wait")


PAYING: Mapping[str, Callable[[InvoiceStory], None]] = {
    "paid": pay_whole,
    "in two": pay_in_two,
    "part": pay_part,
    "unpaid": pay_nothing,
    "closed": pay_part_then_close,
    "credited": pay_part_then_credit,
    "credited in part": credit_a_part_then_pay,
    "credit begun": begin_to_credit,
    "credit asked for": ask_to_credit,
}


def plan_invoices(
    world: World, customers: Mapping[Company, Sequence[CreditAccount]]
) -> None:
    """Note when each invoice is begun; the rest follows as the diary goes on."""
    for number in range(INVOICES):
        company = world.people.companies[number % len(world.people.companies)]
        account = world.random.choice(customers[company])
        day = day_of_invoice(world.diary, number)
        story = InvoiceStory(world, account, day, fate_of(number))
        story.note(0, 8, story.author, story.begin)


def fate_of(number: int) -> str:
    """Return what becomes of an invoice: only recent ones are not validated yet."""
    if number in CREDITED:
        return CREDITED[number]
    recent = number - (INVOICES - RECENT)
    if recent >= 0:
        return NEW_FATES[recent % len(NEW_FATES)]
    return OLD_FATES[number * 7 % len(OLD_FATES)]


def day_of_invoice(diary: Diary, number: int) -> dt.date:
    """Return the date of an invoice: evenly spread, the recent ones closer.

    Those that wait are the newest: a number is never given to an earlier date.
    """
    if fate_of(number) == "wait":
        return diary.end.date() - dt.timedelta(days=1)
    whole = (diary.end.date() - diary.begin).days
    recent = number - (INVOICES - RECENT)
    if recent >= 0:
        return diary.begin + dt.timedelta(days=whole - 75 + recent * 73 // RECENT)
    return diary.begin + dt.timedelta(days=number * (whole - 80) // (INVOICES - RECENT))
