"""What may be entered about credit accounts, and about accounts at banks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from endi_like.forms.contacts.parts import FIRST_YEAR, in_order, row_id
from endi_like.forms.contacts.reaching import LONGEST_KEY
from endi_like.forms.entry import Cards
from endi_like.forms.fields import (
    Amount,
    Choice,
    Choices,
    Count,
    Day,
    Flag,
    Line,
    Parts,
    PercentField,
    Picked,
    Schema,
    Sequence,
    quoted,
    refuse,
    wrong,
)
from endi_like.forms.texts import OneLine
from endi_like.i18n import _
from endi_like.text import in_fours, is_iban

MOST_ACCOUNTS, MOST_BANK_ACCOUNTS = 100, 50
LONGEST_TERMS = 3650
LONGEST_IBAN = 60
NOTHING = Decimal(0)
CURRENCY = re.compile(r"[A-Z]{3}")
ACCOUNT_CLASSES = {"customer": _("Customer"), "vendor": _("Vendor")}


class CurrencyCode(OneLine):
    """The type of a currency: three letters."""

    def read(self, node: Any, text: str) -> str:
        """Return the letters as capitals."""
        code = super().read(node, text).upper()
        if not CURRENCY.fullmatch(code):
            sentence = _(
                "“${value}” is no currency: write three letters, as EUR.",
                mapping={"value": quoted(text)},
            )
            raise refuse(node, sentence)
        return code


class Currency(Line):
    """A currency, by its three letters."""

    span = "f3"
    hints: ClassVar[dict[str, str]] = {"list": "currencies", "autocomplete": "off"}
    read_by = CurrencyCode


class AccountSchema(Schema):
    """An account with its conditions.

    ``key`` is what addresses and telephones of the same form name it by.
    """

    validator = staticmethod(in_order("start_date", "end_date"))

    id = row_id()
    key = Line(longest=LONGEST_KEY, missing="", control="hidden")
    class_ = Choice(
        tuple(ACCOUNT_CLASSES.items()),
        name="class",
        title=_("Customer or vendor"),
        missing="customer",
        default="customer",
        span="f3",
        is_fixed=True,
    )
    company_id = Choice("companies", title=_("Of the company"), is_fixed=True)
    number = Line(longest=40, title=_("Account number"), missing="", span="f3")
    description = Line(title=_("Description"), missing="")
    start_date = Day(first=FIRST_YEAR, title=_("Start"), missing=None)
    end_date = Day(first=FIRST_YEAR, title=_("End"), missing=None)
    terms_days = Count(
        high=LONGEST_TERMS, title=_("To be paid in … days"), missing=0, default=0
    )
    credit_limit = Amount(low=NOTHING, title=_("Credit limit"), missing=NOTHING)
    active = Flag(title=_("In use"), default=True, span="f12")

    pay_to_name = Line(title=_("Pay to the name of"), missing="")
    currency = Currency(longest=3, title=_("Currency"), missing="")
    language = Choice("languages", title=_("Language"), missing=None, span="f3")
    threshold = Amount(
        low=NOTHING, title=_("Smallest payment worth making"), missing=NOTHING
    )
    discount = PercentField(title=_("Discount in per cent"), missing=NOTHING)
    discount_days = Count(
        high=LONGEST_TERMS, title=_("If paid in … days"), missing=0, default=0
    )
    business_type = Line(longest=60, title=_("Type of business"), missing="", span="f3")
    price_group = Line(longest=60, title=_("Price group"), missing="", span="f3")
    primary_contact_id = Picked("persons", title=_("Contact person"), missing=None)
    tax_included = Flag(title=_("Prices include tax"), span="f6")
    taxes = Choices("vat_rates", title=_("Taxes that apply"), span="f12")


class Accounts(Cards):
    """The accounts of an entity, with whichever company."""

    adding, removing = _("Add an account"), _("Remove the account")
    ordered = False
    folded = (
        "pay_to_name",
        "currency",
        "language",
        "threshold",
        "discount",
        "discount_days",
        "business_type",
        "price_group",
        "primary_contact_id",
        "tax_included",
        "taxes",
    )
    folding = _("Conditions")
    schema_type = partial(Sequence, MOST_ACCOUNTS)
    account = AccountSchema(title=_("Account"))


def key_of(account: Mapping[str, Any]) -> str:
    """Return what the rest of the form names an account by."""
    return account["key"] or (str(account["id"]) if account["id"] else "")


class BankNumber(OneLine):
    """The type of an account at a bank: an IBAN as banks write it, or what there is.

    Wrong check digits are told of on the page, and never in the way.
    """

    def read(self, node: Any, text: str) -> str:
        """Return an IBAN without blanks, in capitals, and anything else as it is."""
        text = super().read(node, text)
        number = "".join(text.split()).upper()
        return number if is_iban(number) else text

    def write(self, _node: Any, value: Any) -> str:
        """Show an IBAN in groups of four."""
        return in_fours(value) if is_iban(value) else value


class BankLine(Line):
    """The number of an account at a bank."""

    read_by = BankNumber


class BankAccountSchema(Schema):
    """An account at a bank."""

    typed: ClassVar = ("iban", "bic", "remark")

    id = row_id()
    iban = BankLine(longest=LONGEST_IBAN, title=_("IBAN or number"), missing="")
    bic = Line(longest=20, title=_("BIC"), missing="")
    remark = Line(title=_("Remark"), missing="")

    def validator(self, node: Any, row: dict[str, Any]) -> None:
        """Ask for the number of what is described."""
        if not row["iban"] and (row["bic"] or row["remark"]):
            raise wrong(node, iban=_("Please fill this in."))


class BankAccounts(Parts):
    """The accounts at banks."""

    adding, removing = _("Add a bank account"), _("Remove the bank account")
    ordered = False
    schema_type = partial(Sequence, MOST_BANK_ACCOUNTS)
    bank_account = BankAccountSchema(title=_("Bank account"))
