"""Who may what on invoices, and what an invoice must be by now: what T5 judges by."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from endi_like.workflow.sales import INVOICE
from tests.factories import make_company, make_member, make_mode, make_user, make_vat
from tests.processes import csrf_of

WRITES = {"submit", "reopen", "edit", "delete"}
SETTLES = {"pay", "take_back", "close", "undo_close"}
RIGHTS = {
    "manager": WRITES | SETTLES | {"validate", "invalidate"},
    "accountant": SETTLES,
    "auditor": set(),
    "member": WRITES,
    "self_validator": WRITES | {"validate"},
    "cashier": WRITES | {"pay"},
    "admin": None,
    "member_elsewhere": None,
    "nobody": None,
}
"""Who may what on invoices of the first company; nothing at all is seen of a None."""

RIGHTS_ELSEWHERE = {
    **dict.fromkeys(RIGHTS, None),
    **{name: RIGHTS[name] for name in ("manager", "accountant", "auditor")},
    "member_elsewhere": WRITES | {"validate", "pay"},
}
CEILING = Decimal(1000)

MOVES = {
    action.name: (manager.key, action)
    for manager in INVOICE.managers.values()
    for action in manager.actions.values()
}
REASONS = {name for name, (_key, action) in MOVES.items() if action.asks}


@dataclass
class Expected:
    """What an invoice must be by now."""

    rights: dict
    cost: Decimal
    states: dict = field(
        default_factory=lambda: {k: m.initial for k, m in INVOICE.managers.items()}
    )
    complete: bool = True
    binned: bool = False
    received: Decimal = Decimal(0)
    payments: int = 0
    log: int = 0

    @property
    def is_valid(self):
        return self.states["validation_status"] == "valid"

    @property
    def is_payable(self):
        return self.is_valid and self.states["paid_status"] != "resulted"

    @property
    def due(self):
        return self.cost * Decimal("1.2")

    def may(self, person, verb):
        """Tell whether the person may, as the invoice is now."""
        if verb not in (self.rights[person] or ()):
            return False
        if self.binned:
            return verb == "delete"
        if verb in ("edit", "delete") and person != "manager":
            return self.states["validation_status"] in ("draft", "invalid")
        if verb in ("edit", "delete"):
            return not self.is_valid
        above = self.complete and self.cost > CEILING
        return not (verb == "validate" and person == "self_validator" and above)

    def in_place(self, name):
        """Tell whether the action starts where the invoice is."""
        if name not in MOVES:
            return False
        key, action = MOVES[name]
        awake = key == "validation_status" or self.is_valid
        idle = name == "close" and self.states["paid_status"] == "resulted"
        return awake and not idle and self.states[key] in action.sources

    def refused(self, name, reason):
        """Tell whether a guard objects, or a reason is missing."""
        if name in ("submit", "validate") and not self.complete:
            return True
        return name in REASONS and not reason

    def answer(self, person, name, reason):
        """Return the status of the answer to a press, and whether it moves."""
        if not self.in_place(name):
            return 409, False
        if not self.may(person, name):
            return 403, False
        return 303, not self.refused(name, reason)

    def move(self, name):
        """Move, and settle as the payments say."""
        key, action = MOVES[name]
        self.states[key] = action.target
        self.log += 1
        self.settle()

    def receive(self, amount):
        """Count money in, or out."""
        self.received += amount
        self.payments += 1 if amount > 0 else -1
        self.settle()

    def settle(self):
        """Follow payments and closure with the paid status; each move is logged."""
        if not self.is_valid:
            return
        if self.states["closure_status"] == "closed" or self.received == self.due:
            status = "resulted"
        else:
            status = "paid" if self.payments else "waiting"
        if status != self.states["paid_status"]:
            self.states["paid_status"] = status
            self.log += 1


class World:
    """One database, somebody of every kind, and a browser for each."""

    def __init__(self, db, login, visitor):
        self.db = db
        self.companies = make_company(db), make_company(db)
        self.vat, self.mode = make_vat(db), make_mode(db)
        self.browsers = {name: login(user) for name, user in self.users().items()}
        self.tokens = {name: csrf_of(one) for name, one in self.browsers.items()}
        self.browsers["nobody"] = visitor
        self.tokens["nobody"] = self.tokens["manager"]

    def users(self):
        """Return a user of every kind, by name."""
        here, elsewhere = self.companies
        members = {
            "member": (here, ()),
            "self_validator": (here, ("self_validate",)),
            "cashier": (here, ("record_payment",)),
            "member_elsewhere": (elsewhere, ("self_validate", "record_payment")),
        }
        found = {
            name: make_member(self.db, company, *rights, ceiling=CEILING)
            for name, (company, rights) in members.items()
        }
        for name in ("admin", "manager", "accountant", "auditor"):
            found[name] = make_user(self.db, roles={name})
        return found


WAYS = {
    "draft": (),
    "wait": ("submit",),
    "invalid": ("submit", "invalidate"),
    "valid": ("validate",),
    "closed": ("validate", "close"),
}
"""The actions that lead where the machine may begin."""
