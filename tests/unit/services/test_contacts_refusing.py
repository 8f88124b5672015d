"""Rows that stay out: each with its reason, in a file, with what depends on it."""

from __future__ import annotations

import csv

import pytest
from sqlalchemy import func, select

from endi_like.models.contacts import Address, CreditAccount, Entity
from endi_like.models.people import User
from tests.factories import make_user
from tests.importing import account, bring, contact, files, row

LONG = "x" * 41

BAD_CONTACTS = [
    ({"kind": "werewolf"}, "kind: “werewolf” is none of: company, person"),
    ({"kind": ""}, "kind: This is not given."),
    ({"last_name": " \t "}, "name: This is not given."),
    ({"last_name": "\u200b"}, "name: This is not given."),
    ({"last_name": "Nu\0ll"}, "last_name: “Nu\ufffdll” contains unprintable signs."),
    ({"last_name": "Bell\x07"}, "last_name: “Bell\ufffd” contains unprintable"),
    ({"last_name": "Two\nlines"}, "last_name: “Two\ufffdlines” contains unprintable"),
    ({"last_name": "\u202eturned"}, "contains unprintable signs."),
    ({"control_code": LONG}, "control_code: This is 41 characters long, 40 fit."),
    ({"last_name": "ß" * 255}, "last_name: This is 510 characters long, 255 fit."),
    ({"country_code": "XX"}, "country_code: “XX” is no country"),
    ({"country_code": "France"}, "country_code: “France” is no country"),
    ({"birthdate": "31.12.1999"}, "birthdate: “31.12.1999” is no date"),
    ({"birthdate": "1999-02-30"}, "birthdate: “1999-02-30” is no date"),
    ({"birthdate": "2025-W01-1"}, "birthdate: “2025-W01-1” is no date"),
    ({"birthdate": "٢٠٢٥-٠١-٠١"}, "is no date"),
    ({"created": "yesterday"}, "created: “yesterday” is no date"),
    ({"created": "0001-01-01"}, "created: “0001-01-01” is no date"),
]

BAD_ACCOUNTS = [
    ({"account_class": "friend"}, "account_class: “friend” is none of"),
    ({"currency": "€"}, "currency: “€” is no currency"),
    ({"credit_limit": "1,5"}, "credit_limit: “1,5” is no amount"),
    ({"credit_limit": "1e9"}, "credit_limit: “1e9” is no amount"),
    ({"credit_limit": "NaN"}, "credit_limit: “NaN” is no amount"),
    ({"credit_limit": "-1"}, "credit_limit: -1 is not between 0 and"),
    ({"credit_limit": "9" * 15}, "credit_limit: 999999999999999 is not between"),
    ({"credit_limit": "0.000001"}, "with at most 5 decimals"),
    ({"discount_percent": "101"}, "discount_percent: 101 is not between 0 and 100"),
    ({"discount_percent": "2.555"}, "with at most 2 decimals"),
    ({"terms_days": "soon"}, "terms_days: “soon” is no number of days."),
    ({"terms_days": "٣٠"}, "is no number of days."),
    ({"tax_included": "maybe"}, "tax_included: “maybe” is neither t nor f."),
    (
        {"start_date": "2025-02-01", "end_date": "2025-01-31"},
        "end_date: The end is before the start.",
    ),
    ({"contact_key": "99"}, "contact_key: There is no contact 99."),
    ({"contact_key": ""}, "contact_key: This is not given."),
    ({"primary_contact_key": "99"}, "primary_contact_key: There is no contact 99."),
    ({"account_key": "x"}, "account_key: “x” is no whole number."),
    ({"account_key": "9" * 30}, "is no whole number."),
]

