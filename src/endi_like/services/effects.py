"""What follows from which action, of all domains."""

from endi_like.services import sales
from endi_like.services.transitions import Effects

EFFECTS: Effects = {**sales.EFFECTS}
