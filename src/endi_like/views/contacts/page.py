"""The page of an entity: all that its reader may see, as HTML and as JSON."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.forms.contacts import KIND_NAMES, language_name
from endi_like.forms.contacts.reaching import ADDRESS_CLASSES, ELEMENT_KINDS
from endi_like.forms.contacts.working import NAME_KINDS
from endi_like.i18n import _
from endi_like.models.contacts import CUSTOMER
from endi_like.models.sales import Invoice
from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.services import memos
from endi_like.services.contacts import doubts
from endi_like.services.contacts.sheets import Sheet, sheet
from endi_like.services.files.attachments import all_of
from endi_like.text import digits
from endi_like.views.attached import attached
from endi_like.views.beside import neighbours
from endi_like.views.contacts.approval import approval
from endi_like.views.contacts.merging import merges
from endi_like.views.timeline import shown
from endi_like.views.words import account_named

CLASS_NAMES = {
    "customer": _("Customer"),
    "vendor": _("Vendor"),
    "employee": _("Employee"),
    "user": _("User"),
    "robot": _("Program"),
    "household": _("Household"),
}
"""How what an entity is, by its rows, is called."""


def sheet_of(context: EntityResource, request: Any) -> Sheet:
    """Return what the user may see of the entity."""
    scope = context.__parent__.scope(request.identity)
    return sheet(request.db, context.node, scope, context.companies)


@view_config(
    context=EntityResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/contacts/entity.jinja2",
)
def entity_page(context: EntityResource, request: Any) -> dict[str, Any]:
    """Show an entity with its rows, files and past."""
    seen, entity = sheet_of(context, request), context.node
    told = in_words(seen)
    return {
        **told,
        "base": request.resource_path(context),
        "contacts_url": request.resource_path(context.__parent__),
        "accounts": [account_line(context, request, one) for one in seen.accounts],
        "elements": [
            (one, way_to(one), doubts.of_element(one)) for one in seen.elements
        ],
        "banks": [
            (one, doubts.of_bank_account(one), approval(request, context, one))
            for one in entity.bank_accounts
        ],
        "users": users_of(context),
        "users_url": users_url(context, request),
        "attached": attached(
            request,
            context,
            all_of(request.db, context.place),
            told["account_names"],
        ),
        "timeline": shown(request, context),
        "notes": notes(context, request),
        "neighbours": neighbours(request, context),
        "may_edit": request.has_permission(Permission.EDIT, context),
        "may_anonymise": request.has_permission(Permission.ANONYMISE, context),
        "may_look_back": request.has_permission(Permission.SEE_HISTORY, context),
        "may_note": request.has_permission(Permission.NOTE, context),
        **merges(context, request),
    }


def in_words(seen: Sheet) -> dict[str, Any]:
    """Return what a page or a printout says of an entity, and how things are called."""
    entity = seen.entity
    return {
        "seen": seen,
        "entity": entity,
        "kind": KIND_NAMES[entity.kind],
        "language": language_name(entity.language),
        "classes": [CLASS_NAMES[name] for name in seen.classes()],
        "account_names": {one.id: account_named(one) for one in seen.accounts},
        "address_classes": ADDRESS_CLASSES,
        "element_kinds": ELEMENT_KINDS,
        "name_kinds": NAME_KINDS,
    }


def users_of(context: EntityResource) -> Any:
    """Return who logs in for the entity, for who sees it as a whole."""
    return context.node.users if context.companies is None else ()


def notes(context: EntityResource, request: Any) -> Any:
    """Return the memos for who sees no timeline; there they are in it."""
    if context.companies is None:
        return None
    reader_id = request.identity.user_id
    return memos.of_entity(request.db, context.place, reader_id)


def users_url(context: EntityResource, request: Any) -> str:
    """Return where users are, for who may look at them."""
    users = context.__parent__.__parent__["users"]
    may = request.has_permission(Permission.LIST, users)
    return request.resource_path(users) if may else ""


def account_line(context: EntityResource, request: Any, account: Any) -> Any:
    """Return an account with the addresses of its page and of a new invoice."""
    root = context.__parent__.__parent__
    if account.class_ != CUSTOMER:
        return account, "", ""
    customers, invoices = root["customers"], root["invoices"]
    page = customers.wrap(account)
    draft = invoices.wrap(Invoice(company_id=account.company_id))
    in_use = account.active and account.company.active
    may_view = request.has_permission(Permission.VIEW, page)
    may_invoice = in_use and request.has_permission(Permission.ADD, draft)
    new = f"{request.resource_path(invoices)}add?customer={account.id}"
    return (
        account,
        request.resource_path(page) if may_view else "",
        new if may_invoice else "",
    )


def way_to(element: Any) -> str:
    """Return what a press on a telephone, mailbox or site does; nothing if unclear."""
    value = element.value.strip()
    if element.kind == "phone" and digits(value):
        if value.startswith("+"):  # from abroad nobody dials the zero in brackets
            return f"tel:+{digits(value.replace('(0)', ''))}"
        return f"tel:{digits(value)}"
    if element.kind == "email" and not doubts.of_element(element):
        return f"mailto:{value}"
    if element.kind == "web":
        if value.lower().startswith(("https://", "http://")):
            return value
        return f"https://{value}" if ":" not in value and "." in value else ""
    return ""
