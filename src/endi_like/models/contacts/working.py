"""Employments: that a person works, or has worked, for the organisation."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.contacts.entities import Entity


class Employment(Base):
    """A time in which somebody is employed; a person may have several."""

    __tablename__ = "employment"
    tracked: ClassVar = (
        "number",
        "job_title",
        "start_date",
        "end_date",
        "is_sales",
        "is_manager",
        "manager_id",
        "social_security_number",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(
        ForeignKey("entity.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[str] = mapped_column(String(40), default="")
    job_title: Mapped[str] = mapped_column(String(100), default="")
    start_date: Mapped[dt.date | None]
    end_date: Mapped[dt.date | None]
    is_sales: Mapped[bool] = mapped_column(default=False)
    is_manager: Mapped[bool] = mapped_column(default=False)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"), index=True)
    social_security_number: Mapped[str] = mapped_column(String(40), default="")

    entity: Mapped[Entity] = relationship(
        back_populates="employments", foreign_keys=entity_id
    )
    manager: Mapped[Entity | None] = relationship(foreign_keys=manager_id)

    @property
    def node(self) -> Entity:
        """Return the person."""
        return self.entity

    @property
    def caption(self) -> str:
        """Return how the history calls the employment."""
        return self.job_title or self.number
