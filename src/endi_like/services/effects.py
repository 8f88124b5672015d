"""What follows from which action, of all domains."""

from endi_like.services import official
from endi_like.services.transitions import Effects

EFFECTS: Effects = {**official.EFFECTS}
