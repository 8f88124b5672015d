"""The resource tree: what a URL finds, and who may do what to it.

A *model* is what the database stores.  A *resource* is that model at an
address: it has a name, a parent and an ACL, and it is the ``context`` of
views.  Resources read only loaded attributes; they never query in an ACL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from pyramid.authorization import DENY_ALL, Allow, Authenticated
from pyramid.decorator import reify
from sqlalchemy import ColumnElement

from endi_like.db import SAFE_METHODS
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.resources.keys import row_id
from endi_like.resources.record import RECORD
from endi_like.services.beside import Place, of_node
from endi_like.services.locks import reserve
from endi_like.services.rights.asking import companies_of, rows
from endi_like.services.rights.holders import Grants, Role
from endi_like.services.rights.sight import Sight

CHANGING = frozenset({Permission.EDIT, Permission.DELETE})
ON_COLLECTION = frozenset({Permission.LIST, Permission.ADD, Permission.MERGE})
IN_THE_BIN = frozenset({Permission.VIEW, Permission.SEE_HISTORY, Permission.DELETE})
FROM_THE_BIN = _("It is in the bin: restore it first.")


class Root:
    """The top of the tree; its children are the registered collections."""

    __name__ = ""
    __parent__ = None
    __acl__: ClassVar = [
        (Allow, Authenticated, Permission.LOGGED_IN),
        (Allow, Role("admin").anywhere(), Permission.ADMINISTER),
        DENY_ALL,
    ]

    def __init__(self, request: Any) -> None:
        self.request = request

    def __getitem__(self, name: str) -> Any:
        """Return the branch published under that name."""
        branch = self.request.registry["branches"].get(name)
        if branch is not None:
            return branch(name, self)
        item_class: type[Resource] = self.request.registry["resources"][name]
        return item_class.collection(name, self, item_class)


class Branch:
    """What the menu leads to: a place whose ACL is made of the grants of its items."""

    def __init__(self, name: str, parent: Any, item_class: type[Resource]) -> None:
        self.__name__ = name
        self.__parent__ = parent
        self.item_class = item_class
        self.request = parent.request

    def wrap(self, node: Any) -> Resource:
        """Place an already loaded item at its address."""
        return self.item_class(node, self)

    def elsewhere(self) -> Mapping[str, Branch]:
        """Return where items of other kinds are that the list shows beside these."""
        return {}

    def __acl__(self) -> Iterator[Any]:
        """Let whoever may view some item list, and whoever may add some item add."""
        for holder, held in self.item_class.grants.items():
            listing = {Permission.LIST} if Permission.VIEW in held else set()
            yield Allow, holder.anywhere(), listing | (held & ON_COLLECTION)
        yield DENY_ALL


class Collection(Branch):
    """All items of one kind, each a row: ``/invoices``."""

    def __getitem__(self, key: str) -> Resource:
        """Load one item: ``/invoices/12``."""
        wanted = row_id(key)
        if not self.request.only_reads and self.request.identity:
            self.item_class.reserve(self.request.db, [wanted])
        node = self.item_class.load(self.request.db, wanted)
        if node is None:
            raise KeyError(key)
        return self.wrap(node)

    def reserve(self, db: Any, keys: Sequence[int]) -> None:
        """Have others who would change some items wait."""
        self.item_class.reserve(db, keys)

    def held(self, identity: Identity) -> frozenset[Permission]:
        """Return every permission this user may hold on some item."""
        names = set(identity.principals())
        grants = self.item_class.grants.items()
        found = (held for holder, held in grants if holder.anywhere() in names)
        return frozenset().union(*found)

    def companies(
        self, identity: Identity, permission: Permission
    ) -> tuple[int, ...] | None:
        """Return in whose items this user holds a permission; ``None`` for all."""
        return companies_of(self.item_class.grants, identity, permission)

    def sight(
        self, identity: Identity, permission: Permission = Permission.VIEW
    ) -> Sight:
        """Return what the user sees of items that belong to several companies."""
        found = self.companies(identity, permission)
        return Sight(found, identity.user_id)

    def scope(
        self, identity: Identity, permission: Permission = Permission.VIEW
    ) -> ColumnElement[bool]:
        """Turn the grants into the rows on which this user holds a permission."""
        kind: Any = self.item_class
        return scope_of(kind, identity, permission)


class Resource:
    """One stored item at its address: ``/vat-rates/3``."""

    model: ClassVar[Any]
    grants: ClassVar[Grants]
    collection: ClassVar[type[Branch]] = Collection
    parts: ClassVar[Mapping[str, Callable[[str, Any], Any]]] = {}
    listed_in: ClassVar[str] = ""
    limited_by: Decimal | None = None
    is_settled = False

    def __init__(self, node: Any, parent: Any) -> None:
        self.node = node
        self.__name__ = str(node.id)
        self.__parent__ = parent

    def __getitem__(self, name: str) -> Any:
        """Return what belongs to the item: ``/invoices/12/payments``."""
        return self.parts[name](name, self)

    @property
    def request(self) -> Any:
        """Return the request the resource was found by."""
        return self.__parent__.request

    @property
    def version(self) -> int:
        """Return which version of the item this is; override where another counts."""
        version: int = self.node.version
        return version

    @classmethod
    def load(cls, db: Any, key: int) -> Any:
        """Return the item of that id, or nothing."""
        return db.get(cls.model, key)

    @classmethod
    def reserve(cls, db: Any, keys: Iterable[int]) -> None:
        """Have others who would change the items wait; a single row needs no such."""

    def granted(self, held: frozenset[Permission]) -> frozenset[Permission]:
        """Return what of a holder's permissions counts in the item's present state."""
        return held

    def __acl__(self) -> Sequence[Any]:
        """Grant each holder its own, deny the rest.

        The final DENY_ALL keeps what a collection grants from leaking down.  Whoever
        only looks is told once: nothing changes while they do.
        """
        return self._lasting if self.request.method in SAFE_METHODS else self._entries()

    @reify
    def _lasting(self) -> Sequence[Any]:
        return self._entries()

    def _entries(self) -> Sequence[Any]:
        return [
            *(
                (Allow, name, self.granted(held))
                for holder, held in self.grants.items()
                for name in holder.principals(self.node)
            ),
            DENY_ALL,
        ]


class NodeResource(Resource):
    """One node at its address: ``/invoices/12``; its states have a say in its ACL."""

    parts: ClassVar = RECORD

    @property
    def place(self) -> Place:
        """Return where the node's files are attached."""
        return of_node(self.node, None)

    @property
    def is_settled(self) -> bool:  # type: ignore[override]
        """Tell whether the node is locked, or others have it in hand."""
        lifecycle = self.node.lifecycle
        return lifecycle.locked(self.node) or lifecycle.held(self.node)

    @classmethod
    def reserve(cls, db: Any, keys: Iterable[int]) -> None:
        """Have others who would change the nodes wait until this request has ended."""
        reserve(db, keys)

    def ever_held(self, identity: Identity) -> frozenset[Permission]:
        """Return what a user may do to the node in one state of it or another."""
        names = set(identity.principals())
        grants = self.grants.items()
        found = (
            held
            for holder, held in grants
            if not names.isdisjoint(holder.principals(self.node))
        )
        return frozenset().union(*found)

    def withheld(self, identity: Identity, permission: str) -> str | None:
        """Return why nobody may now what the user may else, if that is all there is."""
        if self.node.deleted_at and permission in self.ever_held(identity):
            return FROM_THE_BIN
        return None

    def granted(self, held: frozenset[Permission]) -> frozenset[Permission]:
        """Leave out changes to what is locked, held by others, or in the bin."""
        if self.node.deleted_at:
            return held & IN_THE_BIN
        if held.isdisjoint(CHANGING):
            return held
        lifecycle = self.node.lifecycle
        if lifecycle.locked(self.node):
            return held - CHANGING
        if lifecycle.held(self.node) and Permission.INVALIDATE not in held:
            return held - CHANGING
        return held


@lru_cache(500)
def scope_of(
    item_class: Any, identity: Identity, permission: Permission
) -> ColumnElement[bool]:
    """Return the rows on which a user holds a permission.

    It is the same object for the same rights, by which a grid knows its query again.
    """
    return rows(item_class.model, item_class.grants, identity, permission)
