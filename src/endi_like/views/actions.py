"""Actions as buttons, and the one view they post to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from endi_like.i18n import _
from endi_like.models.node import Node
from endi_like.permissions import Permission
from endi_like.resources.core import NodeResource, Resource
from endi_like.services import binning
from endi_like.views.programs import record
from endi_like.workflow.core import Action


def offered(request: Any, context: NodeResource) -> list[Action]:
    """Return the actions this user may run on the context now."""
    node = context.node
    return node.lifecycle.available(node, request.allowed_on(context))


def reasons(request: Any, context: NodeResource) -> list[tuple[str, list[str]]]:
    """Return label and sentences of every action that would not succeed now."""
    node = context.node
    found = node.lifecycle.explain(node, request.allowed_on(context))
    return [(action.label, sentences) for action, sentences in found]


def run(request: Any, context: NodeResource, name: str, comment: str) -> Action:
    """Run an action of the context for the logged-in user; raise ``ActionError``."""
    request.transitions.run(
        context.node, name, allowed=request.allowed_on(context), comment=comment
    )
    action: Action = context.node.lifecycle.find(name)[1]
    return action


@view_config(
    context=NodeResource,
    name="do",
    request_method="POST",
    permission=Permission.VIEW,
)
def do(context: NodeResource, request: Any) -> Any:
    """Run the posted action and go back to the document.

    ``Transitions`` asks for the permission the action names: a view cannot know it.
    """
    values = sent(request)
    context.node.expect(text(values, "version"))
    action = run(request, context, text(values, "action"), text(values, "reason"))
    return finished(request, context, action.said(context.node))


def finished(request: Any, context: Resource, said: Any) -> Any:
    """Say what was done and go to the record; tell a program what has become of it."""
    request.db.flush()
    sentence = request.translate(said)
    if request.wants_json:
        return Response(json_body={**record(request, context), "said": sentence})
    request.flash(sentence)
    return HTTPSeeOther(request.resource_url(context))


def sent(request: Any) -> Any:
    """Return what was posted, by a form or by a program."""
    return request.json_values if request.wants_json else request.POST


def text(sent: Any, name: str) -> str:
    """Return a value of a request as text, nothing for what is missing."""
    value = sent.get(name)
    return "" if value is None or isinstance(value, dict | list) else str(value)


@view_config(
    context=NodeResource,
    name="delete",
    request_method="POST",
    permission=Permission.DELETE,
)
def delete(context: NodeResource, request: Any) -> Any:
    """Put the document into the bin; the message offers to take it out again."""
    context.node.expect(text(sent(request), "version"))
    context.node.deleted_at = request.registry["clock"]()
    return finished(request, context, _("It is in the bin; its page restores it."))


@view_config(
    context=NodeResource,
    name="restore",
    request_method="POST",
    permission=Permission.DELETE,
)
def restore(context: NodeResource, request: Any) -> Any:
    """Take the document out of the bin, and what it is kept in with it."""
    context.node.expect(text(sent(request), "version"))
    along = binning.restore(request.db, context.node)
    return finished(request, context, restored(along))


def restored(along: Sequence[Node]) -> Any:
    """Return the sentence on what is restored, and what came along."""
    if not along:
        return _("It is restored.")
    said = {"names": ", ".join(one.title for one in along)}
    return _("It is restored, and with it what it is kept in: ${names}.", mapping=said)
