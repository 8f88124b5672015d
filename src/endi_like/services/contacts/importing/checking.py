"""The rows of the files, one after the other: each is kept, or refused with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from endi_like.i18n import _, ngettext
from endi_like.services.contacts.importing.columns import (
    File,
    WrongRow,
    has_name,
    key_in,
)
from endi_like.services.contacts.importing.files import ACCOUNTS, CONTACTS
from endi_like.services.contacts.importing.reading import Row
from endi_like.services.contacts.importing.refusing import Refusal, Refusals
from endi_like.services.contacts.importing.staging import Staging
from endi_like.services.contacts.importing.taken import (
    SINGLES,
    Taken,
    given_already,
    stored_already,
)

Reasons: TypeAlias = list[tuple[str, str]]

AT_ONCE = 500
ALL = ""


@dataclass(frozen=True)
class Read:
    """A row: its cells by column, and its values or what is wrong with them."""

    row: Row
    cells: Mapping[str, str]
    values: Mapping[str, Any]
    wrong: Reasons


@dataclass
class Checking:
    """Reads rows, and keeps the right ones in the staging."""

    staging: Staging
    refusals: Refusals
    taken: Taken
    kept: Counter[str] = field(default_factory=Counter)
    stored_already: int = 0
    """How many contacts were refused because they are stored already."""

    def file(self, file: File, head: Sequence[str], rows: Iterator[Row]) -> None:
        """Read every row of a file."""
        self.refusals.begin(f"{file.name}.csv", head)
        names = [name.strip().lower() for name in head]
        while batch := list(islice(rows, AT_ONCE)):
            self.batch(file, [read(file, names, row) for row in batch])

    def batch(self, file: File, found: Sequence[Read]) -> None:
        """Keep or refuse a few rows, with one look at what is taken."""
        single = SINGLES.get(file.name)
        keys = [
            single.key(one.values) if single and not one.wrong else "" for one in found
        ]
        taken = self.taken.among(file.name, {key for key in keys if key})
        for one, key in zip(found, keys, strict=True):
            reasons = one.wrong or self.objections(file, one)
            if key and not reasons:
                reasons = self.claimed(file, one, key, taken)
            if reasons:
                self.refuse(file, one, reasons)
            else:
                self.keep(file, one)

    def objections(self, file: File, one: Read) -> Reasons:
        """Return what is wrong with a row beside others."""
        if file.name == CONTACTS:
            return self.of_contact(one)
        if file.name == ACCOUNTS and self.knows_account(one) is not None:
            return [("account_key", _("Another row has the same key."))]
        owner = file.owner or "owner_key"
        kind = one.values.get("owner", "contact")
        reasons = self.of_owner(owner, kind, one.values[owner])
        if file.refers and one.values[file.refers] is not None:
            reasons += self.of_owner(file.refers, "contact", one.values[file.refers])
        return reasons

    def of_contact(self, one: Read) -> Reasons:
        """Return what is wrong with a contact beside others."""
        key = one.values["contact_key"]
        if line := self.staging.line_of(key):
            return [given_already("contact_key", str(key), line)]
        if not has_name(one.values):
            return [("name", _("This is not given."))]
        return []

    def knows_account(self, one: Read) -> bool | None:
        """Tell whether there is an account of the key already."""
        return self.staging.knows_account(one.values["account_key"])

    def of_owner(self, column: str, kind: str, key: int) -> Reasons:
        """Return what is wrong with what a row points at."""
        account = kind == "account"
        knows = self.staging.knows_account if account else self.staging.knows_contact
        kept = knows(key)
        if kept:
            return []
        values = {"key": key}
        if kept is None and account:
            return [(column, _("There is no account ${key}.", mapping=values))]
        if kept is None:
            return [(column, _("There is no contact ${key}.", mapping=values))]
        if account:
            return [(column, _("The account ${key} is refused.", mapping=values))]
        return [(column, _("The contact ${key} is refused.", mapping=values))]

    def claimed(self, file: File, one: Read, key: str, taken: set[str]) -> Reasons:
        """Claim what only one may have; return why it cannot be had."""
        column = SINGLES[file.name].column
        if key in taken:
            self.stored_already += file.name == CONTACTS
            return [stored_already(column, one.values[column])]
        line = self.staging.claim(file.name, key, one.row.line)
        return [given_already(column, one.values[column], line)] if line else []

    def keep(self, file: File, one: Read) -> None:
        """Keep a right row."""
        self.kept[file.name] += 1
        values, line = one.values, one.row.line
        found = file.attributes(values)
        if file.name == CONTACTS:
            self.staging.add_contact(values["contact_key"], line, found)
            return
        contact, account = self.owner_of(file, values)
        if file.name == ACCOUNTS:
            account = values["account_key"]
            self.staging.add_account(account, contact, kept=True)
        self.staging.add_part(contact, file.name, line, account, found)

    def owner_of(self, file: File, values: Mapping[str, Any]) -> tuple[int, int | None]:
        """Return of which contact, and of which of its accounts, a row is."""
        if file.owner:
            return values[file.owner], None
        key = values["owner_key"]
        if values["owner"] == "account":
            return self.staging.contact_of(key), key
        return key, None

    def refuse(self, file: File, one: Read, reasons: Reasons) -> None:
        """Refuse a row; what depends on it will find that it was."""
        row = one.row
        refusal = Refusal(f"{file.name}.csv", row.line, reasons)
        self.refusals.add(refusal, row.cells or [row.raw])
        if file.name == CONTACTS:
            key = key_in(one.cells, "contact_key")
            if key is not None and self.staging.line_of(key) is None:
                self.staging.add_contact(key, row.line, None)
        elif file.name == ACCOUNTS:
            key = key_in(one.cells, "account_key")
            if key is not None and self.staging.knows_account(key) is None:
                self.staging.add_account(key, 0, kept=False)


def read(file: File, names: Sequence[str], row: Row) -> Read:
    """Read the cells of a row."""
    if row.wrong:
        return Read(row, {}, {}, [(ALL, row.wrong)])
    cells = dict(zip(names, row.cells, strict=False))
    if len(row.cells) != len(names):
        return Read(row, cells, {}, [(ALL, uneven(row.cells, names))])
    try:
        return Read(row, cells, file.read(cells), [])
    except WrongRow as error:
        return Read(row, cells, {}, error.args[0])


def uneven(cells: Sequence[str], names: Sequence[str]) -> str:
    """Return the sentence about a row of too few or too many cells."""
    return ngettext(
        "This line has ${n} cell instead of ${expected}: it may have been cut, or a "
        "separator stands in a text without quotes.",
        "This line has ${n} cells instead of ${expected}: it may have been cut, or a "
        "separator stands in a text without quotes.",
        len(cells),
        {"expected": len(names)},
    )
