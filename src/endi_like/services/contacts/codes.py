"""Control codes: one for each entity, from a counter unless somebody chooses it."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from endi_like.models.contacts import Entity
from endi_like.services.numbering import Numbering

FAMILY = "entity"
SERIES = "control_code"


def next_code(db: Session) -> str:
    """Return a control code that nobody has yet: "E-000123"."""
    numbering = Numbering(db, family=FAMILY)
    while True:
        code = f"E-{numbering.count(SERIES):06}"
        if not is_taken(db, code):
            return code


def is_taken(db: Session, code: str, *, but: int | None = None) -> bool:
    """Tell whether an entity, other than ``but``, has the control code."""
    query = exists().where(Entity.code_key == code.casefold(), Entity.id != (but or 0))
    return bool(db.scalar(select(query)))
