"""What is kept twice of an entity, so that lists of a million show and sort by it."""

from __future__ import annotations

from endi_like.models.contacts import Address, ContactElement, CreditAccount, Entity
from endi_like.models.contacts.reaching import is_own
from endi_like.services.contacts.naming import take_name
from endi_like.text import shadow

LONGEST_KEY = 600
LONGEST_PHONE = 80


def index(entity: Entity) -> None:
    """Write every copy of an entity and of its accounts anew."""
    take_name(entity)
    first = first_address(entity)
    entity.city = first.city if first else ""
    entity.postal_code = first.postal_code if first else ""
    entity.email = first_of(entity, "email")
    entity.phone = first_of(entity, "phone")[:LONGEST_PHONE]
    for account in entity.accounts:
        index_account(account)


def first_address(entity: Entity) -> Address | None:
    """Return the first address of the entity itself."""
    return min(filter(is_own, entity.addresses), key=place, default=None)


def first_element(entity: Entity, kind: str) -> ContactElement | None:
    """Return the first telephone, or mailbox, of the entity itself."""
    own = (one for one in entity.elements if is_own(one) and one.kind == kind)
    return min(own, key=place, default=None)


def first_of(entity: Entity, kind: str) -> str:
    """Return how the entity itself is reached first: by which number or mailbox."""
    first = first_element(entity, kind)
    return first.value if first else ""


def place(row: Address | ContactElement) -> int:
    """Return where a row stands; one that was just made may not know yet."""
    return row.position or 0


def index_account(account: CreditAccount) -> None:
    """Write what lists sort and search an account by."""
    entity = account.entity
    account.name = entity.name
    own = (one for one in entity.addresses if is_own(one))
    people = (one.attention for one in own)
    key = shadow(entity.name, account.number, entity.city, *people, entity.postal_code)
    account.search_key = key[:LONGEST_KEY]
