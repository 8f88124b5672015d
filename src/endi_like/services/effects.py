"""What follows from which action, of all domains."""

from endi_like.services import businesses, internal, official, turnover
from endi_like.services.notifications import documents
from endi_like.services.transitions import Effects

PARTS: tuple[Effects, ...] = (
    internal.FIXING,
    official.EFFECTS,
    turnover.EFFECTS,
    internal.EFFECTS,
    businesses.EFFECTS,
    documents.EFFECTS,
)
"""The effects of each domain; those of the same action follow in this order."""


def joined(parts: tuple[Effects, ...]) -> Effects:
    """Return the effects of all domains as one table."""
    return {
        key: tuple(effect for part in parts for effect in part.get(key, ()))
        for part in parts
        for key in part
    }


EFFECTS: Effects = joined(PARTS)
