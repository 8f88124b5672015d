"""The refusal of what cannot be meant, and the checks of plain text."""

from __future__ import annotations

import re

from endi_like.i18n import _

CONTROLS = re.compile("[\x00-\x1f\x7f]")
DEEPEST = 20
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class Insane(Exception):
    """A request that is refused unread: the status, and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def decoded(raw: bytes) -> str:
    """Return the text of UTF-8 bytes."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Insane(400, _("The text is not encoded in UTF-8.")) from error


def check_text(text: str, *, lines: bool = False) -> None:
    """Refuse characters that no text has; line ends and tabs only where they may be."""
    if (NOT_TEXT if lines else CONTROLS).search(text):
        raise Insane(400, _("The text contains characters that cannot be stored."))
