"""Columns that rows are sorted by for their names: alike on both databases."""

from __future__ import annotations

from typing import Any

from endi_like.models.keys import kept, sign_by_sign
from endi_like.text import sort_key

LONGEST = 512

__all__ = ["sign_by_sign", "sorts"]


def sorts(name: str) -> Any:
    """Return the column rows are sorted by for one of their texts, and kept with it."""
    return kept(sort_key, name, length=LONGEST)
