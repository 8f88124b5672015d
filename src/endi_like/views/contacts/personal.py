"""Personal data: all that is kept on a contact as JSON and PDF; and forgetting it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from endi_like import formats
from endi_like.forms.contacts.personal import AnonymiseSchema
from endi_like.forms.core import Form, Press
from endi_like.i18n import _, ngettext
from endi_like.models.contacts import Entity
from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.services.beside import Signature
from endi_like.services.contacts.anonymising import anonymise, anonymous_name
from endi_like.services.contacts.keeping import YEARS, Balance, balance
from endi_like.services.contacts.personal import Kept, everything
from endi_like.services.organisation import founded
from endi_like.services.printable import sender
from endi_like.services.printed import Sender
from endi_like.services.printing import render_pdf
from endi_like.services.rights.tables import DOCUMENTS
from endi_like.templating import render
from endi_like.translation import translator
from endi_like.views.forms import form_view
from endi_like.views.history import in_words
from endi_like.views.items import ItemForm
from endi_like.views.programs import plain
from endi_like.views.words import FIELDS, TOLD

SECTIONS = {
    "contact": _("Who it is"),
    "other_names": _("Other names"),
    "addresses": _("Addresses"),
    "elements": _("Telephone, e-mail, web"),
    "accounts": _("Accounts"),
    "bank_accounts": _("Bank accounts"),
    "employments": _("Employments"),
    "people": _("People"),
    "belongs_to": _("Where they belong"),
    "users": _("Users"),
    "memos": _("Memos"),
    "files": _("Files"),
    "documents": _("Documents"),
    "mails": _("Mails"),
    "earlier_numbers": _("Earlier codes and numbers"),
    "merged": _("Merged into this contact"),
    "history": _("History of the fields"),
}
"""How the kinds of rows are called, in the order they are told."""

FORGET = Press("anonymise", _("Anonymise for good"), "shield-lock", "bad")


@dataclass(frozen=True)
class Printed:
    """All that is kept, as it is printed."""

    name: str
    control_code: str
    day: dt.date
    sender: Sender
    sections: Sequence[tuple[Any, Sequence[Sequence[tuple[Any, Any]]]]]
    draft: bool = False


def all_that_is_kept(context: EntityResource, request: Any) -> Kept:
    """Return what is kept on the contact."""
    scope = context.__parent__.scope(request.identity)
    return everything(request.db, context.node, scope)


@view_config(
    context=EntityResource,
    name="personal-data.json",
    request_method="GET",
    permission=Permission.ANONYMISE,
)
def as_json(context: EntityResource, request: Any) -> Response:
    """Answer all that is kept on the contact, for them to take along."""
    kept = all_that_is_kept(context, request)
    told = {"made_at": request.registry["clock"]().isoformat(), **plain(kept)}
    return as_file(Response(json_body=told), context, "json")


@view_config(
    context=EntityResource,
    name="personal-data.pdf",
    request_method="GET",
    permission=Permission.ANONYMISE,
)
def as_pdf(context: EntityResource, request: Any) -> Response:
    """Answer the same on paper, in the language of the contact."""
    entity, own = context.node, founded(request.db)
    kept = all_that_is_kept(context, request)
    locale = translator(entity.language).locale
    document = Printed(
        name=entity.name,
        control_code=entity.control_code,
        day=request.today,
        sender=sender(own),
        sections=[
            (SECTIONS[name], [list(facts(row, locale, own.time_zone)) for row in rows])
            for name, rows in kept.items()
            if rows
        ],
    )
    template = "print/contacts/personal_data.jinja2"
    html = render(template, {"document": document}, locale, own.time_zone)
    response = Response(render_pdf(html), content_type="application/pdf")
    return as_file(response, context, "pdf")


def as_file(response: Response, context: EntityResource, suffix: str) -> Response:
    """Name the file after the contact: by its number, which any disk can hold."""
    name = f"personal-data-{context.node.id}.{suffix}"
    response.content_disposition = f'attachment; filename="{name}"'
    return response


def facts(
    row: dict[str, Any], locale: str, time_zone: str
) -> Iterator[tuple[Any, Any]]:
    """Yield what a row says, each value with its name, in words."""
    for name, value in row.items():
        if value in (None, "", False):
            continue
        if value is True:
            value = _("yes")
        elif isinstance(value, dt.datetime):
            value = formats.moment(value, locale, time_zone, True)
        elif isinstance(value, str):
            value = in_words(name, value)
        yield TOLD.get(name) or FIELDS.get(name, name), value


def forgets(found: Balance) -> list[Any]:
    """Return in words what would be forgotten."""
    sentences = (
        ngettext("${n} other name", "${n} other names", found.names),
        ngettext("${n} address", "${n} addresses", found.addresses),
        ngettext(
            "${n} telephone number, mailbox or site",
            "${n} telephone numbers, mailboxes or sites",
            found.elements,
        ),
        ngettext("${n} bank account", "${n} bank accounts", found.bank_accounts),
        ngettext(
            "that it belongs to ${n} other contact, or the other to it",
            "that it belongs to ${n} other contacts, or they to it",
            found.links,
        ),
        ngettext("the link to ${n} user", "the links to ${n} users", found.users),
        ngettext("the text of ${n} memo", "the text of ${n} memos", found.memos),
        ngettext("${n} file", "${n} files", found.files),
        ngettext(
            "the words and the recipient of ${n} mail",
            "the words and the recipients of ${n} mails",
            found.mails,
        ),
        ngettext(
            "what ${n} change in the history says",
            "what ${n} changes in the history say",
            found.changes,
        ),
    )
    return [one for one in sentences if one.number]


@form_view(
    context=EntityResource,
    name="anonymise",
    permission=Permission.ANONYMISE,
    renderer="endi_like:templates/contacts/anonymise.jinja2",
)
class Anonymise(ItemForm):
    """Forget a contact, after saying what goes and what the law has one keep."""

    schema = AnonymiseSchema
    title = _("Anonymise the contact")
    saved = _("The contact is anonymised.")

    def buttons(self) -> Sequence[Press]:
        """Return the one button, unless it was pressed already."""
        return () if self.context.node.anonymised_at else (FORGET,)

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Add what goes and what stays."""
        entity, path = self.context.node, self.request.resource_path
        found = balance(self.request.db, entity)
        root = self.context.__parent__.__parent__
        shown = {
            "entity": entity,
            "base": path(self.context),
            "contacts_url": path(self.context.__parent__),
            "drafts": [
                (f"{path(root[DOCUMENTS[one.type_]])}{one.id}/", one)
                for one in found.drafts
            ],
            "new_name": anonymous_name(entity),
            "forgets": forgets(found),
            "found": found,
            "years": YEARS,
        }
        return super().page(form, **{**shown, **values})

    def change(self, item: Entity, data: dict[str, Any]) -> None:
        """Forget it."""
        by = Signature(self.request.identity.user_id, self.request.registry["clock"]())
        anonymise(self.request.db, item, by, data["control_code"])
