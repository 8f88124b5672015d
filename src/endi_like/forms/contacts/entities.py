"""What may be entered about an entity: all of it on one page, and little is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import colander

from endi_like.forms.addresses import VAT_NUMBER, Country
from endi_like.forms.contacts.accounts import Accounts, BankAccounts, key_of
from endi_like.forms.contacts.names import KIND_NAMES
from endi_like.forms.contacts.parts import FIRST_YEAR, is_typed, of_rows, twice
from endi_like.forms.contacts.reaching import Addresses, Elements
from endi_like.forms.contacts.working import Employments, OtherNames, People, Users
from endi_like.forms.fields import Choice, Day, Flag, Line, Schema, quoted, wrong
from endi_like.forms.texts import OneLine
from endi_like.i18n import _
from endi_like.text import compact

ORGANISATIONS = ("company", "household")
PEOPLE = ("person", "robot")
LONGEST_CODE = 40

LATER = (
    "other_names",
    "addresses",
    "elements",
    "employments",
    "people",
    "bank_accounts",
    "users",
)
"""The repeated parts of which an empty row is none; an empty account is one."""


class TaxNumber(OneLine):
    """The type of a sales tax number: a VAT number as it is compared, or what it is."""

    def read(self, node: Any, text: str) -> str:
        """Return a VAT number without what decorates it."""
        text = super().read(node, text)
        number = "".join(sign for sign in text if sign.isalnum()).upper()
        return number if VAT_NUMBER.fullmatch(number) else text


class TaxLine(Line):
    """A sales tax number."""

    read_by = TaxNumber


class EntitySchema(Schema):
    """An entity: company, person, household or program.

    Bindings: ``locale``, ``languages``, ``companies``, ``vat_rates`` and ``accounts``
    (pairs), ``persons`` and ``users`` (``Search``; no ``users``, no such field),
    ``confidential`` where that may be said, and two questions: ``has_code(code)`` and
    ``has_numbers(keys)``, which are taken of ``(company, class, number)``.
    """

    kind = Choice(
        tuple(KIND_NAMES.items()), title=_("Kind"), missing="company", default="company"
    )
    salutation = Line(
        longest=40,
        title=_("Salutation"),
        missing="",
        only_for=("person",),
        hints={"list": "salutations"},
        span="f3",
    )
    first_name = Line(
        longest=100, title=_("First name"), missing="", only_for=PEOPLE, span="f3"
    )
    middle_name = Line(
        longest=100, title=_("Middle name"), missing="", only_for=PEOPLE, span="f3"
    )
    last_name = Line(title=_("Last name"), missing="", only_for=PEOPLE, span="f3")
    legal_name = Line(title=_("Name"), missing="", only_for=ORGANISATIONS)
    trading_name = Line(
        title=_("Trading name"),
        missing="",
        description=_("Only if it is called otherwise than above."),
    )
    country = Country(title=_("Country"), default="FR", hints={"list": "countries"})
    language = Choice("languages", title=_("Language"), span="f3")
    stage = Line(
        longest=40,
        title=_("Stage"),
        missing="",
        hints={"list": "stages"},
        description=_("What it is still to become; customer or user it is by itself."),
        span="f6",
    )
    confidential = Flag(
        title=_("Confidential: known to the social service alone"),
        description=_("Nobody else finds it, not even by its number."),
        span="f12",
    )
    control_code = Line(
        longest=LONGEST_CODE,
        title=_("Control code"),
        missing="",
        description=_("Left empty, the next one is given."),
    )
    birth_date = Day(
        first=FIRST_YEAR, title=_("Birth date"), missing=None, only_for=("person",)
    )
    personal_id = Line(
        longest=40,
        title=_("Personal number"),
        missing="",
        only_for=("person",),
        span="f3",
    )
    tax_id = Line(
        longest=40,
        title=_("Tax number"),
        missing="",
        only_for=("company", "person"),
        span="f3",
    )
    vat_number = TaxLine(
        longest=40,
        title=_("VAT number"),
        missing="",
        only_for=("company", "person"),
        span="f3",
    )
    licence_number = Line(
        longest=40,
        title=_("Licence number"),
        missing="",
        only_for=("company",),
        span="f3",
    )
    sic_code = Line(
        longest=20,
        title=_("Code of its trade"),
        missing="",
        only_for=("company",),
        span="f3",
    )
    other_names = OtherNames(title=_("Other names"), missing=())
    addresses = Addresses(title=_("Addresses"), missing=())
    elements = Elements(title=_("Telephone, e-mail, web"), missing=())
    accounts = Accounts(title=_("Accounts"), missing=())
    bank_accounts = BankAccounts(title=_("Bank accounts"), missing=())
    people = People(title=_("People"), missing=(), only_for=ORGANISATIONS)
    employments = Employments(title=_("Employments"), missing=(), only_for=("person",))
    users = Users(title=_("Users"), missing=())
    another = Flag(title=_("It is another one"), span="f12")

    optional: ClassVar = ("confidential", "users")

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Leave out what the user may not say."""
        for name in self.optional:
            if not bindings.get(name):
                del self[name]

    def deserialize(self, cstruct: Any = colander.null) -> Any:
        """Return the values, without those of another kind and without empty rows.

        What does not fit the kind is not even judged: nobody sees it in the form.
        Rows that do not fit are not spoken of at all, and stay where there are some.
        """
        found = super().deserialize(self.fitting(cstruct))
        for one in self.children:
            if one.name in LATER and is_alien(one, found["kind"]):
                del found[one.name]
        names = [name for name in LATER if name in found]
        for name in names:
            row = self[name].children[0]
            found[name] = [one for one in found[name] if is_typed(row, one)]
        for one in found["addresses"]:
            one["country"] = one["country"] or found["country"]
        for one in found["accounts"]:
            one["language"] = one["language"] or ""
            one["key"] = key_of(one)
        if found["trading_name"] == own_name(found):
            found["trading_name"] = ""
        return found

    def fitting(self, cstruct: Any) -> Any:
        """Return what was sent without the fields that its kind does not have."""
        if not isinstance(cstruct, dict):
            return cstruct
        kind = cstruct.get("kind")
        alien = [one.name for one in self.children if is_alien(one, kind)]
        return {key: value for key, value in cstruct.items() if key not in alien}

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Ask for a name, and for codes and numbers that nobody else has."""
        if not (own_name(data) or data["trading_name"]):
            name = "legal_name" if data["kind"] in ORGANISATIONS else "last_name"
            raise wrong(node, **{name: _("Please give a name.")})
        code = data["control_code"]
        if code and self.bindings["has_code"](code):
            sentence = _(
                "Another contact has the control code “${code}” already.",
                mapping={"code": quoted(code)},
            )
            raise wrong(node, control_code=sentence)
        if taken := self.taken_numbers(data["accounts"]):
            raise of_rows(node, "accounts", taken)
        self.check_keys(node, data)

    def taken_numbers(self, accounts: Any) -> dict[int, dict[str, Any]]:
        """Return what is wrong with account numbers others have, by place."""
        keys = [number_key(one) for one in accounts]
        ids = [one["id"] for one in accounts if one["id"]]
        taken = self.bindings["has_numbers"]([key for key in keys if key], ids)
        again = twice(keys)
        return {
            place: {"number": NUMBER_TAKEN}
            for place, key in enumerate(keys)
            if key and (key in taken or place in again)
        }

    def check_keys(self, node: Any, data: Mapping[str, Any]) -> None:
        """Refuse rows of accounts that are not in the form."""
        keys = {"", *map(key_of, data["accounts"])}
        for name in ("addresses", "elements"):
            lost = {
                place: {"account": ACCOUNT_GONE}
                for place, one in enumerate(data[name])
                if one["account"] not in keys
            }
            if lost:
                raise of_rows(node, name, lost)


NUMBER_TAKEN = _("Another account of this company has this number already.")
ACCOUNT_GONE = _("This account is not there any more: choose another one.")


def is_alien(node: Any, kind: Any) -> bool:
    """Tell whether a field does not fit the kind of the entity."""
    is_known = isinstance(kind, str) and kind in KIND_NAMES
    return bool(node.only_for) and is_known and kind not in node.only_for


def own_name(data: Mapping[str, Any]) -> str:
    """Return the name that is derived of what was entered."""
    if data["kind"] in ORGANISATIONS:
        return str(data["legal_name"])
    parts = (data[name] for name in ("first_name", "middle_name", "last_name"))
    return " ".join(part for part in parts if part)


def number_key(account: Mapping[str, Any]) -> tuple[int, str, str] | None:
    """Return what no two accounts may share; an account without number has none."""
    number = compact(account["number"])
    return (account["company_id"], account["class"], number) if number else None
