"""What may be entered about projects, their phases, and businesses."""

from __future__ import annotations

from functools import partial
from typing import Any

from endi_like.forms.fields import (
    Choice,
    Day,
    Line,
    Parts,
    Picked,
    Schema,
    Sequence,
    Text,
    refuse,
    wrong,
)
from endi_like.i18n import _

LONGEST_CODE = 12
MOST_CUSTOMERS = 100


class ProjectCustomerSchema(Schema):
    """Somebody a project is for."""

    account_id = Picked("customers", title=_("Customer"), missing=None)


def with_somebody(rows: Any) -> Any:
    """Return the rows in which somebody was chosen."""
    if not isinstance(rows, list):
        return rows
    return [row for row in rows if row["account_id"] is not None]


class ProjectCustomers(Parts):
    """Whom a project is for, each once."""

    adding, removing = _("Add a customer"), _("Remove the customer")
    ordered = False
    schema_type = partial(Sequence, MOST_CUSTOMERS)
    customer = ProjectCustomerSchema(title=_("Customer"))

    def validator(self, node: Any, rows: list[dict[str, Any]]) -> None:
        """Refuse a customer who is named twice."""
        keys = [row["account_id"] for row in rows]
        if len(set(keys)) < len(keys):
            raise refuse(node, _("Name each customer once only."))


class ProjectSchema(Schema):
    """A project.  Bindings: ``companies`` (pairs, for a new one), ``customers``."""

    company_id = Choice(
        "companies",
        title=_("Company"),
        description=_("Whose project it is; this cannot be changed later."),
        where_there_is_a_choice=True,
    )
    code = Line(
        longest=LONGEST_CODE,
        title=_("Code"),
        description=_("Short and your own: each project of a company has another."),
        span="f3",
    )
    name = Line(longest=150, title=_("Name"))
    start_date = Day(title=_("From"), missing=None)
    end_date = Day(title=_("To"), missing=None)
    definition = Text(
        title=_("What it is about"), missing="", hints={"rows": "4"}, span="f12"
    )
    customers = ProjectCustomers(
        title=_("Customers"), missing=(), preparer=with_somebody
    )

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Refuse a project that ends before it starts."""
        start, end = data["start_date"], data["end_date"]
        if start and end and end < start:
            raise wrong(node, end_date=_("It ends before it starts."))

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for the company only where there is a choice."""
        if not bindings.get("companies"):
            del self["company_id"]


class PhaseSchema(Schema):
    """A phase of a project."""

    name = Line(
        longest=150,
        title=_("Name"),
        description=_("Such as “Study” or “First floor”: it groups documents."),
    )


class BusinessSchema(Schema):
    """A business.  Bindings: ``companies`` (pairs, for a new one), ``projects``."""

    company_id = Choice(
        "companies",
        title=_("Company"),
        description=_("Whose business it is; this cannot be changed later."),
        where_there_is_a_choice=True,
    )
    name = Line(
        longest=150,
        title=_("Name"),
        description=_("What was agreed with the customer, in a few words."),
    )
    project_id = Picked(
        "projects",
        title=_("Project"),
        description=_("All documents of the business are in it, and move with it."),
        missing=None,
    )
    business_type_id = Choice(
        "business_types",
        title=_("Business type"),
        missing=None,
        where_there_is_a_choice=True,
    )

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for the company only where there is a choice."""
        if not bindings.get("companies"):
            del self["company_id"]
