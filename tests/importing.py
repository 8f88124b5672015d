"""Folders of CSV files to import, and an import that tells what it refused."""

from __future__ import annotations

import csv
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from endi_like.services.contacts.importing.checking import Checking
from endi_like.services.contacts.importing.folder import Folder, Progress, quiet
from endi_like.services.contacts.importing.importer import Target, staging, store
from endi_like.services.contacts.importing.refusing import Refusals
from endi_like.services.contacts.importing.taken import Taken
from endi_like.translation import Translator
from tests.factories import NOW

COLUMNS = {
    "contacts": "contact_key kind marker control_code name legal_name salutation "
    "first_name middle_name last_name birthdate personal_id tax_id sales_tax_id "
    "license_number sic_code country_code created duplicate_of",
    "other_names": "contact_key other_name",
    "employees": "contact_key employee_number start_date end_date job_title is_sales "
    "is_manager manager_key ssn",
    "users": "contact_key username",
    "credit_accounts": "account_key contact_key account_class account_number "
    "description pay_to_name currency credit_limit discount_percent discount_days "
    "terms_days tax_included threshold language_code business_type price_group "
    "start_date end_date primary_contact_key",
    "addresses": "address_key owner owner_key address_class line_one line_two "
    "line_three city state postal_code country_code created",
    "contact_items": "item_key owner owner_key kind label value description",
    "notes": "note_key owner owner_key subject note created author",
    "bank_accounts": "bank_key contact_key bic iban remark",
}


@dataclass
class Brought:
    """What became of an import."""

    stored: int
    refused: list[str]
    notes: list[str]


def row(file: str, **columns: Any) -> tuple[Any, ...]:
    """Return a row of a file by its columns; what is not named is blank."""
    names = COLUMNS[file].split()
    assert set(columns) <= set(names)
    return tuple(columns.get(name, "") for name in names)


def contact(key: Any, **columns: Any) -> tuple[Any, ...]:
    """Return a row of the contacts: a person of one name, unless it is said."""
    usual = {"kind": "person", "control_code": f"C-{key}", "country_code": "FR"}
    if not {"name", "legal_name", "first_name", "last_name"} & set(columns):
        usual["last_name"] = f"Nobody {key}"
    return row("contacts", contact_key=key, **usual | columns)


def account(key: Any, of: Any, **columns: Any) -> tuple[Any, ...]:
    """Return a row of the accounts: a customer."""
    usual = {"account_class": "customer", "account_number": f"CU-{key}"}
    known = {"account_key": key, "contact_key": of, **usual, **columns}
    return row("credit_accounts", **known)


def files(folder: Path, **rows: list[tuple[Any, ...]]) -> Path:
    """Write files with rows, and all others without; return the folder."""
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns.split())
            writer.writerows(rows.get(name, []))
    return folder


def bring(
    db: Session,
    path: Path,
    *,
    company: str = "",
    rejects: Path | None = None,
    progress: Progress = quiet,
) -> Brought:
    """Import a folder in a session, as the command does."""
    refused: list[str] = []
    translate = Translator("en")
    with staging() as staged:
        target = Target.of(db, company)
        folder = Folder(path, target.files)
        refusals = Refusals(rejects, translate, refused.append)
        taken = Taken(lambda: nullcontext(db), target.company_id)
        folder.check(Checking(staged, refusals, taken))
        refusals.close()
        stored = store(db, target, staged, NOW, progress)
    db.expire_all()
    return Brought(stored, refused, [translate(one) for one in folder.notes])
