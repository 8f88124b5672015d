"""What each kind of record grants to whom.

``resources`` makes ACLs and lists of the same tables; here they are for what has no
page at hand: who is told of something, and whether they may still see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from endi_like.models.catalogue import CatalogueItem
from endi_like.models.contacts import Customer, Entity
from endi_like.models.estimations import Estimation
from endi_like.models.jobs import Job, Schedule, ScheduledRun
from endi_like.models.mail import OutgoingMail
from endi_like.models.projects import Business, Project
from endi_like.models.purchases import SupplierInvoice
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.permissions import Permission
from endi_like.services.beside import Place, of_account, of_entity, of_node
from endi_like.services.rights.holders import (
    BEHIND_ACCOUNTS,
    COMPANY,
    Grants,
    Role,
    RoleOnConfidential,
    RoleOnOpen,
    member_with,
)

LOOK = frozenset({Permission.VIEW, Permission.EXPORT})
READ = LOOK | {Permission.SEE_HISTORY}
WRITE = READ | {
    Permission.ADD,
    Permission.EDIT,
    Permission.DELETE,
    Permission.SUBMIT,
    Permission.SEND,
    Permission.ATTACH,
    Permission.NOTE,
}
CORRECT = WRITE - {Permission.ADD}  # credit notes are begun from their invoices
NOTE = frozenset({Permission.NOTE})
BESIDE = NOTE | {Permission.ATTACH}
KEEP = READ | BESIDE | {Permission.ADD, Permission.EDIT}
VALIDATE = frozenset({Permission.VALIDATE})
PAY = frozenset({Permission.RECORD_PAYMENT})
CLOSE = frozenset({Permission.CORRECT_PAYMENT, Permission.CLOSE})
DECIDE = frozenset({Permission.INVALIDATE, Permission.DETACH})
SIGN = frozenset({Permission.SIGN})
SEND = frozenset({Permission.SEND})
CHANGE = LOOK | {Permission.EDIT}

INVOICES: Grants = {
    COMPANY: WRITE,
    member_with("self_validate"): VALIDATE,
    member_with("record_payment"): PAY,
    Role("manager"): WRITE | VALIDATE | PAY | CLOSE | DECIDE,
    Role("accountant"): READ | PAY | CLOSE | SEND | BESIDE,
    Role("auditor"): READ,
}
CREDIT_NOTES: Grants = {
    COMPANY: CORRECT,
    member_with("self_validate"): VALIDATE,
    Role("manager"): CORRECT | VALIDATE | DECIDE,
    Role("accountant"): READ | BESIDE,
    Role("auditor"): READ,
}
ESTIMATIONS: Grants = {
    COMPANY: WRITE | SIGN,
    member_with("self_validate"): VALIDATE,
    Role("manager"): WRITE | SIGN | VALIDATE | DECIDE,
    Role("accountant"): READ | BESIDE,
    Role("auditor"): READ,
}
RECEIVE = READ | BESIDE | {Permission.ACKNOWLEDGE}
SUPPLIER_INVOICES: Grants = {
    COMPANY: RECEIVE,
    Role("manager"): RECEIVE | {Permission.DETACH},
    Role("accountant"): READ | BESIDE,
    Role("auditor"): READ,
}
GROUP = KEEP | {Permission.DELETE}
ARCHIVE = frozenset({Permission.ARCHIVE})
PROJECTS: Grants = {
    COMPANY: GROUP | ARCHIVE,
    Role("manager"): GROUP | ARCHIVE,
    Role("accountant"): READ,
    Role("auditor"): READ,
}
BUSINESSES: Grants = {
    COMPANY: GROUP,
    Role("manager"): GROUP,
    Role("accountant"): READ,
    Role("auditor"): READ,
}
CATALOGUE = PROJECTS
SORT = CHANGE | {Permission.ADD, Permission.DELETE}
CATEGORIES: Grants = {
    COMPANY: SORT,
    Role("manager"): SORT,
    Role("accountant"): LOOK,
    Role("auditor"): LOOK,
}
CUSTOMERS: Grants = {
    COMPANY: KEEP,
    Role("manager"): KEEP,
    Role("accountant"): READ | NOTE,
    Role("auditor"): READ,
}
DIRECT = frozenset({Permission.MERGE, Permission.APPROVE, Permission.ANONYMISE})
ENTITIES: Grants = {
    BEHIND_ACCOUNTS: LOOK | NOTE,
    RoleOnOpen("manager"): KEEP | DIRECT | {Permission.DELETE},
    RoleOnOpen("accountant"): KEEP | {Permission.APPROVE},
    RoleOnOpen("auditor"): READ,
    RoleOnOpen("social_worker"): KEEP,
    RoleOnConfidential("social_worker"): KEEP | DIRECT | {Permission.DELETE},
}
BACKGROUND: Grants = {Role("admin"): CHANGE, Role("auditor"): LOOK}
RUNS: Grants = {Role("admin"): LOOK, Role("auditor"): LOOK}
MAILS: Grants = {Role("admin"): CHANGE}


def weight_of_task(task: Any) -> Decimal | None:
    """Return what ceilings are compared with, without tax and without sign.

    That is the total before tax, or what is asked for with the lines after tax if
    it is more.
    """
    if task.ht is None:  # nothing has been written into it yet
        return None
    return Decimal(max(abs(task.ht), abs(task.due - task.tva)))


def weightless(_node: Any) -> None:
    """Say that no ceiling counts."""


@dataclass(frozen=True)
class Record:
    """A kind of record: what stores it, what it grants, what ceilings look at.

    ``place`` says where memos and files are for who sees those of some companies; a
    record without one has none.
    One that is ``tidied`` away when it is old, and is of no company, may have gone
    when what was told of it is read.
    """

    model: Any
    grants: Grants
    weight: Callable[[Any], Decimal | None] = weightless
    place: Callable[[Any, Sequence[int] | None], Place] | None = of_node
    tidied: bool = False


RECORDS: Mapping[str, Record] = {
    "invoices": Record(Invoice, INVOICES, weight_of_task),
    "credit-notes": Record(CancelInvoice, CREDIT_NOTES, weight_of_task),
    "estimations": Record(Estimation, ESTIMATIONS, weight_of_task),
    "supplier-invoices": Record(SupplierInvoice, SUPPLIER_INVOICES),
    "projects": Record(Project, PROJECTS),
    "businesses": Record(Business, BUSINESSES),
    "catalogue": Record(CatalogueItem, CATALOGUE),
    "contacts": Record(Entity, ENTITIES, place=of_entity),
    "customers": Record(Customer, CUSTOMERS, place=of_account),
    "schedules": Record(Schedule, BACKGROUND, place=None),
    "runs": Record(ScheduledRun, RUNS, place=None, tidied=True),
    "jobs": Record(Job, BACKGROUND, place=None, tidied=True),
    "mails": Record(OutgoingMail, MAILS, place=None),
}
"""Every kind of record that somebody may be told of, by where it is published."""

NAMES = {record.model: name for name, record in RECORDS.items()}
DOCUMENTS = {
    record.model.__mapper__.polymorphic_identity: name
    for name, record in RECORDS.items()
    if issubclass(record.model, Task)
}
"""Where documents are published, by their ``type_``: a row need not be an object."""


def name_of(node: Any) -> str:
    """Return where a record is published: ``invoices``."""
    return NAMES[type(node)]
