"""Of which account of a contact is what people keep beside it: choice and place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from endi_like.i18n import _
from endi_like.services.beside import Place
from endi_like.views.words import account_named
from endi_like.workflow.errors import Refused

NOT_ITS_OWN = _("This account is none of this contact.")


def accounts_of(record: Any) -> list[tuple[int, Any]]:
    """Return the accounts one may choose: all, for who sees the contact as a whole."""
    if not record.place.is_whole:
        return []
    return [(one.id, account_named(one)) for one in record.node.accounts]


def place_of(record: Any, account_id: int | None) -> Place:
    """Return where something is kept: beside the record, or for one of its accounts.

    The page of an account is the place of that one.  Raises ``Refused`` for an account
    that is none of the record.
    """
    place: Place = record.place
    if account_id in (None, place.account_id):
        return place
    accounts = record.node.accounts if place.is_whole else ()
    account = next((one for one in accounts if one.id == account_id), None)
    if account is None:
        raise Refused(NOT_ITS_OWN)
    return replace(
        place,
        company_id=account.company_id,
        account_id=account.id,
        caption=account.called,
    )
