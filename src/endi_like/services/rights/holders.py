"""Whom a grant is for.

A holder says the same thing twice: as the principal that holds on one node, for
the ACL of its page, and as the rows it holds on, for the WHERE of a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, false, select, true

from endi_like import principals
from endi_like.models.contacts import CreditAccount
from endi_like.permissions import Permission
from endi_like.principals import Identity


@dataclass(frozen=True)
class Role:
    """Whoever has a role, on every node."""

    name: str

    def principals(self, _node: Any) -> Sequence[str]:
        """Name the holders on one node."""
        return (principals.role(self.name),)

    def anywhere(self) -> str:
        """Name the holders on some node, for what concerns the whole collection."""
        return principals.role(self.name)

    def companies(self, identity: Identity) -> Sequence[int] | None:
        """Return in which companies this user is a holder; ``None`` for all."""
        return None if self.name in identity.roles else ()

    def rows(self, _model: Any, identity: Identity) -> ColumnElement[bool]:
        """Match the nodes this user is a holder on."""
        return true() if self.name in identity.roles else false()


@dataclass(frozen=True)
class Member:
    """The members of the company that owns the node, all or those with a right."""

    right: str | None = None

    def principals(self, node: Any) -> Sequence[str]:
        """Name the holders on one node."""
        return (principals.member(node.company_id, self.right),)

    def anywhere(self) -> str:
        """Name the holders on some node, for what concerns the whole collection."""
        return principals.member_somewhere(self.right)

    def companies(self, identity: Identity) -> Sequence[int] | None:
        """Return in which companies this user is a holder."""
        return identity.companies(self.right)

    def rows(self, model: Any, identity: Identity) -> ColumnElement[bool]:
        """Match the nodes this user is a holder on."""
        mine: ColumnElement[bool] = model.company_id.in_(identity.companies(self.right))
        return mine


@dataclass(frozen=True)
class RoleOnOpen(Role):
    """Whoever has a role, on the entities that are not confidential."""

    def principals(self, node: Any) -> Sequence[str]:
        """Name the holders on one entity."""
        return () if node.confidential else super().principals(node)

    def rows(self, model: Any, identity: Identity) -> ColumnElement[bool]:
        """Match the entities this user is a holder on."""
        return and_(super().rows(model, identity), ~model.confidential)


@dataclass(frozen=True)
class RoleOnConfidential(Role):
    """Whoever has a role, on the entities that are known to the social service only."""

    def principals(self, node: Any) -> Sequence[str]:
        """Name the holders on one entity."""
        return super().principals(node) if node.confidential else ()

    def rows(self, model: Any, identity: Identity) -> ColumnElement[bool]:
        """Match the entities this user is a holder on."""
        return and_(super().rows(model, identity), model.confidential)


@dataclass(frozen=True)
class AccountHolder:
    """The members of the companies that have an account of the entity.

    A confidential entity has none here: that one is a customer tells nobody that it
    is a client.
    """

    def principals(self, node: Any) -> Sequence[str]:
        """Name the holders on one entity."""
        if node.confidential:
            return ()
        return sorted({principals.member(one.company_id) for one in node.accounts})

    def anywhere(self) -> str:
        """Name the holders on some node, for what concerns the whole collection."""
        return principals.member_somewhere()

    def companies(self, identity: Identity) -> Sequence[int] | None:
        """Return in which companies this user is a holder."""
        return identity.companies()

    def rows(self, model: Any, identity: Identity) -> ColumnElement[bool]:
        """Match the entities this user is a holder on."""
        mine = CreditAccount.company_id.in_(identity.companies())
        known = select(CreditAccount.entity_id).where(mine)
        return and_(model.id.in_(known), ~model.confidential)


@dataclass(frozen=True)
class EveryMember:
    """The members of any company, on what all companies share."""

    def principals(self, _node: Any) -> Sequence[str]:
        """Name the holders on one node."""
        return (self.anywhere(),)

    def anywhere(self) -> str:
        """Name the holders on some node, for what concerns the whole collection."""
        return principals.member_somewhere()

    def companies(self, identity: Identity) -> Sequence[int] | None:
        """Return in which companies this user is a holder."""
        return identity.companies()

    def rows(self, _model: Any, identity: Identity) -> ColumnElement[bool]:
        """Match the nodes this user is a holder on."""
        return true() if identity.memberships else false()


COMPANY = Member()
EVERY_MEMBER = EveryMember()
BEHIND_ACCOUNTS = AccountHolder()


def member_with(right: str) -> Member:
    """Return the members of the owning company who hold the right in that company."""
    return Member(right)


Holder: TypeAlias = Role | Member | AccountHolder | EveryMember
Grants: TypeAlias = Mapping[Holder, frozenset[Permission]]
