"""What happened last to the documents of companies: a line for each document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session, joinedload, with_polymorphic

from endi_like.models.node import SOLD, Node
from endi_like.models.people import User
from endi_like.models.sales import Task
from endi_like.services.projects import KINDS, SHOWN_OF_ACCOUNT
from endi_like.services.streams import CHANGE, MOVE, STREAMS
from endi_like.services.timeline_query import labelled

SHOWN = 10
MOST_COMPANIES = 20
"""Who works for more companies than that is shown the activity of the first of them."""

NODE = Node.__table__.c
TOUCHING = [one for one in STREAMS if one.number in (CHANGE, MOVE)]
"""What makes a new version of a document: a memo or a mail leaves it as it is."""


@dataclass(frozen=True)
class Touched:
    """A document, and what was written of its last change; of a new one, nothing."""

    task: Task
    rows: Sequence[Row[Any]]


def activity(db: Session, companies: Sequence[int]) -> list[Touched]:
    """Return the documents of some companies that were touched last, the last first."""
    own = sorted(companies)[:MOST_COMPANIES]
    values = {f"company_{n}": key for n, key in enumerate(own)}
    tasks = db.scalars(documents(len(own)), values).all()
    rows = happened(db, [task.id for task in tasks])
    return [Touched(task, rows.get(task.id, ())) for task in tasks]


# Both are made once: to build them takes longer than to run them.
@cache
def documents(companies: int) -> Select[Any]:
    """Return the query of the documents that so many companies touched last."""
    some = union_all(*(select(newest(n)) for n in range(companies))).subquery()
    last = select(some).order_by(some.c.updated_at.desc(), some.c.id.desc())
    keys = last.limit(SHOWN).subquery("touched")
    every = with_polymorphic(Task, KINDS)
    return (
        select(every)
        .join(keys, keys.c.id == every.id)
        .options(
            joinedload(every.account).load_only(*SHOWN_OF_ACCOUNT),
            joinedload(every.created_by),
            joinedload(every.updated_by),
        )
        .order_by(keys.c.updated_at.desc(), keys.c.id.desc())
    )


def newest(number: int) -> Subquery:
    """Return the documents that the company of this number touched last."""
    company = bindparam(f"company_{number}", type_=Integer)
    return (
        select(NODE.id, NODE.updated_at)
        .where(NODE.company_id == company, text(SOLD))
        .order_by(NODE.updated_at.desc(), NODE.id.desc())
        .limit(SHOWN)
        .subquery()
    )


@cache
def last_changes() -> Select[Any]:
    """Return the query of what was written of some nodes when they were touched."""
    rows = union_all(*map(of_last_moment, TOUCHING)).subquery("happened")
    who = func.coalesce(User.name, "").label("who")
    order = (rows.c.stream.desc(), rows.c.id.desc())
    return (
        select(*rows.c, who)
        .outerjoin(User, User.id == rows.c.actor_id)
        .order_by(*order)
    )


def of_last_moment(stream: Any) -> Select[Any]:
    """Return the query of the rows of a stream that were written with the version."""
    same = and_(NODE.id == stream.table.node_id, NODE.updated_at == stream.at)
    columns = (*labelled(stream), stream.table.node_id.label("node_id"))
    nodes: Any = bindparam("nodes", expanding=True)
    return (
        select(*columns)
        .join(Node.__table__, same)
        .where(NODE.id.in_(nodes), stream.where)
    )


def happened(db: Session, nodes: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
    """Return what was written of each node at its last change."""
    if not nodes:
        return {}
    of_node: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    values = {"nodes": nodes, "company": None, "every": False}
    for row in db.connection().execute(last_changes(), values):
        of_node[row.node_id].append(row)
    return of_node