BAD_ROWS = [
    ("addresses", {"owner": "me", "owner_key": 1}, "owner: “me” is none of"),
    ("addresses", {"owner_key": 1}, "owner: This is not given."),
    (
        "addresses",
        {"owner": "contact", "owner_key": 1, "address_class": "Secret"},
        "address_class: “Secret” is none of",
    ),
    (
        "addresses",
        {"owner": "account", "owner_key": 1},
        "owner_key: There is no account 1.",
    ),
    (
        "contact_items",
        {"owner": "contact", "owner_key": 1, "kind": "pigeon", "value": "x"},
        "kind: “pigeon” is none of",
    ),
    (
        "contact_items",
        {"owner": "contact", "owner_key": 1, "kind": "phone"},
        "value: This is not given.",
    ),
    (
        "notes",
        {"owner": "contact", "owner_key": 1, "note": "bell\x07"},
        "note: “bell\ufffd” contains unprintable signs.",
    ),
    (
        "notes",
        {"owner": "contact", "owner_key": 1, "note": "x" * 10_001},
        "note: This is 10001 characters long, 10000 fit.",
    ),
    ("bank_accounts", {"contact_key": 1}, "iban: This is not given."),
    ("users", {"contact_key": 1}, "username: This is not given."),
    ("other_names", {"contact_key": 2, "other_name": "x"}, "There is no contact 2."),
    (
        "employees",
        {"contact_key": 1, "manager_key": 2},
        "manager_key: There is no contact 2.",
    ),
]


def count(db, kind):
    return db.scalar(select(func.count()).select_from(kind))


@pytest.mark.parametrize(("columns", "reason"), BAD_CONTACTS)
def test_a_bad_contact_stays_out_and_the_others_go_in(db, tmp_path, columns, reason):
    rows = [contact(1, **columns), contact(2)]
    brought = bring(db, files(tmp_path, contacts=rows))
    assert brought.stored == count(db, Entity) == 1
    assert len(brought.refused) == 1
    assert brought.refused[0].startswith("contacts.csv:2: ")
    assert reason in brought.refused[0]


@pytest.mark.parametrize(("columns", "reason"), BAD_ACCOUNTS)
def test_a_bad_account_stays_out(db, tmp_path, columns, reason):
    bad = row(
        "credit_accounts",
        **{"account_key": 5, "contact_key": 1, "account_class": "customer"} | columns,
    )
    rows = {"contacts": [contact(1)], "credit_accounts": [bad, account(6, 1)]}
    brought = bring(db, files(tmp_path, **rows))
    assert count(db, CreditAccount) == 1
    assert len(brought.refused) == 1
    assert brought.refused[0].startswith("credit_accounts.csv:2: ")
    assert reason in brought.refused[0]


@pytest.mark.parametrize(("file", "columns", "reason"), BAD_ROWS)
def test_a_bad_row_stays_out(db, tmp_path, file, columns, reason):
    rows = {"contacts": [contact(1)], file: [row(file, **columns)]}
    brought = bring(db, files(tmp_path, **rows))
    assert brought.stored == 1
    assert len(brought.refused) == 1
    assert brought.refused[0].startswith(f"{file}.csv:2: ")
    assert reason in brought.refused[0]


def test_every_reason_is_said(db, tmp_path):
    bad = contact(1, kind="elf", birthdate="never", country_code="??")
    (sentence,) = bring(db, files(tmp_path, contacts=[bad])).refused
    assert [name in sentence for name in ("kind", "birthdate", "country_code")]
    assert sentence.count(";") == 2


DOUBLES = [
    ([contact(1), contact(1, control_code="B")], "contact_key: “1” is that of line 2"),
    (
        [contact(1, control_code="ß-1"), contact(2, control_code="SS-1")],
        "control_code: “SS-1” is that of line 2 already.",
    ),
]


@pytest.mark.parametrize(("rows", "reason"), DOUBLES)
def test_of_two_alike_the_first_goes_in(db, tmp_path, rows, reason):
    brought = bring(db, files(tmp_path, contacts=rows))
    assert brought.stored == 1
    assert brought.refused[0].startswith("contacts.csv:3: ")
    assert reason in brought.refused[0]


