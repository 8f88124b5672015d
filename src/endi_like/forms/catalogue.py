"""What may be entered about a catalogue: products, work items, groups, categories."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from endi_like.forms.entry import Cards
from endi_like.forms.fields import (
    Amount,
    Choice,
    Line,
    PercentField,
    Picked,
    QuantityField,
    Schema,
    Sequence,
    Text,
    wrong,
)
from endi_like.forms.sales.parts import row_id
from endi_like.i18n import _

NOTHING, MOST_SHARE = Decimal(0), Decimal("99.99")
MOST_PARTS = 200
SOLD, MADE = ("product", "work"), ("work", "group")
MODES = (
    ("ht", _("Prices before tax")),
    ("ttc", _("Prices with tax")),
    ("supplier", _("Price from the supplier's cost")),
)
NEEDED = _("Please fill this in.")


class CatalogueLineSchema(Schema):
    """A part of a work item, or a line of a group."""

    id = row_id()
    part_id = Picked("things", title=_("From the catalogue"), missing=None)
    description = Text(
        title=_("Description"), missing="", hints={"rows": "1"}, span="f6"
    )
    quantity = QuantityField(
        title=_("Quantity"), missing=Decimal(1), default=Decimal(1)
    )
    unit = Line(
        title=_("Unit"), longest=50, missing="", hints={"list": "units"}, span="f3"
    )
    cost = Amount(title=_("Unit price"), missing=None)
    supplier_cost = Amount(title=_("Supplier's cost"), low=NOTHING, missing=None)
    vat_id = Choice("vat_rates", title=_("VAT rate"), missing=None, span="f3")
    product = Line(title=_("Product code"), longest=50, missing="", span="f3")

    def validator(self, node: Any, line: dict[str, Any]) -> None:
        """Ask for what says what a line is; take one price, not two."""
        if is_blank(line):
            return
        if line["part_id"] is None and not line["description"]:
            sentence = _("Describe it, or choose something of the catalogue.")
            raise wrong(node, description=sentence)
        if line["cost"] is not None and line["supplier_cost"] is not None:
            sentence = _("Give a price or what it costs, not both.")
            raise wrong(node, supplier_cost=sentence)


def is_blank(line: dict[str, Any]) -> bool:
    """Tell whether nothing was typed into a new line: the last one often stays so."""
    typed = ("id", "part_id", "description", "cost", "supplier_cost", "product")
    return all(line[name] in (None, "") for name in typed)


def without_blank(lines: Any) -> Any:
    """Return the lines in which something was typed."""
    if not isinstance(lines, list):
        return lines
    return [line for line in lines if not is_blank(line)]


class CatalogueLines(Cards):
    """What a work item or a group is made of."""

    adding, removing = _("Add a part"), _("Remove the part")
    folded = ("supplier_cost", "vat_id", "product")
    schema_type = partial(Sequence, MOST_PARTS)
    line = CatalogueLineSchema(title=_("Part"))


def share(title: Any) -> PercentField:
    """Return the field of what of a price is not the cost: less than all of it."""
    return PercentField(title=title, high=MOST_SHARE, missing=NOTHING, default=NOTHING)


class CatalogueItemSchema(Schema):
    """A thing of the catalogue.

    Bindings: ``companies`` (pairs, for a new one), ``kinds`` and ``vat_rates`` (pairs),
    ``categories`` and ``things`` (each a ``Search``).
    """

    company_id = Choice(
        "companies",
        title=_("Company"),
        description=_("Whose catalogue it is of; this cannot be changed later."),
        where_there_is_a_choice=True,
    )
    kind = Choice("kinds", title=_("Kind"), missing="product", default="product")
    name = Line(title=_("Name"))
    reference = Line(title=_("Reference"), longest=50, missing="", span="f3")
    category_id = Picked("categories", title=_("Category"), missing=None)
    description = Text(
        title=_("Description"),
        missing="",
        hints={"rows": "3"},
        description=_("Lines of documents say it beneath the name."),
        span="f12",
    )
    mode = Choice(MODES, title=_("Prices"), missing="ht", default="ht", span="f3")
    cost = Amount(
        title=_("Unit price"), missing=NOTHING, only_for=("product",), default=NOTHING
    )
    unit = Line(
        title=_("Unit"),
        longest=50,
        missing="",
        only_for=SOLD,
        hints={"list": "units"},
        span="f3",
    )
    vat_id = Choice(
        "vat_rates", title=_("VAT rate"), missing=None, only_for=SOLD, span="f3"
    )
    product = Line(
        title=_("Product code"), longest=50, missing="", only_for=SOLD, span="f3"
    )
    supplier_cost = Amount(
        title=_("Supplier's cost"), low=NOTHING, missing=None, only_for=("product",)
    )
    overhead = PercentField(
        title=_("Overhead in per cent"), missing=NOTHING, default=NOTHING
    )
    margin = share(_("Margin in per cent"))
    contribution = share(_("Contribution in per cent"))
    insurance = share(_("Insurance in per cent"))
    parts = CatalogueLines(
        title=_("Parts"), missing=(), only_for=MADE, preparer=without_blank
    )

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for the company only where there is a choice."""
        if not bindings.get("companies"):
            del self["company_id"]

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Ask each kind for what it needs."""
        kind, mode = data["kind"], data["mode"]
        if kind != "product" and mode == "supplier":
            sentence = _("Its price follows from its parts: say before or with tax.")
            raise wrong(node, mode=sentence)
        if kind != "group" and data["vat_id"] is None:
            raise wrong(node, vat_id=_("Choose the VAT rate."))
        if mode == "supplier" and data["supplier_cost"] is None:
            raise wrong(node, supplier_cost=NEEDED)
        if kind != "product" and not data["parts"]:
            raise wrong(node, parts=_("Say at least one part."))
        if kind == "group" and any(unrated(line) for line in data["parts"]):
            sentence = _("Choose the VAT rate of each line that is free.")
            raise wrong(node, parts=sentence)


def unrated(line: dict[str, Any]) -> bool:
    """Tell whether a line of a group has no rate, and none to follow."""
    return line["part_id"] is None and line["vat_id"] is None


class CategorySchema(Schema):
    """A category.  Bindings: ``companies`` (pairs, for a new one)."""

    company_id = Choice(
        "companies",
        title=_("Company"),
        description=_("Whose catalogue it is of; this cannot be changed later."),
        where_there_is_a_choice=True,
    )
    label = Line(title=_("Label"), longest=120)

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for the company only where there is a choice."""
        if not bindings.get("companies"):
            del self["company_id"]
