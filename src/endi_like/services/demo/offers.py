"""What becomes of each estimation: sent, signed, given up, invoiced part by part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import select

from endi_like.models.contacts import CreditAccount
from endi_like.models.estimations import BALANCE, DEPOSIT, PART, Estimation
from endi_like.models.people import Company
from endi_like.models.projects import Business, Project
from endi_like.models.sales import Invoice
from endi_like.services import invoicing, progress, projects
from endi_like.services.deadlines import next_deadline
from endi_like.services.demo.catalog import GIVEN_UP, language_of
from endi_like.services.demo.diary import Diary
from endi_like.services.demo.fates import InvoiceStory
from endi_like.services.demo.stories import Story, World
from endi_like.services.demo.writing import Terms, agreed_parts, offer_values, write

EARLY = ("whole", "aborted", "whole", "whole", "aborted") * 4
MIDDLE = (
    "done",
    *("parts", "deposit", "signed", "parts", "sent", "aborted", "whole") * 2,
    *("deposit", "progress", "progress"),
)
RECENT = (
    *("sent", "signed", "deposit", "wait", "unsent", "invalid"),
    *("draft", "begun", "wait", "unsent", "draft"),
) * 2
PERIODS: tuple[tuple[tuple[str, ...], int, int], ...] = (
    (EARLY, 724, 260),
    (MIDDLE, 260, 62),
    (RECENT, 62, 5),
)
"""What becomes of estimations, from and to so many days before the end."""

TERMS: tuple[Terms, ...] = (
    *(("0", 1), ("0", 2), ("30", 1), ("20", 3)),
    *(("30", 0), ("50", 1), ("10", 2), ("40", 0)),
)
DONE = (Decimal(20), Decimal(30), Decimal("12.5"))
"""How many percent of a line may be done in a month; three months are not all."""

ASKED: Mapping[str, tuple[str, ...]] = {
    "deposit": (DEPOSIT,),
    "parts": (DEPOSIT, PART),
    "whole": (DEPOSIT, PART, BALANCE),
}
"""The parts of the schedule that are invoiced."""

WORKED: Mapping[str, tuple[int, ...]] = {
    "begun": (3,),
    "progress": (30, 60, 90),
    "done": (30, 60, 90),
}
"""So many days after the signature what is done by then is invoiced."""


@dataclass
class PartStory(InvoiceStory):
    """The invoice of one part of an estimation; nobody changes what it asks for."""

    corrected: ClassVar[float] = 0

    estimation: Estimation

    def write(self) -> Invoice:
        """Store the draft that the schedule calls for."""
        deadline: Any = next_deadline(self.estimation)
        return invoicing.invoice_next(
            self.diary.db, self.estimation, deadline.id, self.day
        )


@dataclass
class ProgressStory(PartStory):
    """The invoice of what is done of an estimation by then, or of all that is left."""

    last: bool = False

    def write(self) -> Invoice:
        """Store the draft: of some lines more is done than of others."""
        db, estimation = self.diary.db, self.estimation
        rest = progress.left(db, estimation)
        now = tuple(
            tuple(min(one, self.random.choice(DONE)) for one in group) for group in rest
        )
        asked = rest if self.last else now
        return progress.invoice_progress(db, estimation, asked, self.day)


@dataclass
class OfferStory(Story):
    """One estimation, from the day it is written to its last invoice."""

    def write(self) -> Estimation:
        """Store the draft; some are written for a project of their customer."""
        terms = self.random.choice([one for one in TERMS if suits(one, self.fate)])
        values = offer_values(self.random, self.account, self.options, self.day, terms)
        draft = Estimation(company=self.account.company)
        estimation = write(self.diary.db, draft, values)
        if self.random.random() < 0.5:
            self.put_into_project(estimation)
        if terms[1] == 0:
            self.note(0, 9, self.author, self.agree)
        return estimation

    def put_into_project(self, estimation: Estimation) -> None:
        """Put it into a phase of the first project of its customer, if there is one.

        It begins the business it stands for; others have one with their first invoice.
        """
        its_own = Project.customers.any(CreditAccount.id == self.account.id)
        found = select(Project).where(its_own, Project.archive_status == "open")
        project = self.diary.db.scalars(found.order_by(Project.id)).first()
        if project:
            phases = project.phases
            phase = self.random.choice(phases) if phases else None
            projects.put(estimation, project, phase)
            estimation.business = Business(
                company=self.account.company,
                name=estimation.name,
                project=project,
            )

    def agree(self) -> None:
        """Write down the parts that were agreed one by one."""
        language = language_of(self.account.entity.language)
        parts = agreed_parts(self.random, self.task.due, language, self.day)
        self.rewrite({**self.values(), "equal_parts": 0, "instalments": parts})

    def validated(self) -> None:
        """Note what its customer says to it."""
        if self.fate == "unsent":
            return
        self.note(2, 9, self.author, lambda: self.move("mark_sent"))
        if self.fate == "aborted":
            self.note(self.random.randint(12, 40), 17, self.author, self.give_up)
        elif self.fate != "sent":
            self.note(self.random.randint(4, 18), 10, self.author, self.sign)

    def give_up(self) -> None:
        """Say that nothing will come of it, and why."""
        self.move("abort", self.random.choice(GIVEN_UP))

    def sign(self) -> None:
        """Write down that the customer agrees; work begins, and so do the invoices."""
        self.move("sign")
        if self.fate in ASKED:
            self.next(self.random.randint(1, 3), 9, self.author, self.ask)
        for days in WORKED.get(self.fate, ()):
            last = self.fate == "done" and days == WORKED[self.fate][-1]
            ask = partial(self.ask_for_what_is_done, last=last)
            self.next(days, 9, self.author, ask)

    def ask(self) -> None:
        """Write the next invoice that is called for, and note when another is.

        What the balance deducts has to be validated by then.
        """
        deadline = next_deadline(self.task)
        if deadline is None or deadline.kind not in ASKED[self.fate]:
            return
        day = self.diary.now.date()
        story = PartStory(
            self.world, self.account, day, self.paying(), estimation=self.task
        )
        story.begin()
        self.next(self.random.randint(14, 35), 9, self.author, self.ask)

    def ask_for_what_is_done(self, *, last: bool) -> None:
        """Write the invoice of what was worked since; what is only begun is a draft."""
        day = self.diary.now.date()
        fate = "draft" if self.fate == "begun" else self.paying()
        ProgressStory(
            self.world, self.account, day, fate, estimation=self.task, last=last
        ).begin()

    def paying(self) -> str:
        """Return how an invoice of it is paid; one that is done is paid whole."""
        if self.fate in ("whole", "done"):
            return self.random.choice(("paid", "paid", "in two"))
        return self.random.choice(("paid", "paid", "unpaid", "part"))


def suits(terms: Terms, fate: str) -> bool:
    """Tell whether an estimation on these terms has what is to be invoiced of it."""
    deposit, parts = terms
    if fate == "deposit":
        return deposit != "0"
    return parts != 1 or fate != "parts"


def plan_estimations(
    world: World, customers: Mapping[Company, Sequence[CreditAccount]]
) -> None:
    """Note when each estimation is begun; the rest follows as the diary goes on."""
    companies = world.people.companies
    for number, (fate, day) in enumerate(planned(world.diary)):
        company = companies[number % len(companies)]
        account = world.random.choice(customers[company])
        story = OfferStory(world, account, day, fate)
        story.note(0, 8, story.author, story.begin)


def planned(diary: Diary) -> list[tuple[str, dt.date]]:
    """Return what becomes of each estimation, and its date.

    Those that wait are the newest: a number is never given to an earlier date.
    """
    end = diary.end.date()
    found = []
    for fates, first, last in PERIODS:
        for place, fate in enumerate(fates):
            before = first - place * (first - last) // len(fates)
            ago = 1 if fate == "wait" else before
            found.append((fate, end - dt.timedelta(days=ago)))
    return found
