"""What looks wrong in a contact is told; what looks right is not spoken of."""

import pytest

from endi_like.models.contacts import ContactElement, EntityBankAccount
from endi_like.services.contacts import doubts
from endi_like.views.contacts.page import way_to

RIGHT, WRONG = "FR7630006000011234567890189", "FR7630006000011234567890188"


@pytest.mark.parametrize(
    ("kind", "value", "is_doubtful", "way"),
    [
        ("email", "jérôme@exämple.org", False, "mailto:jérôme@exämple.org"),
        ("email", "a@b", True, ""),
        ("email", "two@x.example, other@x.example", True, ""),
        ("phone", "+33 (0)2 99 00", False, "tel:+3329900"),
        ("phone", "02.99.00", False, "tel:029900"),
        ("phone", "ask Ewen", True, ""),
        ("web", "https://x.example/a?b=1", False, "https://x.example/a?b=1"),
        ("web", "x.example", False, "https://x.example"),
        ("web", "javascript:alert(1)", False, ""),
        ("web", "data:text/html,x", False, ""),
        ("other", "@handle", False, ""),
    ],
)
def test_what_is_doubtful_and_where_a_press_leads(kind, value, is_doubtful, way):
    element = ContactElement(kind=kind, value=value)
    assert bool(doubts.of_element(element)) == is_doubtful
    assert way_to(element) == way


@pytest.mark.parametrize(
    ("iban", "bic", "found"),
    [
        (RIGHT, "", 0),
        (RIGHT, "AGRIFRPP", 0),
        ("fr76 3000 6000 0112 3456 7890 189", "agri fr pp", 0),
        (WRONG, "", 1),
        ("12-34 56", "", 1),
        (RIGHT, "AGRI", 1),
        (RIGHT, "COBADEFF", 1),
        (WRONG, "COBADEFF", 1),
    ],
)
def test_numbers_of_banks_are_checked(iban, bic, found):
    assert len(doubts.of_bank_account(EntityBankAccount(iban=iban, bic=bic))) == found
