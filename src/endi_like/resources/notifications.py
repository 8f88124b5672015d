"""Where one's own notifications are; those of others are not there."""

from __future__ import annotations

from typing import Any, ClassVar

from pyramid.authorization import DENY_ALL, Allow, Authenticated

from endi_like.models.notifications import Notification
from endi_like.permissions import Permission
from endi_like.resources.keys import row_id
from endi_like.services.notifications import reading


class Notifications:
    """``/notifications``: what the one who asks is told."""

    __acl__: ClassVar = [(Allow, Authenticated, Permission.LOGGED_IN), DENY_ALL]

    def __init__(self, name: str, parent: Any) -> None:
        self.__name__ = name
        self.__parent__ = parent
        self.request = parent.request

    def __getitem__(self, key: str) -> NotificationResource:
        """Return one of one's own, about what one may still view."""
        identity = self.request.identity
        found = identity and reading.find(self.request.db, identity, row_id(key))
        if not found:
            raise KeyError(key)
        return NotificationResource(found, self)


class NotificationResource:
    """``/notifications/12``; the ACL of the whole holds for it."""

    def __init__(self, notification: Notification, parent: Notifications) -> None:
        self.notification = notification
        self.__name__ = str(notification.id)
        self.__parent__ = parent


def includeme(config: Any) -> None:
    """Publish it; the bell leads there, no menu does."""
    config.registry["branches"]["notifications"] = Notifications
