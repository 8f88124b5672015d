"""Bank accounts of entities: money goes there only once a second person agreed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.contacts.entities import Entity
from endi_like.models.keys import kept
from endi_like.models.people import User
from endi_like.models.types import Instant
from endi_like.text import compact


class EntityBankAccount(Base):
    """An account at a bank, as it was entered; wrong check digits are only told.

    ``entered_by`` entered or changed it last, ``approved_by`` is who agreed.
    """

    __tablename__ = "entity_bank_account"
    tracked: ClassVar = ("iban", "bic", "remark", "approved_by_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(
        ForeignKey("entity.id", ondelete="CASCADE"), index=True
    )
    iban: Mapped[str] = mapped_column(String(60))
    iban_key: Mapped[str] = kept(compact, "iban", length=60)
    bic: Mapped[str] = mapped_column(String(20), default="")
    remark: Mapped[str] = mapped_column(String(255), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__: Any = (Index(None, "iban_key"),)

    entity: Mapped[Entity] = relationship(back_populates="bank_accounts")
    entered_by: Mapped[User | None] = relationship(foreign_keys=entered_by_id)
    approved_by: Mapped[User | None] = relationship(foreign_keys=approved_by_id)

    @property
    def node(self) -> Entity:
        """Return the entity."""
        return self.entity

    @property
    def caption(self) -> str:
        """Return how the history calls the account: by its last digits."""
        return f"…{self.iban[-4:]}"
