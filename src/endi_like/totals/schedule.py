"""How an estimation will be paid: deposit, instalments and balance, with tax.

All amounts are euros in whole cents, of the sign of the total, and add up to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from endi_like.money import ZERO, allocate, exactly, percent_of, to_cents
from endi_like.totals.refusal import TooMuch

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is asked for first, in between and at the end."""

    deposit: Decimal
    instalments: tuple[Decimal, ...]
    balance: Decimal

    @property
    @exactly
    def total(self) -> Decimal:
        """Return the total that is paid by it."""
        return sum(self.instalments, self.deposit + self.balance)


def deposit(total: Decimal, percent: Decimal) -> Decimal:
    """Return that percentage of a total, 0 to 100, in whole cents.

    Raises ``ValueError`` for any other percentage.
    """
    if not 0 <= percent <= HUNDRED:
        raise ValueError(f"{percent} % is no deposit")
    return to_cents(percent_of(total, percent))


@exactly
def equal_schedule(total: Decimal, percent: Decimal, parts: int) -> Schedule:
    """Return a deposit and the rest in equal parts, the last of which is the balance.

    Cents that cannot be shared go to the first parts.  Raises ``ValueError`` when the
    total is not in whole cents, there is no part, or no such deposit.
    """
    if parts < 1:
        raise ValueError("there is always a balance")
    first = deposit(total, percent)
    *instalments, balance = allocate(total - first, [Decimal(1)] * parts)
    return Schedule(first, tuple(instalments), balance)


@exactly
def manual_schedule(
    total: Decimal, percent: Decimal, instalments: Iterable[Decimal]
) -> Schedule:
    """Return a deposit, the instalments as given, and the balance that is missing.

    Instalments are rounded to cents.  Raises :class:`TooMuch` when some of them go the
    other way than the total, or together beyond it, so that the balance would have to
    come back; ``ValueError`` when there is no such deposit.
    """
    first = deposit(total, percent)
    given = tuple(map(to_cents, instalments))
    balance = to_cents(total - first - sum(given, ZERO))
    for parts in (given, (balance,)):
        wrong = [abs(part) for part in parts if part and part * total <= 0]
        if wrong:
            raise TooMuch(sum(wrong, ZERO))
    return Schedule(first, given, balance)
