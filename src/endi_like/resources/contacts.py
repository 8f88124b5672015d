"""Where customers live: a company's accounts of the entities it sells to."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount, Entity
from endi_like.models.people import User
from endi_like.resources.core import Resource
from endi_like.resources.record import RECORD
from endi_like.services.beside import Place
from endi_like.services.rights.tables import CUSTOMERS


class CustomerResource(Resource):
    """``/customers/12``."""

    model = CreditAccount
    parts: ClassVar = RECORD
    grants: ClassVar = CUSTOMERS

    @property
    def place(self) -> Place:
        """Return where its files are: those of another company's account are theirs."""
        account = self.node
        return Place(account.entity_id, account.company_id, account.caption)

    @property
    def version(self) -> int:
        """Return what counts the versions: the row of the directory."""
        version: int = self.node.entity.version
        return version

    @classmethod
    def load(cls, db: Any, key: int) -> CreditAccount | None:
        """Return the account with its entity and company."""
        query = (
            select(CreditAccount)
            .where(CreditAccount.id == key)
            .options(
                joinedload(CreditAccount.entity)
                .joinedload(Entity.created_by)
                .load_only(User.name),
                joinedload(CreditAccount.company),
            )
        )
        found: CreditAccount | None = db.scalars(query).one_or_none()
        return found


def includeme(config: Any) -> None:
    """Publish the collection."""
    config.add_collection(
        "customers",
        CustomerResource,
        label=_("Customers"),
        section=_("Sales"),
        icon="people",
        new=_("New customer"),
    )
