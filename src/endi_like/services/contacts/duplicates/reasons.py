"""Why two entities may be one: words as they are stored, scores, sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from endi_like.i18n import _
from endi_like.spelling import ACCENTS, BLANKS, CAPITALS, SWAPPED

NAME = "name"
NAME_CITY = "name_city"
EMAIL, PHONE, OTHER, WEB = "email", "phone", "other", "web"
IBAN, VAT, TAX, PERSONAL = "iban", "vat_number", "tax_id", "personal_id"
ADDRESS, BIRTH = "address", "birth_date"
FORM, SOON = "form", "soon"
BUT_BIRTH, BUT_VAT, BUT_TAX = "but_birth_date", "but_vat_number", "but_tax_id"

SENTENCES: Mapping[str, Any] = {
    NAME: _("The names have the same letters."),
    NAME_CITY: _("Same name and same city."),
    EMAIL: _("Same e-mail address."),
    PHONE: _("Same telephone number."),
    WEB: _("Same web address."),
    OTHER: _("Reached by the same name or number elsewhere."),
    IBAN: _("Same IBAN."),
    VAT: _("Same VAT number."),
    TAX: _("Same tax number."),
    PERSONAL: _("Same personal number."),
    ADDRESS: _("Same name at the same address."),
    BIRTH: _("Same name and same birth date."),
    CAPITALS: _("Only one of the names is in capitals."),
    BLANKS: _("One of the names has a blank too many."),
    ACCENTS: _("One of the names has lost its accents."),
    SWAPPED: _("Two letters of the name have changed places."),
    FORM: _("One of the names has two legal forms."),
    SOON: _("Of several namesakes it was entered soonest after this one."),
    BUT_BIRTH: _("But the birth dates differ."),
    BUT_VAT: _("But the VAT numbers differ."),
    BUT_TAX: _("But the tax numbers differ."),
}
"""What a reason is called; those with a "but" speak against it."""

SURE = 95
SHARED_SLIP = 90
"""A slip of the hand, and a mailbox that says no more than the name does."""
SLIP = 85
LIKELY = 80
"""From here on a pair is listed as a likely duplicate."""
POSSIBLE = 50
DOUBTS: Mapping[str, int] = {BUT_BIRTH: 15, BUT_VAT: 5, BUT_TAX: 5}
BY_NUMBER: Mapping[str, int] = {IBAN: 85, VAT: 90, TAX: 90, PHONE: 55}
"""What a number counts that entities of different names share."""


def sentences(words: Iterable[str]) -> list[Any]:
    """Return the sentences of some reasons, in their order."""
    return [SENTENCES[word] for word in words if word in SENTENCES]
