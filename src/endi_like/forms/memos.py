"""What users may write beside a record."""

from __future__ import annotations

from typing import Any

from endi_like.forms.fields import Choice, Flag, Line, Schema, Text
from endi_like.i18n import _

LONGEST_MEMO = 5_000


class MemoSchema(Schema):
    """A memo: who may read it, and whether it stays on top."""

    subject = Line(title=_("Subject"), missing="", span="f12")
    text = Text(
        longest=LONGEST_MEMO,
        title=_("Text"),
        description=_("@ and a login, such as @claire, tells that person of it."),
        hints={"rows": "5"},
    )
    private = Flag(title=_("Private: only you will see it"))
    pinned = Flag(title=_("Pin it on top"))


class NewMemoSchema(MemoSchema):
    """A memo that is being written.

    Bindings: ``accounts`` (pairs) where it may be about one of them.
    """

    account_id = Choice(
        "accounts",
        title=_("About the account"),
        missing=None,
        description=_("Without one, it is about the contact itself."),
    )

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for an account only where there are several."""
        if not bindings.get("accounts"):
            del self["account_id"]
