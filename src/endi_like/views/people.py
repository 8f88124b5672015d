"""Users and companies, as administrators keep them and auditors read them."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.forms.administration import CompanySchema, UserSchema
from endi_like.forms.people import LANGUAGE_NAMES, RIGHT_NAMES, ROLE_NAMES
from endi_like.i18n import _
from endi_like.models.people import Company, User
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.people import CompanyResource, UserResource
from endi_like.services import administration, choices, users
from endi_like.services.mail.people import can_be_written_to
from endi_like.views.administered import past_of, told
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import EditForm, ItemForm
from endi_like.views.sections import Sections

COMPANY_SECTIONS = (
    (_("Company"), "", ("name", "code", "contact_name", "active")),
    (
        _("Address"),
        _("It stands at the head of what the company prints."),
        ("address", "postcode", "town", "country", "email", "phone"),
    ),
    (_("Mail"), "", ("mail_sender",)),
    (_("Tax and bank account"), "", ("vat_number", "iban", "bic")),
)
USER_SECTIONS = (
    (_("User"), "", ("name", "login", "email", "language", "active")),
    (_("Password"), "", ("password",)),
    (_("What they may do"), "", ("roles",)),
    (
        _("Where they work"),
        _(
            "Members write documents for a company. Whoever validates alone needs no "
            "manager, up to the amount given; left empty there is no limit."
        ),
        ("memberships",),
    ),
)
USER_FORM = "endi_like:templates/people/user_form.jinja2"
FORM = "endi_like:templates/layouts/sections.jinja2"


class CompanyForm(Sections):
    """What the new and the edit form of a company have in common."""

    schema = CompanySchema
    list_title = _("Companies")
    sections = COMPANY_SECTIONS

    def store(self, company: Company, data: dict[str, Any]) -> None:
        """Write the values into the company."""
        administration.save_company(self.request.db, company, data)


@form_view(
    context=Collection,
    holds=Company,
    name="add",
    permission=Permission.ADD,
    renderer=FORM,
)
class AddCompany(CompanyForm, AddForm):
    """Found a company."""

    title = _("New company")


@form_view(
    context=CompanyResource, name="edit", permission=Permission.EDIT, renderer=FORM
)
class EditCompany(CompanyForm, EditForm):
    """Change a company."""

    title = _("Edit the company")

    def change(self, item: Company, data: dict[str, Any]) -> None:
        """Write the values."""
        self.store(item, data)


@view_config(
    context=CompanyResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/people/company.jinja2",
)
def company_page(context: CompanyResource, request: Any) -> dict[str, Any]:
    """Show a company and its members."""
    root = context.__parent__.__parent__
    return {
        "company": context.node,
        "base": request.resource_path(context),
        "past": past_of(request, context),
        "members": administration.members(request.db, context.node.id),
        "right_names": RIGHT_NAMES,
        "may_edit": request.has_permission(Permission.EDIT, context),
        "may": {
            name: bool(request.has_permission(Permission.LIST, root[name]))
            for name in ("users", "invoices", "customers")
        },
    }


@view_config(
    context=CompanyResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def company_json(context: CompanyResource, request: Any) -> dict[str, Any]:
    """Answer the same company as JSON."""
    company = context.node
    names = [name for _heading, _help, some in COMPANY_SECTIONS for name in some]
    found = {name: getattr(company, name) for name in names}
    place = {"url": request.resource_path(context)}
    found |= told(request, context)
    return {"id": company.id, "version": company.version, **place, **found}


class UserForm(Sections):
    """What the new and the edit form of a user have in common."""

    schema = UserSchema
    list_title = _("Users")
    sections = USER_SECTIONS

    def offered(self, user: User | None) -> list[tuple[int, str]]:
        """Return the companies to choose from; those of the user stay."""
        found = {one.id: one.name for one in choices.companies(self.request.db)}
        for one in user.memberships if user else ():
            found.setdefault(one.company_id, one.company.name)
        return list(found.items())

    def store(self, user: User, data: dict[str, Any]) -> None:
        """Write the user in the name of whoever is logged in."""
        administration.save_user(
            self.request.db,
            user,
            data,
            actor_id=self.request.identity.user_id,
            now=self.request.registry["clock"](),
        )


@form_view(
    context=Collection,
    holds=User,
    name="add",
    permission=Permission.ADD,
    renderer=USER_FORM,
)
class AddUser(UserForm, AddForm):
    """Let somebody in."""

    title = _("New user")

    def bindings(self) -> dict[str, Any]:
        """Offer the companies."""
        return {"companies": self.offered(None)}


@form_view(
    context=UserResource, name="edit", permission=Permission.EDIT, renderer=USER_FORM
)
class EditUser(UserForm, ItemForm):
    """Change a user, their rights, or their password."""

    title = _("Edit the user")

    def bindings(self) -> dict[str, Any]:
        """Offer the companies."""
        user = self.context.node
        known = bool(user.password_hash)
        return {"companies": self.offered(user), "known": known}

    def appstruct(self) -> dict[str, Any]:
        """Open with the user as they are."""
        return administration.user_values(self.context.node)

    def change(self, item: User, data: dict[str, Any]) -> None:
        """Write the values."""
        self.store(item, data)


@view_config(
    context=UserResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/people/user.jinja2",
)
def user_page(context: UserResource, request: Any) -> dict[str, Any]:
    """Show a user and what they may do."""
    user, settings = context.node, request.registry["settings.typed"]
    root = context.__parent__.__parent__
    return {
        "user": user,
        "base": request.resource_path(context),
        "language": LANGUAGE_NAMES.get(user.language, user.language),
        "roles": [ROLE_NAMES[name] for name in ROLE_NAMES if name in user.roles],
        "past": past_of(request, context),
        "memberships": users.memberships(request.db, user.id),
        "right_names": RIGHT_NAMES,
        "may_edit": request.has_permission(Permission.EDIT, context),
        "may_mail": settings.sends_mail and can_be_written_to(user),
        "may_list": request.has_permission(Permission.LIST, root["companies"]),
    }


@view_config(
    context=UserResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def user_json(context: UserResource, request: Any) -> dict[str, Any]:
    """Answer the same user as JSON; nothing of the password is in it."""
    user = context.node
    found = administration.user_values(user)
    for one in found["memberships"]:
        one["ceiling"] = None if one["ceiling"] is None else str(one["ceiling"])
    place = {"url": request.resource_path(context)} | told(request, context)
    return {"id": user.id, "version": user.version, **place, **found}
