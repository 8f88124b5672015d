"""What is wrong with values that are well-formed, but do not fit what is stored."""

from __future__ import annotations

from endi_like.workflow.errors import Refused


class WrongValues(Refused):
    """Nothing was stored; ``fields`` says of each field concerned what is wrong.

    ``WrongValues(login=_("This login is taken."))``
    """

    def __init__(self, **fields: str) -> None:
        super().__init__(*fields.values())
        self.fields = fields
