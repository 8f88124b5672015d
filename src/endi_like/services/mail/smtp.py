"""The way to the mail server: one connection for many mails, and what it answers.

An answer is one of three things: the recipient is refused, the mail is, or it has to
be tried later.  A server that cannot be reached is left alone for a while, so that
other work does not wait for it mail by mail.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from functools import cached_property, partial
from typing import ClassVar, NamedTuple

from endi_like.i18n import _
from endi_like.services.mail.message import bare, domain_of
from endi_like.settings import SMTP_PORTS, Settings

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 900.0
IDLE = 10.0
FRESH = 1.0
"""How long a connection is taken to be still open, without asking."""
PERMANENT = 500
LONGEST_ANSWER = 500
NO_SUCH_LETTERS = _("The mail server takes no addresses with such letters.")
TROUBLE = (OSError, smtplib.SMTPException)
"""What goes wrong with a connection; a time that is up is an ``OSError`` as well."""


class Answer(Exception):
    """A mail was not taken; the argument says why, in the words of the server.

    For so long (``patience``) it is tried again, then it is in the state ``end``; not
    before ``pause`` has passed, if that is known.
    """

    patience: ClassVar = timedelta()
    end: ClassVar = "failed"

    def __init__(self, why: str, pause: float | None = None) -> None:
        super().__init__(why)
        self.pause = None if pause is None else timedelta(seconds=pause)


class Refused(Answer):
    """The server does not want this recipient."""

    end: ClassVar = "refused"


class Rejected(Answer):
    """The server does not want this mail, or this sender."""

    patience: ClassVar = timedelta(minutes=30)


class NotNow(Answer):
    """The server may want the mail later, or could not be reached."""

    patience: ClassVar = timedelta(days=5)


class Idle(NamedTuple):
    """A connection nobody needs just now, and since when."""

    connection: smtplib.SMTP
    since: float


class Mailer:
    """Brings mails to the mail server of the settings.

    It may be used by several threads; each mail has a connection to itself.
    """

    def __init__(
        self, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.idle: deque[Idle] = deque()
        self.away_until = 0.0
        self.pause = FIRST_PAUSE
        self.why = ""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Have the server take a mail; raise an ``Answer`` if it does not."""
        connection = self.connection()
        try:
            connection.send_message(message, bare(sender), [bare(recipient)])
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(NO_SUCH_LETTERS) from error
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            raise judged(error) from error
        except TROUBLE as error:
            connection.close()
            self.away(error)
            raise NotNow(said(error)) from error
        else:
            self.pause = FIRST_PAUSE
        finally:
            if connection.sock:
                self.idle.append(Idle(connection, self.clock()))

    def connection(self) -> smtplib.SMTP:
        """Return a connection that works; raise ``NotNow`` if there is none."""
        while found := self.spare():
            connection, since = found
            with suppress(*TROUBLE):
                if self.clock() - since > FRESH:
                    connection.noop()
                return connection
            connection.close()
        if (left := self.away_until - self.clock()) > 0:
            raise NotNow(self.why, left)
        try:
            return self.connected()
        except TROUBLE as error:
            raise self.away(error) from error

    def connected(self) -> smtplib.SMTP:
        """Return a new connection, encrypted and logged in as the settings say."""
        own, known = self.settings, domain_of(self.settings.mail_from)
        port = own.smtp_port or SMTP_PORTS[own.smtp_security]
        kind: Callable[..., smtplib.SMTP] = smtplib.SMTP
        if own.smtp_security == "tls":
            kind = partial(smtplib.SMTP_SSL, context=self.context)
        connection = kind(
            own.smtp_host, port, local_hostname=known, timeout=own.smtp_timeout
        )
        try:
            if own.smtp_security == "starttls":
                connection.starttls(context=self.context)
            if own.smtp_user:
                connection.login(own.smtp_user, own.smtp_password)
            connection.ehlo_or_helo_if_needed()
        except TROUBLE:
            connection.close()
            raise
        return connection

    @cached_property
    def context(self) -> ssl.SSLContext:
        """Return how certificates are judged: by the system's authorities, or one's."""
        return ssl.create_default_context(cafile=self.settings.smtp_ca or None)

    def away(self, error: Exception) -> NotNow:
        """Leave the server alone for a while, each time for longer."""
        self.why = said(error)
        self.away_until = self.clock() + self.pause
        found = NotNow(self.why, self.pause)
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return found

    def rest(self, at_least: float = IDLE) -> None:
        """Give back the connections that nobody has needed for so long."""
        for _connection in range(len(self.idle)):
            found = self.spare(oldest=True)
            if found is None:
                return
            if self.clock() - found.since < at_least:
                self.idle.appendleft(found)
                return
            with suppress(*TROUBLE):
                found.connection.quit()
            found.connection.close()

    def spare(self, *, oldest: bool = False) -> Idle | None:
        """Take a connection nobody needs; another thread may be faster."""
        try:
            return self.idle.popleft() if oldest else self.idle.pop()
        except IndexError:
            return None


def judged(error: smtplib.SMTPException) -> Answer:
    """Return what an answer of the server means."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        kind: type[Answer] = Refused
    else:
        code, text = error.args[:2]
        kind = Rejected
    why = f"{code} {in_words(text)}"
    return kind(why) if code >= PERMANENT else NotNow(why)


def said(error: Exception) -> str:
    """Return an error as one line."""
    match error.args:
        case [int(code), str() | bytes() as text, *_rest]:
            return f"{code} {in_words(text)}"
    return in_words(str(error) or type(error).__name__)


def in_words(text: str | bytes) -> str:
    """Return what the server has said as one line of plain text."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return " ".join(text.split())[:LONGEST_ANSWER]
