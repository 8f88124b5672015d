"""The list of what companies have received from one another."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import aliased

from endi_like.grids.core import Grid
from endi_like.grids.parts import (
    Bound,
    Column,
    Filter,
    Reference,
    Search,
    status_choice,
)
from endi_like.grids.sales.tasks import money_column
from endi_like.i18n import _
from endi_like.models.people import Company
from endi_like.models.purchases import SupplierInvoice
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.purchases import RECEPTION

RECEIVED = SupplierInvoice.__table__.c
ISSUER = aliased(Company)


class SupplierInvoiceGrid(Grid):
    """Everything received that the user may view."""

    model = SupplierInvoice
    title = _("Received from within")
    default_sort = "-date"
    bulk = (RECEPTION.actions["acknowledge"],)
    views = (
        (_("To acknowledge"), {"reception_status": "received"}),
        (_("All"), {}),
    )
    filters: tuple[Filter, ...] = (
        Search("q", _("Number or subject"), RECEIVED.search_key),
        Bound("from", _("From"), RECEIVED.date, "day", least=True),
        Bound("to", _("To"), RECEIVED.date, "day", least=False),
        Reference("company", _("Company"), RECEIVED.company_id, "companies"),
        Reference("issuer", _("Received from"), RECEIVED.issuer_id, "companies"),
        status_choice(RECEPTION, SupplierInvoice),
    )

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        super().__init__(scope, today, sight)
        self.columns = (
            Column(
                "number",
                _("Number"),
                (RECEIVED.number,),
                sort=RECEIVED.number_key,
                link=True,
            ),
            Column("date", _("Date"), (RECEIVED.date,), kind="day", sort=RECEIVED.date),
            Column("company", _("Company"), (Company.name,), wide=True),
            Column(
                "issuer",
                _("Received from"),
                (ISSUER.name,),
                under=SupplierInvoice.name,
                under_label=_("Subject"),
            ),
            Column(
                "status",
                _("State"),
                (RECEIVED.reception_status,),
                show=lambda name: [RECEPTION.states[name]],
                kind="states",
            ),
            money_column("ht", _("Excl. VAT"), RECEIVED.ht, wide=True),
            money_column("ttc", _("Incl. VAT"), RECEIVED.ttc),
        )

    @property
    def counted_in(self) -> Any:
        """Leave the node out: what is filtered by is in the table of the dates."""
        return SupplierInvoice.__table__

    @property
    def key(self) -> Any:
        """Return the id in the table of the dates, as their index has both."""
        return RECEIVED.id

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join both companies."""
        return (
            query.select_from(SupplierInvoice)
            .join(Company, Company.id == RECEIVED.company_id)
            .join(ISSUER, ISSUER.id == RECEIVED.issuer_id)
        )

    def counted_by(self, params: Any) -> tuple[ColumnElement[Any], ...]:
        """Return the order of the index of the dates."""
        return RECEIVED.date.desc(), RECEIVED.id.desc()
