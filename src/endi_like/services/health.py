"""Whether the database answers."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from endi_like.models.people import User

PATIENCE = "SET LOCAL statement_timeout = '2s'"


def is_ready(db: Session) -> bool:
    """Tell whether the tables can be read, without waiting long for the answer."""
    try:
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text(PATIENCE))
        db.execute(select(User.id).limit(1))
    except SQLAlchemyError:
        return False
    return True
