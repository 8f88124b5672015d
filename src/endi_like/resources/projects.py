"""Where projects, their phases and businesses are, and who may do what to them."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.people import User
from endi_like.models.projects import Business, Phase, Project
from endi_like.resources.core import NodeResource
from endi_like.resources.keys import row_id
from endi_like.services.rights.tables import BUSINESSES, PROJECTS


class Phases:
    """``/projects/12/phases``: the project's ACL holds for them, its version counts."""

    def __init__(self, name: str, parent: Any) -> None:
        self.node = parent.node
        self.__name__ = name
        self.__parent__ = parent

    def __getitem__(self, key: str) -> PhaseResource:
        """Return one phase of this project."""
        wanted = row_id(key)
        for phase in self.__parent__.node.phases:
            if phase.id == wanted:
                return PhaseResource(phase, self)
        raise KeyError(key)


class PhaseResource:
    """``/projects/12/phases/3``; ``node`` is the project, whose version counts."""

    def __init__(self, phase: Phase, parent: Phases) -> None:
        self.phase = phase
        self.node = phase.project
        self.__name__ = str(phase.id)
        self.__parent__ = parent


class ProjectResource(NodeResource):
    """``/projects/12``."""

    model = Project
    parts: ClassVar = {**NodeResource.parts, "phases": Phases}
    grants: ClassVar = PROJECTS

    @classmethod
    def load(cls, db: Any, key: int) -> Project | None:
        """Return the project with its phases and customers."""
        query = (
            select(Project)
            .where(Project.id == key)
            .options(
                joinedload(Project.company),
                joinedload(Project.created_by).load_only(User.name),
                joinedload(Project.updated_by).load_only(User.name),
                selectinload(Project.phases),
                selectinload(Project.customers).joinedload(CreditAccount.entity),
            )
        )
        found: Project | None = db.scalars(query).one_or_none()
        return found


class BusinessResource(NodeResource):
    """``/businesses/12``."""

    model = Business
    grants: ClassVar = BUSINESSES

    @classmethod
    def load(cls, db: Any, key: int) -> Business | None:
        """Return the business with the project it belongs to."""
        query = (
            select(Business)
            .where(Business.id == key)
            .options(
                joinedload(Business.company),
                selectinload(Business.project),
                joinedload(Business.business_type),
                joinedload(Business.created_by).load_only(User.name),
                joinedload(Business.updated_by).load_only(User.name),
            )
        )
        found: Business | None = db.scalars(query).one_or_none()
        return found


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "projects",
        ProjectResource,
        label=_("Projects"),
        section=_("Sales"),
        icon="folder2",
        new=_("New project"),
    )
    config.add_collection(
        "businesses",
        BusinessResource,
        label=_("Businesses"),
        section=_("Sales"),
        icon="briefcase",
        new=_("New business"),
    )
