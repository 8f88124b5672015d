"""Every list, by the class of its collection; one module per domain."""

from typing import Any

from endi_like.grids import (
    businesses,
    catalogue,
    contacts,
    jobs,
    mail,
    options,
    people,
    projects,
    purchases,
    sales,
)
from endi_like.grids.core import Grid

GRIDS: dict[Any, type[Grid]] = {
    grid.of or grid.model: grid
    for grid in (
        *sales.GRIDS,
        purchases.SupplierInvoiceGrid,
        projects.ProjectGrid,
        businesses.BusinessGrid,
        *catalogue.GRIDS,
        contacts.ContactGrid,
        contacts.CustomerGrid,
        people.UserGrid,
        people.CompanyGrid,
        *options.GRIDS,
        *jobs.GRIDS,
        mail.MailGrid,
    )
}
