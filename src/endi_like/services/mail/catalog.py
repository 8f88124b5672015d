"""Every mail the program writes: what it is for, its keys, and its own words."""

from __future__ import annotations

from datetime import date

from endi_like.i18n import _
from endi_like.services.mail.templates import Key, Template
from endi_like.services.mail.values import MINUTES, of_document, of_reader, of_user

ORGANISATION = Key("ORGANISATION", _("the name of the organisation"), "Horizon")
OFFICE = "https://office.example.org"
SITE = Key("SITE", _("the address of this back office"), OFFICE)
NAME = Key("NAME", _("the name of the user"), "Claire Martin")
LINK = Key(
    "LINK",
    _("the link, which works once; it is shown in the mail only"),
    "https://office.example.org/new-password?token=…",
    secret=True,
)
ALL_OF_THEM = f"{OFFICE}/notifications/"
EXAMPLE = f"{ALL_OF_THEM}12/"
EXAMPLES = f"Repairs (Town)\n{EXAMPLE}\n\nRoof (Town)\n{ALL_OF_THEM}13/"
NUMBER = Key("NUMBER", _("the number of the document"), "F2026-0012")
SUBJECT = Key("SUBJECT", _("what the document is about"), _("Repair of the roof"))
CUSTOMER = Key("CUSTOMER", _("the name of the customer"), _("Town"))
COMPANY = Key("COMPANY", _("the name of the company that sends it"), "Menuiserie Élan")
AMOUNT = Key("AMOUNT", _("what the document comes to"), "€1,200.00")
OF_DOCUMENT = (NUMBER, SUBJECT, CUSTOMER, COMPANY, AMOUNT)
LOGIN = Key("LOGIN", _("the login of the user"), "claire")

RESET = "reset"
WELCOME = "welcome"
NOTICE = "notice"
NOTICES = "notices"
INVOICE = "invoice_to_customer"
ESTIMATION = "estimation_to_customer"
CREDIT_NOTE = "credit_note_to_customer"


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
        Template(
            NOTICE,
            _("Notification"),
            _("To a user who wants to be told of something at once."),
            keys=(
                NAME,
                Key("EVENT", _("what has happened"), _("A document is sent back")),
                Key("TEXT", _("the same as a sentence"), _("Ada has sent it back.")),
                Key("LINK", _("where it is read"), EXAMPLE),
                SITE,
                ORGANISATION,
            ),
            subject=_("__EVENT__: __TEXT__"),
            text=_(
                "Hello __NAME__,\n"
                "\n"
                "__TEXT__\n"
                "\n"
                "__LINK__\n"
                "\n"
                "Which mails you are sent is chosen under “My account”, "
                "“Notifications”.\n"
                "\n"
                "__ORGANISATION__"
            ),
            about="users",
            values=of_reader,
        ),
        Template(
            NOTICES,
            _("Notifications of the day"),
            _("To a user who wants to be told once a day what is new."),
            keys=(
                NAME,
                Key("NUMBER", _("how many there are"), 2),
                Key("LIST", _("what has happened, and where it is read"), EXAMPLES),
                Key(
                    "LINK", _("where all of them are read"), f"{OFFICE}/notifications/"
                ),
                SITE,
                ORGANISATION,
            ),
            subject=_("New for you at __ORGANISATION__: __NUMBER__"),
            text=_(
                "Hello __NAME__,\n"
                "\n"
                "this is new since the last mail:\n"
                "\n"
                "__LIST__\n"
                "\n"
                "All of it: __LINK__\n"
                "\n"
                "Which mails you are sent is chosen under “My account”, "
                "“Notifications”.\n"
                "\n"
                "__ORGANISATION__"
            ),
            about="users",
            values=of_reader,
        ),
        Template(
            ESTIMATION,
            _("Estimation to the customer"),
            _("To a customer, with the estimation as a PDF."),
            keys=(
                *OF_DOCUMENT,
                Key("VALID_UNTIL", _("until when it is valid"), date(2026, 12, 31)),
                ORGANISATION,
            ),
            subject=_("Estimation __NUMBER__ of __COMPANY__: __SUBJECT__"),
            text=_(
                "Hello,\n"
                "\n"
                "please find attached our estimation __NUMBER__, “__SUBJECT__”, for "
                "__CUSTOMER__.\n"
                "\n"
                "Amount: __AMOUNT__\n"
                "Valid until: __VALID_UNTIL__\n"
                "\n"
                "If you agree to it, please send it back signed.\n"
                "\n"
                "Kind regards\n"
                "__COMPANY__"
            ),
            about="estimations",
            values=of_document,
        ),
        Template(
            INVOICE,
            _("Invoice to the customer"),
            _("To a customer, with the invoice as a PDF."),
            keys=(
                *OF_DOCUMENT,
                Key("DUE_DATE", _("when it is to be paid"), date(2026, 12, 31)),
                ORGANISATION,
            ),
            subject=_("Invoice __NUMBER__ of __COMPANY__: __SUBJECT__"),
            text=_(
                "Hello,\n"
                "\n"
                "please find attached our invoice __NUMBER__, “__SUBJECT__”, for "
                "__CUSTOMER__.\n"
                "\n"
                "Amount: __AMOUNT__\n"
                "To be paid: __DUE_DATE__\n"
                "\n"
                "Kind regards\n"
                "__COMPANY__"
            ),
            about="invoices",
            values=of_document,
        ),
        Template(
            CREDIT_NOTE,
            _("Credit note to the customer"),
            _("To a customer, with the credit note as a PDF."),
            keys=(
                *OF_DOCUMENT,
                Key("INVOICE", _("the number of the invoice"), "F2026-0011"),
                ORGANISATION,
            ),
            subject=_("Credit note __NUMBER__ of __COMPANY__: __SUBJECT__"),
            text=_(
                "Hello,\n"
                "\n"
                "please find attached our credit note __NUMBER__ on invoice "
                "__INVOICE__, for __CUSTOMER__.\n"
                "\n"
                "Amount: __AMOUNT__\n"
                "\n"
                "Kind regards\n"
                "__COMPANY__"
            ),
            about="credit-notes",
            values=of_document,
        ),
    )
}
