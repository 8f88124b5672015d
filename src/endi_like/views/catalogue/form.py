"""The forms of the catalogue: products, work items and groups of lines."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import colander

from endi_like.forms.catalogue import CatalogueItemSchema
from endi_like.forms.core import Form
from endi_like.forms.fields import Search
from endi_like.grids.catalogue import KINDS
from endi_like.i18n import _
from endi_like.models.catalogue import GROUP, CatalogueItem, Category
from endi_like.models.options import VatRate, WorkUnit
from endi_like.permissions import Permission
from endi_like.resources.catalogue import CatalogueItemResource
from endi_like.resources.core import Collection
from endi_like.services import catalogue, choices
from endi_like.views.actions import text
from endi_like.views.catalogue import offers
from endi_like.views.contacts.offers import typed
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import ItemForm
from endi_like.views.projects.form import OfCompany
from endi_like.views.sales.offers import pairs
from endi_like.views.sections import Sections

TEMPLATE = "endi_like:templates/catalogue/form.jinja2"
SECTIONS = (
    (
        _("What it is"),
        "",
        ("company_id", "kind", "name", "reference", "category_id", "description"),
    ),
    (
        _("Price"),
        _("What has parts costs what they come to."),
        ("mode", "cost", "unit", "vat_id", "product"),
    ),
    (
        _("From the supplier's cost"),
        _(
            "Overhead is put on the cost; margin, contribution and insurance are parts "
            "of the price."
        ),
        ("supplier_cost", *catalogue.RATES),
    ),
    (
        _("Parts"),
        _("What is left empty of a part is that of the catalogue, and follows it."),
        ("parts",),
    ),
)


def searching(
    url: str,
    label: Callable[[int], str | None],
    likely: Callable[[], list[tuple[int, str]]],
    company_id: int | None,
) -> Search:
    """Return a search in the catalogue of a company, or of the one that is chosen."""
    if company_id is None:
        return Search(url, label, likely, along=("company", "company_id"))
    return Search(f"{url}&company={company_id}", label, likely)


class ItemOfCatalogue(Sections):
    """What the new and the edit form have in common."""

    schema = CatalogueItemSchema
    list_title = _("Catalogue")
    sections: ClassVar = SECTIONS
    context: Any
    request: Any

    @property
    def item(self) -> CatalogueItem | None:
        """Return what is edited, if it is stored."""
        return None

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Return what the template shows, with the units that are suggested."""
        units = choices.options(self.request.db, WorkUnit)
        return super().page(form, units=[one.label for one in units], **values)

    def offers(self, company_id: int | None) -> dict[str, Any]:
        """Return what the fields offer; what it has already stays offered."""
        item = self.item
        lines = item.parts if item else []
        kept = [line.vat_id for line in lines] + [item.vat_id if item else None]
        rates = choices.options(self.request.db, VatRate, keep=kept)
        self.rates = rates
        return {
            "vat_rates": pairs(rates),
            "categories": self.categories(company_id),
            "things": self.things(company_id),
            "kinds": [
                (name, state.label)
                for name, state in KINDS.items()
                if item is None or item.kind == name
            ],
        }

    def categories(self, company_id: int | None) -> Search:
        """Return the search among the categories of the company."""
        db = self.request.db
        collection = self.collection.__parent__["categories"]
        scope = collection.scope(self.request.identity)

        @cache
        def label(key: int) -> str | None:
            own = [] if company_id is None else [Category.company_id == company_id]
            found = choices.title(db, Category, key, [scope])
            return found if not own or choices.title(db, Category, key, own) else None

        def likely() -> list[tuple[int, str]]:
            words = " ".join(typed(self.request, "category_id"))
            found = choices.categories(db, scope, words, company_id)
            return [(one.id, one.label) for one in found]

        url = f"{self.request.resource_path(collection)}find?open=1"
        return searching(url, label, likely, company_id)

    def things(self, company_id: int | None) -> Search:
        """Return the search among what may be a part; what is one already stays."""
        db = self.request.db
        scope = self.collection.scope(self.request.identity)
        lines = self.item.parts if self.item else []
        kept = {line.part_id: line.part.title for line in lines if line.part}
        kinds = catalogue.MADE_OF.get(self.item.kind if self.item else GROUP, ())

        @cache
        def label(key: int) -> str | None:
            if key in kept:
                return kept[key]
            known = choices.offered(scope, company_id, *kinds)
            return choices.title(db, CatalogueItem, key, [known])

        @cache
        def likely() -> list[tuple[int, str]]:
            asked = {"open": "1", "kinds": ",".join(kinds)}
            asked |= {"company": str(company_id)} if company_id else {}
            found = (
                one
                for words in typed(self.request, "part_id") or [""]
                for one in choices.catalogue(db, scope, words, asked)
            )
            return list({one.id: one.title for one in found}.items())

        base = self.request.resource_path(self.collection)
        url = f"{base}find?open=1&kinds={','.join(kinds)}"
        return searching(url, label, likely, company_id)


@form_view(
    context=Collection,
    holds=CatalogueItem,
    name="add",
    permission=Permission.ADD,
    renderer=TEMPLATE,
)
class AddItem(OfCompany, ItemOfCatalogue, AddForm):
    """Put something into the catalogue."""

    title = _("New in the catalogue")
    saved = _("It is in the catalogue.")

    def bindings(self) -> dict[str, Any]:
        """Offer the companies, if there are several, and what their catalogues have."""
        several = self.several()
        return {"companies": several, **self.offers(self.only())}

    def appstruct(self) -> dict[str, Any]:
        """Open with what was asked for: a product, unless the address says another."""
        kind = text(self.request.GET, "kind")
        kept = offers.group_asked_for(self.request, self.context.__parent__)
        if kept is not None:
            return {**kept.values, "company_id": kept.company_id}
        return {
            "kind": kind if kind in KINDS else "product",
            "vat_id": choices.preset(self.rates) or colander.null,
            "parts": [{}],
            **self.preset(),
        }

    def store(self, item: CatalogueItem, data: dict[str, Any]) -> None:
        """Write the values."""
        catalogue.write(self.request.db, item, data)
        self.request.db.add(item)


@form_view(
    context=CatalogueItemResource,
    name="edit",
    permission=Permission.EDIT,
    renderer=TEMPLATE,
)
class EditItem(ItemOfCatalogue, ItemForm):
    """Change something of the catalogue; documents that have it stay as they are."""

    title = _("Edit what is in the catalogue")

    @property
    def item(self) -> CatalogueItem:
        """Return what is edited."""
        item: CatalogueItem = self.context.node
        return item

    def bindings(self) -> dict[str, Any]:
        """Offer what the catalogue of the company has."""
        return self.offers(self.item.company_id)

    def appstruct(self) -> dict[str, Any]:
        """Open with it as it is."""
        found = catalogue.values(self.item)
        return {k: colander.null if v is None else v for k, v in found.items()}

    def change(self, item: CatalogueItem, data: dict[str, Any]) -> None:
        """Write the values."""
        catalogue.write(self.request.db, item, data)
