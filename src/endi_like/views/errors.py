"""What the web answers when what was asked for did not happen.

A page within the shell where the database may still be asked, a bare one where not;
JSON for whoever asked for JSON.  An error view runs inside the request's transaction,
and dooms it: nothing of a request that failed is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken
from pyramid.httpexceptions import HTTPError, HTTPForbidden, HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.view import (
    exception_view_config,
    forbidden_view_config,
    notfound_view_config,
)
from pyramid_tm import is_tm_active

from endi_like.faults import AWAY, FULL, RACE, VALUE, kind_of
from endi_like.forms.structure import BadStructure
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.core import Collection, Resource, Root
from endi_like.security.access import bearer_token
from endi_like.security.addresses import login_url
from endi_like.security.answers import (
    NO_ROOM,
    RETRY_AFTER,
    away,
    bare,
    full,
    last_resort,
    title_of,
)
from endi_like.security.faults import DatabaseFault
from endi_like.services.conflicts import LastChange, last_change
from endi_like.services.files import StorageFault
from endi_like.workflow.errors import ActionError, Done, NotPermitted, Refused, Stale

log = logging.getLogger(__name__)

SEEING = (Permission.VIEW, Permission.LIST, Permission.LOGGED_IN)

NOTHING_SAVED = _("Nothing of what you sent was saved.")
NOT_HERE = _(
    "Either it never existed, it has gone, or it is not for you to see. Please check "
    "the address."
)
NOT_YOURS = _("You may see this, but not do that with it.")
OLD_FORM = _(
    "For your safety a form counts only in the browser it was opened in, and until you "
    "log out. Nothing was saved; your browser keeps what you typed. Please open the "
    "page again and send it once more."
)
OTHER_SITE = _("This was sent by another site in your name. Nothing was done.")
BROKEN_FORM = _("The form arrived broken. Please go back and send it once more.")
STORAGE_AWAY = _(
    "The storage of files does not answer just now. Nothing of what you sent was "
    "saved; please try again in a moment."
)
WENT_AWAY = _(
    "You are no longer logged in. What you typed is kept in this browser: you will "
    "find it when you are back."
)
RACE_LOST = _(
    "Somebody else was changing the same at this very moment. Nothing of what you sent "
    "was saved; please look at it again."
)


def doom(request: Any) -> None:
    """Have the transaction undone whatever the status of the answer."""
    if is_tm_active(request):
        request.tm.doom()


def page(
    request: Any,
    status: int,
    reasons: Sequence[Any],
    template: str = "error",
    **values: Any,
) -> Any:
    """Answer with a page inside the shell, or with JSON."""
    doom(request)
    if request.wants_json:
        return bare(request, status, reasons)
    response = render_to_response(
        f"endi_like:templates/errors/{template}.jinja2",
        {
            "layout": f"endi_like:templates/layouts/{layout(request)}.jinja2",
            "title": title_of(status),
            "reasons": reasons,
            **values,
        },
        request,
    )
    response.status_int = status
    return response


def layout(request: Any) -> str:
    """Return the layout: the menu is for those who are logged in."""
    return "page" if request.identity else "plain"


@notfound_view_config()
def not_found(_error: Any, request: Any) -> Any:
    """Answer 404; a stranger is not even told which records there are."""
    if below_collection(request) and request.identity is None:
        return who_is_it(request)
    return page(request, 404, [NOT_HERE])


def below_collection(request: Any) -> bool:
    """Tell whether the address is that of a collection, or goes on below one."""
    context = getattr(request, "context", None)
    return bool(context) and not isinstance(context, Root)


@forbidden_view_config()
def forbidden(error: Any, request: Any) -> Any:
    """Answer 403; 404 for what one may not even see; ask who it is first."""
    if request.identity is None:
        return who_is_it(request)
    if not any(map(request.has_permission, SEEING)):
        return not_found(error, request)
    if is_outdated(error, request):
        return conflict(Stale(), request)
    refusal = getattr(error, "result", None)
    return page(request, 403, [getattr(refusal, "reason", None) or said(error)])


def is_outdated(error: Any, request: Any) -> bool:
    """Tell whether it was another version of the document that the user has seen.

    What was offered then may be forbidden by now, and that is not for want of rights.
    """
    held = getattr(request.context, "ever_held", None)
    permission = getattr(getattr(error, "result", None), "permission", None)
    if request.method != "POST" or held is None:
        return False
    if permission not in held(request.identity):
        return False
    seen = (request.json_values if request.wants_json else request.POST).get("version")
    return seen is not None and str(seen) != str(request.context.node.version)


def said(error: HTTPForbidden) -> Any:
    """Return the sentence a view has given, or the general one."""
    is_ours = error.detail and getattr(error, "result", None) is None
    return error.detail if is_ours else NOT_YOURS


def who_is_it(request: Any) -> Any:
    """Send a browser to the log-in page and back; tell a program that it has no key."""
    doom(request)
    if request.wants_json or bearer_token(request) is not None:
        response = bare(request, 401, [_("Please send a valid API token.")])
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    if request.method == "POST":
        request.flash(WENT_AWAY, "wait")
    return HTTPSeeOther(login_url(request))


@exception_view_config(BadCSRFToken)
def bad_token(_error: BadCSRFToken, request: Any) -> Any:
    """Answer 400, or ask whose session has ended who it is."""
    lost = request.identity is None and not request.path_info.startswith("/login")
    return who_is_it(request) if lost else page(request, 400, [OLD_FORM])


@exception_view_config(BadCSRFOrigin)
def bad_origin(_error: BadCSRFOrigin, request: Any) -> Any:
    """Answer 400."""
    doom(request)
    return bare(request, 400, [OTHER_SITE])


@exception_view_config(HTTPError)
def http_error(error: HTTPError, request: Any) -> Any:
    """Answer what a view has raised, in our own words."""
    response = page(request, error.status_int, [error.detail or NOTHING_SAVED])
    for name in ("Retry-After", "Allow"):
        if name in error.headers:
            response.headers[name] = error.headers[name]
    return response


@exception_view_config(BadStructure)
def broken_form(_error: BadStructure, request: Any) -> Any:
    """Answer 400: no form of ours sends such a thing."""
    return page(request, 400, [BROKEN_FORM])


@exception_view_config(Refused)
def refused(error: Refused, request: Any) -> Any:
    """Go back to the document and say what stands in the way."""
    doom(request)
    if request.wants_json:
        return bare(request, 422, error.args)
    for reason in error.args:
        request.flash(reason, "bad")
    return HTTPSeeOther(page_of(request))


def page_of(request: Any) -> str:
    """Return the address of the record the request is about; its parts have no page."""
    context = request.context
    while not isinstance(context, Resource | Collection | Root):
        context = context.__parent__
    url: str = request.resource_url(context)
    return url


@exception_view_config(NotPermitted)
def not_permitted(error: NotPermitted, request: Any) -> Any:
    """Answer 403, with the sentence that says why, such as a ceiling."""
    return page(request, 403, error.args or [NOT_YOURS])


@exception_view_config(ActionError)
def conflict(error: ActionError, request: Any) -> Any:
    """Answer 409: who was faster, or that it is done already."""
    node = getattr(request.context, "node", None)
    change = last_change(request.db, node) if node is not None else None
    if request.wants_json:
        doom(request)
        return json_conflict(request, error, change)
    mine = bool(change) and change.user_id == request.identity.user_id  # type: ignore[union-attr]
    again = mine and change is not None and change.action == request.POST.get("action")
    return page(
        request,
        409,
        error.args,
        "conflict",
        change=change,
        mine=mine,
        again=again,
        done=again or isinstance(error, Done),
        typed=request.POST.get("reason", "").strip(),
        back=page_of(request),
    )


def json_conflict(request: Any, error: ActionError, change: LastChange | None) -> Any:
    """Return the reasons, and who did what when."""
    response = bare(request, 409, error.args)
    if change:
        last = {"who": change.who, "at": change.at.isoformat(), "action": change.action}
        response.json_body = {**response.json_body, "last_change": last}
    return response


@exception_view_config(StorageFault)
def storage_fault(error: StorageFault, request: Any) -> Any:
    """Answer 503, and say whether the storage is full or does not answer."""
    log.warning("the storage of files: %s", error)
    reason = NO_ROOM if error.full else STORAGE_AWAY
    response = page(request, 503, [reason])
    response.headers["Retry-After"] = RETRY_AFTER
    return response


@exception_view_config(DatabaseFault)
def database_fault(error: Exception, request: Any) -> Any:
    """Answer 503 for a database that is away or full, 409 for a race.

    The session cannot be asked for anything any more, hence the bare pages.
    """
    doom(request)
    kind = kind_of(error)
    if kind == AWAY:
        return away(request, error)
    if kind == FULL:
        return full(request, error)
    if kind == RACE:
        return bare(request, 409, [RACE_LOST])
    if kind == VALUE:
        return bare(request, 400, [_("A value is too large to be stored.")])
    return last_resort(request)


@exception_view_config(Exception)
def unexpected(_error: Exception, request: Any) -> Any:
    """Answer 500, without a traceback but with a reference that is in the log."""
    doom(request)
    return last_resort(request)
