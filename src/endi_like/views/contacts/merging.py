"""Making one contact of two: which other, what comes of it, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from endi_like.i18n import _
from endi_like.models.contacts import Entity
from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.resources.keys import row_id
from endi_like.services import choices
from endi_like.services.beside import Signature
from endi_like.services.contacts.merging import merging
from endi_like.services.contacts.merging.fields import differences
from endi_like.services.contacts.merging.files import count
from endi_like.views.actions import finished, sent, text
from endi_like.views.find import LONGEST_SEARCH
from endi_like.views.once import ALREADY
from endi_like.views.words import FIELDS
from endi_like.workflow.errors import Done, Refused

PARTS: Mapping[str, Any] = {
    "credit_account.entity_id": _("Customer and vendor accounts, with their documents"),
    "address.entity_id": _("Addresses"),
    "contact_element.entity_id": _("Telephones, mailboxes, sites"),
    "other_name.entity_id": _("Other names"),
    "employment.entity_id": _("Employments"),
    "entity_link.organisation_id": _("Who works or lives there"),
    "entity_link.person_id": _("Where the person works or lives"),
    "entity_bank_account.entity_id": _("Bank accounts"),
    "entity_user.entity_id": _("Users"),
    "memo.node_id": _("Memos"),
    "outgoing_mail.node_id": _("Mails"),
}
"""How the rows that follow are called; those who are pointed at go without saying."""


@view_config(
    context=EntityResource,
    name="merge",
    request_method="GET",
    permission=Permission.MERGE,
    renderer="endi_like:templates/contacts/merge.jinja2",
)
def ask(context: EntityResource, request: Any) -> dict[str, Any]:
    """Ask for the other contact; once it is chosen, show what comes of it."""
    chosen = request.GET.get("with", "")
    other = other_of(context, request, chosen) if chosen else None
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    return {
        "entity": context.node,
        "base": request.resource_path(context),
        "contacts_url": request.resource_path(context.__parent__),
        "words": words,
        "found": found(context, request, words) if words else (),
        **(preview(context, request, other) if other else {"other": None}),
    }


def found(context: EntityResource, request: Any, words: str) -> list[Entity]:
    """Return whom the words find, of those the user may merge."""
    scope = context.__parent__.scope(request.identity, Permission.MERGE)
    entities = choices.entities(request.db, scope, words)
    kind = context.node.kind
    return [one for one in entities if one.id != context.node.id and one.kind == kind]


def other_of(context: EntityResource, request: Any, key: str) -> EntityResource:
    """Return the other contact, if the user may merge it; else there is none."""
    try:
        other = context.__parent__[str(row_id(key))]
    except KeyError:
        raise HTTPNotFound from None
    if Permission.MERGE not in other.ever_held(request.identity):
        raise HTTPNotFound
    found: EntityResource = other
    return found


def preview(
    context: EntityResource, request: Any, other: EntityResource
) -> dict[str, Any]:
    """Return the two side by side, the fields to choose, and how much follows."""
    kept, merged = context.node, other.node
    try:
        merging.check(kept, merged)
        refusal = ""
    except Refused as refused:
        (refusal,) = refused.args
    moving = merging.moving(request.db, kept, merged)
    files = count(request.db, merged.id)
    return {
        "other": merged,
        "other_url": request.resource_path(other),
        "refusal": refusal,
        "fields": [(FIELDS[one.field], one) for one in differences(kept, merged)],
        "counts": [
            *((PARTS[name], len(moving[name])) for name in PARTS if name in moving),
            *([(_("Files"), files)] if files else []),
        ],
    }


@view_config(
    context=EntityResource,
    name="merge",
    request_method="POST",
    permission=Permission.MERGE,
)
def merge(context: EntityResource, request: Any) -> Any:
    """Make one of the two; both have to be as they were when they were shown."""
    values = sent(request)
    other = other_of(context, request, text(values, "with"))
    done = merging.last_of(request.db, other.node.id)
    if done is not None and done.kept_id == context.node.id:
        raise Done(ALREADY)
    context.node.expect(text(values, "version"))
    other.node.expect(text(values, "other_version"))
    picked = values.getall("pick") if hasattr(values, "getall") else values.get("pick")
    by = Signature(request.identity.user_id, request.registry["clock"]())
    known = {one.field for one in differences(context.node, other.node)}
    merging.merge(
        request.db, context.node, other.node, by, known.intersection(picked or ())
    )
    said = _(
        "“${name}” is part of this contact now; it can be taken back for 30 days.",
        mapping={"name": other.node.name},
    )
    return finished(request, context, said)


@view_config(
    context=EntityResource,
    name="unmerge",
    request_method="POST",
    permission=Permission.MERGE,
)
def unmerge(context: EntityResource, request: Any) -> Any:
    """Take a merge back: there are two contacts again."""
    values = sent(request)
    context.node.expect(text(values, "version"))
    now = request.registry["clock"]()
    wanted = text(values, "merge")
    mine = merging.into(request.db, context.node.id, now)
    one = next((one for one in mine if str(one.id) == wanted), None)
    if one is None:
        raise Refused(_("This was taken back already, or is too long ago."))
    merging.undo(request.db, one, Signature(request.identity.user_id, now))
    said = _("There are two contacts again: this one, and “${name}”.")
    return finished(request, context, said % {"name": one.merged.name})


def merges(context: EntityResource, request: Any) -> dict[str, Any]:
    """Return what the page of a contact says of merges: into it, or it into another."""
    now, entity = request.registry["clock"](), context.node
    gone = merging.last_of(request.db, entity.id) if entity.deleted_at else None
    kept = gone and context.__parent__.wrap(gone.kept)
    seen = kept and request.has_permission(Permission.VIEW, kept)
    may = request.has_permission(Permission.MERGE, context)
    return {
        "may_merge": may,
        "merged_into": gone if seen else None,
        "merges": merging.into(request.db, entity.id, now) if may else (),
    }
