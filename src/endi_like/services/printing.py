"""Pages made into PDF by WeasyPrint.

The page is the one the browser shows.  Nothing is read but the application's own
static files and ``data:`` addresses: no other file, and nothing from the network.
"""

from __future__ import annotations

import gc
from functools import cache
from pathlib import PurePosixPath
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from endi_like.templating import STATIC

HOST = "app-static.invalid"  # no such host can exist, so nothing can be sent there
BASE = f"https://{HOST}/"
STYLES = "css/print.css"

MEDIA_TYPES = {
    ".css": "text/css",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}

_one_at_a_time = Lock()  # Pango's font maps must not be used by two threads


class NotOurs(ValueError):
    """The address is not one of our static files."""


def static_file(url: str) -> tuple[bytes, str]:
    """Return the content and media type of a static file, or raise ``NotOurs``."""
    parts = urlsplit(url)
    _before, _static, path = unquote(parts.path).partition("/static/")
    if parts.netloc != HOST or not path or ".." in PurePosixPath(path).parts:
        raise NotOurs(url)
    media_type = MEDIA_TYPES.get(PurePosixPath(path).suffix)
    file = STATIC / path
    if media_type is None or not file.is_file():
        raise NotOurs(url)
    return file.read_bytes(), media_type


class Engine:
    """WeasyPrint, its fonts and our print style, loaded once per process."""

    def __init__(self) -> None:
        # imported by the first PDF only: a web worker that has made none stays
        # 40 MB smaller, and starts half a second sooner
        import weasyprint  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

        class StaticFetcher(URLFetcher):
            """Reads our static files and ``data:`` addresses, and nothing else."""

            def fetch(self, url: str, headers: Any = None) -> Any:
                """Return the content, or raise ``NotOurs``."""
                if url.startswith("data:"):
                    return super().fetch(url, headers)
                content, media_type = static_file(url)
                if urlsplit(url).path.endswith(STYLES):
                    content = b""  # parsed already, with its fonts: see ``styles``
                return URLFetcherResponse(url, content, {"Content-Type": media_type})

        self.weasyprint = weasyprint
        self.fonts = FontConfiguration()
        self.fetcher = StaticFetcher(allowed_protocols=("data", "https"))
        self.styles = weasyprint.CSS(
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
        page = self.weasyprint.HTML(
            string=html, base_url=BASE, url_fetcher=self.fetcher
        )
        made: bytes = page.write_pdf(stylesheets=[self.styles], font_config=self.fonts)
        return made


@cache
def engine() -> Engine:
    """Return the engine of this process."""
    return Engine()


def render_pdf(html: str) -> bytes:
    """Return the PDF of a printed page, as ``templating.render`` made it."""
    with _one_at_a_time:
        return engine().render(html)
