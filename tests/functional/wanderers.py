"""People who do all there is, not only the commonest: crawl, print, send and fetch."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from endi_like.models.contacts import CreditAccount
from tests.attaching import PDF
from tests.functional.hostile import LINK, UNFOLLOWED, everything
from tests.functional.journeys import ACCOUNTS, RECORD, Journeys, Person, Shared
from tests.functional.site import Said, cookie_of, id_of, new_invoice

DIGITS = re.compile("[0-9]+")
STEPS = 8
"""How many pages one goes to before one begins again at the first."""
ENDLESS = "/personal-data.pdf"
"""All that is kept of a customer on paper: the longer they work, the longer it is."""
FILES = tuple(PDF + bytes(size) for size in (1_000, 50_000, 700_000, 3_000_000))
"""Small ones, and some that are kept on the disk while they arrive.

They are few, and the vault keeps each once: no disk fills, however long it runs.
"""


def furnish_for_wanderers(db: Session, shared: Shared) -> Shared:
    """Store some of everything that has a page, and sessions of who may do it all."""
    boss = everything(db)
    company = db.get_one(CreditAccount, shared.office.account).company_id
    return Shared(
        replace(shared.office, company=company),
        tuple(cookie_of(db, boss) for _ in range(ACCOUNTS)),
    )


class Wanderer(Person):
    """Somebody who makes the five journeys, and goes everywhere else, too."""

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.been: Counter[str] = Counter()
        self.draft = ""

    def journeys(self) -> Journeys:
        """Return the journeys, each with how likely it is."""
        more = {self.wander: 3, self.print: 1, self.attach: 2}
        return {**super().journeys(), **more}

    def wander(self) -> None:
        """Follow links, wherever one has been least until now."""
        path = "/"
        for _ in range(STEPS):
            page = self.client.get(path)
            found = ways(page)
            if not found:
                return
            path = min(found, key=self.familiar)
            self.been[shape(path)] += 1

    def familiar(self, path: str) -> tuple[int, float]:
        """Return how well one knows such a page; of two known alike either is less."""
        return self.been[shape(path)], self.dice.random()

    def print(self) -> None:
        """Look at an invoice and at a draft on paper: the page, and the PDF."""
        self.draft = self.draft or self.drafted()
        found = RECORD.findall(self.client.get("/invoices/").text)
        for path in (self.dice.choice(found), self.draft):
            self.client.get(f"{path}print")
            self.client.get(f"{path}print.pdf")

    def drafted(self) -> str:
        """Write an invoice that stays a draft, of which no PDF is kept."""
        said = self.client.post("/invoices/add", new_invoice(self.office, self.today))
        return f"/invoices/{id_of(said.headers['location'])}/"

    def attach(self) -> None:
        """Attach a file to an invoice, fetch it again, and remove every second one."""
        if not self.mine:
            return self.write()
        record, data = f"/invoices/{self.mine[-1]}/", self.dice.choice(FILES)
        name = f"plan {self.dice.randrange(1_000_000)}.pdf"
        (told,) = self.client.upload(record, name, data).json["files"]
        self.client.get(record)
        if self.client.get(told["url"]).body != data:
            raise OSError(f"{told['url']} is not what was sent")
        if self.dice.random() < 0.5:
            self.client.post(f"{record}files/{told['id']}/remove", [])
        return None


def shape(path: str) -> str:
    """Return what pages of one kind have in common."""
    return DIGITS.sub("#", path.partition("?")[0])


def ways(page: Said) -> list[str]:
    """Return where one may go from a page."""
    if page.status == 303:
        return [urlsplit(page.headers["location"]).path]
    if not page.headers["content-type"].startswith("text/html"):
        return []
    found = (urlsplit(unescape(link)) for link in LINK.findall(page.text))
    return [
        one._replace(fragment="").geturl()
        for one in found
        if one.path.startswith("/") and not one.netloc
        if not one.path.startswith(UNFOLLOWED) and not one.path.endswith(ENDLESS)
    ]