def test_account_numbers_are_unique_by_class(db, tmp_path):
    accounts = [
        account(1, 1, account_number="75 A"),
        account(2, 1, account_number="75a"),
        account(3, 1, account_number="75a", account_class="vendor"),
        account(4, 1, account_number=""),
        account(5, 1, account_number=""),
    ]
    rows = {"contacts": [contact(1)], "credit_accounts": accounts}
    brought = bring(db, files(tmp_path, **rows))
    assert brought.refused == [
        "credit_accounts.csv:3: account_number: “75a” is that of line 2 already."
    ]
    assert count(db, CreditAccount) == 4


def test_the_same_again_is_refused_as_a_whole(db, tmp_path):
    make_user(db, login="zoé")
    path = files(
        tmp_path,
        contacts=[contact(1), contact(2)],
        credit_accounts=[account(1, 1)],
        addresses=[row("addresses", owner="account", owner_key=1, city="Rennes")],
        users=[(2, "ZOÉ")],
    )
    first = bring(db, path)
    assert first.refused == ["users.csv:2: username: “ZOÉ” is stored already."]
    users = count(db, User)
    again = bring(db, path)
    assert again.stored == 0
    assert again.refused == [
        "contacts.csv:2: control_code: “C-1” is stored already.",
        "contacts.csv:3: control_code: “C-2” is stored already.",
        "users.csv:2: contact_key: The contact 2 is refused.",
        "credit_accounts.csv:2: contact_key: The contact 1 is refused.",
        "addresses.csv:2: owner_key: The account 1 is refused.",
    ]
    kinds = (Entity, CreditAccount, Address, User)
    assert [count(db, kind) for kind in kinds] == [2, 1, 1, users]


def test_an_account_number_of_another_company_is_free(db, tmp_path):
    number = {"account_number": "75"}
    first = {"contacts": [contact(1)], "credit_accounts": [account(1, 1, **number)]}
    bring(db, files(tmp_path, **first))
    again = {"contacts": [contact(2)], "credit_accounts": [account(1, 2, **number)]}
    (sentence,) = bring(db, files(tmp_path, **again)).refused
    assert sentence.endswith("account_number: “75” is stored already.")


def test_what_depends_on_a_refused_row_is_refused_with_it(db, tmp_path):
    rejects = tmp_path / "rejects"
    item = {"owner": "account", "owner_key": 2, "kind": "email", "value": "a@b.example"}
    path = files(
        tmp_path,
        contacts=[contact(1, kind="elf"), contact(2)],
        other_names=[(1, "Legolas")],
        credit_accounts=[account(1, 1), account(2, 2, primary_contact_key=1)],
        contact_items=[row("contact_items", **item)],
    )
    brought = bring(db, path, rejects=rejects)
    assert brought.stored == 1
    assert brought.refused[1:] == [
        "other_names.csv:2: contact_key: The contact 1 is refused.",
        "credit_accounts.csv:2: contact_key: The contact 1 is refused.",
        "credit_accounts.csv:3: primary_contact_key: The contact 1 is refused.",
        "contact_items.csv:2: owner_key: The account 2 is refused.",
    ]
    assert count(db, CreditAccount) == 0
    report = (rejects / "report.txt").read_text(encoding="utf-8")
    assert report.splitlines() == brought.refused


def test_refused_rows_are_kept_as_they_were_with_the_reason(db, tmp_path):
    rejects = tmp_path / "rejects"
    odd = contact(1, name='Say "Hi", René\nNow', marker="=1+1")
    bring(db, files(tmp_path, contacts=[odd]), rejects=rejects)
    with (rejects / "contacts.csv").open(encoding="utf-8", newline="") as file:
        head, kept = csv.reader(file)
    assert head[-2:] == ["duplicate_of", "reason"]
    assert kept[:-1] == [str(cell) for cell in odd]
    assert kept[-1].startswith("name: “Say")


def test_refused_rows_can_be_mended_and_imported(db, tmp_path):
    rejects = tmp_path / "rejects"
    bring(db, files(tmp_path, contacts=[contact(1, kind="elf")]), rejects=rejects)
    bad = rejects / "contacts.csv"
    bad.write_text(bad.read_text(encoding="utf-8").replace("1,elf", "1,person"))
    brought = bring(db, rejects)
    assert (brought.stored, brought.refused) == (1, [])
