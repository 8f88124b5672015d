"""What every request passes: its number, headers, then the check of what was sent."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.tweens import EXCVIEW, INGRESS

from endi_like.security.answers import wants_json
from endi_like.tweens.json_bodies import json_values

NUMBERED = "endi_like.tweens.numbered.numbered_tween"
HEADERS = "endi_like.tweens.headers.headers_tween"
TRANSACTION = "pyramid_tm.tm_tween_factory"
SANITY = "endi_like.tweens.sanity.sanity_tween"


class OfficeRequest(Request):
    """A request whose body is kept in memory up to the size of our largest forms."""

    request_body_tempfile_limit = 1024 * 1024

    def make_body_seekable(self) -> None:
        """Have the body be read as often as needed; a file stays where it is."""
        file = self.body_file_raw
        if file.seekable() if hasattr(file, "seekable") else hasattr(file, "seek"):
            self.environ["webob.is_body_seekable"] = True
        super().make_body_seekable()


def includeme(config: Any) -> None:
    """Install the tweens, and ``request.wants_json``, ``request.json_values``."""
    config.set_request_factory(OfficeRequest)
    config.add_tween(NUMBERED, under=INGRESS)
    config.add_tween(HEADERS, under=NUMBERED)
    config.add_tween(SANITY, under=HEADERS, over=(TRANSACTION, EXCVIEW))
    if config.registry["settings.typed"].metrics_listen:
        config.include(".measured")
    config.add_request_method(wants_json, reify=True)
    config.add_request_method(json_values, reify=True)
