"""For whom, and where, a document is written again."""

from __future__ import annotations

from endi_like.forms.fields import Picked, Schema
from endi_like.i18n import _


class DuplicateSchema(Schema):
    """A copy of a document.  Bindings: ``customers``, ``projects``, ``phases``."""

    account_id = Picked(
        "customers",
        title=_("Customer"),
        description=_("The address of the document is kept for the same customer."),
    )
    project_id = Picked("projects", title=_("Project"), missing=None)
    phase_id = Picked(
        "phases",
        title=_("Phase"),
        missing=None,
        description=_("Of the project that is chosen, if it has any."),
    )
