"""What somebody may say of a view of a list that is kept."""

from __future__ import annotations

from typing import Any

from endi_like.forms.fields import Choice, Flag, Line, Schema
from endi_like.i18n import _
from endi_like.models.saved_views import LONGEST_NAME


class SavedViewSchema(Schema):
    """A view: its name, whether the list opens with it, with whom it is shared.

    Bindings: ``roles`` (pairs) where the user may share.
    """

    name = Line(longest=LONGEST_NAME, title=_("Name"))
    preset = Flag(title=_("This list opens with it"))
    role = Choice(
        "roles",
        title=_("Shared with"),
        missing=None,
        description=_("Each of them finds it above the list."),
    )

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask with whom it is shared where that is the user's to say."""
        if not bindings.get("roles"):
            del self["role"]
