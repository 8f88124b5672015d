"""The headers of every answer, and the last net under the application.

What an error page or a static file answers passes this tween too: only the one that
numbers requests is further out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyramid_retry import is_error_retryable

from endi_like.faults import AWAY, FULL, kind_of
from endi_like.security.answers import away, full, last_resort

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "manifest-src 'self'",
    )
)

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}

NOT_KEPT = "no-store"
KEPT_FOR_EVER = "public, max-age=31536000, immutable"
KEPT_A_WHILE = "public, max-age=3600"


def headers_tween(handler: Callable[[Any], Any], registry: Any) -> Callable[[Any], Any]:
    """Return the tween that adds the headers."""
    https = registry["settings.typed"].behind_https
    headers = {**ALWAYS, **(HTTPS_ONLY if https else {})}

    def tween(request: Any) -> Any:
        if https:
            # the proxy in front speaks https, whatever it speaks to us
            request.scheme = "https"
            request.host = request.host.removesuffix(":80")
        return armoured(request, answer(handler, request), headers)

    return tween


def answer(handler: Callable[[Any], Any], request: Any) -> Any:
    """Return the application's answer, or that of the last resort.

    Only an error view that fails itself comes here.
    """
    try:
        return handler(request)
    except Exception as error:
        if is_error_retryable(request, error):
            raise
        kind = kind_of(error)
        if kind == AWAY:
            return away(request, error)
        if kind == FULL:
            return full(request, error)
        return last_resort(request)


def armoured(request: Any, response: Any, headers: Mapping[str, str]) -> Any:
    """Add the headers; a view may have chosen a stricter one of its own."""
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    response.headers["Cache-Control"] = keeping(request, response)
    for name in ("Expires", "Pragma"):
        response.headers.pop(name, None)
    return response


def keeping(request: Any, response: Any) -> str:
    """Return how long an answer may be kept; pages are never kept anywhere."""
    is_static = request.environ["PATH_INFO"].startswith("/static/")
    if not is_static or response.status_int not in (200, 206, 304):
        return NOT_KEPT
    return KEPT_FOR_EVER if request.query_string.startswith("v=") else KEPT_A_WHILE
