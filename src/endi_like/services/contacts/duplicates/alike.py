"""Who is in the directory already and may be the one that is being entered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from endi_like.models.contacts import (
    ContactElement,
    CreditAccount,
    Entity,
    EntityBankAccount,
)
from endi_like.services.contacts.duplicates import reasons
from endi_like.services.contacts.duplicates.numbers import FEWEST_SIGNS
from endi_like.spelling import (
    compared,
    is_swapped,
    letters_of,
    plain_number,
    without_forms,
)
from endi_like.text import compact, digits, norm

MOST_SHOWN = 5
MOST_ASKED = 50
MOST_NAMESAKES = 50
LAST_SIGN = "\U0010ffff"


@dataclass(frozen=True)
class Typed:
    """What has been typed of an entity so far."""

    kind: str = "company"
    first_name: str = ""
    last_name: str = ""
    trading_name: str = ""
    legal_name: str = ""
    city: str = ""
    emails: Collection[str] = ()
    phones: Collection[str] = ()
    vat_number: str = ""
    tax_id: str = ""
    ibans: Collection[str] = ()

    @property
    def names(self) -> tuple[str, str, str, str, str]:
        """Return what the name is compared by."""
        own = self.kind, self.first_name, self.last_name
        return (*own, self.trading_name, self.legal_name)


def typed_of(entity: Entity) -> Typed:
    """Return what is stored of an entity, as if it were typed."""
    return Typed(
        kind=entity.kind,
        first_name=entity.first_name,
        last_name=entity.last_name,
        trading_name=entity.trading_name,
        legal_name=entity.legal_name,
        city=entity.city,
        emails=[one.value for one in entity.elements if one.kind == reasons.EMAIL],
        phones=[one.value for one in entity.elements if one.kind == reasons.PHONE],
        vat_number=entity.vat_number,
        tax_id=entity.tax_id,
        ibans=[one.iban for one in entity.bank_accounts],
    )


@dataclass(frozen=True)
class Alike:
    """An entity that may be the same, and the sentences that say why."""

    entity: Entity
    why: Sequence[Any]


@dataclass(frozen=True)
class Asking:
    """Who asks: which entities and whose accounts they see, and what they edit."""

    scope: ColumnElement[bool]
    companies: Sequence[int] | None
    confidential: bool = False
    but: int | None = None

    def condition(self) -> Sequence[ColumnElement[bool]]:
        """Return what may be told of: seen, there, and of the same secrecy."""
        return (
            self.scope,
            Entity.deleted_at.is_(None),
            Entity.anonymised_at.is_(None),
            Entity.confidential.is_(self.confidential),
            Entity.id != (self.but or 0),
        )

    def own(self) -> Sequence[ColumnElement[bool]]:
        """Return which telephones and mailboxes are told of: others' accounts' not."""
        if self.companies is None:
            return ()
        mine = select(CreditAccount.id).where(
            CreditAccount.company_id.in_(self.companies)
        )
        account = ContactElement.account_id
        return (or_(account.is_(None), account.in_(mine)),)


def alike(db: Session, asking: Asking, typed: Typed) -> list[Alike]:
    """Return the few entities that share a number, a mailbox, or name and city."""
    words: dict[int, list[str]] = {}
    for word, entity_id in [*by_number(db, asking, typed), *by_name(db, asking, typed)]:
        known = words.setdefault(entity_id, [])
        if word not in known:
            known.append(word)
    first = sorted(words, key=lambda key: (-len(words[key]), key))[:MOST_SHOWN]
    query = select(Entity).where(Entity.id.in_(first))
    found = {one.id: one for one in db.scalars(query)} if first else {}
    return [Alike(found[key], reasons.sentences(words[key])) for key in first]


def by_number(db: Session, asking: Asking, typed: Typed) -> Iterator[tuple[str, int]]:
    """Yield who has one of the numbers or mailboxes."""
    element = ContactElement
    emails = keys(typed.emails, lambda text: text.strip().casefold())
    sources: tuple[tuple[str, Any, list[str], tuple[Any, ...]], ...] = (
        (reasons.VAT, Entity.vat_key, keys([typed.vat_number], plain_number), ()),
        (reasons.TAX, Entity.tax_key, keys([typed.tax_id], plain_number), ()),
        (reasons.IBAN, EntityBankAccount.iban_key, keys(typed.ibans, compact), ()),
        (
            reasons.PHONE,
            element.search_key,
            keys(typed.phones, digits),
            (element.kind == reasons.PHONE, *asking.own()),
        ),
        (
            reasons.EMAIL,
            element.search_key,
            [one for one in emails if "@" in one],
            (element.kind == reasons.EMAIL, *asking.own()),
        ),
    )
    for word, key, wanted, conditions in sources:
        if wanted:
            query = owned(key).where(key.in_(wanted), *conditions, *asking.condition())
            for entity_id in db.scalars(query.limit(MOST_SHOWN)):
                yield word, entity_id


def owned(key: Any) -> Any:
    """Return the query for the entities that own a key."""
    owner = key.class_
    query = select(Entity.id)
    if owner is Entity:
        return query
    return query.join(owner, owner.entity_id == Entity.id).distinct()


def keys(texts: Iterable[str], make: Any) -> list[str]:
    """Return what some texts are found by; what is too short says nothing."""
    made = {make(text) for text in list(texts)[:MOST_ASKED]}
    return sorted(one for one in made if len(one) >= FEWEST_SIGNS)


def by_name(db: Session, asking: Asking, typed: Typed) -> Iterator[tuple[str, int]]:
    """Yield who is called so, or almost so, in the same city."""
    key = letters_of(*typed.names)
    if not key:
        return
    city = norm(typed.city)
    query = (
        select(
            Entity.id,
            Entity.kind,
            Entity.first_name,
            Entity.last_name,
            Entity.trading_name,
            Entity.legal_name,
        )
        .where(
            Entity.letters_key == key,
            Entity.sort_city >= f"{city}  ",
            Entity.sort_city < f"{city}  {LAST_SIGN}",
            *asking.condition(),
        )
        .order_by(Entity.id)
        .limit(MOST_NAMESAKES)
    )
    mine = plain(*typed.names)
    for entity_id, *names in db.execute(query):
        other = plain(*names)
        is_same = other.replace(" ", "") == mine.replace(" ", "")
        if is_same or is_swapped(mine, other):
            yield reasons.NAME_CITY, entity_id


def plain(*names: str) -> str:
    """Return a name as it is compared, without legal forms."""
    return without_forms(compared(*names)[0])[0]
