"""Where memos and the timeline are: ``/invoices/12/memos/7`` and ``…/timeline``.

Who may see the record may read its shared memos: the ACL is that of the record.  A
private memo is there for its author, and for nobody else at all.
"""

from __future__ import annotations

from typing import Any

from endi_like.models.memos import Memo
from endi_like.resources.beside import Beside
from endi_like.resources.keys import row_id
from endi_like.services import memos


class Timeline(Beside):
    """``/invoices/12/timeline``."""


class Memos(Beside):
    """``/invoices/12/memos``."""

    def __getitem__(self, key: str) -> MemoResource:
        """Return a memo of this record that the user may read."""
        request = self.__parent__.request
        reader_id = request.identity.user_id if request.identity else None
        memo = memos.find(request.db, self.place, row_id(key), reader_id)
        if memo is None:
            raise KeyError(key)
        return MemoResource(memo, self)


class MemoResource:
    """``/invoices/12/memos/7``; ``node`` is the memo, whose version counts."""

    def __init__(self, memo: Memo, parent: Memos) -> None:
        self.node = memo
        self.__name__ = str(memo.id)
        self.__parent__ = parent

    @property
    def version(self) -> int:
        """Return how often the memo was changed."""
        return self.node.version

    @property
    def record(self) -> Any:
        """Return the record the memo is beside."""
        return self.__parent__.__parent__
