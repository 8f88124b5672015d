"""What users may write beside a record."""

from __future__ import annotations

from endi_like.forms.fields import Flag, Schema, Text
from endi_like.i18n import _

LONGEST_MEMO = 5_000


class MemoSchema(Schema):
    """A memo: who may read it, and whether it stays on top."""

    text = Text(
        longest=LONGEST_MEMO,
        title=_("Text"),
        description=_("@ and a login, such as @claire, tells that person of it."),
        hints={"rows": "5"},
    )
    private = Flag(title=_("Private: only you will see it"))
    pinned = Flag(title=_("Pin it on top"))
