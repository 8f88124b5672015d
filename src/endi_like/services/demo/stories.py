"""The story of a document: written, sent back, corrected, validated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

from endi_like.models.contacts import CreditAccount
from endi_like.services import documents, memos
from endi_like.services.beside import Place, Signature
from endi_like.services.demo.catalog import MEMOS, REASONS
from endi_like.services.demo.diary import Diary, at
from endi_like.services.demo.options import Options
from endi_like.services.demo.people import People

VALIDATED = 1, 15
"""So many days after its date, at this hour, each document gets its number.

It is the same for all of them: numbers are given in the order of dates.
"""


@dataclass(frozen=True)
class World:
    """What every story goes on in."""

    diary: Diary
    random: Random
    people: People
    options: Options


@dataclass
class Story:
    """One document, from the day it is written to where it ends."""

    corrected: ClassVar[float] = 0.25
    """How often its author has second thoughts."""

    world: World
    account: CreditAccount
    day: dt.date
    fate: str
    task: Any = field(init=False)

    def __post_init__(self) -> None:
        """Have the parts of its world at hand."""
        self.diary, self.random = self.world.diary, self.world.random
        self.people, self.options = self.world.people, self.world.options

    def begin(self) -> None:
        """Write the draft, and note what comes next."""
        self.task = self.write()
        alone = self.validates_alone()  # of what one has no second thoughts
        if self.random.random() < self.corrected and not alone:
            self.note(0, 10, self.author, self.correct)
        if self.task.id % 3 == 0:
            self.note(0, 12, self.author, self.remember)
        if self.fate == "draft":
            return
        if alone:
            self.note(*VALIDATED, "selfvalidator", self.validate)
            return
        self.note(0, 11, self.author, self.submit)
        if self.fate == "invalid" or self.random.random() < 0.1:
            self.note(0, 13, "manager", self.send_back)
            if self.fate != "invalid":
                self.note(0, 14, self.author, self.submit)
        if self.fate not in ("wait", "invalid"):
            self.note(*VALIDATED, "manager", self.validate)

    def write(self) -> Any:
        """Return the stored draft."""
        raise NotImplementedError

    def validates_alone(self) -> bool:
        """Tell whether it is validated by its own company."""
        return False

    def validated(self) -> None:
        """Note what comes after its validation."""

    def note(self, days: int, hour: int, login: str, event: Callable[[], None]) -> None:
        """Have somebody do something so many days after its date."""
        when = at(self.day + dt.timedelta(days=days), hour, 30)
        self.diary.note(when, self.people.id(login), event)

    def next(self, days: int, hour: int, login: str, event: Callable[[], None]) -> None:
        """Have somebody do something so many days from now."""
        since = (self.diary.now.date() - self.day).days
        self.note(since + days, hour, login, event)

    @property
    def author(self) -> str:
        """Return the login of whoever writes the documents of the company."""
        return self.people.author(self.account.company)

    def correct(self) -> None:
        """Change the first line, as people do on second thought."""
        data = self.values()
        data["groups"][0]["lines"][0]["quantity"] += 1
        self.rewrite(data)

    def values(self) -> dict[str, Any]:
        """Return what the form on it opens with."""
        data = documents.values(self.task)
        data["discounts"] = [{**one, "percent": None} for one in data["discounts"]]
        return data

    def rewrite(self, data: dict[str, Any]) -> None:
        """Save the form on it."""
        documents.write(self.diary.db, self.task, data)
        self.diary.db.flush()

    def remember(self) -> None:
        """Write a memo beside it."""
        text, private, pinned = MEMOS[self.task.id // 3 % len(MEMOS)]
        place = Place(self.task.id, self.task.company_id)
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
        """Give it its number, and note what comes next."""
        self.move("validate")
        self.validated()

    def move(self, name: str, comment: str = "") -> None:
        """Run an action; the diary knows who may."""
        self.diary.transitions.run(
            self.task, name, allowed=lambda _permission: True, comment=comment
        )
