"""What is kept beside a record, such as files and memos: where, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Place:
    """Where it is kept: beside a node, for the people of a company.

    ``caption`` is what tells them apart in the history of a node of many companies.
    """

    node_id: int
    company_id: int | None
    caption: str = ""


@dataclass(frozen=True)
class Signature:
    """Who adds or removes something, and when."""

    actor_id: int
    at: datetime
