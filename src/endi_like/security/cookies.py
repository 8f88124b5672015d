"""The cookie that says who a browser is, and the CSRF token derived from it.

A visitor carries 256 random bits.  Logged in, their hash is found in the table of
sessions; logged in or not, the CSRF token is made from them: there is nothing to
store, and at log-in both are new.
"""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from pyramid.exceptions import BadCSRFOrigin
from pyramid.interfaces import ICSRFStoragePolicy
from zope.interface import implementer

from endi_like.services.sessions import new_token

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LATELY = 64
"""Of so many visitors the token is remembered."""


class Cookie:
    """The one cookie that says who a browser is; scripts cannot read it."""

    def __init__(self, *, https: bool) -> None:
        self.secure = https
        self.name = "__Host-endi" if https else "endi"

    def read(self, request: Any) -> str | None:
        """Return the token the browser has sent or is about to receive."""
        sent = request.__dict__.get("new_token") or request.cookies.get(self.name)
        return sent if sent and TOKEN.fullmatch(sent) else None

    def renew(self, request: Any) -> str:
        """Give the browser another token, and return it."""
        token = new_token()
        request.new_token = token
        request.add_response_callback(self._send)
        return token

    def _send(self, request: Any, response: Any) -> None:
        set_cookie(response, self.name, request.new_token, self.secure)


def set_cookie(response: Any, name: str, value: str, secure: bool, **kw: Any) -> None:
    """Set a cookie with every protection there is."""
    response.set_cookie(
        name, value, path="/", httponly=True, samesite="Lax", secure=secure, **kw
    )


@implementer(ICSRFStoragePolicy)
class CSRFPolicy:
    """CSRF tokens derived from the cookie: nothing to store, renewed at log-in."""

    def __init__(self, secret: str, cookie: Cookie) -> None:
        self.secret = b"csrf:" + secret.encode()
        self.cookie = cookie
        # each form of a page asks for the same one
        self._derived = lru_cache(LATELY)(self._computed)

    def new_csrf_token(self, request: Any) -> str:
        """Give the visitor another cookie, and return the token that goes with it."""
        return self._derived(self.cookie.renew(request))

    def get_csrf_token(self, request: Any) -> str:
        """Return the token of this visitor."""
        token = self.cookie.read(request) or self.cookie.renew(request)
        return self._derived(token)

    def check_csrf_token(self, request: Any, supplied: Any) -> bool:
        """Tell whether the token is this visitor's; refuse another site's form."""
        check_origin(request)
        token = self.cookie.read(request)
        if token is None or not isinstance(supplied, str):
            return False
        expected = self._derived(token).encode()
        return hmac.compare_digest(expected, supplied.encode("utf-8", "replace"))

    def _computed(self, token: str) -> str:
        return hmac.new(self.secret, token.encode(), "sha256").hexdigest()


def check_origin(request: Any) -> None:
    """Raise ``BadCSRFOrigin`` when a browser says that another site has sent this.

    Pyramid itself asks this on https only.
    """
    origin = request.headers.get("Origin")
    if origin is not None and host_of(urlsplit(origin).netloc) != host_of(request.host):
        raise BadCSRFOrigin(f"Origin checking failed - {origin!r} is not this site")


def host_of(netloc: str) -> str:
    """Return host and port, without the port that needs not be named."""
    return netloc.lower().removesuffix(":80").removesuffix(":443")
