"""Promise E6: the PDF of a validated invoice is the same bytes for ever."""

from hashlib import sha256

import pytest
from sqlalchemy import select

from endi_like.models.files import StoredFile
from endi_like.models.organisation import Organisation
from tests.factories import (
    make_company,
    make_customer,
    make_user,
    move,
    pay,
)
from tests.functional.hostile import rich_invoice


@pytest.fixture
def customer(db):
    return make_customer(db, make_company(db), name="Ville de Rennes")


@pytest.fixture
def invoice(db, customer):
    return rich_invoice(db, customer, "valid")


def everything_around_changes(db, invoice):
    """Change whatever stands on the paper and is not of the invoice itself."""
    entity, company = invoice.account.entity, invoice.company
    entity.name, entity.address, entity.language = "Rennes Métropole", "Elsewhere", "de"
    company.name, company.iban = "Another name", "FR7630006000011234567890189"
    db.get(Organisation, 1).name = "Another organisation"
    invoice.mentions[0].label = "Another mention"
    pay(db, invoice, "10")
    move(db, invoice, "close", "It is not worth the trouble.")
    db.flush()


def test_E6_a_validated_pdf_never_changes(db, login, invoice, tmp_path):
    address = f"/invoices/{invoice.id}/print.pdf"
    browser = login(make_user(db, roles={"manager"}))
    first = browser.get(address).body

    everything_around_changes(db, invoice)
    again = login(make_user(db, roles={"auditor"}, language="fr")).get(address).body

    assert again == first
    (kept,) = db.scalars(select(StoredFile).where(StoredFile.node_id == invoice.id))
    assert kept.sha256 == sha256(first).hexdigest()


def test_E6_a_pdf_that_was_altered_is_not_given_out(db, login, invoice, tmp_path):
    address = f"/invoices/{invoice.id}/print.pdf"
    browser = login(make_user(db, roles={"manager"}))
    browser.get(address)
    (path,) = (one for one in (tmp_path / "files").rglob("*") if one.is_file())
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7 forged")

    answer = browser.get(address, status="*")

    assert b"forged" not in answer.body
