"""Whatever is printed on an invoice and is of other records, changed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from endi_like.models.organisation import Organisation
from endi_like.models.sales import Invoice
from endi_like.services.contacts.copies import index

FORMER, LATER = "Ville de Rennes", "Rennes Métropole"
"""What the customer was called, and is."""


def change_all_around(db: Session, invoice: Invoice) -> None:
    """Change customer, company, organisation and options, as people may."""
    entity, company = invoice.account.entity, invoice.company
    own = db.get_one(Organisation, 1)
    for row, values in (
        (entity, {"name": LATER, "legal_name": LATER, "language": "de"}),
        (entity, {"country": "BE", "vat_number": "BE0403170701"}),
        (entity.addresses[0], {"line_one": "Elsewhere", "country": "BE"}),
        (company, {"name": "Another enseigne", "contact_name": "Another"}),
        (own, {"name": "Another organisation", "currency": "CHF"}),
        (own, {"iban": "FR7630006000011234567890189", "registration": "Another"}),
        (invoice.mentions[0], {"label": "Another mention", "position": 7}),
        (invoice.payment_conditions, {"label": "At once"}),
        (invoice.lines[0].vat, {"label": "Another rate"}),
    ):
        for name, value in values.items():
            setattr(row, name, value)
    index(entity)
    db.flush()
    db.expire_all()
