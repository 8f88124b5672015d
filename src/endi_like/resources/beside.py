"""What is kept beside a record, at an address below its own: files, memos, its past."""

from __future__ import annotations

from typing import Any

from endi_like.services.beside import Place


class Beside:
    """What is kept beside a record, at an address below it."""

    def __init__(self, name: str, parent: Any) -> None:
        self.__name__ = name
        self.__parent__ = parent
        self.node = parent.node

    @property
    def place(self) -> Place:
        """Return where what is written beside the record is kept."""
        place: Place = self.__parent__.place
        return place
