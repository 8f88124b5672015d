"""What the database lets go of, and only of whom is anonymised: values of the past.

That something was changed, by whom and when stays; what it was before and after is
nothing then.  Files of the record itself may go; what was issued may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from endi_like.models.files import ATTACHMENT

FORGOTTEN = "(SELECT e.id FROM entity e WHERE e.anonymised_at IS NOT NULL)"
OWN = f"OLD.node_id IN {FORGOTTEN}"

POINTING = (
    ("entity_link", "organisation_id", "person_id"),
    ("employment", "entity_id", "manager_id"),
    ("credit_account", "entity_id", "primary_contact_id"),
)
"""Rows that name somebody: their table, whose they are, and whom they name."""

NAMING = tuple(table for table, _owner, _named in POINTING)
PLACES = " OR ".join(
    f"OLD.node_id IN (SELECT {owner} FROM {table} WHERE {named} IN {FORGOTTEN})"  # noqa: S608  # only names of ours
    for table, owner, named in POINTING
)
DRAFT = (
    "OLD.node_id IN (SELECT t.id FROM task t JOIN credit_account a "  # noqa: S608  # only names of ours
    "ON a.id = t.account_id WHERE t.validation_status <> 'valid' "
    f"AND a.entity_id IN {FORGOTTEN})"
)
ADDRESSED = ("account_id", "address")
EMPTIED = (
    "NEW.before IS NULL AND NEW.after IS NULL AND NEW.whole IS NULL "
    "AND NEW.\"row\" = ''"
)


@dataclass(frozen=True)
class Forgetting:
    """A change that is allowed: on which condition, and of which columns."""

    condition: str
    columns: frozenset[str] = frozenset()


FORGETTABLE: Final[Mapping[tuple[str, str], Forgetting]] = {
    ("field_change", "UPDATE"): Forgetting(
        f"{EMPTIED} AND ({OWN} OR (OLD.what IN {NAMING} AND "
        f"({PLACES})) OR (OLD.field IN {ADDRESSED} AND {DRAFT}))",
        frozenset({"before", "after", "row", "whole"}),
    ),
    ("stored_file", "DELETE"): Forgetting(f"OLD.purpose = '{ATTACHMENT}' AND {OWN}"),
}

STAYS: Final = (
    "OLD.anonymised_at IS NOT NULL AND "
    "OLD.anonymised_at IS DISTINCT FROM NEW.anonymised_at"
)
"""Nobody becomes known again, so that nobody is made unknown for a moment."""
