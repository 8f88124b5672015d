"""What looks wrong in what was entered: it is told, and never in the way."""

from __future__ import annotations

from typing import Any

from endi_like.i18n import _
from endi_like.models.contacts import ContactElement, EntityBankAccount
from endi_like.models.contacts.reaching import EMAIL, PHONE
from endi_like.text import compact, digits, is_bic, is_email, is_iban

FEWEST_DIGITS = 3
BANK_COUNTRY = slice(4, 6)


def of_element(element: ContactElement) -> Any:
    """Return what is doubtful of a telephone or mailbox; nothing if it looks right."""
    if element.kind == EMAIL and not is_email(element.value):
        return _("This does not look like an e-mail address.")
    if element.kind == PHONE and len(digits(element.value)) < FEWEST_DIGITS:
        return _("This does not look like a telephone number.")
    return None


def of_bank_account(account: EntityBankAccount) -> list[Any]:
    """Return what is doubtful of an account at a bank."""
    iban, bic = (compact(one).upper() for one in (account.iban, account.bic))
    found = []
    if not is_iban(iban):
        found.append(_("This is no IBAN, or its check digits are wrong."))
    if bic and not is_bic(bic):
        found.append(_("This is no BIC: it has 8 or 11 signs."))
    elif bic and is_iban(iban) and bic[BANK_COUNTRY] != iban[:2]:
        found.append(_("The BIC is of another country than the IBAN."))
    return found
