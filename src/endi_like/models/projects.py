"""What sales documents are kept together in: projects, their phases, and businesses."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.contacts import CreditAccount
from endi_like.models.keys import kept
from endi_like.models.node import Node, status_column
from endi_like.models.options import BusinessType
from endi_like.models.parts import OWNED
from endi_like.models.sorting import sorts
from endi_like.models.types import Instant
from endi_like.text import compact, shadow
from endi_like.workflow.projects import ARCHIVING, BUSINESS, DEAL, PROJECT

if TYPE_CHECKING:
    from endi_like.models.sales import Task

LONGEST_CODE = 12


class ProjectCustomer(Base):
    """That a project is for a customer."""

    __tablename__ = "project_customer"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("credit_account.id"), primary_key=True, index=True
    )


class Project(Node):
    """Work for some customers of a company, whose documents are kept together.

    What is archived stays as it is: nothing new is written for it.
    """

    __tablename__ = "project"
    __mapper_args__ = {"polymorphic_identity": "project"}
    lifecycle: ClassVar = PROJECT
    tracked: ClassVar = (
        *Node.tracked,
        "code",
        "definition",
        "start_date",
        "end_date",
        "customers",
    )

    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    # the node's, kept here too: lists are read by indexes of this table alone
    company_id: Mapped[int] = column_property(
        mapped_column(ForeignKey("company.id")), Node.company_id
    )
    deleted_at: Mapped[dt.datetime | None] = column_property(
        mapped_column(Instant), Node.deleted_at
    )
    code: Mapped[str] = mapped_column(String(LONGEST_CODE))
    code_key: Mapped[str] = kept(compact, "code", length=60)
    sort_code: Mapped[str] = sorts("code")
    sort_name: Mapped[str] = sorts("name")
    search_key: Mapped[str] = kept(shadow, "code", "name", length=1200)
    definition: Mapped[str] = mapped_column(Text, default="")
    start_date: Mapped[dt.date | None]
    end_date: Mapped[dt.date | None]
    archive_status: Mapped[str] = status_column(ARCHIVING)

    # docs/decisions/0007-indexes.md says which list needs which
    __table_args__: Any = (
        Index(None, "company_id", "code_key", unique=True),
        Index(None, "sort_code", "id"),
        Index(None, "sort_name", "id"),
        Index(None, "company_id", "sort_code", "id"),
        CheckConstraint("start_date <= end_date", "dates"),
    )

    customers: Mapped[list[CreditAccount]] = relationship(
        secondary=ProjectCustomer.__table__, order_by=CreditAccount.sort_name
    )
    phases: Mapped[list[Phase]] = relationship(
        order_by="Phase.position", back_populates="project", **OWNED
    )

    @property
    def title(self) -> str:
        """Return how people call the project: by its code, and its name."""
        return f"{self.code} – {self.name}"

    @property
    def is_archived(self) -> bool:
        """Tell whether nothing new is written for it."""
        return self.archive_status == "archived"


class Phase(Base):
    """A part of a project: its documents can be grouped by phases."""

    __tablename__ = "phase"
    tracked: ClassVar = ("name", "position")

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(150))

    __table_args__ = (Index(None, "project_id", "position"),)

    project: Mapped[Project] = relationship(back_populates="phases", innerjoin=True)

    @property
    def node(self) -> Project:
        """Return the project."""
        return self.project

    @property
    def title(self) -> str:
        """Return how people call the phase."""
        return self.name

    @property
    def caption(self) -> str:
        """Return how the history calls the phase."""
        return self.name


class Business(Node):
    """A deal: what was estimated, invoiced, credited and paid of the same thing.

    Whether it is closed follows from its documents, as ``services.businesses`` says.
    """

    __tablename__ = "business"
    __mapper_args__ = {"polymorphic_identity": "business"}
    lifecycle: ClassVar = BUSINESS
    tracked: ClassVar = (*Node.tracked, "project_id", "business_type_id")

    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    # the node's, kept here too: lists are read by indexes of this table alone
    company_id: Mapped[int] = column_property(
        mapped_column(ForeignKey("company.id")), Node.company_id
    )
    deleted_at: Mapped[dt.datetime | None] = column_property(
        mapped_column(Instant), Node.deleted_at
    )
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    business_type_id: Mapped[int | None] = mapped_column(ForeignKey("business_type.id"))
    sort_name: Mapped[str] = sorts("name")
    search_key: Mapped[str] = kept(shadow, "name", length=1200)
    business_status: Mapped[str] = status_column(DEAL)

    # docs/decisions/0007-indexes.md says which list needs which
    __table_args__: Any = (
        Index(None, "sort_name", "id"),
        Index(None, "company_id", "sort_name", "id"),
        Index(None, "project_id", "sort_name", "id"),
        Index(None, "business_type_id", "sort_name", "id"),
    )

    project: Mapped[Project | None] = relationship(foreign_keys=project_id)
    business_type: Mapped[BusinessType | None] = relationship()
    tasks: Mapped[list[Task]] = relationship(
        order_by="Task.date, Task.id",
        back_populates="business",
        foreign_keys="Task.business_id",
    )
