"""Whom a contact that is to be imported may be in the directory already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts.reaching import EMAIL, PHONE
from endi_like.services.contacts.duplicates.alike import Asking, Typed, alike
from endi_like.services.contacts.importing.files import CONTACTS
from endi_like.services.contacts.importing.flat import ADDRESSES
from endi_like.services.contacts.importing.flat_checking import Suspect
from endi_like.services.contacts.importing.staging import Found

COMPARED = (
    "kind",
    "first_name",
    "last_name",
    "trading_name",
    "legal_name",
    "vat_number",
    "tax_id",
)
MOST_NAMED = 3


def suspecting(db: Session, asking: Asking) -> Suspect:
    """Return what names those a contact may be, of whom somebody may know."""

    def suspect(parts: Mapping[str, Found]) -> Sequence[str]:
        found = alike(db, asking, typed_of(parts))[:MOST_NAMED]
        return [
            _(
                "This may be ${name}, who is there already: ${why}",
                mapping={"name": one.entity.name, "why": one.why[0]},
            )
            for one in found
            if one.why
        ]

    return suspect


def typed_of(parts: Mapping[str, Found]) -> Typed:
    """Return what is compared of a contact that was read."""
    contact = parts.get(CONTACTS, {})
    reached = {kind: parts[kind]["value"] for kind in (EMAIL, PHONE) if kind in parts}
    return Typed(
        **{name: contact[name] for name in COMPARED if name in contact},
        city=parts.get(ADDRESSES, {}).get("city", ""),
        emails=[reached[EMAIL]] if EMAIL in reached else (),
        phones=[reached[PHONE]] if PHONE in reached else (),
    )
