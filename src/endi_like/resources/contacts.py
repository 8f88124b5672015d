"""Where the directory is, and the customers: a company's accounts of entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount, Customer, Entity
from endi_like.models.people import User
from endi_like.permissions import Permission
from endi_like.resources.core import NodeResource, Resource
from endi_like.resources.record import RECORD
from endi_like.services.beside import Place
from endi_like.services.rights.tables import CUSTOMERS, ENTITIES


class EntityResource(NodeResource):
    """``/contacts/12``."""

    model = Entity
    grants: ClassVar = ENTITIES

    @property
    def companies(self) -> Sequence[int] | None:
        """Return whose accounts of the entity the user may see; ``None`` for all."""
        identity = self.request.identity
        found: Sequence[int] | None = self.__parent__.companies(
            identity, Permission.VIEW
        )
        return found

    @property
    def place(self) -> Place:
        """Return where its files and memos are, and whether all of them are seen."""
        return Place(self.node.id, None, is_whole=self.companies is None)

    @classmethod
    def load(cls, db: Any, key: int) -> Entity | None:
        """Return the entity with its accounts, which say who may see it."""
        query = (
            select(Entity)
            .where(Entity.id == key)
            .options(
                joinedload(Entity.created_by).load_only(User.name),
                joinedload(Entity.updated_by).load_only(User.name),
                selectinload(Entity.accounts).joinedload(CreditAccount.company),
            )
        )
        found: Entity | None = db.scalars(query).one_or_none()
        return found


class CustomerResource(Resource):
    """``/customers/12``."""

    model = Customer
    parts: ClassVar = RECORD
    grants: ClassVar = CUSTOMERS

    @property
    def place(self) -> Place:
        """Return where its files are: those of another company's account are theirs."""
        account = self.node
        return Place(account.entity_id, account.company_id, account.caption, account.id)

    @property
    def version(self) -> int:
        """Return what counts the versions: the row of the directory."""
        version: int = self.node.entity.version
        return version

    @classmethod
    def load(cls, db: Any, key: int) -> Customer | None:
        """Return the account with its entity and company."""
        query = (
            select(Customer)
            .where(Customer.id == key)
            .options(
                joinedload(Customer.entity)
                .joinedload(Entity.created_by)
                .load_only(User.name),
                joinedload(Customer.company),
            )
        )
        found: Customer | None = db.scalars(query).one_or_none()
        return found


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "contacts",
        EntityResource,
        label=_("Contacts"),
        section=_("Directory"),
        icon="person-vcard",
        new=_("New contact"),
    )
    config.add_collection(
        "customers",
        CustomerResource,
        label=_("Customers"),
        section=_("Sales"),
        icon="people",
        new=_("New customer"),
    )
