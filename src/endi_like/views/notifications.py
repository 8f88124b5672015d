"""One's own notifications: the list the bell leads to, and how one wants to be told."""

from __future__ import annotations

from collections.abc import Set
from functools import partial
from typing import Any
from urllib.parse import urlencode

from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPForbidden, HTTPGone, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from endi_like.forms.core import Form, Press, ValidationFailure, make_form
from endi_like.forms.notifications import MAIL_LABELS, choices_schema
from endi_like.i18n import _
from endi_like.models.notifications import Notification
from endi_like.permissions import Permission
from endi_like.resources.keys import row_id
from endi_like.resources.notifications import NotificationResource, Notifications
from endi_like.security.access import now, write_afterwards
from endi_like.services.notifications import choosing, reading
from endi_like.services.notifications.events import EVENTS
from endi_like.views.actions import sent, text
from endi_like.workflow.errors import Refused

KEPT_NO_LONGER = _("What you were told of ended so long ago that it is not kept.")


def number(raw: str) -> int | None:
    """Return the id that is meant; nothing for what is none."""
    try:
        return row_id(raw)
    except KeyError:
        return None


@view_defaults(context=Notifications, permission=Permission.LOGGED_IN)
class NotificationViews:
    """``/notifications``: a page of them, as HTML and JSON."""

    def __init__(self, context: Notifications, request: Any) -> None:
        self.context = context
        self.request = request
        self.base = request.resource_path(context)
        self.before = number(request.GET.get("before", ""))
        self.unread = request.GET.get("unread") == "1"

    def found(self) -> tuple[list[Notification], bool]:
        """Return the notifications of this page, and whether more follow."""
        return reading.page(
            self.request.db,
            self.request.identity,
            before=self.before,
            unread=self.unread,
        )

    def url(self, **changes: Any) -> str:
        """Return the address of the list with these parameters, and the filter."""
        query = {"unread": "1" if self.unread else "", **changes}
        said = urlencode({name: value for name, value in query.items() if value})
        return f"{self.base}?{said}" if said else self.base

    @view_config(
        request_method="GET",
        renderer="endi_like:templates/notifications/notifications.jinja2",
    )
    def page(self) -> dict[str, Any]:
        """Show what the user is told, the newest first."""
        found, more = self.found()
        return {
            "notifications": found,
            "event_of": EVENTS,
            "said": reading.said,
            "gone": reading.gone(self.request.db, found),
            "base": self.base,
            "here": self.url(before=self.before)[len(self.base) :],
            "unread": self.unread,
            "views": [
                (_("All"), self.base, not self.unread),
                (_("Unread"), f"{self.base}?unread=1", self.unread),
            ],
            "first": self.url() if self.before else "",
            "next": self.url(before=found[-1].id) if more else "",
        }

    @view_config(request_method="GET", renderer="json", wants_json=True)
    def as_json(self) -> dict[str, Any]:
        """Answer the same as JSON."""
        found, more = self.found()
        request = self.request
        gone = reading.gone(request.db, found)
        return {
            "notifications": [
                as_json(request, self.context, one, gone) for one in found
            ],
            "unread": reading.how_many_unread(request.db, request.identity),
            "before": found[-1].id if more else None,
        }

    @view_config(name="read", request_method="POST")
    def read(self) -> Any:
        """Mark all as read, or all up to the newest that was shown."""
        until = text(sent(self.request), "until")
        if until and number(until) is None:
            raise Refused(_("“until” is the number of a notification."))
        self.mark(until=number(until))
        return self.done(_("All of it is marked as read."))

    def mark(self, **which: int | None) -> None:
        """Mark some as read."""
        user_id = self.request.identity.user_id
        reading.mark_read(self.request.db, user_id, now(self.request), **which)

    def done(self, sentence: str) -> Any:
        """Go back to the list, and say what was done."""
        if self.request.wants_json:
            said = self.request.translate(sentence)
            return Response(json_body={"said": said})
        self.request.flash(self.request.translate(sentence))
        return HTTPSeeOther(self.url(before=self.before))


