"""Comparing the entities of a block: which of them may be one, and how likely.

A shared telephone says it all.  A name says it only where it is written as nobody else
writes it, and then of the namesake it is a slip of.  A mailbox that is made of the
name says no more than the name: namesakes have it, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from endi_like.services.contacts.duplicates import reasons
from endi_like.services.contacts.duplicates.blocks import Block, Item, Member, shared
from endi_like.spelling import slip
from endi_like.text import norm

LITTLE, MUCH, ALL = 1, 2, 3
"""What something shared says of two namesakes."""
MOST_HOLDERS = 6
FEW_HOLDERS = 3
TWO = 2
MOST_SPELLINGS = 100
SOON = 2000
RARE = 10
FEWEST_SIGNS = 9

Slip: TypeAlias = tuple[Member, str]


@dataclass(frozen=True, slots=True)
class Found:
    """Two entities that may be one: the earlier one, the later one, how likely."""

    first: int
    second: int
    score: int
    reasons: tuple[str, ...]


def found_in(block: Block) -> Iterator[Found]:
    """Yield the pairs of a block, each once."""
    taken = set()
    for one in [*Slips(block).pairs(), *same_spelling(block)]:
        if (one.first, one.second) not in taken:
            taken.add((one.first, one.second))
            yield one


def pair(one: Member, other: Member, score: int, words: Sequence[str]) -> Found:
    """Return a pair, with what speaks against it."""
    first, second = sorted((one.id, other.id))
    doubts = list(against(one, other))
    lowered = score - sum(reasons.DOUBTS[word] for word in doubts)
    return Found(first, second, lowered, tuple(dict.fromkeys([*words, *doubts])))


def against(one: Member, other: Member) -> Iterator[str]:
    """Yield what two entities have that one alone would not have twice."""
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        yield reasons.BUT_BIRTH
    for name, word in (("vat_number", reasons.BUT_VAT), ("tax_id", reasons.BUT_TAX)):
        mine, theirs = one.numbers[name], other.numbers[name]
        if mine and theirs and mine != theirs:
            yield word


def is_made_of_name(item: Item, one: Member) -> bool:
    """Tell whether an address is made of the name: "jo.doe@…", "…@doe-inc.com"."""
    _kind, value = item
    local, _at, domain = value.partition("@")
    letters = sorted(one.plain.replace(" ", ""))
    if sorted(norm(local).replace(" ", "")) == letters:
        return True
    site = norm(domain.rpartition(".")[0]).replace(" ", "")
    name = one.plain.replace(" ", "")
    cut = len(site) >= FEWEST_SIGNS and name.startswith(site)
    return bool(name) and (site.startswith(name) or cut)


def weight(item: Item, one: Member, number: int) -> int:
    """Return what a shared item says: all, much, or no more than the name."""
    if number > MOST_HOLDERS:
        return LITTLE
    if item[0] == reasons.PHONE:
        return ALL
    if is_made_of_name(item, one):
        return LITTLE
    is_own = item[0] == reasons.EMAIL and number <= FEW_HOLDERS
    return ALL if is_own else MUCH


def in_common(one: Member, other: Member, block: Block) -> tuple[int, list[str]]:
    """Return how much two entities share, nothing being 0, and what."""
    both = one.items & other.items
    weighed = [weight(item, one, block.holders.get(item, 0)) for item in both]
    words = sorted({kind for kind, _value in both})
    if one.places & other.places:
        weighed, words = [*weighed, ALL], [*words, reasons.ADDRESS]
    if one.birth_date and one.birth_date == other.birth_date:
        weighed, words = [*weighed, ALL], [*words, reasons.BIRTH]
    for name, number in one.numbers.items():
        if number and number == other.numbers[name]:
            weighed, words = [*weighed, ALL], [*words, name]
    return max(weighed, default=0), words


@dataclass(slots=True)
class Slips:
    """The members of a block whose name is a slip of another one's."""

    block: Block

    def pairs(self) -> Iterator[Found]:
        """Yield each slip with the one namesake it is most likely to be."""
        spelled: dict[str, list[Member]] = defaultdict(list)
        for one in self.block.members:
            spelled[one.name[0]].append(one)
        if len(spelled) > MOST_SPELLINGS:
            return
        plain: dict[str, int] = defaultdict(int)
        for one in self.block.members:
            plain[one.plain] += 1
        most = max(1, len(self.block.members) // RARE)
        for members in spelled.values():
            usual = self.usual(members, spelled, plain) if len(members) <= most else []
            for one in members:
                others = [*usual, *self.simpler(one)]
                if others:
                    yield from self.best(one, others)

    def usual(
        self,
        members: Sequence[Member],
        spelled: dict[str, list[Member]],
        plain: dict[str, int],
    ) -> list[Slip]:
        """Return those of whose name a rare spelling is a slip, with the slip."""
        odd, found = members[0], []
        for others in spelled.values():
            other = others[0]
            word = slip(odd.name, other.name)
            rarer = plain[odd.plain] <= plain[other.plain]
            if word and (word != reasons.SWAPPED or rarer):
                found += [(one, word) for one in others]
        return found

    def simpler(self, one: Member) -> list[Slip]:
        """Return those who have one legal form, where this one has two."""
        others = self.block.members if one.forms > 1 else ()
        return [(other, reasons.FORM) for other in others if other.forms < one.forms]

    def best(self, one: Member, others: Sequence[Slip]) -> Iterator[Found]:
        """Yield the pair with the likeliest: who shares most, then who came before."""
        near = [
            (in_common(one, other, self.block), other, word)
            for other, word in others
            if other.country == one.country and other is not one
        ]
        most = max((common[0] for common, _other, _word in near), default=0)
        tied = [some for some in near if some[0][0] == most]
        if not tied:
            return
        ids = {other.id for _common, other, _word in tied}
        number, soon = len(ids), sum(is_soon(earlier, one) for earlier in ids)
        (_most, words), other, word = min(tied, key=lambda some: order(some[1], one))
        score = scored(most, number, soon)
        if score:
            hint = [reasons.SOON] if number > 1 and most < ALL else []
            yield pair(one, other, score, [word, *words, *hint])


def is_soon(earlier: int, one: Member) -> bool:
    """Tell whether an entity was entered not long after another one."""
    return 0 < one.id - earlier <= SOON


def order(other: Member, one: Member) -> tuple[bool, int]:
    """Return what comes first: those entered before, the nearest of them."""
    return other.id > one.id, abs(one.id - other.id)


def scored(most: int, number: int, soon: int) -> int:
    """Return the score of a slip that several may be the original of."""
    if most >= MUCH:
        return reasons.SURE
    if number == 1 or soon == 1:
        return reasons.SHARED_SLIP if most else reasons.SLIP
    return reasons.POSSIBLE if soon else 0


def same_spelling(block: Block) -> Iterator[Found]:
    """Yield the pairs that share something, whatever the spelling."""
    for one, other in sharing(block):
        most, words = in_common(one, other, block)
        score = reasons.SURE if most == ALL else reasons.POSSIBLE
        yield pair(one, other, score, [reasons.NAME, *words])


def sharing(block: Block) -> Iterator[tuple[Member, Member]]:
    """Yield those who share something that few have."""
    groups: dict[tuple[str, object], list[Member]] = defaultdict(list)
    for one in block.members:
        for fact in facts(one):
            groups[fact].append(one)
    for item, members in shared(block.members).items():
        most = TWO if is_made_of_name(item, members[0]) else MOST_HOLDERS
        if block.holders.get(item, 0) <= most:
            groups["item", item] = members
    few = (some for some in groups.values() if len(some) <= MOST_HOLDERS)
    for members in few:
        yield from combinations(members, 2)


def facts(one: Member) -> Iterator[tuple[str, object]]:
    """Yield what hardly two namesakes have in common, but for how one reaches them."""
    for place in one.places:
        yield "place", place
    if one.birth_date:
        yield "birth", one.birth_date
    for name, number in one.numbers.items():
        if number:
            yield name, number
