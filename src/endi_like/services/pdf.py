"""The PDF engine, WeasyPrint, with our fonts and our print style loaded.

The page is the one the browser shows.  Nothing is read but the application's own
static files and ``data:`` addresses: no other file, and nothing from the network.
"""

from __future__ import annotations

import gc
import logging
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from endi_like.templating import STATIC

# It warns of each sign that no font has, and what people type may be full of them.
logging.getLogger("weasyprint").setLevel(logging.ERROR)

HOST = "app-static.invalid"  # no such host can exist, so nothing can be sent there
BASE = f"https://{HOST}/"
STYLES = "css/print.css"

MEDIA_TYPES = {
    ".css": "text/css",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class NotOurs(ValueError):
    """The address is not one of our static files."""


def static_file(url: str) -> tuple[bytes, str]:
    """Return the content and media type of a static file, or raise ``NotOurs``."""
    parts = urlsplit(url)
    _before, _static, path = unquote(parts.path).partition("/static/")
    media_type = MEDIA_TYPES.get(PurePosixPath(path).suffix)
    file = (STATIC / path).resolve()
    if parts.netloc != HOST or media_type is None or not file.is_relative_to(STATIC):
        raise NotOurs(url)
    if not file.is_file():
        raise NotOurs(url)
    return file.read_bytes(), media_type


class StaticFetcher(URLFetcher):
    """Reads our static files and ``data:`` addresses, and nothing else."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return the content, or raise ``NotOurs``."""
        if url.startswith("data:"):
            return super().fetch(url, headers)
        content, media_type = static_file(url)
        if urlsplit(url).path.endswith(STYLES):
            content = b""  # parsed already, with its fonts: see ``Engine.styles``
        return URLFetcherResponse(url, content, {"Content-Type": media_type})


class Engine:
    """What turns pages into PDF: one for each process, used by one thread at a time."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.fetcher = StaticFetcher(allowed_protocols=("data", "https"))
        self.styles = CSS(
            string=(STATIC / STYLES).read_text(),
            base_url=f"{BASE}static/{STYLES}",
            url_fetcher=self.fetcher,
            font_config=self.fonts,
        )
        # what is loaded now stays: without this, the collector looks through all of
        # it several times in each document, a third of the work
        gc.freeze()

    def render(self, html: str) -> bytes:
        """Return the PDF of a page."""
        page = HTML(string=html, base_url=BASE, url_fetcher=self.fetcher)
        made: bytes = page.write_pdf(stylesheets=[self.styles], font_config=self.fonts)
        return made
