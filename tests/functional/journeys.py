"""People at work with a real server: the five commonest things, again and again."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.models.contacts import CreditAccount
from tests.deadlines import all_end
from tests.factories import make_invoice, make_user
from tests.functional.site import (
    LOST,
    Client,
    Office,
    Said,
    cookie_of,
    furnish,
    id_of,
    new_invoice,
)

ACCOUNTS = 10
INVOICES = 600
"""So many that what each connection keeps of an SQLite database is full soon."""
PATIENT = 120.0
Journeys: TypeAlias = dict[Callable[[], None], int]
"""What somebody does, each with how likely it is."""
RECORD = re.compile(r'href="(/invoices/[0-9]+/)')


@dataclass(frozen=True)
class Shared:
    """What all people share: the office, and the sessions of some accounts."""

    office: Office
    cookies: tuple[str, ...]


def furnish_for_many(db: Session) -> Shared:
    """Store an office with some invoices, and accounts for whoever works there."""
    office = furnish(db)
    account = db.get_one(CreditAccount, office.account)
    for number in range(INVOICES):
        make_invoice(db, account, status="valid", name=f"Repairs {number}")
    users = [make_user(db, roles={"manager"}) for _ in range(ACCOUNTS)]
    return Shared(office, tuple(cookie_of(db, user) for user in users))


@dataclass
class Seen:
    """What people were answered: how often which status, and how long they waited."""

    statuses: Counter[int] = field(default_factory=Counter)
    waited: list[float] = field(default_factory=list)
    lost: list[BaseException] = field(default_factory=list)
    wrong: list[tuple[str, int, str]] = field(default_factory=list)

    def note(self, said: Said, asked: float) -> None:
        """Keep what was seen of one answer."""
        self.statuses[said.status] += 1
        self.waited.append(time.monotonic() - asked)
        if said.status not in (200, 201, 303):
            self.wrong.append((said.path, said.status, said.text[:300]))

    def percentile(self, share: float) -> float:
        """Return what so large a share of the answers did not take longer than."""
        return sorted(self.waited)[int(len(self.waited) * share)]

    @property
    def failed(self) -> int:
        """Return how many answers were faults of the server."""
        return sum(n for status, n in self.statuses.items() if status >= 500)


class Person:
    """Somebody who makes the five journeys, in no particular order."""

    def __init__(self, client: Client, office: Office, seed: int) -> None:
        self.client, self.office = client, office
        self.dice = random.Random(seed)  # noqa: S311 - no secret
        self.today = utcnow().date().isoformat()
        self.mine: list[int] = []

    def journey(self) -> None:
        """Make one of them; what is done most often is the likeliest."""
        weights = self.journeys()
        (chosen,) = self.dice.choices(list(weights), list(weights.values()))
        chosen()

    def journeys(self) -> Journeys:
        """Return them, each with how likely it is."""
        return {
            self.look: 5,
            self.search: 3,
            self.write: 2,
            self.receive: 2,
            self.export: 1,
        }

    def look(self) -> None:
        """Go from the first page to the list, and to one of its records."""
        self.client.get("/")
        page = self.client.get("/invoices/")
        if found := RECORD.findall(page.text):
            self.client.get(self.dice.choice(found))

    def search(self) -> None:
        """Look for invoices and customers by words and by filters."""
        self.client.get(f"/invoices/?q=repairs+{self.dice.randrange(INVOICES)}")
        self.client.get("/invoices/?late=1&sort=-date")
        self.client.get("/customers/?q=ville")

    def write(self) -> None:
        """Write an invoice and validate it."""
        self.client.get("/invoices/add")
        said = self.client.post("/invoices/add", new_invoice(self.office, self.today))
        if said.status == 303:
            key = id_of(said.headers["location"])
            self.client.get(f"/invoices/{key}/")
            do = [("version", 1), ("action", "validate")]
            if self.client.post(f"/invoices/{key}/do", do).status == 303:
                self.mine.append(key)

    def receive(self) -> None:
        """Note that an invoice was paid."""
        if not self.mine:
            return self.look()
        key = self.mine.pop()
        self.client.get(f"/invoices/{key}/payment")
        fields = [("date", self.today), ("amount", "120"), ("version", 2)]
        fields += [("mode_id", self.office.mode), ("action", "save")]
        self.client.post(f"/invoices/{key}/payment", fields)
        return None

    def export(self) -> None:
        """Fetch the list as a file, and look at the customer."""
        self.client.get("/invoices/export.csv")
        self.client.get(f"/customers/{self.office.account}/")


class Paced(Client):
    """A client that waits a while before it asks for more, as people do."""

    def __init__(self, *words: Any, pause: float, seed: int, **more: Any) -> None:
        super().__init__(*words, **more)
        self.pause = pause
        self.dice = random.Random(seed)  # noqa: S311

    def send(self, *words: Any) -> Said:
        """Send a request after a while."""
        time.sleep(self.dice.uniform(0, 2 * self.pause))
        return super().send(*words)


def work(
    url: str,
    shared: Shared,
    seen: Seen,
    *,
    people: int,
    pause: float,
    seconds: float,
    kind: type[Person] = Person,
) -> Seen:
    """Have so many people work for a while; return what they have seen by then."""
    tokens = {cookie: Client(url, cookie).csrf() for cookie in shared.cookies}
    end = time.monotonic() + seconds

    def be(number: int) -> None:
        cookie = shared.cookies[number % len(shared.cookies)]
        client = Paced(
            *(url, cookie),
            note=seen.note,
            patience=PATIENT,
            pause=pause,
            seed=number,
        )
        client.token = tokens[cookie]
        person = kind(client, replace(shared.office), number)
        try:
            while time.monotonic() < end:
                person.journey()
        except LOST as error:
            seen.lost.append(error)

    threads = [threading.Thread(target=be, args=(n,)) for n in range(people)]
    for thread in threads:
        thread.start()
    all_end(threads, seconds + 5 * PATIENT)
    return seen
