"""Stored files as they are sent to a browser: to be kept, and never shown."""

from __future__ import annotations

from io import SEEK_END
from typing import Any, Protocol

from pyramid.response import FileIter, Response

from endi_like.services.files.names import disposition, tidy

INERT = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
"""What a browser may do with a file that is opened all the same: nothing."""


class Kept(Protocol):
    """What is known of a file in the vault."""

    @property
    def name(self) -> Any:
        """Return what it is called."""

    @property
    def media_type(self) -> Any:
        """Return what it is served as."""

    @property
    def size(self) -> Any:
        """Return how many bytes it has."""

    @property
    def sha256(self) -> Any:
        """Return what it is kept under."""


def download(request: Any, file: Kept) -> Response:
    """Answer a file, whatever it holds.

    It is looked through before the first byte is sent, and never held in memory.
    """
    content = request.registry["vault"].open(file.sha256)
    headers = {
        "Content-Type": file.media_type,
        "Content-Length": str(file.size),
        "Content-Disposition": disposition(tidy(file.name)),
        "Content-Security-Policy": INERT,
    }
    return Response(app_iter=sent(request, content), headerlist=list(headers.items()))


def made(request: Any, file: Any, name: str, media_type: str) -> Any:
    """Answer a file that was just made; it is closed when it has been sent."""
    response = request.response
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = disposition(name)
    response.content_length = file.seek(0, SEEK_END)
    file.seek(0)
    response.app_iter = sent(request, file)
    return response


def sent(request: Any, file: Any) -> Any:
    """Return what sends a file that may be large: if it can, the server by itself.

    Otherwise a thread would wait until whoever fetches it has nearly all of it, and a
    few people with a bad line would keep everybody out.
    """
    return request.environ.get("wsgi.file_wrapper", FileIter)(file)
