"""What may be entered about who works where, belongs to whom, and logs in."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from endi_like.forms.contacts.parts import FIRST_YEAR, in_order, row_id, twice
from endi_like.forms.entry import Cards
from endi_like.forms.fields import (
    Choice,
    Day,
    Flag,
    Line,
    Parts,
    Picked,
    Schema,
    Sequence,
    refuse,
    wrong,
)
from endi_like.i18n import _

MOST_NAMES, MOST_EMPLOYMENTS, MOST_PEOPLE, MOST_USERS = 50, 50, 300, 50

NAME_KINDS = {
    "former": _("Former name"),
    "trading": _("Trades as well as"),
    "short": _("Short name"),
    "other": _("Other name"),
}


class OtherNameSchema(Schema):
    """A name somebody had, or is known by as well."""

    typed: ClassVar = ("name",)

    id = row_id()
    kind = Choice(
        tuple(NAME_KINDS.items()), title=_("Kind"), missing="other", default="former"
    )
    name = Line(title=_("Name"), missing="")


class OtherNames(Parts):
    """The other names of an entity."""

    adding, removing = _("Add a name"), _("Remove the name")
    ordered = False
    schema_type = partial(Sequence, MOST_NAMES)
    other_name = OtherNameSchema(title=_("Name"))


class EmploymentSchema(Schema):
    """A time in which somebody is employed by the organisation."""

    typed: ClassVar = (
        "id",
        "number",
        "job_title",
        "start_date",
        "end_date",
        "manager_id",
    )
    validator = staticmethod(in_order("start_date", "end_date"))

    id = row_id()
    start_date = Day(first=FIRST_YEAR, title=_("From"), missing=None)
    end_date = Day(first=FIRST_YEAR, title=_("To"), missing=None)
    job_title = Line(longest=100, title=_("Job title"), missing="", span="f3")
    number = Line(longest=40, title=_("Employee number"), missing="", span="f3")
    manager_id = Picked("persons", title=_("Manager"), missing=None)
    is_sales = Flag(title=_("Works in sales"), span="f3")
    is_manager = Flag(title=_("Manages others"), span="f3")


class Employments(Cards):
    """The employments of a person: who comes back has several."""

    adding, removing = _("Add an employment"), _("Remove the employment")
    ordered = False
    schema_type = partial(Sequence, MOST_EMPLOYMENTS)
    employment = EmploymentSchema(title=_("Employment"))


class LinkSchema(Schema):
    """A person in a company or a household, with a function there."""

    typed: ClassVar = ("person_id", "function", "start_date", "end_date")

    id = row_id()
    person_id = Picked("persons", title=_("Person"), missing=None)
    function = Line(
        longest=100, title=_("Function"), missing="", hints={"list": "functions"}
    )
    start_date = Day(first=FIRST_YEAR, title=_("From"), missing=None)
    end_date = Day(first=FIRST_YEAR, title=_("To"), missing=None)

    def validator(self, node: Any, row: dict[str, Any]) -> None:
        """Ask for the person, and for dates that can be."""
        in_order("start_date", "end_date")(node, row)
        if row["person_id"] is None and any(row[name] for name in self.typed):
            raise wrong(node, person_id=_("Please fill this in."))


class People(Parts):
    """Who belongs to a company or a household."""

    adding, removing = _("Add a person"), _("Remove the person")
    ordered = False
    schema_type = partial(Sequence, MOST_PEOPLE)
    link = LinkSchema(title=_("Person"))


class EntityUserSchema(Schema):
    """Somebody who logs in."""

    typed: ClassVar = ("user_id",)

    user_id = Picked("users", title=_("User"), missing=None)


class Users(Parts):
    """The users somebody has, each once."""

    adding, removing = _("Add a user"), _("Remove the user")
    ordered = False
    schema_type = partial(Sequence, MOST_USERS)
    user = EntityUserSchema(title=_("User"))

    def validator(self, node: Any, rows: list[dict[str, Any]]) -> None:
        """Refuse a user who is named twice."""
        if twice([row["user_id"] for row in rows]):
            raise refuse(node, _("Name each user once only."))
