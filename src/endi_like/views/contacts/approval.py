"""Bank accounts of a contact that wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config

from endi_like import formats
from endi_like.i18n import _
from endi_like.models.contacts import EntityBankAccount
from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.services.beside import Signature
from endi_like.services.contacts.approving import approve, counts
from endi_like.views.actions import finished, sent, text


@dataclass(frozen=True)
class Approval:
    """Where a bank account stands: whether it counts, and who may agree now."""

    text: Any
    icon: str
    tone: str
    offered: bool = False


def approval(
    request: Any, context: EntityResource, account: EntityBankAccount
) -> Approval | None:
    """Return where an account stands; nothing where it simply counts."""
    if account.approved_by and account.approved_at:
        locale, zone = request.locale_name, request.time_zone
        when = formats.moment(account.approved_at, locale, zone, True)
        said = {"who": account.approved_by.name, "when": when}
        sentence = _("approved by ${who} on ${when}", mapping=said)
        return Approval(sentence, "patch-check", "good")
    if counts(request.db, account):
        return None
    mine = account.entered_by_id == request.identity.user_id
    may = request.has_permission(Permission.APPROVE, context)
    sentence = _("awaits the approval of a second person")
    return Approval(sentence, "hourglass-split", "wait", bool(may) and not mine)


@view_config(
    context=EntityResource,
    name="approve",
    request_method="POST",
    permission=Permission.APPROVE,
)
def approve_account(context: EntityResource, request: Any) -> Any:
    """Agree to a bank account as it is shown: with the version that was seen."""
    values = sent(request)
    context.node.expect(text(values, "version"))
    wanted = text(values, "bank_account")
    known = {str(one.id): one for one in context.node.bank_accounts}
    found = known.get(wanted)
    if found is None:
        raise HTTPNotFound
    by = Signature(request.identity.user_id, request.registry["clock"]())
    approve(request.db, found, by)
    return finished(request, context, _("The bank account is approved."))
