"""The rows of a flat file: each becomes a contact with its parts, or is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from endi_like.i18n import _
from endi_like.models.contacts import CUSTOMER
from endi_like.models.contacts.reaching import EMAIL, PHONE
from endi_like.services.contacts.importing.cells import Unreadable
from endi_like.services.contacts.importing.checking import AT_ONCE, Reasons, uneven
from endi_like.services.contacts.importing.files import ACCOUNTS, CONTACTS
from endi_like.services.contacts.importing.flat import ADDRESSES, FLAT, NOTES
from endi_like.services.contacts.importing.reading import Row
from endi_like.services.contacts.importing.refusing import Refusal, Refusals
from endi_like.services.contacts.importing.staging import Found, Staging
from endi_like.services.contacts.importing.taken import (
    Taken,
    code_of,
    given_already,
    number_of,
    stored_already,
)

NAMES = ("trading_name", "legal_name", "first_name", "last_name")
OF_PEOPLE = ("first_name", "last_name")

Suspect: TypeAlias = Callable[[Mapping[str, Found]], Sequence[str]]
"""Says which contacts in the directory a new one may be."""


def unsuspecting(_parts: Mapping[str, Found]) -> Sequence[str]:
    """Take every contact for a new one."""
    return ()


@dataclass(frozen=True)
class Judged:
    """A row, what it becomes by file, why it cannot, and whom it may be already."""

    row: Row
    parts: Mapping[str, Found]
    reasons: Reasons
    alike: Sequence[str] = ()


@dataclass(frozen=True)
class Reading:
    """How the rows of one file are read: what its columns are, by their place."""

    name: str
    head: Sequence[str]
    mapping: Mapping[int, str]

    def read(self, row: Row) -> Judged:
        """Read a row by itself."""
        if row.wrong:
            return Judged(row, {}, [("", row.wrong)])
        if len(row.cells) != len(self.head):
            return Judged(row, {}, [("", uneven(row.cells, self.head))])
        parts: dict[str, Found] = {}
        reasons: Reasons = []
        for place, key in self.mapping.items():
            flat = FLAT[key]
            try:
                value = flat.column.read(row.cells[place]) if row.cells[place] else ""
            except Unreadable as error:
                reasons.append((self.head[place], error.args[0]))
                continue
            if value != "":
                parts.setdefault(flat.of, {})[flat.column.into or "value"] = value
        contact = parts.setdefault(CONTACTS, {})
        if not reasons and not any(contact.get(name) for name in NAMES):
            reasons.append(("", _("There is no name.")))
        complete(parts)
        return Judged(row, parts, reasons)


def complete(parts: Mapping[str, Found]) -> None:
    """Fill in what follows from the rest of a row."""
    contact = parts[CONTACTS]
    people = any(contact.get(name) for name in OF_PEOPLE)
    contact.setdefault("kind", "person" if people else "company")
    if ACCOUNTS in parts:
        parts[ACCOUNTS].setdefault("class_", CUSTOMER)
    if ADDRESSES in parts and "country" in contact:
        parts[ADDRESSES]["country"] = contact["country"]
    for kind in (EMAIL, PHONE):
        if kind in parts:
            parts[kind]["kind"] = kind


def unique_of(parts: Mapping[str, Found]) -> dict[str, tuple[str, str]]:
    """Return what only this contact may have, by file: the key, and the value."""
    code = parts[CONTACTS].get("control_code", "")
    account = parts.get(ACCOUNTS, {})
    number = account.get("number", "")
    values = {"account_class": account.get("class_"), "account_number": number}
    found = {
        CONTACTS: (code_of({"control_code": code}), code),
        ACCOUNTS: (number_of(values), number),
    }
    return {file: one for file, one in found.items() if one[0]}


@dataclass
class FlatChecking:
    """Reads rows, and keeps the right ones in the staging."""

    reading: Reading
    staging: Staging
    taken: Taken
    suspect: Suspect = unsuspecting
    kept: int = 0
    columns: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Note how the file calls what only one may have."""
        head = self.reading.head
        self.columns = {key: head[at] for at, key in self.reading.mapping.items()}

    def judged(self, rows: Iterator[Row]) -> Iterator[Judged]:
        """Yield every row with what is wrong with it, some at a time."""
        while batch := [self.reading.read(row) for row in islice(rows, AT_ONCE)]:
            right = [one for one in batch if not one.reasons]
            taken = {
                file: self.taken.among(
                    file,
                    {
                        u[file][0]
                        for one in right
                        if file in (u := unique_of(one.parts))
                    },
                )
                for file in (CONTACTS, ACCOUNTS)
            }
            for one in batch:
                yield one if one.reasons else self.beside(one, taken)

    def beside(self, one: Judged, taken: Mapping[str, set[str]]) -> Judged:
        """Return a row with what is wrong beside others."""
        reasons: Reasons = []
        columns = {CONTACTS: "control_code", ACCOUNTS: "account_number"}
        for file, (key, value) in unique_of(one.parts).items():
            column = self.columns[columns[file]]
            if key in taken[file]:
                reasons.append(stored_already(column, value))
            elif line := self.staging.claim(file, key, one.row.line):
                reasons.append(given_already(column, value, line))
        return Judged(one.row, one.parts, reasons, self.suspect(one.parts))

    def check(self, rows: Iterator[Row], refusals: Refusals) -> None:
        """Keep or refuse every row."""
        refusals.begin(self.reading.name, self.reading.head)
        for one in self.judged(rows):
            if one.reasons:
                refusal = Refusal(self.reading.name, one.row.line, one.reasons)
                refusals.add(refusal, one.row.cells or [one.row.raw])
            else:
                self.keep(one)

    def keep(self, one: Judged) -> None:
        """Keep a contact with all its parts; its line is its key."""
        self.kept += 1
        line = one.row.line
        self.staging.add_contact(line, line, one.parts[CONTACTS])
        account = line if ACCOUNTS in one.parts else None
        for of, file in PARTS.items():
            if of in one.parts:
                owner = account if of == ACCOUNTS else None
                number = self.kept * len(PARTS) + list(PARTS).index(of)
                found: dict[str, Any] = one.parts[of]
                self.staging.add_part(line, file, number, owner, found)


PARTS = {
    ACCOUNTS: ACCOUNTS,
    ADDRESSES: ADDRESSES,
    EMAIL: "contact_items",
    PHONE: "contact_items",
    NOTES: NOTES,
}
"""Of what a contact may have parts, and the file that has them otherwise."""
