"""How much may be sent at once, and how much was."""

from __future__ import annotations

from typing import Any

from endi_like.db import is_upload
from endi_like.i18n import _
from endi_like.settings import MEGABYTE
from endi_like.tweens.insane import Insane

LARGEST_PLAIN = 4 * MEGABYTE
"""The size of a form without files, or of JSON: to decode more takes too long."""

BROKEN = _("The form arrived broken. Please go back and send it once more.")


def largest(request: Any) -> int:
    """Return how much may be sent to an address: more where it may be files."""
    if request.content_type != "multipart/form-data" or not is_upload(request):
        return LARGEST_PLAIN
    most: int = request.registry["settings.typed"].largest_upload
    return most


def length(request: Any) -> int:
    """Return how much was sent."""
    text = request.environ.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Insane(400, BROKEN)
    return int(text)


def check_size(size: int, most: int) -> None:
    """Refuse more than so many bytes."""
    if size > most:
        said = {"n": most // MEGABYTE}
        raise Insane(413, _("At most ${n} MB can be sent at once.", mapping=said))
