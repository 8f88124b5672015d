"""Forms on one stored item: whoever saves has seen the version they save over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import colander
from pyramid.httpexceptions import HTTPForbidden

from endi_like.forms.core import SAVE, Form, ValidationFailure
from endi_like.permissions import Permission
from endi_like.services.conflicts import last_change
from endi_like.views.conflicts import Conflict, differences
from endi_like.views.forms import FormView
from endi_like.views.once import ALREADY
from endi_like.workflow.errors import Done, Stale


class ItemForm(FormView):
    """A form on one item; it carries the version the item was opened with.

    It asks for the permission itself when it is submitted: of what has been locked
    meanwhile, what was typed is shown again.
    """

    asked_first = Permission.VIEW
    stored = 200

    def version(self) -> str:
        """Return which version of the item this is."""
        return str(self.target().version)

    def hidden(self) -> dict[str, str]:
        """Add the version, which ``submit`` expects to find again."""
        return {**super().hidden(), "version": self.version()}

    def target(self) -> Any:
        """Return the resource to go to afterwards."""
        return self.context

    def submit(self) -> Any:
        """Save, unless somebody else was faster, or the user may not."""
        allowed = self.request.has_permission(self.permission, self.context)
        stale = self.field("version") != self.version()
        if stale and (allowed or self.may_otherwise()):
            return self.conflict(bool(allowed))
        if not allowed:
            raise HTTPForbidden(result=allowed)
        return super().submit()

    def may_otherwise(self) -> bool:
        """Tell whether the user may do it in another state of the item."""
        held = getattr(self.context, "ever_held", None)
        return held is not None and self.permission in held(self.request.identity)

    def save(self, data: dict[str, Any]) -> Any:
        """Change the item and go back to it."""
        self.change(self.context.node, data)
        self.request.db.flush()
        return self.target()

    def change(self, item: Any, data: dict[str, Any]) -> None:
        """Do to the item what the values say."""
        raise NotImplementedError

    def conflict(self, allowed: bool) -> Any:
        """Answer 409: what was typed stays in the form, beside what is stored now.

        What is stored already just so, by a double click, say, is done, not lost.
        """
        if self.request.wants_json:
            raise Stale
        form = self.form()
        try:
            mine = self.posted(form)
            form.open(mine)
        except ValidationFailure:
            mine = {}
        if mine and self.is_done(form, mine):
            self.request.mark_saved()
            raise Done(ALREADY)
        if not allowed:
            form.buttons = []
        self.request.tm.doom()
        self.request.response.status_int = 409
        found = self.difference(form, mine)
        return self.page(form, conflict=replace(found, locked=not allowed))

    def is_done(self, form: Form, mine: dict[str, Any]) -> bool:
        """Tell whether what was sent is stored already; override where it is more."""
        same = mine.keys() <= self.appstruct().keys()
        return same and not self.difference(form, mine).rows and self.has_moved()

    def has_moved(self) -> bool:
        """Tell whether the button pressed has been pressed just before."""
        pressed = self.field("action") or SAVE.name
        if pressed == SAVE.name:
            return True
        last = last_change(self.request.db, self.context.node)
        me = self.request.identity.user_id
        return last is not None and (last.user_id, last.action) == (me, pressed)

    def difference(self, form: Form, mine: dict[str, Any]) -> Conflict:
        """Return who was faster, and the fields in which the two versions differ."""
        node = self.context.node
        who = getattr(node, "updated_by", None)
        return Conflict(
            who=who.name if who else "",
            at=getattr(node, "updated_at", None),
            rows=differences(form.schema, mine, self.appstruct()),
            mine=who is not None and who.id == self.request.identity.user_id,
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
