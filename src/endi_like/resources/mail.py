"""Where mails are looked after: what was sent to whom, and in which words."""

from __future__ import annotations

from typing import Any, ClassVar

from endi_like.i18n import LANGUAGES, _
from endi_like.models.mail import MailAttachment, MailWording, OutgoingMail
from endi_like.permissions import Permission
from endi_like.resources.core import Branch, Resource, row_id
from endi_like.services.mail import outbox
from endi_like.services.mail.catalog import TEMPLATES
from endi_like.services.mail.templates import Template, stored_wording
from endi_like.services.rights.holders import Role
from endi_like.services.rights.tables import MAILS


class MailResource(Resource):
    """``/mails/12``; its text may be for its recipient only, so nobody else reads."""

    model = OutgoingMail
    grants: ClassVar = MAILS

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


class Wordings(Branch):
    """``/mail-templates``: every template in every language.

    Those whose words nobody has changed have no row yet.
    """

    def __getitem__(self, key: str) -> Resource:
        """Return a template in one language: ``/mail-templates/reset-fr``."""
        name, _dash, language = key.rpartition("-")
        if language not in LANGUAGES:
            raise KeyError(key)
        return self.named(TEMPLATES[name], language)

    def named(self, template: Template, language: str) -> Resource:
        """Return a template in one language."""
        stored = stored_wording(self.request.db, template, language)
        new = MailWording(template=template.key, language=language)
        return self.wrap(stored or new)


class WordingResource(Resource):
    """``/mail-templates/reset-fr``: what a template says in one language."""

    model = MailWording
    grants: ClassVar = {Role("admin"): frozenset({Permission.VIEW, Permission.EDIT})}
    collection: ClassVar = Wordings

    def __init__(self, node: MailWording, parent: Any) -> None:
        super().__init__(node, parent)
        self.__name__ = f"{node.template}-{node.language}"

    @property
    def template(self) -> Template:
        """Return the template as it is declared."""
        return TEMPLATES[self.node.template]

    @property
    def version(self) -> int:
        """Return how often the words were changed."""
        return self.node.version or 0


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "mails",
        MailResource,
        label=_("Mail"),
        section=_("Administration"),
        icon="envelope",
    )
    config.add_collection(
        "mail-templates",
        WordingResource,
        label=_("Mail templates"),
        section=_("Administration"),
        icon="journal-text",
    )
