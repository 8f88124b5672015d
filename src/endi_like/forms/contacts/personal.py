"""What is asked of whoever forgets somebody for good."""

from __future__ import annotations

from endi_like.forms.fields import Line, Schema
from endi_like.i18n import _


class AnonymiseSchema(Schema):
    """The control code of the contact, typed by hand: nobody forgets by accident."""

    control_code = Line(
        longest=40,
        title=_("Control code"),
        description=_("Type the control code of this contact to confirm."),
        hints={"autocomplete": "off"},
    )
