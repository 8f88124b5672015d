"""The organisation's own company: it has the accounts of whom all deal with."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.people import Company
from endi_like.services.organisation import founded

OWN = "OWN"


def own_company(db: Session) -> Company:
    """Return the company of the organisation itself, founded when it is missing."""
    found = db.scalars(select(Company).where(Company.code == OWN)).first()
    if found is not None:
        return found
    own = founded(db)
    company = Company(
        code=OWN,
        name=own.name[:200],
        address=own.address,
        postcode=own.postcode,
        town=own.town,
        country=own.country,
        vat_number=own.vat_number,
        iban=own.iban,
        bic=own.bic,
    )
    db.add(company)
    db.flush()
    return company
