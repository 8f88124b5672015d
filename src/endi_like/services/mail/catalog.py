"""Every mail the program writes: what it is for, its keys, and its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from endi_like.i18n import _
from endi_like.models.people import User
from endi_like.services.mail.templates import Key, Template
from endi_like.services.resets import LASTS

ORGANISATION = Key("ORGANISATION", _("the name of the organisation"), "Horizon")
SITE = Key("SITE", _("the address of this back office"), "https://office.example.org")
NAME = Key("NAME", _("the name of the user"), "Claire Martin")
MINUTES = int(LASTS.total_seconds() // 60)
LINK = Key(
    "LINK",
    _("the link, which works once; it is shown in the mail only"),
    "https://office.example.org/new-password?token=…",
    secret=True,
)
LOGIN = Key("LOGIN", _("the login of the user"), "claire")

RESET = "reset"
WELCOME = "welcome"


def of_user(user: User) -> Mapping[str, Any]:
    """Return what mails to users say of them."""
    return {"NAME": user.name, "LOGIN": user.login, "MINUTES": MINUTES}


TEMPLATES = {
    template.key: template
    for template in (
        Template(
            RESET,
            _("Link to choose a password"),
            _("To a user who has forgotten the password, or has none yet."),
            keys=(
                NAME,
                LOGIN,
                LINK,
                Key("MINUTES", _("how many minutes the link works"), MINUTES),
                SITE,
                ORGANISATION,
            ),
            subject=_("Your password for __ORGANISATION__"),
            text=_(
                "Hello __NAME__,\n"
                "\n"
                "This link lets you choose the password of your account __LOGIN__:\n"
                "\n"
                "__LINK__\n"
                "\n"
                "It works once, within __MINUTES__ minutes. If you have not asked for "
                "it, you need not do anything: your present password stays as it is.\n"
                "\n"
                "__ORGANISATION__\n"
                "__SITE__"
            ),
            about="users",
            values=of_user,
        ),
        Template(
            WELCOME,
            _("Welcome"),
            _("To users who are to begin working here."),
            keys=(NAME, LOGIN, SITE, ORGANISATION),
            subject=_("Your account with __ORGANISATION__"),
            text=_(
                "Hello __NAME__,\n"
                "\n"
                "You have an account in the back office of __ORGANISATION__. You log "
                "in here:\n"
                "\n"
                "__SITE__\n"
                "\n"
                "Your login is __LOGIN__. If you have no password yet, press "
                "“Password forgotten?” on that page: you will be sent a link by which "
                "you choose one.\n"
                "\n"
                "__ORGANISATION__"
            ),
            about="users",
            audience="users",
            values=of_user,
        ),
    )
}
