"""The organisation's own page: its address, its money, its numbers."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from endi_like import numbers
from endi_like.forms.core import Form
from endi_like.forms.organisation import (
    STARTS,
    OrganisationSchema,
    currencies,
    time_zones,
)
from endi_like.forms.people import LANGUAGE_NAMES
from endi_like.i18n import _
from endi_like.models.organisation import Organisation
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.options import OrganisationResource
from endi_like.services import organisation
from endi_like.services.administration import note
from endi_like.services.files.attachments import used
from endi_like.services.official import FAMILIES, OFFERS
from endi_like.settings import MEGABYTE
from endi_like.views.administered import past_of, told
from endi_like.views.forms import form_view
from endi_like.views.items import EditForm
from endi_like.views.sections import Sections

SERIES_NAMES = {
    "global": _("Of all years"),
    "year": _("Of this year"),
    "month": _("Of this month"),
}
FACTS = (
    "name",
    "address",
    "postcode",
    "town",
    "country",
    "vat_number",
    "registration",
    "iban",
    "bic",
    "language",
    "currency",
    "time_zone",
    "invoice_number_template",
    "estimation_number_template",
    "approve_bank_accounts",
)


@view_config(
    context=Collection,
    holds=Organisation,
    request_method="GET",
    permission=Permission.LIST,
    wants_json=False,
)
def only_one(context: Collection, request: Any) -> Any:
    """Go to the organisation: a list of one would only be in the way."""
    return HTTPSeeOther(f"{request.resource_path(context)}1/")


@view_config(
    context=OrganisationResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/options/organisation.jinja2",
)
def organisation_page(context: OrganisationResource, request: Any) -> dict[str, Any]:
    """Show the organisation, how far its series have counted, and what comes next."""
    own = context.node
    series = organisation.series(request.db, request.today)
    return {
        "organisation": own,
        "language": LANGUAGE_NAMES.get(own.language, own.language),
        "base": request.resource_path(context),
        "series": [(SERIES_NAMES[name], one) for name, one in series.items()],
        "preview": preview(request, own.invoice_number_template),
        "next_estimation": preview(request, own.estimation_number_template, OFFERS),
        "used": used(request.db),
        "quota": request.registry["settings.typed"].quota_mb * MEGABYTE,
        "past": past_of(request, context),
        "may_edit": request.has_permission(Permission.EDIT, context),
    }


@view_config(
    context=OrganisationResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def organisation_json(context: OrganisationResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    own = context.node
    found = {name: getattr(own, name) for name in FACTS}
    place = {"url": request.resource_path(context)} | told(request, context)
    return {"id": own.id, "version": own.version, **place, **found}


def preview(
    request: Any, template: str, family: str = ""
) -> organisation.Preview | None:
    """Return the number that would be next, if the template makes any sense."""
    if numbers.check(template):
        return None
    return organisation.preview(request.db, template, request.today, family)


@form_view(
    context=OrganisationResource,
    name="edit",
    permission=Permission.EDIT,
    renderer="endi_like:templates/options/organisation_form.jinja2",
)
class EditOrganisation(Sections, EditForm):
    """Change the organisation."""

    schema = OrganisationSchema
    title = _("Edit the organisation")
    list_title = _("Organisation")
    sections = (
        (
            _("Address"),
            _("It stands on printed documents, and where their letters come from."),
            ("name", "address", "postcode", "town", "country"),
        ),
        (_("Registers and tax"), "", ("vat_number", "registration")),
        (_("Bank account"), "", ("iban", "bic")),
        (_("Bank accounts of contacts"), "", ("approve_bank_accounts",)),
        (_("Language, money and time"), "", ("language", "currency", "time_zone")),
        (
            _("Official numbers"),
            _(
                "A document gets its number when it is validated: no number is left "
                "out, and none is given twice."
            ),
            ("invoice_number_template", "estimation_number_template"),
        ),
        (
            _("Where the series begin"),
            _(
                "If you have already given numbers elsewhere, say the last one; the "
                "next is one more. It can be raised until the series has begun."
            ),
            tuple(STARTS.values()),
        ),
    )

    def bindings(self) -> dict[str, Any]:
        """Offer currencies and time zones."""
        own = self.context.node
        self.series = organisation.series(self.request.db, self.request.today)
        return {
            "currencies": currencies(self.request.locale_name, own.currency),
            "time_zones": time_zones(own.time_zone),
        }

    def appstruct(self) -> dict[str, Any]:
        """Open with the organisation as it is."""
        found = {name: getattr(self.context.node, name) for name in FACTS}
        starts = {STARTS[name]: one.last for name, one in self.series.items()}
        return {**found, **starts}

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Show what the template in the form would make of the next number.

        A series that has begun is left out, unless something is wrong with it.
        """
        template = form.cstruct.get("invoice_number_template")
        known = template if isinstance(template, str) else ""
        begun = {STARTS[name] for name, one in self.series.items() if one.begun}
        hidden = begun - form.problems.keys()
        sections = [
            (heading, text, [name for name in names if name not in hidden])
            for heading, text, names in self.sections
        ]
        shown = {"sections": sections, "preview": preview(self.request, known)}
        return super().page(form, **{**shown, **values})

    def change(self, item: Organisation, data: dict[str, Any]) -> None:
        """Write the values; let the series begin where they are told to."""
        lasts = {
            name: (field, data.pop(field))
            for name, field in STARTS.items()
            if field in data
        }
        db, today = self.request.db, self.request.today
        organisation.start(db, today, lasts)
        changed = [name for name in data if getattr(item, name) != data[name]]
        for name in FAMILIES.keys() & set(changed):
            organisation.expect_free(db, name, data[name], today)
        super().change(item, data)
        note(db, "saved", item, changed)
