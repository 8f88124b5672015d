"""What may be entered about how somebody is reached: addresses, telephones, mailboxes.

An address or a telephone is the entity's own, or one of its accounts', also of an
account that is being entered in the same form: ``account`` is then that one's key.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, ClassVar

from endi_like.forms.addresses import Country
from endi_like.forms.contacts.parts import FIRST_YEAR, in_order, row_id
from endi_like.forms.entry import Cards
from endi_like.forms.fields import (
    Choice,
    Day,
    Entry,
    Line,
    Parts,
    Schema,
    Sequence,
    wrong,
)
from endi_like.forms.texts import OneLine
from endi_like.i18n import _

MOST_ADDRESSES, MOST_ELEMENTS = 500, 500
LONGEST_KEY = 40
OWN = ("", _("The contact itself"))

ADDRESS_CLASSES = {
    "billing": _("Billing"),
    "sales": _("Sales"),
    "shipping": _("Shipping"),
    "physical": _("Physical"),
    "mailing": _("Mailing"),
}
ELEMENT_KINDS = {
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "web": _("Web site"),
    "other": _("Other"),
}
UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\r\n\t]+")


class OfAccount(Entry):
    """Whose a row is: the entity's, or that of the account with this key.

    The accounts are those of the form itself: whoever shows the form names them in
    ``options``.
    """

    control = "select"
    options: tuple[tuple[Any, Any], ...] = (OWN,)

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("missing", "")
        super().__init__(OneLine(LONGEST_KEY), **settings)

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Offer the accounts that are stored already."""
        self.options = (OWN, *bindings["accounts"])


class Pasted(OneLine):
    """The type of a number or name as it is pasted: unseen signs in it are left out."""

    def tidy(self, text: str) -> str:
        """Return the text without what telephones and pages hide in it."""
        return UNSEEN.sub(" ", text).strip()


class Value(Line):
    """A telephone, a mailbox or a site, as it is written."""

    read_by = Pasted


class AddressSchema(Schema):
    """An address, and from when to when it is one."""

    typed: ClassVar = (
        "attention",
        "line_one",
        "line_two",
        "line_three",
        "city",
        "state",
        "postal_code",
    )
    validator = staticmethod(in_order("active_from", "active_to"))

    id = row_id()
    class_ = Choice(
        tuple(ADDRESS_CLASSES.items()),
        name="class",
        title=_("Kind of address"),
        missing="billing",
        default="billing",
        span="f3",
    )
    account = OfAccount(title=_("Address of"), span="f3")
    attention = Line(title=_("For the attention of"), missing="")
    line_one = Line(title=_("Street, first line"), missing="")
    line_two = Line(title=_("Second line"), missing="")
    line_three = Line(title=_("Third line"), missing="")
    postal_code = Line(longest=20, title=_("Postcode"), missing="", span="f3")
    city = Line(longest=100, title=_("City"), missing="", span="f3")
    state = Line(longest=100, title=_("State or province"), missing="", span="f3")
    country = Country(title=_("Country"), missing="", hints={"list": "countries"})
    active_from = Day(first=FIRST_YEAR, title=_("Valid from"), missing=None)
    active_to = Day(first=FIRST_YEAR, title=_("Valid to"), missing=None)


class Addresses(Cards):
    """The addresses of an entity and of its accounts, in their order."""

    adding = _("Add an address")
    folded = ("line_two", "line_three", "state", "active_from", "active_to")
    folding = _("More lines, state, dates")
    schema_type = partial(Sequence, MOST_ADDRESSES)
    address = AddressSchema(title=_("Address"))


class ElementSchema(Schema):
    """A telephone, a mailbox, a site, or something else."""

    typed: ClassVar = ("value", "description", "label")

    id = row_id()
    kind = Choice(
        tuple(ELEMENT_KINDS.items()),
        title=_("Kind"),
        missing="phone",
        default="phone",
    )
    label = Line(longest=60, title=_("Which one"), missing="", hints={"list": "labels"})
    value = Value(title=_("Number or address"), missing="")
    description = Line(title=_("Remark"), missing="")
    account = OfAccount(title=_("Of"))

    def validator(self, node: Any, row: dict[str, Any]) -> None:
        """Ask for the number of what is described."""
        if not row["value"] and (row["description"] or row["label"]):
            raise wrong(node, value=_("Please fill this in."))


class Elements(Parts):
    """How one reaches an entity and its accounts, in their order."""

    adding = _("Add a telephone, e-mail or site")
    schema_type = partial(Sequence, MOST_ELEMENTS)
    element = ElementSchema(title=_("Telephone or e-mail"))
