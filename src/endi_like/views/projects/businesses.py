"""Businesses: their page, with what is invoiced and paid, and their forms."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

import colander
from pyramid.view import view_config

from endi_like.forms.projects import BusinessSchema
from endi_like.i18n import _, ngettext
from endi_like.models.estimations import PaymentDeadline
from endi_like.models.options import BusinessType
from endi_like.models.projects import Business, Project
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.projects import BusinessResource
from endi_like.services import businesses, history, invoicing, projects, siblings
from endi_like.services.businesses import Figures
from endi_like.services.choices import options, preset
from endi_like.services.refusals import WrongValues
from endi_like.views.actions import finished, sent, text
from endi_like.views.attached import all_as_json, attached
from endi_like.views.beside import neighbours
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import ItemForm
from endi_like.views.programs import record
from endi_like.views.projects import offers, picking
from endi_like.views.projects.form import TEMPLATE, OfCompany
from endi_like.views.projects.page import (
    TO_MOVE,
    documents_as_json,
    into_the_bin,
    listed,
    ticked,
)
from endi_like.views.sales.estimations import deadline_as_json, may_invoice
from endi_like.views.sections import Sections
from endi_like.views.timeline import shown
from endi_like.views.withheld import withheld

FIELDS = ("company_id", "name", "project_id", "business_type_id")
FIGURES = ("estimated", "agreed", "invoiced", "to_invoice", "to_pay", "late")


@view_config(
    context=BusinessResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/projects/business.jinja2",
)
def page(context: BusinessResource, request: Any) -> dict[str, Any]:
    """Show a business: what it comes to, its documents, and its past."""
    business, root = context.node, context.__parent__.__parent__
    found = projects.documents(request.db, "business_id", business.id)
    sums = businesses.figures(found, request.today)
    names = (Permission.EDIT, Permission.DELETE)
    may = {name: request.has_permission(name, context) for name in names}
    offers = businesses.offers(found)
    way = invoicing.way_of(request.db, offers[0]) if offers else None
    return {
        "business": business,
        "base": request.resource_path(context),
        "documents": list(listed(request, root, found)),
        "way": way,
        "offers": [(one, businesses.asked_for(one, found)) for one in offers],
        "deadlines": deadlines(request.db, business, way),
        "may_invoice": bool(offers) and may_invoice(context, request),
        "invoices_url": request.resource_path(root["invoices"]),
        "estimations_url": request.resource_path(root["estimations"]),
        "candidates": offered_to(context, request, may),
        "customers": customers(found),
        "customers_url": request.resource_path(root["customers"]),
        "project_url": request.resource_path(root["projects"]),
        "figures": sums,
        "bar": bar(sums),
        "health": businesses.health(sums),
        "currency": request.currency,
        "may": may,
        "why": withheld(context, may, projects.holds_documents(len(found))),
        "timeline": shown(request, context),
        "attached": attached(request, context, history.files(request.db, business)),
        "neighbours": neighbours(request, context),
    }


def deadlines(db: Any, business: Business, way: str | None) -> list[PaymentDeadline]:
    """Return the deadlines of a business; what is invoiced by progress has none."""
    return [] if way == invoicing.PROGRESS else businesses.deadlines(db, business)


def offered_to(context: BusinessResource, request: Any, may: Any) -> picking.Offered:
    """Return the documents that may be put into the business by this user."""
    if not may[Permission.EDIT]:
        return picking.Offered()
    root, db, business = context.__parent__.__parent__, request.db, context.node
    find = partial(businesses.candidates, db, business)
    return picking.offered(request, root, find)


def customers(found: Any) -> list[Any]:
    """Return the customers of documents, each once, by name."""
    known = {one.account_id: one.account for one in found}
    return sorted(known.values(), key=lambda one: (one.name, one.id))


def bar(sums: Figures) -> dict[str, int]:
    """Return per mille of what is paid, what waits to be, and what is to be invoiced.

    The whole is what was agreed, or what was invoiced if that is more.
    """
    whole = max(sums.agreed, sums.invoiced)
    if whole <= 0:
        return {}
    paid = max(sums.invoiced - sums.to_pay, businesses.ZERO)
    parts = {
        "paid": paid,
        "late": max(sums.late, businesses.ZERO),
        "to_pay": max(sums.to_pay - sums.late, businesses.ZERO),
        "to_invoice": max(sums.to_invoice, businesses.ZERO),
    }
    return {name: int(1000 * part / whole) for name, part in parts.items()}


@view_config(
    context=BusinessResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: BusinessResource, request: Any) -> dict[str, Any]:
    """Answer the same business as JSON."""
    business, root = context.node, context.__parent__.__parent__
    found = projects.documents(request.db, "business_id", business.id)
    sums = businesses.figures(found, request.today)
    offers = businesses.offers(found)
    way = invoicing.way_of(request.db, offers[0]) if offers else None
    return {
        "name": business.name,
        "project_id": business.project_id,
        "business_type_id": business.business_type_id,
        **record(request, context),
        "company_id": business.company_id,
        **{name: str(getattr(sums, name)) for name in FIGURES},
        "health": businesses.health(sums).name,
        "way": way,
        "deadlines": [
            deadline_as_json(one) for one in deadlines(request.db, business, way)
        ],
        "documents": documents_as_json(list(listed(request, root, found))),
        "files": all_as_json(request, context, history.files(request.db, business)),
    }


@view_config(
    context=BusinessResource,
    name="delete",
    request_method="POST",
    permission=Permission.DELETE,
)
def delete(context: BusinessResource, request: Any) -> Any:
    """Put a business into the bin that holds no documents."""
    context.node.expect(text(sent(request), "version"))
    count = projects.how_many(request.db, "business_id", context.node.id)
    return into_the_bin(context, request, projects.holds_documents(count))


@view_config(
    context=BusinessResource,
    name="put",
    request_method="POST",
    permission=Permission.EDIT,
)
def put(context: BusinessResource, request: Any) -> Any:
    """Put ticked documents of the company into the business."""
    business = context.node
    business.expect(text(sent(request), "version"))
    moves = request.transitions
    moved = businesses.put(request.db, ticked(request, TO_MOVE), business, moves)
    said = ngettext("${n} document is put in.", "${n} documents are put in.", moved)
    return finished(request, context, said)


@view_config(
    context=BusinessResource,
    name="take-out",
    request_method="POST",
    permission=Permission.EDIT,
)
def take_out(context: BusinessResource, request: Any) -> Any:
    """Take ticked documents out of the business; they stay in their project."""
    business = context.node
    business.expect(text(sent(request), "version"))
    moves = request.transitions
    moved = businesses.take_out(request.db, ticked(request, TO_MOVE), business, moves)
    said = ngettext(
        "${n} document is taken out.", "${n} documents are taken out.", moved
    )
    return finished(request, context, said)


def given(key: int | None) -> Any:
    """Return what a field opens with that may be left empty."""
    return colander.null if key is None else key


class BusinessForm(Sections):
    """What the new and the edit form have in common."""

    schema = BusinessSchema
    list_title = _("Businesses")
    sections: ClassVar = ((_("What it is"), "", FIELDS),)

    def write(self, business: Business, data: dict[str, Any]) -> None:
        """Write the values; refuse a project of another company."""
        db, key = self.request.db, data["project_id"]
        project = db.get(Project, key) if key else None
        if project is not None and project.company_id != business.company_id:
            raise WrongValues(project_id=projects.ELSEWHERE)
        business.name = data["name"]
        siblings.move_business(db, business, project)
        business.business_type_id = data["business_type_id"]

    def types(self, kept: int | None = None) -> list[tuple[int, str]]:
        """Return the types of business to choose from."""
        found = options(self.request.db, BusinessType, keep=[kept])
        return [(one.id, one.label) for one in found]


@form_view(
    context=Collection,
    holds=Business,
    name="add",
    permission=Permission.ADD,
    renderer=TEMPLATE,
)
class AddBusiness(OfCompany, BusinessForm, AddForm):
    """Begin a business."""

    title = _("New business")
    saved = _("The business is saved.")

    def bindings(self) -> dict[str, Any]:
        """Offer the companies, if there are several, and their open projects."""
        several = self.several()
        collection = self.context.__parent__["projects"]
        found = offers.projects(self.request, collection, self.only())
        if self.only() is None:
            found = replace(found, along=("company", "company_id"))
        types = self.types()
        return {"companies": several, "projects": found, "business_types": types}

    def appstruct(self) -> dict[str, Any]:
        """Open with the only company, if there is one only, and the usual type."""
        usual = preset(options(self.request.db, BusinessType))
        return {**self.preset(), "business_type_id": given(usual)}

    def store(self, item: Business, data: dict[str, Any]) -> None:
        """Write the values."""
        with self.request.db.no_autoflush:
            self.write(item, data)
        self.request.db.add(item)


@form_view(
    context=BusinessResource, name="edit", permission=Permission.EDIT, renderer=TEMPLATE
)
class EditBusiness(BusinessForm, ItemForm):
    """Change a business; the history keeps what was."""

    title = _("Edit the business")

    def bindings(self) -> dict[str, Any]:
        """Offer the open projects of the company, and the one that was chosen."""
        business = self.context.node
        found = offers.projects(
            self.request,
            self.collection.__parent__["projects"],
            business.company_id,
            business.project,
        )
        types = self.types(business.business_type_id)
        return {"projects": found, "business_types": types}

    def appstruct(self) -> dict[str, Any]:
        """Open with the business as it is."""
        business = self.context.node
        return {
            "name": business.name,
            "project_id": given(business.project_id),
            "business_type_id": given(business.business_type_id),
        }

    def change(self, item: Business, data: dict[str, Any]) -> None:
        """Write the values."""
        self.write(item, data)
