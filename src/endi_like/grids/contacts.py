"""The lists of the directory and of customers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from endi_like.grids.core import Grid
from endi_like.grids.parts import Column, Reference, Search, Tick
from endi_like.i18n import _
from endi_like.models.contacts import Customer, Entity
from endi_like.models.people import Company


class ContactGrid(Grid):
    """Every entity the user may view."""

    model = Entity
    title = _("Contacts")
    default_sort = "name"
    size = 50
    filters = (Search("name", _("Name"), Entity.names_key),)
    columns = (
        Column("name", _("Name"), (Entity.name,), sort=Entity.sort_name, link=True),
        Column(
            "control_code",
            _("Control code"),
            (Entity.control_code,),
            sort=Entity.code_key,
        ),
        Column("city", _("City"), (Entity.city,), sort=Entity.sort_city),
        Column("phone", _("Phone"), (Entity.phone,)),
        Column("email", _("E-mail"), (Entity.email,)),
    )


class CustomerGrid(Grid):
    """Every customer the user may view."""

    model = Customer
    title = _("Customers")
    default_sort = "name"
    filters = (
        Search("q", _("Name, number or city"), Customer.search_key),
        Reference("company", _("Company"), Customer.company_id, "companies"),
        Tick("inactive", _("No longer used"), lambda: Customer.active.is_(False)),
    )
    columns = (
        Column("name", _("Name"), (Customer.name,), sort=Customer.sort_name, link=True),
        Column("number", _("Number"), (Customer.number,), wide=True),
        Column(
            "company", _("Company"), (Company.name,), sort=Company.sort_name, wide=True
        ),
        Column("postal_code", _("Postcode"), (Entity.postal_code,), wide=True),
        Column("city", _("City"), (Entity.city,), sort=Entity.sort_city),
        Column("email", _("E-mail"), (Entity.email,), wide=True),
        Column("phone", _("Phone"), (Entity.phone,)),
    )

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join entity and company."""
        return (
            query.select_from(Customer)
            .join(Entity, Customer.entity_id == Entity.id)
            .join(Company, Customer.company_id == Company.id)
        )
