"""Where the directory is, and the customers: a company's accounts of entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount, Customer, Entity
from endi_like.models.people import User
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.resources.core import IN_THE_BIN, NodeResource, Resource
from endi_like.resources.record import RECORD
from endi_like.services.beside import Place, of_account, of_entity
from endi_like.services.rights.tables import CUSTOMERS, ENTITIES, LOOK

OF_THE_FORGOTTEN = LOOK | {Permission.SEE_HISTORY, Permission.ANONYMISE}
"""What may be done with an entity that is anonymised: look what is left."""

FORGOTTEN = _("This contact is anonymised: nothing about it can be changed any more.")

# Both are made once: to build them and to compute their keys takes as long as the rest.
ENTITY = (
    select(Entity)
    .where(Entity.id == bindparam("key"))
    .options(
        joinedload(Entity.created_by).load_only(User.name),
        joinedload(Entity.updated_by).load_only(User.name),
        selectinload(Entity.accounts).joinedload(CreditAccount.company),
    )
)
CUSTOMER = (
    select(Customer)
    .where(Customer.id == bindparam("key"))
    .options(
        joinedload(Customer.entity).joinedload(Entity.created_by).load_only(User.name),
        joinedload(Customer.company),
    )
)


class EntityResource(NodeResource):
    """``/contacts/12``."""

    model = Entity
    grants: ClassVar = ENTITIES

    def granted(self, held: frozenset[Permission]) -> frozenset[Permission]:
        """Leave out changes to who is forgotten; to forget one may from the bin too."""
        if self.node.anonymised_at:
            held &= OF_THE_FORGOTTEN
        if self.node.deleted_at:
            return held & (IN_THE_BIN | {Permission.ANONYMISE})
        return super().granted(held)

    def withheld(self, identity: Identity, permission: str) -> str | None:
        """Return why nobody may now what the user may else, if that is all there is."""
        if self.node.anonymised_at and permission in self.ever_held(identity):
            return FORGOTTEN
        return super().withheld(identity, permission)

    @property
    def companies(self) -> Sequence[int] | None:
        """Return whose accounts of the entity the user may see; ``None`` for all."""
        identity = self.request.identity
        if identity is None:
            return ()
        found: Sequence[int] | None = self.__parent__.companies(
            identity, Permission.VIEW
        )
        return found

    @property
    def place(self) -> Place:
        """Return where its files and memos are, and whether all of them are seen."""
        return of_entity(self.node, self.companies)

    @classmethod
    def load(cls, db: Any, key: int) -> Entity | None:
        """Return the entity with its accounts, which say who may see it."""
        found: Entity | None = db.scalars(ENTITY, {"key": key}).one_or_none()
        return found


class CustomerResource(Resource):
    """``/customers/12``."""

    model = Customer
    parts: ClassVar = RECORD
    grants: ClassVar = CUSTOMERS

    def granted(self, held: frozenset[Permission]) -> frozenset[Permission]:
        """Leave out changes to who is forgotten."""
        entity = self.node.entity
        is_forgotten = entity is not None and entity.anonymised_at is not None
        return held & OF_THE_FORGOTTEN if is_forgotten else held

    @property
    def place(self) -> Place:
        """Return where its files are: those of another account are that one's."""
        return of_account(self.node, None)

    @property
    def version(self) -> int:
        """Return what counts the versions: the row of the directory."""
        version: int = self.node.entity.version
        return version

    @classmethod
    def load(cls, db: Any, key: int) -> Customer | None:
        """Return the account with its entity and company."""
        found: Customer | None = db.scalars(CUSTOMER, {"key": key}).one_or_none()
        return found


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "customers",
        CustomerResource,
        label=_("Customers"),
        section=_("Sales"),
        icon="people",
        new=_("New customer"),
    )
    config.add_collection(
        "contacts",
        EntityResource,
        label=_("Contacts"),
        section=_("Directory"),
        icon="person-vcard",
        new=_("New contact"),
    )
