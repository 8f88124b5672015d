"""A mail as it travels: headers, the text, the same as a page, what goes along.

The standard library refuses what would break a header; the addresses have been looked
at when the mail was posted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from endi_like.models.mail import OutgoingMail
from endi_like.templating import render

LINK = re.compile(r"https?://[^\s<>\"“”«»]+")
AFTER_LINK = ".,;:!?)]}'’"
"""Signs that end a sentence rather than an address."""

TEMPLATE = "mail/message.jinja2"
BYTES = "application", "octet-stream"


@dataclass(frozen=True)
class Part:
    """A piece of a line: a text, and where it leads if it is a link."""

    text: str
    url: str = ""


def compose(mail: OutgoingMail, sender: str, files: list[bytes]) -> EmailMessage:
    """Return a mail from that address; ``files`` are the bytes of its attachments."""
    message = EmailMessage(policy=SMTP)
    message["From"] = address(sender, mail.sender_name)
    message["To"] = address(mail.recipient, mail.recipient_name)
    if mail.reply_to:
        message["Reply-To"] = address(mail.reply_to, mail.sender_name)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.due_at)
    message["Message-ID"] = message_id(mail, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.make_alternative()
    for text, kind in ((mail.text, "plain"), (html(mail), "html")):
        part: Any = MIMEPart(policy=SMTP)
        part.set_content(text, subtype=kind, cte="quoted-printable")
        message.attach(part)
    for known, data in zip(mail.attachments, files, strict=True):
        kind, _slash, subtype = known.media_type.partition("/")
        main, sub = (kind, subtype) if subtype else BYTES
        message.add_attachment(data, maintype=main, subtype=sub, filename=known.name)
    return message


def address(email: str, name: str = "") -> Address:
    """Return an address for a header; its domain in the letters every server knows."""
    local, _at, _domain = email.rpartition("@")
    return Address(name, local, domain_of(email))


def domain_of(email: str) -> str:
    """Return the domain of an address in ASCII."""
    return email.rpartition("@")[2].encode("idna").decode("ascii")


def bare(email: str) -> str:
    """Return an address as it is said to a mail server."""
    return f"{email.rpartition('@')[0]}@{domain_of(email)}"


def message_id(mail: OutgoingMail, sender: str) -> str:
    """Return what the mail is known by, the same however often it is tried.

    From an address that is none it cannot be sent, but it can be looked at.
    """
    try:
        domain = domain_of(sender)
    except UnicodeError:
        domain = "invalid"
    return f"<{mail.message_id}@{domain}>"


def html(mail: OutgoingMail, *, shown: bool = False) -> str:
    """Return the text as a page, links to be pressed; as pages show it if ``shown``."""
    text = mail.shown_text if shown else mail.text
    values = {
        "subject": mail.subject,
        "sender": mail.sender_name,
        "paragraphs": list(paragraphs(text)),
    }
    return render(TEMPLATE, values, mail.language)


def paragraphs(text: str) -> Iterator[list[list[Part]]]:
    """Yield the paragraphs of a text: lines of parts; empty lines are between them."""
    lines: list[list[Part]] = []
    for line in text.splitlines():
        if line.strip():
            lines.append(list(parts(line)))
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def parts(line: str) -> Iterator[Part]:
    """Yield the pieces of a line, links by themselves."""
    at = 0
    for found in LINK.finditer(line):
        url = found[0].rstrip(AFTER_LINK)
        yield Part(line[at : found.start()])
        yield Part(url, url)
        at = found.start() + len(url)
    yield Part(line[at:])
