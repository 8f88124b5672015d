"""The list of customers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from endi_like.grids.core import Grid
from endi_like.grids.parts import Column, Reference, Search, Tick
from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount, Entity
from endi_like.models.people import Company


class CustomerGrid(Grid):
    """Every customer the user may view."""

    model = CreditAccount
    title = _("Customers")
    default_sort = "name"
    filters = (
        Search("q", _("Name, number or town"), CreditAccount.search_key),
        Reference("company", _("Company"), CreditAccount.company_id, "companies"),
        Tick("inactive", _("No longer used"), lambda: CreditAccount.active.is_(False)),
    )
    columns = (
        Column(
            "name",
            _("Name"),
            (CreditAccount.name,),
            sort=CreditAccount.sort_name,
            link=True,
        ),
        Column("number", _("Number"), (CreditAccount.number,), wide=True),
        Column(
            "company", _("Company"), (Company.name,), sort=Company.sort_name, wide=True
        ),
        Column("postcode", _("Postcode"), (Entity.postcode,), wide=True),
        Column("town", _("Town"), (Entity.town,), sort=Entity.sort_town),
        Column("email", _("E-mail"), (Entity.email,), wide=True),
        Column("phone", _("Phone"), (Entity.phone,)),
    )

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join entity and company."""
        return (
            query.select_from(CreditAccount)
            .join(Entity, CreditAccount.entity_id == Entity.id)
            .join(Company, CreditAccount.company_id == Company.id)
        )
