"""The ids in URLs."""

from __future__ import annotations

LARGEST_ID = 2**31 - 1


def row_id(key: str) -> int:
    """Return the id in a URL; raise ``KeyError`` for what cannot be one."""
    is_count = key.isascii() and key.isdecimal() and len(key) <= len(str(LARGEST_ID))
    if not is_count or int(key) > LARGEST_ID:
        raise KeyError(key)
    return int(key)
