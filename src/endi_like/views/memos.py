"""Memos of a record: written and changed in a form, pinned, removed and put back."""

from __future__ import annotations

from typing import Any, ClassVar

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from endi_like.forms.core import Form
from endi_like.forms.memos import MemoSchema, NewMemoSchema
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.memos import MemoResource, Memos
from endi_like.services import memos
from endi_like.views import once
from endi_like.views.files import signature
from endi_like.views.forms import AddForm, form_view
from endi_like.views.items import EditForm
from endi_like.views.of_account import accounts_of, place_of
from endi_like.views.programs import plain, record
from endi_like.views.timeline import ANCHOR

TEMPLATE = "endi_like:templates/layouts/sections.jinja2"
FACTS = (
    "subject",
    "account_id",
    "text",
    "private",
    "pinned",
    "at",
    "changed_at",
    "removed_at",
)
FIELDS = ("subject", "text", "account_id", "private", "pinned")


class MemoForm:
    """What the new and the edit form have in common."""

    schema: ClassVar[Any] = MemoSchema
    context: Any
    request: Any

    @property
    def record(self) -> Any:
        """Return the record the memo is beside."""
        raise NotImplementedError

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Add the way back to what the template shows."""
        back = f"{self.request.resource_path(self.record)}#{ANCHOR}"
        shown = {
            "sections": ((_("Memo"), "", FIELDS),),
            "crumbs": [(self.record.node.title, back)],
            "leave_url": back,
            **values,
        }
        found: dict[str, Any] = super().page(form, **shown)  # type: ignore[misc]
        return found

    def done(self, target: Any) -> Any:
        """Go back to the timeline of the record; tell a program of the memo."""
        if self.request.wants_json:
            return super().done(target)  # type: ignore[misc]
        self.request.mark_saved()
        return back(self.request, target, self.saved)  # type: ignore[attr-defined]


@form_view(context=Memos, name="add", permission=Permission.NOTE, renderer=TEMPLATE)
class WriteMemo(MemoForm, AddForm):
    """Write a memo beside a record."""

    schema: ClassVar[Any] = NewMemoSchema
    title = _("New memo")
    saved = _("The memo is written.")

    @property
    def record(self) -> Any:
        """Return the record the memo is beside."""
        return self.context.__parent__

    def bindings(self) -> dict[str, Any]:
        """Offer the accounts of whom one sees as a whole."""
        return {"accounts": accounts_of(self.record)}

    def save(self, data: dict[str, Any]) -> Any:
        """Store the memo and return where it is."""
        by = signature(self.request)
        db = self.request.db
        place = place_of(self.record, data.pop("account_id", None))
        memo = memos.write(db, place, by, memos.Content(**data))
        memos.tell_named(db, memo, self.record.node, by)
        return MemoResource(memo, self.context)

    def done(self, target: Any) -> Any:
        """Write down that this form has been answered."""
        once.remember(self.request, self.record)
        return super().done(target)


@form_view(
    context=MemoResource, name="edit", permission=Permission.NOTE, renderer=TEMPLATE
)
class EditMemo(MemoForm, EditForm):
    """Change one's own memo."""

    title = _("Edit the memo")
    saved = _("The memo is changed.")

    @property
    def record(self) -> Any:
        """Return the record the memo is beside."""
        return self.context.record

    def form(self) -> Form:
        """Return the form, for who has written the memo."""
        memos.check_author(self.context.node, signature(self.request))
        memos.check_there(self.context.node)
        return super().form()

    def change(self, item: Any, data: dict[str, Any]) -> None:
        """Write the values into the memo."""
        db, by = self.request.db, signature(self.request)
        memos.change(db, item, by, memos.Content(**data))
        memos.tell_named(db, item, self.record.node, by)


@view_config(context=MemoResource, request_method="GET", permission=Permission.VIEW)
def memo(context: MemoResource, request: Any) -> Any:
    """Tell a program of one memo; a person reads it in the timeline."""
    if not request.wants_json:
        return HTTPSeeOther(request.resource_url(context.record, anchor=ANCHOR))
    said = {name: getattr(context.node, name) for name in FACTS}
    mine = context.node.author_id == request.identity.user_id
    found = record(request, context) | plain(said) | {"mine": mine}
    return Response(json_body=found)


@view_config(
    context=MemoResource, name="pin", request_method="POST", permission=Permission.NOTE
)
def pin(context: MemoResource, request: Any) -> Any:
    """Keep a memo on top of the timeline."""
    memos.pin(request.db, context.node)
    return back(request, context, _("The memo is pinned."))


@view_config(
    context=MemoResource,
    name="unpin",
    request_method="POST",
    permission=Permission.NOTE,
)
def unpin(context: MemoResource, request: Any) -> Any:
    """Let a memo go back to its place in the timeline."""
    memos.unpin(context.node)
    return back(request, context, _("The memo is no longer pinned."))


@view_config(
    context=MemoResource,
    name="remove",
    request_method="POST",
    permission=Permission.NOTE,
)
def remove(context: MemoResource, request: Any) -> Any:
    """Take one's own memo off the record; the timeline offers to put it back."""
    memos.remove(request.db, context.node, signature(request))
    return back(request, context, _("The memo is removed."))


@view_config(
    context=MemoResource,
    name="restore",
    request_method="POST",
    permission=Permission.NOTE,
)
def restore(context: MemoResource, request: Any) -> Any:
    """Put back one's own memo that was removed; whom it names are told."""
    by = signature(request)
    memos.restore(context.node, by)
    memos.tell_named(request.db, context.node, context.record.node, by)
    return back(request, context, _("The memo is back."))


def back(request: Any, context: MemoResource, said: Any) -> Any:
    """Say what was done and go to the timeline; tell a program of the memo."""
    request.db.flush()
    sentence = request.translate(said)
    if request.wants_json:
        return Response(json_body={**record(request, context), "said": sentence})
    request.flash(sentence)
    return HTTPSeeOther(request.resource_url(context.record, anchor=ANCHOR))
