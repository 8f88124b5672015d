"""A mail server of the tests' own, which takes mails, refuses them, hangs, or dies."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.servers.http import free_port

USER, SECRET = "office", "the password of the mail server"
HANGING = 60.0
YES = "250 OK"


class Taken(NamedTuple):
    """A mail the server has taken: who from, who to, and the bytes of it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Return the mail as a program that reads mail has it."""
        found = email.message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def id(self) -> str:
        """Return the Message-ID."""
        return str(self.message["Message-ID"])


@dataclass
class Mood:
    """How the server behaves; it may change while it runs.

    ``answers`` says something else than yes to some recipients.  With ``data`` it says
    something else once it has the mail; it hangs or dies there by those words.
    """

    answers: dict[str, str] = field(default_factory=dict)
    data: Callable[[int], str] = lambda _number: YES
    greets: bool = True


class Handler:
    """What the server does with what it is sent."""

    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        self.taken: list[Taken] = []
        self.unanswered: list[Taken] = []
        self.connections = 0

    async def handle_EHLO(
        self, server: Any, session: Any, _envelope: Any, hostname: str, said: list[str]
    ) -> list[str]:
        """Greet, or hang."""
        self.connections += 1
        session.host_name = hostname
        if not self.mood.greets:
            await asyncio.sleep(HANGING)
        return said

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take a recipient, or not."""
        answer = self.mood.answers.get(address, YES)
        if answer == YES:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        """Take a mail, or not; hang or die when it is all there."""
        found = Taken(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content)
        answer = self.mood.data(len(self.taken) + len(self.unanswered))
        if answer == YES:
            self.taken.append(found)
        elif answer == "hang":
            self.unanswered.append(found)
            await asyncio.sleep(HANGING)
        elif answer == "die":
            self.unanswered.append(found)
            server.transport.abort()
        return answer


@dataclass
class MailServer:
    """A mail server on a port that it keeps, whether it runs or not."""

    options: dict[str, Any]
    security: ssl.SSLContext | None = None
    mood: Mood = field(default_factory=Mood)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        """Make what keeps the mails."""
        self.handler = Handler(self.mood)
        self.controller: Controller | None = None

    @property
    def taken(self) -> list[Taken]:
        """Return the mails it has said yes to."""
        return self.handler.taken

    @property
    def received(self) -> list[Taken]:
        """Return the mails it has got, also those it did not answer."""
        return [*self.handler.taken, *self.handler.unanswered]

    def start(self) -> None:
        """Begin to listen."""
        self.controller = Controller(
            self.handler,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=self.security,
            server_hostname="mail.test",
            **self.options,
        )
        self.controller.start()

    def stop(self) -> None:
        """Listen no more, and drop every connection."""
        if self.controller:
            loop = self.controller.loop
            for task in asyncio.all_tasks(loop):
                loop.call_soon_threadsafe(task.cancel)
            self.controller.stop()
            self.controller = None


def let_in(
    _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
) -> AuthResult:
    """Let the one user in who is known."""
    known = (data.login, data.password) == (USER.encode(), SECRET.encode())
    return AuthResult(success=known, handled=False)


WITH_PASSWORD: dict[str, Any] = {"auth_required": True, "authenticator": let_in}


@contextmanager
def mail_server(
    security: ssl.SSLContext | None = None, **options: Any
) -> Iterator[MailServer]:
    """Run a mail server, gone at the end.

    ``security`` is the certificate it has from the first byte; with ``tls_context`` it
    offers to change to that.
    """
    server = MailServer(options, security)
    server.start()
    try:
        yield server
    finally:
        server.stop()
