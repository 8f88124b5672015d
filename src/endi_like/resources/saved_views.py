"""Where saved views are: one's own, and those shared with a group one is of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pyramid.authorization import DENY_ALL, Allow, Authenticated

from endi_like import principals
from endi_like.models.saved_views import SavedView
from endi_like.permissions import Permission
from endi_like.resources.keys import row_id
from endi_like.services import saved_views

USE = (Permission.VIEW, Permission.CHOOSE)
OWN = (*USE, Permission.EDIT, Permission.DELETE)


class SavedViews:
    """``/saved-views``: those that the one who asks may use."""

    __acl__: ClassVar = [(Allow, Authenticated, Permission.LOGGED_IN), DENY_ALL]

    def __init__(self, name: str, parent: Any) -> None:
        self.__name__ = name
        self.__parent__ = parent
        self.request = parent.request

    def __getitem__(self, key: str) -> SavedViewResource:
        """Return a view one may use."""
        identity = self.request.identity
        found = identity and saved_views.find(self.request.db, identity, row_id(key))
        if not found:
            raise KeyError(key)
        return self.wrap(found)

    def wrap(self, view: SavedView) -> SavedViewResource:
        """Place a view at its address."""
        return SavedViewResource(view, self)


class SavedViewResource:
    """``/saved-views/12``; ``node`` is the view, whose version counts."""

    def __init__(self, view: SavedView, parent: SavedViews) -> None:
        self.node = view
        self.__name__ = str(view.id)
        self.__parent__ = parent

    @property
    def version(self) -> int:
        """Return how often the view was changed."""
        return self.node.version

    def __acl__(self) -> Iterator[Any]:
        """Let its owner change it, and whom it is shared with use it."""
        yield Allow, principals.user(self.node.owner_id), OWN
        if self.node.role:
            yield Allow, principals.group(self.node.role), USE
        yield DENY_ALL


def includeme(config: Any) -> None:
    """Publish them; each list leads there, no menu does."""
    config.registry["branches"]["saved-views"] = SavedViews
