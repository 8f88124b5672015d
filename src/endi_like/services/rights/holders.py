"""Whom a grant is for.

A holder says the same thing twice: as the principal that holds on one node, for
the ACL of its page, and as the rows it holds on, for the WHERE of a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, false, true

from endi_like import principals
from endi_like.permissions import Permission
from endi_like.principals import Identity


@dataclass(frozen=True)
class Role:
    """Whoever has a role, on every node."""

    name: str

    def principal(self, _node: Any) -> str:
        """Name the holders on one node."""
        return principals.role(self.name)

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

    def principal(self, node: Any) -> str:
        """Name the holders on one node."""
        return principals.member(node.company_id, self.right)

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


COMPANY = Member()


def member_with(right: str) -> Member:
    """Return the members of the owning company who hold the right in that company."""
    return Member(right)


Grants: TypeAlias = Mapping[Role | Member, frozenset[Permission]]
