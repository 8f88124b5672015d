"""Names of files: what people call them, made harmless; never where they are kept."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

LONGEST = 120
LONGEST_ENDING = 10
NAMELESS = "file"
PLACES = re.compile(r"[/\\]")
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\.|$)")
FORBIDDEN = re.compile(r'[<>:"|?*]')
"""What a system may take for something else: devices of Windows, and its signs."""

UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
"""Controls and marks nobody sees, such as those that turn a text round."""

NOT_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")


def tidy(name: str) -> str:
    """Return the name a file is stored under, from whatever a browser has sent.

    Only what stands after the last slash, of letters that are seen, neither hidden nor
    reserved, and not too long: the ending stays.
    """
    last = PLACES.split(unicodedata.normalize("NFC", name))[-1]
    seen = "".join(c for c in last if unicodedata.category(c) not in UNSEEN)
    bare = FORBIDDEN.sub("_", " ".join(seen.split())).strip(". ")
    stem, dot, end = bare.rpartition(".")
    if not dot or len(end) > LONGEST_ENDING:
        stem, end = bare, ""
    stem = stem[: LONGEST - len(end) - 1].rstrip(". ") or NAMELESS
    found = f"{stem}.{end}" if end else stem
    return f"_{found}" if RESERVED.match(found) else found


def ending(name: str) -> str:
    """Return what stands after the last dot of a tidy name, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def disposition(name: str) -> str:
    """Return the header that has a browser store a file by its name (RFC 6266)."""
    plain = NOT_PLAIN.sub("_", unicodedata.normalize("NFKD", name))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
