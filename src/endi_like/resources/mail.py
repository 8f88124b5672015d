"""Where mails are looked after: what was sent to whom, and in which words."""

from __future__ import annotations

from typing import Any, ClassVar

from endi_like.i18n import _
from endi_like.models.mail import MailAttachment, OutgoingMail
from endi_like.permissions import Permission
from endi_like.resources.core import Resource, row_id
from endi_like.resources.grants import Role
from endi_like.services.mail import outbox

LOOK_AFTER = frozenset({Permission.VIEW, Permission.EXPORT, Permission.EDIT})


class MailResource(Resource):
    """``/mails/12``; its text may be for its recipient only, so nobody else reads."""

    model = OutgoingMail
    grants: ClassVar = {Role("admin"): LOOK_AFTER}

    @classmethod
    def load(cls, db: Any, key: int) -> OutgoingMail | None:
        """Return the mail with what its page shows."""
        return outbox.read(db, key)

    def __getitem__(self, name: str) -> Attachments:
        """Return the attachments of the mail: ``/mails/12/attachments``."""
        if name != "attachments":
            raise KeyError(name)
        return Attachments(name, self)


class Attachments:
    """``/mails/12/attachments``; the mail's ACL holds for them."""

    def __init__(self, name: str, parent: MailResource) -> None:
        self.__name__ = name
        self.__parent__ = parent

    def __getitem__(self, key: str) -> AttachmentResource:
        """Return one attachment of this mail."""
        wanted = row_id(key)
        for attachment in self.__parent__.node.attachments:
            if attachment.id == wanted:
                return AttachmentResource(attachment, self)
        raise KeyError(key)


class AttachmentResource:
    """``/mails/12/attachments/3``."""

    def __init__(self, attachment: MailAttachment, parent: Attachments) -> None:
        self.attachment = attachment
        self.__name__ = str(attachment.id)
        self.__parent__ = parent


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "mails",
        MailResource,
        label=_("Mail"),
        section=_("Administration"),
        icon="envelope",
    )
