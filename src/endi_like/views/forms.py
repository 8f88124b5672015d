"""Pages with a form: show it, validate it, save, redirect.

The same URL answers JSON: the fields as one object, with ``version`` and ``action``
beside them; errors come back by field.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import colander
from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.view import view_config

from endi_like.forms.core import (
    FIND,
    SAVE,
    Form,
    ValidationFailure,
    make_form,
    objection,
    sentences,
)
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.services import choices
from endi_like.services.once import new_key
from endi_like.views import once
from endi_like.views.programs import record
from endi_like.workflow.errors import NotPermitted, Refused

TEMPLATE = "endi_like:templates/form.jinja2"


def form_view(**settings: Any) -> Any:
    """Register a ``FormView`` subclass: GET shows the form, POST submits it.

    A post is let in by ``asked_first``, where a view asks for the permission itself.
    """
    settings.setdefault("renderer", TEMPLATE)

    def register(cls: Any) -> Any:
        cls.permission = settings["permission"]
        posting = settings | {"permission": cls.asked_first or cls.permission}
        for attr, method, kept in (
            ("show", "GET", settings),
            ("submit", "POST", posting),
        ):
            view_config(attr=attr, request_method=method, _depth=1, **kept)(cls)
        return cls

    return register


class FormView:
    """A form page; a subclass names its schema and says what saving means.

    ``asked_first`` is what a post must hold before the view asks for the rest;
    ``helping`` are the buttons that only help to fill the form in.
    """

    schema: ClassVar[Any]
    title: Any
    saved: Any = _("Saved.")
    permission: Permission
    asked_first: ClassVar[Permission | None] = None
    stored: ClassVar[int] = 201
    helping: ClassVar[tuple[str, ...]] = (FIND,)

    def __init__(self, context: Any, request: Any) -> None:
        self.context = context
        self.request = request
        if request.method == "POST" and request.wants_json:
            request.override_renderer = "json"

    def bindings(self) -> dict[str, Any]:
        """Return what the schema's fields need besides the language: choices."""
        return {}

    def hidden(self) -> dict[str, str]:
        """Return what travels with the form unseen."""
        return {"csrf_token": get_csrf_token(self.request)}

    def buttons(self) -> Sequence[Any]:
        """Return the submit buttons, the main one last."""
        return (SAVE,)

    def appstruct(self) -> dict[str, Any]:
        """Return the values the form opens with."""
        return {}

    def save(self, data: dict[str, Any]) -> Any:
        """Store the validated values and return the resource to go to."""
        raise NotImplementedError

    def above(self) -> Sequence[tuple[str, str]]:
        """Return what the form is about: what that is called, and its address."""
        return ()

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Return what the template shows."""
        form.draft_key = f"{self.request.identity.user_id}:{self.request.path}"
        return {
            "title": self.title,
            "form": form,
            "conflict": None,
            "above": self.above(),
            **values,
        }

    def form(self) -> Form:
        """Return the form, bound to the reader's language and to what is offered."""
        # a program writes numbers in one way, whatever its user reads
        read_in = "en" if self.request.wants_json else self.request.locale_name
        schema = self.schema().bind(locale=read_in, **self.bindings())
        return make_form(
            schema,
            locale=self.request.locale_name,
            buttons=self.buttons(),
            hidden=self.hidden(),
            prefix=self.request.script_name,
        )

    def show(self) -> Any:
        """Render the form."""
        return self.page(self.form().open(self.appstruct()))

    def submit(self) -> Any:
        """Save and redirect, or render the form again with its errors."""
        form = self.form()
        if self.field("action") in self.helping and not self.request.wants_json:
            return self.page(self.helped(form))
        try:
            data = self.posted(form)
            target = self.save(data)
        except ValidationFailure as failure:
            return self.unprocessable(form, failure.error)
        except (Refused, NotPermitted) as refusal:
            return self.refused(form, data, refusal)
        return self.done(target)

    def helped(self, form: Form) -> Form:
        """Return the form as it was sent, with what was asked for; nothing is kept."""
        return form.refill(self.request.POST.items())

    def refused(self, form: Form, data: dict[str, Any], refusal: Any) -> Any:
        """Show the form again with what keeps it from being saved, or moved on."""
        if self.request.wants_json and isinstance(refusal, NotPermitted):
            raise refusal
        error = objection(form.schema, refusal.args, getattr(refusal, "fields", {}))
        form.open(data)
        form.blame(error)
        status = 403 if isinstance(refusal, NotPermitted) else 422
        return self.unprocessable(form, error, status)

    def posted(self, form: Form) -> dict[str, Any]:
        """Return the validated values of the request."""
        if self.request.wants_json:
            body = self.request.json_values
            kept = {k: v for k, v in body.items() if k not in ("version", "action")}
            return form.validate_pstruct({**self.unsent(form), **kept})
        return form.validate(self.request.POST.items())

    def unsent(self, form: Form) -> dict[str, Any]:
        """Return the values of what a program leaves out: those the form opens with."""
        found: dict[str, Any] = form.schema.serialize(self.appstruct())
        return found

    def unprocessable(
        self, form: Form, error: colander.Invalid, status: int = 422
    ) -> Any:
        """Answer 422: the form again, or its errors as JSON; nothing is kept."""
        self.request.tm.doom()
        self.request.response.status_int = status
        if self.request.wants_json:
            return {"errors": sentences(error, self.request.translate)}
        return self.page(form)

    def done(self, target: Any) -> Any:
        """Say so and go to what was saved; a program is told where that is."""
        url = self.request.resource_url(target)
        said = self.request.translate(self.saved)
        if self.request.wants_json:
            self.request.response.status_int = self.stored
            return {**record(self.request, target), "said": said}
        self.request.flash(said)
        self.request.mark_saved()
        return HTTPSeeOther(url)

    def field(self, name: str) -> str | None:
        """Return a value that travels beside the form's own fields."""
        if self.request.wants_json:
            value = self.request.json_values.get(name)
            return None if value is None else str(value)
        found: str | None = self.request.POST.get(name)
        return found


class AddForm(FormView):
    """A form on a collection that creates one of its items, once for each page."""

    def hidden(self) -> dict[str, str]:
        """Add the key by which the form is known again when it arrives twice."""
        key = once.key_of(self.request) if self.request.method == "POST" else None
        return {**super().hidden(), once.FIELD: key or new_key()}

    def submit(self) -> Any:
        """Go to what this very form has made already, or make it."""
        if found := once.made_before(self.request):
            self.request.mark_saved()
            return found
        return super().submit()

    def done(self, target: Any) -> Any:
        """Write down what was made, and go there."""
        once.remember(self.request, target)
        return super().done(target)

    def save(self, data: dict[str, Any]) -> Any:
        """Store a new item, if the user may add just that, and return where to go."""
        item = self.build(data)
        allowed = self.request.has_permission(Permission.ADD, self.context.wrap(item))
        if not allowed:
            raise HTTPForbidden(result=allowed)
        self.store(item, data)
        self.request.db.flush()
        return self.target(item)

    def build(self, data: dict[str, Any]) -> Any:
        """Return the new item, empty but for what decides who may add it."""
        return self.context.item_class.model()

    def store(self, item: Any, data: dict[str, Any]) -> None:
        """Write the values into the new item, and add it."""
        raise NotImplementedError

    def target(self, item: Any) -> Any:
        """Return the resource to go to afterwards."""
        return self.context.wrap(item)

    def companies(self) -> list[Any]:
        """Return the companies in use that the user may add an item to."""
        ids = self.context.companies(self.request.identity, Permission.ADD)
        return choices.companies_of(self.request.db, ids)
