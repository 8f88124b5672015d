"""Pages with a form: show it, validate it, save, redirect.

The same URL answers JSON: the fields as one object, with ``version`` and ``action``
beside them; errors come back by field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import colander
from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from endi_like.forms.core import (
    FIND,
    SAVE,
    Form,
    ValidationFailure,
    make_form,
    sentences,
)
from endi_like.i18n import _
from endi_like.workflow.core import Refused, Stale

TEMPLATE = "endi_like:templates/form.jinja2"


@dataclass(frozen=True)
class Conflict:
    """Who saved while somebody typed, and what differs: field, mine, theirs."""

    who: str
    at: Any
    rows: Sequence[tuple[str, str, str]]


def form_view(**settings: Any) -> Any:
    """Register a ``FormView`` subclass: GET shows the form, POST submits it."""
    settings.setdefault("renderer", TEMPLATE)

    def register(cls: Any) -> Any:
        for attr, method in (("show", "GET"), ("submit", "POST")):
            view_config(attr=attr, request_method=method, _depth=1, **settings)(cls)
        return cls

    return register


class FormView:
    """A form page; a subclass names its schema and says what saving means."""

    schema: ClassVar[Any]
    title: Any
    saved: Any = _("Saved.")

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

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Return what the template shows."""
        form.draft_key = f"{self.request.identity.user_id}:{self.request.path}"
        return {
            "title": self.title,
            "form": form,
            "conflict": None,
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
        if self.field("action") == FIND:
            return self.page(form.refill(self.request.POST.items()))
        try:
            data = self.posted(form)
            target = self.save(data)
        except ValidationFailure as failure:
            return self.unprocessable(form, failure.error)
        except Refused as refusal:
            error = objection(form.schema, refusal)
            form.open(data)
            form.blame(error)
            return self.unprocessable(form, error)
        return self.done(target)

    def posted(self, form: Form) -> dict[str, Any]:
        """Return the validated values of the request."""
        if self.request.wants_json:
            body = self.request.json_values
            kept = {k: v for k, v in body.items() if k not in ("version", "action")}
            data: dict[str, Any] = form.validate_pstruct(kept)
            return data
        return form.validate(self.request.POST.items())

    def unprocessable(self, form: Form, error: colander.Invalid) -> Any:
        """Answer 422: the form again, or its errors as JSON; nothing is kept."""
        self.request.tm.doom()
        self.request.response.status_int = 422
        if self.request.wants_json:
            return {"errors": sentences(error, self.request.translate)}
        return self.page(form)

    def done(self, target: Any) -> Any:
        """Say so and go to what was saved."""
        url = self.request.resource_url(target)
        if self.request.wants_json:
            self.request.response.status_int = 201
            return {"url": url}
        self.request.flash(self.request.translate(self.saved))
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
    """A form on a collection that creates one of its items."""

    def save(self, data: dict[str, Any]) -> Any:
        """Store a new item built from the values, if the user may add just that."""
        item = self.build(data)
        db = self.request.db
        db.add(item)
        db.flush()
        return self.context.wrap(item)

    def build(self, data: dict[str, Any]) -> Any:
        """Return the new item; override when values are not plain attributes."""
        return self.context.item_class.model(**data)


class ItemForm(FormView):
    """A form on one item; it carries the version the item was opened with."""

    def version(self) -> str:
        """Return which version of the item this is; override where another counts."""
        return str(self.context.node.version)

    def hidden(self) -> dict[str, str]:
        """Add the version, which ``submit`` expects to find again."""
        return {**super().hidden(), "version": self.version()}

    def submit(self) -> Any:
        """Save, unless somebody else was faster."""
        if self.field("version") != self.version():
            return self.conflict()
        return super().submit()

    def save(self, data: dict[str, Any]) -> Any:
        """Change the item and go back to it."""
        self.change(self.context.node, data)
        self.request.db.flush()
        return self.context

    def change(self, item: Any, data: dict[str, Any]) -> None:
        """Do to the item what the values say."""
        raise NotImplementedError

    def conflict(self) -> Any:
        """Answer 409: what was typed stays in the form, beside what is stored now."""
        if self.request.wants_json:
            raise Stale(_("It has changed since your page was opened."))
        form = self.form()
        try:
            mine = self.posted(form)
            form.open(mine)
        except ValidationFailure:
            mine = {}
        self.request.tm.doom()
        self.request.response.status_int = 409
        return self.page(form, conflict=self.difference(form, mine))

    def difference(self, form: Form, mine: dict[str, Any]) -> Conflict:
        """Return who was faster, and the fields in which the two versions differ."""
        theirs, node = self.appstruct(), self.context.node
        rows = [
            (child.title, ours, stored)
            for child in form.schema.children
            if child.name in mine and child.name in theirs
            for ours, stored in [
                (told(child, mine[child.name]), told(child, theirs[child.name]))
            ]
            if ours != stored
        ]
        who = getattr(node, "updated_by", None)
        return Conflict(
            who.name if who else "", getattr(node, "updated_at", None), rows
        )


class EditForm(ItemForm):
    """A form on an item that changes its attributes."""

    def appstruct(self) -> dict[str, Any]:
        """Return the item's attributes that the schema names."""
        names = [child.name for child in self.schema()]
        found = {name: getattr(self.context.node, name) for name in names}
        return {key: colander.null if v is None else v for key, v in found.items()}

    def change(self, item: Any, data: dict[str, Any]) -> None:
        """Set the values on the item."""
        for name, value in data.items():
            setattr(item, name, value)


def objection(schema: Any, refusal: Refused) -> colander.Invalid:
    """Return what speaks against saving, at the fields it is about if it names any."""
    fields: dict[str, Any] = getattr(refusal, "fields", {})
    if not fields:
        return colander.Invalid(schema, list(refusal.args))
    error = colander.Invalid(schema)
    for name, sentence in fields.items():
        error[name] = sentence
    return error


def told(field: Any, value: Any) -> str:
    """Return a value of a form as people read it, to set two versions side by side."""
    if value is None or value is colander.null:
        return ""
    if isinstance(value, dict):
        shown = (told(child, value.get(child.name)) for child in field.children)
        return ", ".join(text for text in shown if text)
    if isinstance(value, list | tuple):
        inner = field.children[0] if field.children else field
        return "\n".join(told(inner, one) for one in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if search := getattr(field, "search", None):
        return search.label(value) or str(value)
    labels = dict(getattr(field, "options", ()))
    return str(labels.get(value, value))
