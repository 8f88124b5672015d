"""Actions as buttons, and the one view they post to."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.core import NodeResource
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
    renderer="json",
)
def do(context: NodeResource, request: Any) -> Any:
    """Run the posted action and go back to the document.

    ``Transitions`` asks for the permission the action names: a view cannot know it.
    """
    values = sent(request)
    context.node.expect(text(values, "version"))
    action = run(request, context, text(values, "action"), text(values, "reason"))
    if request.wants_json:
        return {"version": context.node.version, "states": states(context.node)}
    done = _("${action}: done.", mapping={"action": action.label})
    request.flash(request.translate(done))
    return HTTPSeeOther(request.resource_url(context))


def sent(request: Any) -> Any:
    """Return what was posted, by a form or by a program."""
    return request.json_values if request.wants_json else request.POST


def text(sent: Any, name: str) -> str:
    """Return a value of a request as text, nothing for what is missing."""
    value = sent.get(name)
    return "" if value is None or isinstance(value, dict | list) else str(value)


def states(node: Any) -> dict[str, str]:
    """Return the state of each machine by its key, sleeping ones left out."""
    return {
        manager.key: state.name
        for manager in node.lifecycle.managers.values()
        if (state := manager.state_of(node))
    }


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
    request.flash(request.translate(_("It is in the bin; its page restores it.")))
    return HTTPSeeOther(request.resource_url(context))


@view_config(
    context=NodeResource,
    name="restore",
    request_method="POST",
    permission=Permission.DELETE,
)
def restore(context: NodeResource, request: Any) -> Any:
    """Take the document out of the bin."""
    context.node.expect(text(sent(request), "version"))
    context.node.deleted_at = None
    request.flash(request.translate(_("It is restored.")))
    return HTTPSeeOther(request.resource_url(context))
