"""Messages for the next page, in a signed cookie: no session object is needed."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import Any, TypeAlias

from endi_like.security.cookies import set_cookie
from endi_like.translation import translator

NAME = "endi-flash"
LARGEST = 3000
KEY = b"flash:"

Message: TypeAlias = tuple[str, str]


def sign(payload: str, secret: str) -> str:
    """Return the signature of what the cookie holds."""
    return hmac.new(KEY + secret.encode(), payload.encode(), "sha256").hexdigest()


def packed(messages: list[Message], secret: str) -> str:
    """Return the cookie's value, without the oldest messages if it were too large."""
    while True:
        text = json.dumps(messages, ensure_ascii=False, separators=(",", ":"))
        payload = base64.urlsafe_b64encode(text.encode()).decode()
        if len(payload) <= LARGEST or not messages:
            return f"{sign(payload, secret)}.{payload}"
        messages = messages[1:]


def unpacked(value: str, secret: str) -> list[Message]:
    """Return the messages; a value that we have not signed holds none."""
    signature, _dot, payload = value.partition(".")
    expected = sign(payload, secret)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        return []
    try:
        found = json.loads(base64.urlsafe_b64decode(payload))
    except (binascii.Error, ValueError):
        return []
    return [(str(tone), str(text)) for tone, text in found]


class Flashes:
    """The messages of one request: those it brought, and those it adds."""

    def __init__(self, request: Any) -> None:
        self.request = request
        settings = request.registry["settings.typed"]
        self.secret, self.secure = settings.secret, settings.behind_https
        self.sent = request.cookies.get(NAME, "")
        self.messages = unpacked(self.sent, self.secret)
        request.add_response_callback(self._send)

    def _send(self, _request: Any, response: Any) -> None:
        if self.messages:
            value = packed(self.messages, self.secret)
            if value != self.sent:
                set_cookie(response, NAME, value, self.secure)
        elif self.sent:
            response.delete_cookie(NAME, path="/")


def flash(request: Any, text: str, tone: str = "good") -> None:
    """Say something on the next page: ``request.flash(_("Saved."))``.

    ``tone`` is one of good, wait, bad, info.
    """
    translated = translator(request.locale_name)(text)
    request.flashes.messages.append((tone, translated))


def pop_flashes(request: Any) -> list[Message]:
    """Return what was to be said, as pairs of tone and text, and forget it."""
    found: list[Message] = request.flashes.messages
    request.flashes.messages = []
    return found


def includeme(config: Any) -> None:
    """Give every request ``flash`` and ``pop_flashes``."""
    config.add_request_method(Flashes, "flashes", reify=True)
    config.add_request_method(flash)
    config.add_request_method(pop_flashes)
