"""What must always be true of the data, as checks that can be run at any time.

Each check yields a sentence for everything that is not as it must be; of sound data
there is nothing to say.  ``endi-like verify`` prints the sentences, and tests ask for
them after whatever they have done.  They are written for those who run the
installation, in English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from sqlalchemy.orm import Session

from endi_like.services.files import Vault
from endi_like.services.invariants.catalogue import wrong_prices
from endi_like.services.invariants.documents import wrong_documents
from endi_like.services.invariants.files import damaged_files, unlogged_printouts
from endi_like.services.invariants.internal import wrong_sides
from endi_like.services.invariants.invoicing import too_much_invoiced
from endi_like.services.invariants.log import broken_chains
from endi_like.services.invariants.numbers import wrong_numbers
from endi_like.services.invariants.places import wrong_places
from endi_like.services.invariants.progress import too_much_progress
from endi_like.services.invariants.status import wrong_columns
from endi_like.services.invariants.turnover import wrong_turnovers
from endi_like.services.seals import broken_seals

__all__ = ["CHECKS", "invariants"]

Check: TypeAlias = Callable[[Session], Iterator[str]]

CHECKS: Mapping[str, Check] = {
    "status log": broken_chains,
    "seals": broken_seals,
    "status": wrong_columns,
    "numbers": wrong_numbers,
    "documents": wrong_documents,
    "places": wrong_places,
    "internal documents": wrong_sides,
    "progress": too_much_progress,
    "turnover": wrong_turnovers,
    "invoicing": too_much_invoiced,
    "catalogue": wrong_prices,
    "printouts": unlogged_printouts,
}


def invariants(db: Session, vault: Vault | None = None) -> Iterator[str]:
    """Yield a sentence, after its kind and a colon, for everything that is wrong.

    Without a vault the bytes of the stored files are not looked at.
    """
    for kind, check in CHECKS.items():
        for sentence in check(db):
            yield f"{kind}: {sentence}"
    if vault:
        for sentence in damaged_files(db, vault):
            yield f"files: {sentence}"
