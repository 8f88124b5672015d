"""Node: whatever has a page, a history and files."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.people import Company, User
from endi_like.models.types import Instant, where
from endi_like.workflow.core import ActionManager, Lifecycle
from endi_like.workflow.errors import Stale

IN_THE_BIN = where("deleted_at IS NOT NULL")

SOLD = "type_ IN ('invoice', 'estimation', 'cancelinvoice') AND deleted_at IS NULL"
"""What the sales documents that are not in the bin are known by, of all nodes."""


class Node(Base):
    """The common row of every document; subclasses join their own table.

    What is deleted stays in the bin, with its history, until it is restored.  The
    database counts versions: whoever saves over a version they have not
    seen is refused, and can be told who was faster.
    """

    __tablename__ = "node"

    lifecycle: ClassVar[Lifecycle] = Lifecycle()
    tracked: ClassVar[tuple[str, ...]] = ("name", "deleted_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    type_: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(255))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column()

    __table_args__: Any = (
        Index(None, "company_id", "type_", "id"),
        Index("ix_node_bin", "id", **IN_THE_BIN),
        Index("ix_node_touched", "company_id", "updated_at", "id", **where(SOLD)),
    )
    __mapper_args__ = {
        "polymorphic_on": "type_",
        "polymorphic_identity": "node",
        "version_id_col": version,
    }

    company: Mapped[Company | None] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=created_by_id)
    updated_by: Mapped[User | None] = relationship(foreign_keys=updated_by_id)

    @property
    def node(self) -> Node:
        """Return the node a row belongs to: itself."""
        return self

    @property
    def title(self) -> str:
        """Return how people call the node."""
        return self.name

    def expect(self, version: str | None) -> None:
        """Raise ``Stale`` unless this is the version the actor has seen."""
        if version != str(self.version):
            raise Stale


def status_column(manager: ActionManager) -> Any:
    """Build the column of a status: its initial state, and only its states."""
    names = ", ".join(f"'{name}'" for name in manager.states)
    check = CheckConstraint(f"{manager.key} IN ({names})", manager.key)
    return mapped_column(String(20), check, default=manager.initial)
