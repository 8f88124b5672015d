"""Contacts that go into the bin or come out: likely duplicates are looked for anew."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.services.contacts.duplicates.asking import compare_later
from endi_like.views import actions


@view_config(
    context=EntityResource,
    name="delete",
    request_method="POST",
    permission=Permission.DELETE,
)
def delete(context: EntityResource, request: Any) -> Any:
    """Put the contact into the bin, where it looks like nobody."""
    return compared(context, request, actions.delete(context, request))


@view_config(
    context=EntityResource,
    name="restore",
    request_method="POST",
    permission=Permission.DELETE,
)
def restore(context: EntityResource, request: Any) -> Any:
    """Take the contact out of the bin."""
    return compared(context, request, actions.restore(context, request))


def compared(context: EntityResource, request: Any, answer: Any) -> Any:
    """Have the contact compared with all others, and give the answer."""
    compare_later(request.db, context.node, request.registry["clock"]())
    return answer
