"""Categories: what a catalogue is sorted under."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from endi_like.forms.catalogue import CategorySchema
from endi_like.i18n import _
from endi_like.models.catalogue import Category
from endi_like.permissions import Permission
from endi_like.resources.catalogue import CategoryResource
from endi_like.resources.core import Collection
from endi_like.services import catalogue
from endi_like.views.actions import sent, text
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import ItemForm
from endi_like.views.programs import record
from endi_like.views.projects.form import OfCompany
from endi_like.views.sections import Sections
from endi_like.workflow.errors import Stale

TEMPLATE = "endi_like:templates/layouts/sections.jinja2"


@view_config(
    context=CategoryResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/catalogue/category.jinja2",
)
def page(context: CategoryResource, request: Any) -> dict[str, Any]:
    """Show a category: how many things are in it, and where they are."""
    names = (Permission.EDIT, Permission.DELETE)
    root = context.__parent__.__parent__
    return {
        "category": context.node,
        "base": request.resource_path(context),
        "list_url": request.resource_path(context.__parent__),
        "catalogue_url": request.resource_path(root["catalogue"]),
        "held": catalogue.held_by(request.db, context.node),
        "may": {name: request.has_permission(name, context) for name in names},
    }


@view_config(
    context=CategoryResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: CategoryResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    category = context.node
    found = {"company_id": category.company_id, "label": category.label}
    return {**record(request, context), **found}


class CategoryForm(Sections):
    """What the new and the edit form have in common."""

    schema = CategorySchema
    list_title = _("Categories")
    sections = ((_("What it is"), "", ("company_id", "label")),)
    request: Any

    def change(self, item: Category, data: dict[str, Any]) -> None:
        """Write the label."""
        catalogue.save_category(self.request.db, item, data["label"])


@form_view(
    context=Collection,
    holds=Category,
    name="add",
    permission=Permission.ADD,
    renderer=TEMPLATE,
)
class AddCategory(OfCompany, CategoryForm, AddForm):
    """Add a category to a catalogue."""

    title = _("New category")
    saved = _("The category is saved.")

    def bindings(self) -> dict[str, Any]:
        """Offer the companies, if there are several."""
        return {"companies": self.several()}

    def appstruct(self) -> dict[str, Any]:
        """Open with the only company, if there is one only."""
        return self.preset()

    def store(self, item: Category, data: dict[str, Any]) -> None:
        """Write the values."""
        self.change(item, data)


@form_view(
    context=CategoryResource, name="edit", permission=Permission.EDIT, renderer=TEMPLATE
)
class EditCategory(CategoryForm, ItemForm):
    """Call a category otherwise."""

    title = _("Rename the category")

    def appstruct(self) -> dict[str, Any]:
        """Open with the label as it is."""
        return {"label": self.context.node.label}


@view_config(
    context=CategoryResource,
    name="delete",
    request_method="POST",
    permission=Permission.DELETE,
)
def delete(context: CategoryResource, request: Any) -> Any:
    """Take an empty category away."""
    if text(sent(request), "version") != str(context.version):
        raise Stale
    catalogue.remove_category(request.db, context.node)
    said = request.translate(_("The category is deleted."))
    if request.wants_json:
        return Response(json_body={"said": said})
    request.flash(said)
    return HTTPSeeOther(request.resource_url(context.__parent__))
