"""What becomes of each invoice: sent back, validated, paid, forgotten, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from endi_like.models.contacts import CreditAccount
from endi_like.models.people import Company
from endi_like.models.sales import Invoice
from endi_like.money import to_cents
from endi_like.services import documents, memos
from endi_like.services.beside import Place, Signature
from endi_like.services.demo.catalog import CLOSURES, MEMOS, REASONS
from endi_like.services.demo.diary import Diary, at
from endi_like.services.demo.options import Options
from endi_like.services.demo.people import People
from endi_like.services.demo.writing import form_values, write
from endi_like.services.payments import Payments, Received

INVOICES = 126
RECENT = 36

OLD_FATES = (
    *(["paid"] * 20 + ["in two"] * 8),
    *(["part"] * 3 + ["closed"] * 2 + ["unpaid"] * 3),
)
NEW_FATES = (
    *("paid", "unpaid", "draft", "wait", "part", "invalid"),
    *("unpaid", "paid", "wait", "draft", "in two", "draft"),
)
SMALL = Decimal(1000)


@dataclass
class Story:
    """One invoice, from the day it is written to where it ends."""

    diary: Diary
    random: Random
    people: People
    options: Options
    account: CreditAccount
    day: dt.date
    fate: str

    def begin(self) -> None:
        """Write the draft, and note what comes next."""
        values = form_values(self.random, self.account, self.options, self.day)
        self.invoice: Invoice = write(self.diary.db, self.account, values)
        if self.random.random() < 0.25:
            self.note(0, 10, self.author, self.correct)
        if self.invoice.id % 3 == 0:
            self.note(0, 12, self.author, self.remember)
        if self.fate == "draft":
            return
        if self.validates_alone():
            self.note(1, 15, "selfvalidator", self.validate)
            return
        self.note(0, 11, self.author, self.submit)
        if self.fate == "invalid" or self.random.random() < 0.1:
            self.note(0, 13, "manager", self.send_back)
            if self.fate != "invalid":
                self.note(0, 14, self.author, self.submit)
        if self.fate not in ("wait", "invalid"):
            self.note(1, 15, "manager", self.validate)

    def note(self, days: int, hour: int, login: str, event: Callable[[], None]) -> None:
        """Have somebody do something so many days after the date of the invoice."""
        when = at(self.day + dt.timedelta(days=days), hour, 30)
        self.diary.note(when, self.people.id(login), event)

    @property
    def author(self) -> str:
        """Return the login of whoever writes the invoices of the company."""
        return self.people.author(self.account.company)

    def validates_alone(self) -> bool:
        """Tell whether a small invoice is validated by its own company."""
        own = self.account.company == self.people.companies[0]
        small = self.invoice.ht <= SMALL
        return own and small and self.fate in ("paid", "unpaid", "part")

    def correct(self) -> None:
        """Change the first line, as people do on second thought."""
        data = documents.values(self.invoice)
        data["discounts"] = [{**one, "percent": None} for one in data["discounts"]]
        data["groups"][0]["lines"][0]["quantity"] += 1
        documents.write(self.diary.db, self.invoice, data)
        self.diary.db.flush()

    def remember(self) -> None:
        """Write a memo beside it."""
        text, private, pinned = MEMOS[self.invoice.id // 3 % len(MEMOS)]
        place = Place(self.invoice.id, self.invoice.company_id)
        by = Signature(self.people.id(self.author), self.diary.now)
        content = memos.Content(text, private=private, pinned=pinned)
        memos.write(self.diary.db, place, by, content)

    def submit(self) -> None:
        """Ask for validation."""
        self.move("submit")

    def send_back(self) -> None:
        """Let the author correct it."""
        self.move("invalidate", self.random.choice(REASONS))

    def validate(self) -> None:
        """Give it its number, and note when which money comes."""
        self.move("validate")
        PAYING[self.fate](self)

    def pay(self, share: Decimal) -> None:
        """Record money, as a share of what is due."""
        amount = to_cents(self.invoice.due * share)
        received = Received(
            date=self.diary.now.date(),
            amount=min(amount, self.invoice.to_pay),
            mode_id=self.random.choice(self.options.modes).id,
            bank_id=self.random.choice(self.options.banks).id,
            reference=f"REF-{self.random.randint(10000, 99999)}",
        )
        Payments(self.diary.transitions).record(self.invoice, received)

    def pay_later(self, days: int, share: str) -> None:
        """Note that the accountant will record money."""
        self.note(days, 16, "accountant", lambda: self.pay(Decimal(share)))

    def close(self) -> None:
        """Give up what is left to pay."""
        self.move("close", self.random.choice(CLOSURES))

    def move(self, name: str, comment: str = "") -> None:
        """Run an action; the diary knows who may."""
        self.diary.transitions.run(
            self.invoice, name, allowed=lambda _permission: True, comment=comment
        )


def pay_whole(story: Story) -> None:
    """Pay at once, some days or weeks later."""
    story.pay_later(story.random.randint(3, 55), "1")


def pay_in_two(story: Story) -> None:
    """Pay a part, then the rest."""
    story.pay_later(story.random.randint(3, 20), "0.4")
    story.pay_later(story.random.randint(21, 60), "1")


def pay_part(story: Story) -> None:
    """Pay a part, and then nothing."""
    story.pay_later(story.random.randint(3, 12), "0.55")


def pay_nothing(_story: Story) -> None:
    """Let it wait."""


def pay_part_then_close(story: Story) -> None:
    """Pay a part; the rest is given up."""
    pay_part(story)
    story.note(120, 17, "manager", story.close)


PAYING: Mapping[str, Callable[[Story], None]] = {
    "paid": pay_whole,
    "in two": pay_in_two,
    "part": pay_part,
    "unpaid": pay_nothing,
    "closed": pay_part_then_close,
}


def plan_invoices(
    diary: Diary,
    random: Random,
    people: People,
    options: Options,
    customers: Mapping[Company, Sequence[CreditAccount]],
) -> None:
    """Note when each invoice is begun; the rest follows as the diary goes on."""
    for number in range(INVOICES):
        company = people.companies[number % len(people.companies)]
        day = day_of_invoice(diary, number)
        story = Story(
            diary,
            random,
            people,
            options,
            account=random.choice(customers[company]),
            day=day,
            fate=fate_of(number),
        )
        story.note(0, 8, story.author, story.begin)


def fate_of(number: int) -> str:
    """Return what becomes of an invoice: only recent ones are not validated yet."""
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
