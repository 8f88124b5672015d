"""What is kept beside a record, such as files and memos: where, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True)
class Signature:
    """Who adds or removes something, and when."""

    actor_id: int
    at: datetime
