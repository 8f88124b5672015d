"""What is said when many documents are to be printed at once."""

from __future__ import annotations

from colander import OneOf

from endi_like.forms.fields import Flag, Line, Schema
from endi_like.services.bundles import MEDIA_TYPES

LONGEST_QUERY = 2000


class BundleSchema(Schema):
    """As what they are printed, and whether it is all that the filters find.

    ``query`` is what the list was asked, as its address has it; ``once`` is the key
    of the page.
    """

    format = Line(longest=3, validator=OneOf(list(MEDIA_TYPES)))
    once = Line(longest=43, missing="")
    whole = Flag(missing=False)
    query = Line(longest=LONGEST_QUERY, missing="")