def as_json(
    request: Any, parent: Notifications, notification: Notification, gone: Set[int]
) -> dict[str, Any]:
    """Return a notification as JSON holds it, said in the reader's language.

    ``gone`` are those whose record is there no more.
    """
    has_gone = notification.id in gone
    return {
        "id": notification.id,
        "url": request.resource_path(parent, str(notification.id), ""),
        "event": notification.event,
        "text": request.translate(reading.said(notification)),
        "at": notification.at.isoformat(),
        "read": notification.read_at is not None,
        "record": None if has_gone else record_url(request, notification),
    }


def record_url(request: Any, notification: Notification) -> str:
    """Return where the record is that a notification is about."""
    collection = request.root[notification.collection]
    return str(request.resource_path(collection, str(notification.record_id), ""))


@view_defaults(context=NotificationResource, permission=Permission.LOGGED_IN)
class NotificationView:
    """``/notifications/12``: one notification."""

    def __init__(self, context: NotificationResource, request: Any) -> None:
        self.context = context
        self.request = request
        self.notification = context.notification

    @view_config(request_method="GET")
    def open(self) -> HTTPSeeOther:
        """Go to the record; whoever has been there has read it."""
        if self.notification.read_at is None and self.request.method == "GET":
            self.request.add_finished_callback(self.note_opened)
        if self.gone():
            raise HTTPGone(KEPT_NO_LONGER)
        return HTTPSeeOther(record_url(self.request, self.notification))

    def gone(self) -> set[int]:
        """Return its id if its record is there no more."""
        return reading.gone(self.request.db, [self.notification])

    def note_opened(self, request: Any) -> None:
        """Mark it as read, after the request's own transaction, which only reads."""
        key, user_id = self.notification.id, request.identity.user_id
        mark = partial(reading.mark_read, user_id=user_id, at=now(request), key=key)
        write_afterwards(request, mark)

    @view_config(request_method="GET", renderer="json", wants_json=True)
    def as_json(self) -> dict[str, Any]:
        """Answer the notification as JSON; a program reads it without marking it."""
        listed = self.context.__parent__
        return as_json(self.request, listed, self.notification, self.gone())

    @view_config(name="read", request_method="POST")
    def read(self) -> Any:
        """Mark it as read."""
        listed = NotificationViews(self.context.__parent__, self.request)
        listed.mark(key=self.notification.id)
        return listed.done(_("It is marked as read."))


@view_defaults(
    context=Notifications,
    name="choices",
    permission=Permission.LOGGED_IN,
    renderer="endi_like:templates/notifications/choices.jinja2",
)
class Choices:
    """``/notifications/choices``: what one is told, and how."""

    def __init__(self, context: Notifications, request: Any) -> None:
        self.request = request
        self.base = request.resource_path(context)
        self.events = choosing.events_for(request.identity)

    def form(self) -> Form:
        """Return the form of the page, empty."""
        locale = self.request.locale_name
        return make_form(
            choices_schema(self.events).bind(locale=locale),
            locale=locale,
            buttons=(Press("save", _("Save")),),
            action=f"{self.base}choices",
            hidden={"csrf_token": get_csrf_token(self.request)},
            prefix=self.request.script_name,
        )

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        """Show how one is told of each event."""
        known = choosing.ways(self.request.db, self.request.identity.user_id)
        ways = {
            event.name: dict(zip(("bell", "mail"), known[event.name], strict=True))
            for event in self.events
        }
        return self.page(self.form().open(ways))

    def page(self, form: Form) -> dict[str, Any]:
        """Return what the page shows."""
        return {
            "form": form,
            "events": self.events,
            "mail_labels": MAIL_LABELS,
            "base": self.base,
        }

    @view_config(request_method="POST")
    def save(self) -> Any:
        """Keep what was chosen."""
        if self.request.access.session_hash is None:
            raise HTTPForbidden(_("An API token cannot change the account it is of."))
        form = self.form()
        try:
            data = form.validate(self.request.POST.items())
        except ValidationFailure:
            self.request.tm.doom()
            self.request.response.status_int = 422
            return self.page(form)
        chosen = {name: (one["bell"], one["mail"]) for name, one in data.items()}
        choosing.choose(self.request.db, self.request.identity.user_id, chosen)
        self.request.flash(_("It is saved."))
        return HTTPSeeOther(f"{self.base}choices")
