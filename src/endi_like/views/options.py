"""The options of documents, all by one mechanism: a table of kinds, three pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from endi_like.forms import options as forms
from endi_like.grids import GRIDS
from endi_like.i18n import _
from endi_like.models.options import (
    BankAccount,
    BusinessType,
    Mention,
    PaymentConditions,
    PaymentMode,
    VatRate,
    WorkUnit,
)
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.options import OptionResource
from endi_like.services import options
from endi_like.views.administered import past_of, told
from endi_like.views.cells import Cells
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import EditForm
from endi_like.views.programs import plain

TEMPLATE = "endi_like:templates/options/option_form.jinja2"


@dataclass(frozen=True)
class Kind:
    """What is particular about one kind of option: its form, and what it is called."""

    schema: type[forms.OptionSchema]
    new: str
    edit: str


KINDS: dict[Any, Kind] = {
    VatRate: Kind(forms.VatRateSchema, _("New VAT rate"), _("Edit the VAT rate")),
    PaymentMode: Kind(
        forms.PaymentModeSchema, _("New payment mode"), _("Edit the payment mode")
    ),
    PaymentConditions: Kind(
        forms.PaymentConditionsSchema,
        _("New payment conditions"),
        _("Edit the payment conditions"),
    ),
    BankAccount: Kind(
        forms.BankAccountSchema, _("New bank account"), _("Edit the bank account")
    ),
    Mention: Kind(forms.MentionSchema, _("New mention"), _("Edit the mention")),
    BusinessType: Kind(
        forms.BusinessTypeSchema,
        _("New business type"),
        _("Edit the business type"),
    ),
    WorkUnit: Kind(forms.WorkUnitSchema, _("New unit"), _("Edit the unit")),
}


class OptionForm:
    """What the new and the edit form have in common."""

    context: Any
    request: Any

    @property
    def model(self) -> Any:
        """Return the kind of option."""
        raise NotImplementedError

    @property
    def schema(self) -> type[forms.OptionSchema]:
        """Return the schema of the kind."""
        return KINDS[self.model].schema

    def page(self, form: Any, **extra: Any) -> dict[str, Any]:
        """Return what the template shows, with the way back."""
        collection = self.context
        if isinstance(collection, OptionResource):
            collection = collection.__parent__
        leave = self.request.resource_path(collection)
        extra = {
            "list_title": GRIDS[self.model].title,
            "fixed": False,
            "past": None,
        } | extra
        found: dict[str, Any] = super().page(form, leave_url=leave, **extra)  # type: ignore[misc]
        return found

    def store(self, option: Any, data: dict[str, Any]) -> None:
        """Write the values into the option."""
        if "kind" in data:
            data = rate_values(self.request.db, option, data)
        options.save(self.request.db, option, data)

    def next(self, option: Any) -> Any:
        """Return where to go: a program to the option, people to the list of them."""
        collection = self.context
        if isinstance(collection, OptionResource):
            collection = collection.__parent__
        return collection.wrap(option) if self.request.wants_json else collection


def rate_values(db: Any, rate: VatRate, data: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a rate; a named zero rate keeps its value, or gets one."""
    value = data["value"]
    if data["kind"] == forms.NAMED_ZERO:
        known = rate.value
        value = known if known is not None and known < 0 else options.fresh_zero(db)
    kept = {name: one for name, one in data.items() if name != "kind"}
    return {**kept, "value": value}


class AddOption(OptionForm, AddForm):
    """Offer one option more."""

    @property
    def model(self) -> Any:
        """Return what the collection holds."""
        return self.context.item_class.model

    @property
    def title(self) -> Any:
        """Return what the page is called."""
        return KINDS[self.model].new

    def target(self, item: Any) -> Any:
        """Go back to the list."""
        return self.next(item)


for model in KINDS:
    form_view(
        context=Collection,
        holds=model,
        name="add",
        permission=Permission.ADD,
        renderer=TEMPLATE,
    )(AddOption)


@form_view(
    context=OptionResource, name="edit", permission=Permission.EDIT, renderer=TEMPLATE
)
class EditOption(OptionForm, EditForm):
    """Change an option, or offer it no longer."""

    @property
    def model(self) -> Any:
        """Return the kind of the option."""
        return self.context.model

    @property
    def title(self) -> Any:
        """Return what the page is called."""
        return KINDS[self.model].edit

    def page(self, form: Any, **extra: Any) -> dict[str, Any]:
        """Say beforehand whether the option's values can still change."""
        fixed = options.is_fixed(self.request.db, self.context.node)
        past = past_of(self.request, self.context)
        return super().page(form, fixed=fixed, past=past, **extra)

    def appstruct(self) -> dict[str, Any]:
        """Open with the option as it is."""
        option = self.context.node
        names = [child.name for child in self.schema() if child.name != "kind"]
        found = {name: getattr(option, name) for name in names}
        if isinstance(option, VatRate):
            found |= forms.shown_rate(option.value)
        return found

    def save(self, data: dict[str, Any]) -> Any:
        """Change the option and go back to the list."""
        self.store(self.context.node, data)
        return self.next(self.context.node)


@view_config(
    context=OptionResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/options/option.jinja2",
)
def option_page(context: OptionResource, request: Any) -> Any:
    """Show an option to those who only read; the others go on to its form."""
    base = request.resource_path(context)
    if request.has_permission(Permission.EDIT, context):
        return HTTPSeeOther(f"{base}edit")
    grid, cells = GRIDS[context.model], Cells(request)
    return {
        "title": context.node.title,
        "list_title": grid.title,
        "past": past_of(request, context),
        "list_url": request.resource_path(context.__parent__),
        "facts": [
            (column.label, cells(column.kind, value), "")
            for column, value in values(grid, context.node)
        ],
    }


@view_config(
    context=OptionResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def option_json(context: OptionResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    option = context.node
    names = ("label", "position", "default", "active", *options.VALUES[context.model])
    found = {name: getattr(option, name) for name in names}
    if isinstance(option, VatRate):
        found |= forms.shown_rate(option.value)
    place = {"url": request.resource_path(context)} | told(request, context)
    return {"id": option.id, "version": option.version, **place, **plain(found)}


def values(grid: Any, row: Any) -> Any:
    """Yield each column of the list with its value for one row."""
    for column in grid.columns:
        read = tuple(getattr(row, need.key) for need in column.needs)
        yield column, column.read(read)
