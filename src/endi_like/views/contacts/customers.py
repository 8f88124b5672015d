"""Customers: their page, with what they owe, and the forms of new and known ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.view import view_config

from endi_like.forms.contacts import (
    KIND_NAMES,
    CustomerSchema,
    language_name,
    languages,
)
from endi_like.forms.core import Form
from endi_like.grids.sales import InvoiceGrid
from endi_like.i18n import _
from endi_like.models.contacts import Customer
from endi_like.models.sales import Invoice
from endi_like.permissions import Permission
from endi_like.resources.contacts import CustomerResource
from endi_like.resources.core import Collection
from endi_like.services.contacts import customers
from endi_like.services.contacts.duplicates.asking import compare_later
from endi_like.services.files.attachments import all_of
from endi_like.views.attached import all_as_json, attached
from endi_like.views.beside import neighbours
from endi_like.views.conflicts import Conflict
from endi_like.views.contacts.beware import Beware, Known
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import ItemForm
from endi_like.views.sections import Sections
from endi_like.views.timeline import shown

TEMPLATE = "endi_like:templates/contacts/customer_form.jinja2"
ALIKE = _("There is a customer of that name or VAT number already: is this the same?")


@view_config(
    context=CustomerResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/contacts/customer.jinja2",
)
def customer_page(context: CustomerResource, request: Any) -> dict[str, Any]:
    """Show a customer, what they owe, and their last invoices."""
    db, account = request.db, context.node
    invoices = context.__parent__.__parent__["invoices"]
    scope = invoices.scope(request.identity)
    grid = InvoiceGrid(scope, request.today)
    entity = account.entity
    return {
        "account": account,
        "entity": entity,
        "facts": customers.values(account),
        "kind": KIND_NAMES[entity.kind],
        "language": language_name(entity.language),
        "base": request.resource_path(context),
        "contact_url": contact_url(context, request),
        "invoices_url": request.resource_path(invoices),
        "balance": customers.balance(db, account.id, scope, request.today),
        "invoices": [
            (one, grid.states(grid.today, *states_of(one)))
            for one in customers.last_invoices(db, account.id, scope)
        ],
        "attached": attached(request, context, all_of(db, context.place)),
        "timeline": shown(request, context),
        "neighbours": neighbours(request, context),
        "may_edit": request.has_permission(Permission.EDIT, context),
        "may_invoice": may_invoice(account, invoices, request),
    }


def contact_url(context: CustomerResource, request: Any) -> str:
    """Return where all is shown that is known of the customer; nothing if unseen.

    Who has the account sees the contact behind it, unless it is confidential.
    """
    contacts = context.__parent__.__parent__["contacts"]
    entity = contacts.wrap(context.node.entity)
    may = request.has_permission(Permission.VIEW, entity)
    return request.resource_path(entity) if may else ""


def may_invoice(account: Customer, invoices: Collection, request: Any) -> bool:
    """Tell whether the user may write an invoice for the customer now."""
    if not (account.active and account.company.active):
        return False
    draft = invoices.wrap(Invoice(company_id=account.company_id))
    return bool(request.has_permission(Permission.ADD, draft))


def states_of(row: Any) -> tuple[Any, ...]:
    """Return what the list of invoices makes its states of."""
    return row.validation_status, row.paid_status, row.closure_status, row.due_date


@view_config(
    context=CustomerResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def customer_json(context: CustomerResource, request: Any) -> dict[str, Any]:
    """Answer the same customer as JSON."""
    account = context.node
    scope = context.__parent__.__parent__["invoices"].scope(request.identity)
    owed = customers.balance(request.db, account.id, scope, request.today)
    return {
        "id": account.id,
        "version": account.entity.version,
        "url": request.resource_path(context),
        "company_id": account.company_id,
        **customers.values(account),
        "files": all_as_json(request, context, all_of(request.db, context.place)),
        "invoices": owed.invoices,
        "to_pay": str(owed.to_pay),
        "late": str(owed.late),
    }


def pairs(companies: Iterable[Any]) -> list[tuple[int, str]]:
    """Return companies as a field offers them."""
    return [(one.id, one.name) for one in companies]


class CustomerForm(Beware, Sections):
    """What the new and the edit form have in common."""

    schema = CustomerSchema
    list_title = _("Customers")
    sections = (
        (
            _("Who it is"),
            "",
            ("company_id", "kind", "name", "contact_name", "number", "active"),
        ),
        (_("Within the organisation"), "", ("internal_company_id",)),
        (
            _("Address"),
            _("Where letters go; an invoice keeps the address it was validated with."),
            ("address", "postal_code", "city", "country"),
        ),
        (_("Reaching them"), "", ("email", "phone", "language")),
        (_("Tax"), "", ("vat_number",)),
    )

    def beware(self, account: Customer, data: dict[str, Any]) -> None:
        """Ask whether it is one alike, of the customers of the company."""
        same = customers.alike(
            self.request.db,
            account.company_id,
            name=data["name"],
            vat_number=data["vat_number"],
            but=account.id,
        )
        path = self.request.resource_path(self.collection)
        self.ask([Known(one.title, f"{path}{one.id}/") for one in same], data, ALIKE)


@form_view(
    context=Collection,
    holds=Customer,
    name="add",
    permission=Permission.ADD,
    renderer=TEMPLATE,
)
class AddCustomer(CustomerForm, AddForm):
    """Enter a new customer."""

    title = _("New customer")
    saved = _("The customer is saved.")

    def bindings(self) -> dict[str, Any]:
        """Offer the companies that may have a new customer, if there are several."""
        self.offered = self.companies()
        if not self.offered:
            raise HTTPForbidden(_("None of your companies is in use any more."))
        several = self.offered[1:] and self.offered
        own = None if several else self.offered[0].id
        return {
            "companies": pairs(several),
            "internal_companies": pairs(customers.others(self.request.db, own)),
            "languages": languages(),
        }

    def appstruct(self) -> dict[str, Any]:
        """Open with the company's country and the reader's language."""
        country = self.offered[0].country or "FR"
        return {"country": country, "language": self.request.locale_name}

    def build(self, data: dict[str, Any]) -> Customer:
        """Return an account of the company that was chosen, or is the only one."""
        chosen = data.get("company_id", self.offered[0].id)
        company = next(one for one in self.offered if one.id == chosen)
        return customers.new_customer(self.request.db, company)

    def store(self, item: Customer, data: dict[str, Any]) -> None:
        """Write the values, unless the customer seems to be known already."""
        self.beware(item, data)
        customers.write(self.request.db, item, data)
        self.request.db.add(item)
        compare_later(self.request.db, item.entity, self.request.registry["clock"]())


@form_view(
    context=CustomerResource, name="edit", permission=Permission.EDIT, renderer=TEMPLATE
)
class EditCustomer(CustomerForm, ItemForm):
    """Change a customer; the history keeps what was."""

    title = _("Edit the customer")

    def bindings(self) -> dict[str, Any]:
        """Tell the schema that the customer exists, and keep its language."""
        account = self.context.node
        kept = account.company_id, account.internal_company_id
        return {
            "known": True,
            "internal_companies": pairs(customers.others(self.request.db, *kept)),
            "languages": languages(account.entity.language),
        }

    def appstruct(self) -> dict[str, Any]:
        """Open with the customer as it is."""
        return customers.values(self.context.node)

    def change(self, item: Customer, data: dict[str, Any]) -> None:
        """Write the values."""
        self.beware(item, data)
        customers.write(self.request.db, item, data)
        compare_later(self.request.db, item.entity, self.request.registry["clock"]())

    def difference(self, form: Form, mine: dict[str, Any]) -> Conflict:
        """Say who was faster: the directory knows."""
        entity = self.context.node.entity
        found = super().difference(form, mine)
        who = entity.updated_by
        oneself = bool(who) and who.id == self.request.identity.user_id
        return replace(
            found, who=who.name if who else "", at=entity.updated_at, mine=oneself
        )
