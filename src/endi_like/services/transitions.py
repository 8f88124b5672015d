"""Run an action: move, record, then do what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.models.node import Node
from endi_like.permissions import Permission
from endi_like.services.journal import write_down
from endi_like.workflow.core import Allowed, Change

Effect: TypeAlias = "Callable[[Any, Change, Transitions], None]"
Effects: TypeAlias = Mapping[tuple[type[Node], str], Sequence[Effect]]


def by_itself(permission: str) -> bool:
    """Allow what follows from the facts, and nothing that a person may decide."""
    return permission == Permission.AUTOMATIC


class Transitions:
    """Move nodes on behalf of one actor."""

    def __init__(
        self, db: Session, *, actor_id: int | None, clock: Clock, effects: Effects
    ) -> None:
        self.db = db
        self.actor_id = actor_id
        self.clock = clock
        self.effects = effects
        self.moment: datetime | None = None

    def run(
        self, node: Node, name: str, *, allowed: Allowed, comment: str = ""
    ) -> Change:
        """Run the action and its effects, keep it in the status log, and flush.

        Raises an ``ActionError``; the caller's transaction or savepoint then undoes
        whatever an effect has done.  Nothing is flushed in between: a document is
        written once, complete, as its locked row could not be completed later.
        """
        with self.db.no_autoflush, self.one_moment() as at:
            change = node.lifecycle.execute(
                node,
                name,
                actor_id=self.actor_id,
                allowed=allowed,
                at=at,
                comment=comment,
            )
            write_down(self.db, node, change)
            for kind in reversed(type(node).__mro__):
                for effect in self.effects.get((kind, name), ()):
                    effect(node, change, self)
        self.db.flush()
        return change

    @contextmanager
    def one_moment(self) -> Iterator[datetime]:
        """Have what follows from an action happen when the action does."""
        outer = self.moment
        self.moment = outer or self.clock()
        try:
            yield self.moment
        finally:
            self.moment = outer

    def follow(self, node: Node, name: str) -> Change:
        """Run an automatic action, as a consequence of another change."""
        return self.run(node, name, allowed=by_itself)
