"""Invoices and the credit notes that take them back: one list of two kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from endi_like.models.node import Node
from endi_like.models.sales import Task
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.resources.core import Branch, Collection, Resource
from endi_like.services.credits import concerned
from endi_like.services.locks import reserve
from endi_like.services.rights.asking import rows
from endi_like.services.rights.tables import CREDIT_NOTES, INVOICES


class Invoices(Collection):
    """``/invoices``: its list shows the credit notes too, which are at their own."""

    def wrap(self, node: Any) -> Resource:
        """Place a document at the address of its kind."""
        where = self.elsewhere().get(node.type_ or "")
        return where.wrap(node) if where else super().wrap(node)

    def elsewhere(self) -> Mapping[str, Branch]:
        """Return where credit notes are."""
        return {"cancelinvoice": self.__parent__["credit-notes"]}

    def reserve(self, db: Any, keys: Sequence[int]) -> None:
        """Have others wait who would change what these documents have to do with."""
        hold(db, keys)

    def scope(
        self, identity: Identity, permission: Permission = Permission.VIEW
    ) -> ColumnElement[bool]:
        """Turn the grants into the rows on which this user holds a permission."""
        return scope_of_both(identity, permission)


def hold(db: Any, keys: Iterable[int]) -> None:
    """Have others who would change invoices and credit notes wait.

    So do those who would change what is credited, or anything else that was made of
    their estimations: of these all together are no more than the estimation.  The
    estimations come first, as they do for whoever attaches invoices.
    """
    wanted = list(keys)
    found = concerned(db, wanted)
    if offers := {one for one in found.values() if one is not None}:
        reserve(db, offers)
    reserve(db, [*wanted, *(one for one in found if one not in wanted)])


@lru_cache(500)
def scope_of_both(identity: Identity, permission: Permission) -> ColumnElement[bool]:
    """Return the invoices and credit notes on which a user holds a permission.

    What is granted on both alike is asked once: of a list it is a shorter statement.
    """
    kinds = {"invoice": INVOICES, "cancelinvoice": CREDIT_NOTES}
    holders = [
        {holder for holder, held in grants.items() if permission in held}
        for grants in kinds.values()
    ]
    if holders[0] == holders[1]:
        return rows(Task, INVOICES, identity, permission)
    return or_(
        *(
            and_(
                Node.__table__.c.type_ == kind, rows(Task, grants, identity, permission)
            )
            for kind, grants in kinds.items()
        )
    )
