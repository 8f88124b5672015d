"""Who a user is, and the principals that gives them.

A principal is a conjunction spelled out: ``company:12:self_validate`` is a member
of company 12 who may validate alone *there*.  A right never stands by itself, so
holding it in one company says nothing about any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from endi_like.i18n import _

ROLES = {
    "admin": _("administrator"),
    "manager": _("manager"),
    "accountant": _("accountant"),
    "auditor": _("auditor"),
    "social_worker": _("social worker"),
}
"""Who may do something everywhere, and how people call them."""

MEMBER = "member"
GROUPS = {**ROLES, MEMBER: _("members of companies")}
"""With whom something is shared: who has a role, or is a member of any company."""

RIGHTS = ("self_validate", "record_payment")


def user(user_id: int) -> str:
    """Name one user."""
    return f"user:{user_id}"


def role(name: str) -> str:
    """Name whoever has a role."""
    return f"role:{name}"


def member(company_id: int, right: str | None = None) -> str:
    """Name the members of a company, or those who hold a right in that company."""
    return f"company:{company_id}:{right}" if right else f"company:{company_id}"


def group(name: str) -> str:
    """Name whoever is of a group that something is shared with."""
    return member_somewhere() if name == MEMBER else role(name)


def member_somewhere(right: str | None = None) -> str:
    """Name the members of any company, or those who hold a right in some company."""
    return f"company:*:{right}" if right else "company:*"


@dataclass(frozen=True)
class Membership:
    """What a user may do in one company.

    ``ceiling`` is the largest total before tax the user may validate alone there;
    ``None`` sets no limit.
    """

    rights: frozenset[str] = frozenset()
    ceiling: Decimal | None = None

    def counting(self, amount: Decimal | None) -> list[str]:
        """Return the rights that count for a document of this total before tax."""
        over = None not in (amount, self.ceiling) and abs(amount) > self.ceiling  # type: ignore[arg-type, operator]
        return sorted(self.rights - {"self_validate"} if over else self.rights)


@dataclass(frozen=True)
class Identity:
    """A user: roles that count everywhere, memberships that carry their own rights."""

    user_id: int
    roles: frozenset[str] = frozenset()
    memberships: Mapping[int, Membership] = field(default_factory=dict, hash=False)
    name: str = ""
    language: str = "en"

    def principals(self, amount: Decimal | None = None) -> list[str]:
        """Return the names grants may use for this user.

        ``amount`` is the total before tax of the document in question: a right with
        a ceiling counts only below it.
        """
        return [
            *self._everywhere,
            *(
                member(company_id, right)
                for company_id, membership in self.memberships.items()
                for right in (None, *membership.counting(amount))
            ),
        ]

    @cached_property
    def _everywhere(self) -> list[str]:
        """What counts whatever the document; a page asks for it a dozen times."""
        held = (None, *(r for m in self.memberships.values() for r in m.rights))
        somewhere = {member_somewhere(right) for right in held if self.memberships}
        roles = (role(name) for name in sorted(self.roles))
        return [user(self.user_id), *roles, *sorted(somewhere)]

    @property
    def groups(self) -> list[str]:
        """Return the names of those groups the user is one of."""
        return [*sorted(self.roles), *([MEMBER] if self.memberships else ())]

    def companies(self, right: str | None = None) -> list[int]:
        """Return the companies the user is a member of, or holds the right in."""
        return [
            company_id
            for company_id, membership in self.memberships.items()
            if right is None or right in membership.rights
        ]
