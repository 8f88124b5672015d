"""What is kept beside a record, such as files and memos: where, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where it is kept: beside a node, for the people of a company.

    ``caption`` is what tells them apart in the history of a node of many companies,
    ``account_id`` the account that is spoken of.  Who sees the node as a whole is told
    of what happens in every company, beside what is the node's own; others of what is
    of the ``companies`` they are told of.
    """

    node_id: int
    company_id: int | None
    caption: str = ""
    account_id: int | None = None
    is_whole: bool = False
    companies: Sequence[int] = ()


def of_node(node: Any, _companies: Sequence[int] | None) -> Place:
    """Return the place of a node of one company; of its class, the columns of it."""
    return Place(node.id, node.company_id)


def of_entity(entity: Any, companies: Sequence[int] | None) -> Place:
    """Return the place of an entity for who sees the accounts of some companies.

    With ``None`` they see those of all.
    """
    is_whole = companies is None
    return Place(entity.id, None, is_whole=is_whole, companies=tuple(companies or ()))


def of_account(account: Any, _companies: Sequence[int] | None) -> Place:
    """Return the place of an account: beside its entity, for its company."""
    return Place(account.entity_id, account.company_id, account.called, account.id)


@dataclass(frozen=True)
class Signature:
    """Who adds or removes something, and when."""

    actor_id: int
    at: datetime
