"""What comes out of the bin, and what it is kept in with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from endi_like.models.node import Node
from endi_like.models.projects import Business, Project
from endi_like.models.sales import Task
from endi_like.services.locks import reserve

READ_AGAIN = ("deleted_at", "version")


def restore(db: Session, node: Node) -> Sequence[Node]:
    """Take a node out of the bin, and return what had to come along.

    A business and a project are put into the bin when nothing is left in them: whatever
    comes back is in them again, and has to be found there.  Whoever puts them into the
    bin at the same time waits.
    """
    around = list(kept_in(node))
    reserve(db, [one.id for one in around])
    for one in around:
        db.refresh(one, READ_AGAIN)
    along = [one for one in around if one.deleted_at]
    for one in (node, *along):
        one.deleted_at = None
    return along


def kept_in(node: Node) -> Iterator[Node]:
    """Yield the business and the projects something is kept in, each once."""
    business = node.business if isinstance(node, Task) else None
    around: list[Business | Project | None] = [business]
    around += [
        one.project for one in (node, business) if isinstance(one, Task | Business)
    ]
    yield from dict.fromkeys(one for one in around if one is not None)
