"""What users may write beside a record."""

from __future__ import annotations

from typing import Any

from endi_like.forms.fields import Choice, Flag, Line, Schema, Text
from endi_like.i18n import _

LONGEST_MEMO = 5_000


class MemoSchema(Schema):
    """A memo: who may read it, and whether it stays on top.

    Bindings: ``accounts`` (pairs) where it may be about one of them.
    """

    subject = Line(title=_("Subject"), missing="", span="f12")
    text = Text(
        longest=LONGEST_MEMO,
        title=_("Text"),
        description=_("@ and a login, such as @claire, tells that person of it."),
        hints={"rows": "5"},
    )
    account_id = Choice(
        "accounts",
        title=_("About the account"),
        missing=None,
        description=_("Without one, it is about the contact itself."),
    )
    private = Flag(title=_("Private: only you will see it"))
    pinned = Flag(title=_("Pin it on top"))

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for an account only where there are several."""
        if not bindings.get("accounts"):
            del self["account_id"]
