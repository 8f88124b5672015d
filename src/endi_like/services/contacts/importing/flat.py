"""One file that has all of a contact in a row: what its columns may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from endi_like.i18n import LANGUAGES, _
from endi_like.models.contacts import Address, CreditAccount, Entity
from endi_like.models.contacts.reaching import EMAIL, PHONE
from endi_like.services.contacts.importing import cells, words
from endi_like.services.contacts.importing.columns import Column, text
from endi_like.services.contacts.importing.files import ACCOUNTS, CONTACTS
from endi_like.text import norm
from endi_like.translation import Translator

ADDRESSES, NOTES = "addresses", "notes"
LAST_OF = {"name": "last_name"}


@dataclass(frozen=True)
class Flat:
    """What a column may hold: how it is called, of what, and how it is read.

    ``words`` are more names by which it is known, plain and one each between bars.
    """

    label: str
    of: str
    column: Column
    words: str = ""


FLAT: Mapping[str, Flat] = {
    "kind": Flat(_("Kind"), CONTACTS, Column(words.kind, into="kind"), "type|art"),
    "name": Flat(
        _("Name"),
        CONTACTS,
        text(Entity, "trading_name"),
        "display name|trading name|company|contact|societe|entreprise|nom|firma",
    ),
    "legal_name": Flat(
        _("Legal name"),
        CONTACTS,
        text(Entity, "legal_name"),
        "company name|raison sociale|firmenname|firmierung",
    ),
    "salutation": Flat(
        _("Salutation"), CONTACTS, text(Entity, "salutation"), "title|civilite|titre"
    ),
    "first_name": Flat(
        _("First name"), CONTACTS, text(Entity, "first_name"), "given name|vorname"
    ),
    "middle_name": Flat(_("Middle name"), CONTACTS, text(Entity, "middle_name")),
    "last_name": Flat(
        _("Last name"),
        CONTACTS,
        text(Entity, "last_name"),
        "surname|family name|nom de famille|nachname|familienname",
    ),
    "control_code": Flat(
        _("Control code"), CONTACTS, text(Entity, "control_code"), "code|reference|id"
    ),
    "email": Flat(
        _("E-mail"), EMAIL, Column(words.email), "email|mail|e mail address|courriel"
    ),
    "phone": Flat(
        _("Telephone"),
        PHONE,
        Column(cells.text(80)),
        "phone|phone number|mobile|tel|telefon|telefonnummer|numero de telephone",
    ),
    "line_one": Flat(
        _("Address, first line"),
        ADDRESSES,
        text(Address, "line_one"),
        "address|street|address 1|adresse|rue|strasse|anschrift|line one",
    ),
    "line_two": Flat(
        _("Address, second line"),
        ADDRESSES,
        text(Address, "line_two"),
        "address 2|adresse 2|complement d adresse|adresszusatz|line two",
    ),
    "line_three": Flat(
        _("Address, third line"),
        ADDRESSES,
        text(Address, "line_three"),
        "address 3|adresse 3|line three",
    ),
    "postal_code": Flat(
        _("Postal code"),
        ADDRESSES,
        text(Address, "postal_code"),
        "postcode|zip|zip code|code postal|cp|plz|postleitzahl",
    ),
    "city": Flat(
        _("City"),
        ADDRESSES,
        text(Address, "city"),
        "town|ville|commune|localite|ort|stadt",
    ),
    "state": Flat(
        _("State or region"),
        ADDRESSES,
        text(Address, "state"),
        "state|region|province|canton|bundesland|kanton|departement",
    ),
    "country": Flat(
        _("Country"),
        CONTACTS,
        Column(words.country, into="country"),
        "country code|pays|land",
    ),
    "vat_number": Flat(
        _("VAT number"),
        CONTACTS,
        text(Entity, "vat_number"),
        "vat|sales tax id|tva|n tva|no tva|ust id|ust idnr|umsatzsteuer id",
    ),
    "tax_id": Flat(
        _("Tax number"), CONTACTS, text(Entity, "tax_id"), "tax id|siret|siren"
    ),
    "language": Flat(
        _("Language"), CONTACTS, Column(words.language, into="language"), "sprache"
    ),
    "stage": Flat(
        _("Stage"), CONTACTS, text(Entity, "stage"), "marker|status|statut|phase"
    ),
    "note": Flat(
        _("Note"),
        NOTES,
        Column(cells.lines(), into="text"),
        "notes|comment|comments|remark|commentaire|remarque|bemerkung|notiz",
    ),
    "account_number": Flat(
        _("Account number"),
        ACCOUNTS,
        text(CreditAccount, "number"),
        "customer number|numero de client|kundennummer|numero de compte|kontonummer",
    ),
    "account_class": Flat(
        _("Account class"),
        ACCOUNTS,
        Column(words.account_class, into="class_"),
        "class|classe|kontoart",
    ),
}


@cache
def known() -> Mapping[str, str]:
    """Return what a column is by its name in any of our languages."""
    found: dict[str, str] = {}
    for key, flat in FLAT.items():
        named = [Translator(language)(flat.label) for language in LANGUAGES]
        for name in (key.replace("_", " "), *named, *flat.words.split("|")):
            if name:
                found.setdefault(norm(name), key)
    return found


def proposed(head: Sequence[str]) -> dict[int, str]:
    """Return what the columns seem to be, by their place; none is taken twice."""
    found: dict[int, str] = {}
    for place, name in enumerate(head):
        key = known().get(norm(name))
        if key and key not in found.values():
            found[place] = key
    keys = set(found.values())
    if "first_name" in keys and "last_name" not in keys:
        # beside a first name, what is called a name is the last one
        found = {at: LAST_OF.get(key, key) for at, key in found.items()}
    return found
