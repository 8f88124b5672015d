"""Makers of what tests are about: each is stored, complete, and plausible.

Whatever a test does not name is made up.  ``db`` is a session that knows its author
and its clock, as the fixture of that name does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.catalogue import CatalogueItem, CatalogueLine, Category
from endi_like.models.contacts import (
    CUSTOMER,
    KINDS_OF_ACCOUNTS,
    Address,
    ContactElement,
    CreditAccount,
    Entity,
)
from endi_like.models.estimations import Estimation
from endi_like.models.jobs import Schedule, ScheduledRun
from endi_like.models.mail import MailWording, OutgoingMail
from endi_like.models.memos import Memo
from endi_like.models.notifications import Notification
from endi_like.models.options import (
    BankAccount,
    BusinessType,
    Mention,
    PaymentConditions,
    PaymentMode,
    VatRate,
    WorkUnit,
)
from endi_like.models.payments import Payment
from endi_like.models.people import Company, Membership, User
from endi_like.models.projects import Business, Phase, Project
from endi_like.models.purchases import SupplierInvoice
from endi_like.models.sales import CancelInvoice, Invoice, LineGroup, TaskLine
from endi_like.principals import Identity
from endi_like.principals import Membership as Rights
from endi_like.services import businesses, catalogue, schedules
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.naming import rename
from endi_like.services.credits import credit_note_of
from endi_like.services.effects import EFFECTS
from endi_like.services.estimations import schedule
from endi_like.services.internal import other_side
from endi_like.services.journal import sign
from endi_like.services.naming import register
from endi_like.services.organisation import founded
from endi_like.services.payments import Payments, Received
from endi_like.services.rights.tables import name_of
from endi_like.services.sales import compute, set_due_date
from endi_like.services.transitions import Transitions
from endi_like.text import shadow

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
AUTHOR = 1
"""The id of the user in whose name tests write."""

serial = count(1)


@dataclass
class TestClock:
    """A clock that stands still until the test moves it, or goes on with each look."""

    __test__ = False

    now: datetime = field(default=NOW)
    tick: timedelta = timedelta()

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now

    def advance(self, **how_much: float) -> None:
        """Move on by so many ``days``, ``hours``, ``minutes`` …"""
        self.now += timedelta(**how_much)


def signed(session: Session, clock: Any = None, author: int = AUTHOR) -> Session:
    """Sign a session, and return it."""
    sign(session, author=lambda: author, clock=clock or TestClock())
    return session


def lay_foundations(session: Session) -> None:
    """Store what every installation has: the organisation, and the tests' author."""
    own = founded(session)
    own.name = "Coopérative Horizon"
    own.address, own.postcode, own.town = "12 rue des Lilas", "35000", "Rennes"
    session.add(
        User(
            login="author",
            name="Ada Author",
            created_at=NOW - timedelta(days=900),
            password_changed_at=NOW - timedelta(days=900),
        )
    )
    session.flush()


def stored(db: Session, row: Any) -> Any:
    """Add the row, give it its id and return it."""
    db.add(row)
    db.flush()
    return row


def make_company(db: Session, **columns: Any) -> Company:
    """Make an enseigne."""
    number = next(serial)
    defaults = {"name": f"Enseigne {number}", "code": f"E{number}", "country": "FR"}
    return stored(db, Company(**defaults | columns))


def make_user(db: Session, **columns: Any) -> User:
    """Make somebody who may log in, but may do nothing: see ``make_membership``."""
    number = next(serial)
    long_ago = NOW - timedelta(days=800)
    defaults = {
        "login": f"user{number}",
        "name": f"User Number {number}",
        "created_at": long_ago,
        "password_changed_at": long_ago,
    }
    if "roles" in columns:
        columns["roles"] = frozenset(columns["roles"])
    return stored(db, User(**defaults | columns))


def make_membership(
    db: Session, user: User, company: Company, *rights: str, ceiling: Any = None
) -> Membership:
    """Make the user a member of the company, with rights there."""
    limit = None if ceiling is None else Decimal(ceiling)
    found = Membership(
        user=user, company=company, rights=frozenset(rights), ceiling=limit
    )
    return stored(db, found)


def make_member(
    db: Session, company: Company, *rights: str, ceiling: Any = None, **columns: Any
) -> User:
    """Make a user who is a member of the company."""
    user = make_user(db, **columns)
    make_membership(db, user, company, *rights, ceiling=ceiling)
    return user


def identity(user: User) -> Identity:
    """Return what a request would know of the user."""
    memberships = {
        one.company_id: Rights(one.rights, one.ceiling) for one in user.memberships
    }
    return Identity(user.id, user.roles, memberships, user.name, user.language)


def make_option(db: Session, kind: type[Any], **columns: Any) -> Any:
    """Make an option of that kind; see the makers of each below."""
    return stored(db, kind(**columns))


def make_vat(db: Session, value: Any = "20", **columns: Any) -> VatRate:
    """Return the rate of that value, made if there is none; ``label`` makes another."""
    wanted = Decimal(value)
    if not columns:
        found = db.scalars(select(VatRate).where(VatRate.value == wanted)).first()
        if found:
            return found
    defaults = {"label": f"{max(wanted, Decimal(0)).normalize():f} %"}
    return make_option(db, VatRate, value=wanted, **defaults | columns)


def make_conditions(db: Session, **columns: Any) -> PaymentConditions:
    """Make payment conditions: 30 days."""
    defaults = {"label": "30 days", "days": 30, "end_of_month": False}
    return make_option(db, PaymentConditions, **defaults | columns)


def make_mode(db: Session, label: str = "Bank transfer") -> PaymentMode:
    """Return the payment mode of that label, made if there is none."""
    found = db.scalars(select(PaymentMode).where(PaymentMode.label == label)).first()
    return found or make_option(db, PaymentMode, label=label)


def make_bank(db: Session, **columns: Any) -> BankAccount:
    """Make a bank account of the organisation."""
    return make_option(db, BankAccount, **{"label": "Main account"} | columns)


def make_run(db: Session, **columns: Any) -> ScheduledRun:
    """Ask for a run of a scheduled job, made known before."""
    schedules.make_known(db, ["forget_done_jobs"], NOW)
    schedule = db.scalars(select(Schedule).order_by(Schedule.id)).first()
    run_id = schedules.ask(db, schedule, NOW, NOW, **columns)
    return db.get_one(ScheduledRun, run_id)


def make_business_type(db: Session, label: str = "Works") -> BusinessType:
    """Make a type of business."""
    return make_option(db, BusinessType, label=label)


def make_unit(db: Session, label: str = "hour") -> WorkUnit:
    """Make a unit of work."""
    return make_option(db, WorkUnit, label=label)


def make_mention(db: Session, **columns: Any) -> Mention:
    """Make a mention that documents may carry."""
    defaults = {"label": "Late payment", "text": "Late payment costs 40 euros."}
    return make_option(db, Mention, **defaults | columns)


def make_entity(
    db: Session,
    name: str = "",
    *,
    email: str = "",
    phone: str = "",
    place: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Entity:
    """Make an entity: a company, unless ``kind`` says otherwise, with an address.

    The address is at "3 place Saint-Michel", unless ``place`` says otherwise.
    """
    at = {"line_one": "3 place Saint-Michel", "postal_code": "22000"}
    at |= {"city": "Saint-Brieuc", "country": "FR", "position": 0}
    elements = [
        ContactElement(kind=kind, value=value, position=position)
        for position, (kind, value) in enumerate((("email", email), ("phone", phone)))
        if value
    ]
    code = f"T-{next(serial)}"
    defaults = {"name": "", "kind": "company", "control_code": code}
    entity = Entity(**defaults | columns)
    entity.addresses = [Address(**at | dict(place or {}))]
    entity.elements = elements
    rename(entity, name or f"Garage Élan {next(serial)}")
    index(entity)
    return stored(db, entity)


def make_customer(
    db: Session,
    company: Company | None = None,
    entity: Entity | None = None,
    *,
    class_: str = CUSTOMER,
    number: str = "",
    within: Company | None = None,
    **columns: Any,
) -> CreditAccount:
    """Make a customer of the company; the other columns are those of the entity."""
    entity = entity or make_entity(db, **columns)
    company = company or make_company(db)
    account = KINDS_OF_ACCOUNTS[class_](entity=entity, company=company, number=number)
    account.internal_company = within
    db.add(account)
    index(entity)
    return stored(db, account)


def make_line(db: Session, cost: Any = "100", **columns: Any) -> TaskLine:
    """Make a line, not stored yet: one piece, at 20 %."""
    quantity = Decimal(columns.pop("quantity", 1))
    defaults = {"description": "Work", "vat": columns.get("vat") or make_vat(db)}
    return TaskLine(cost=Decimal(cost), quantity=quantity, **defaults | columns)


def make_invoice(
    db: Session,
    account: CreditAccount | None = None,
    *,
    lines: Sequence[Any] = ("100",),
    status: str = "draft",
    **columns: Any,
) -> Invoice:
    """Make an invoice, moved to the validation status that is asked for.

    Lines are ``TaskLine`` objects or costs.  The groups given as ``groups`` replace
    them.
    """
    account = account or make_customer(db)
    defaults = {
        "name": f"Repairs {next(serial)}",
        "date": TODAY,
        "groups": [group_of(db, lines)],
        "payment_conditions": columns.get("payment_conditions") or make_conditions(db),
    }
    invoice = Invoice(account=account, company=account.company, **defaults | columns)
    db.add(invoice)
    number_parts(invoice)
    register(db, invoice)
    set_due_date(invoice)
    compute(invoice)
    db.flush()
    for name, comment in PATHS[status]:
        move(db, invoice, name, comment)
    return invoice


def make_estimation(
    db: Session,
    account: CreditAccount | None = None,
    *,
    lines: Sequence[Any] = ("100",),
    status: str = "draft",
    deposit: Any = "0",
    equal_parts: int = 1,
    agreed: Sequence[Any] = (),
    **columns: Any,
) -> Estimation:
    """Make an estimation with its schedule; ``agreed`` are amounts one by one."""
    account = account or make_customer(db)
    defaults = {
        "name": f"Offer {next(serial)}",
        "date": TODAY,
        "groups": [group_of(db, lines)],
        "payment_conditions": columns.get("payment_conditions") or make_conditions(db),
        "deposit": Decimal(deposit),
    }
    made = Estimation(account=account, company=account.company, **defaults | columns)
    db.add(made)
    number_parts(made)
    register(db, made)
    compute(made)
    parts = [{"label": "", "date": None, "amount": Decimal(one)} for one in agreed]
    schedule(made, 0 if agreed else equal_parts, parts)
    db.flush()
    for name, comment in PATHS[status]:
        move(db, made, name, comment)
    return made


def make_credit_note(
    db: Session, invoice: Invoice, *, status: str = "draft", whole: bool = True
) -> CancelInvoice:
    """Make the credit note of a validated invoice."""
    made = credit_note_of(db, invoice, TODAY, whole=whole)
    db.add(made)
    db.flush()
    for name, comment in PATHS[status]:
        move(db, made, name, comment)
    return made


def make_received(
    db: Session,
    company: Company | None = None,
    issuer: Company | None = None,
    **columns: Any,
) -> SupplierInvoice:
    """Make what a company received of an invoice that another one validated."""
    within = company or make_company(db)
    account = make_customer(db, issuer, within=within, **columns)
    lines = [make_line(db, vat=make_vat(db, "0"))]
    invoice = make_invoice(db, account, lines=lines, status="valid")
    received = other_side(db, invoice)
    assert received is not None
    return received


def make_project(
    db: Session,
    company: Company | None = None,
    *,
    phases: Sequence[str] = (),
    **columns: Any,
) -> Project:
    """Make a project of the company, with phases of these names."""
    number = next(serial)
    company = company or make_company(db)
    defaults = {"name": f"Roof {number}", "code": f"P{number}", "company": company}
    parts = [Phase(name=name, position=at) for at, name in enumerate(phases)]
    return stored(db, Project(phases=parts, **defaults | columns))


def make_business(
    db: Session,
    company: Company | None = None,
    *,
    documents: Sequence[Any] = (),
    **columns: Any,
) -> Business:
    """Make a business of the company, with some of its documents."""
    company = company or make_company(db)
    defaults = {"name": f"Deal {next(serial)}", "company": company}
    business = stored(db, Business(**defaults | columns))
    if documents:
        ids = [one.id for one in documents]
        businesses.put(db, ids, business, transitions(db))
    return business


def make_category(
    db: Session, company: Company | None = None, **columns: Any
) -> Category:
    """Make a category of the company's catalogue."""
    company = company or make_company(db)
    defaults = {"label": f"Category {next(serial)}", "company": company}
    return stored(db, Category(**defaults | columns))


def make_item(
    db: Session,
    company: Company | None = None,
    *,
    parts: Sequence[Mapping[str, Any]] = (),
    **columns: Any,
) -> CatalogueItem:
    """Make something of the company's catalogue: a product, unless it has parts."""
    number = next(serial)
    defaults = {
        "kind": "work" if parts else "product",
        "name": f"Board {number}",
        "reference": f"R{number}",
        "company": company or make_company(db),
        "cost": Decimal(10),
        "vat": make_vat(db),
    }
    lines = [CatalogueLine(position=at, **one) for at, one in enumerate(parts)]
    item = CatalogueItem(parts=lines, **defaults | columns)
    db.add(item)
    with db.no_autoflush:
        catalogue.price(item)
    return stored(db, item)


def make_mail(db: Session, **columns: Any) -> OutgoingMail:
    """Make a mail that waits for nobody to send it: there is no job for it."""
    number = next(serial)
    defaults = {
        "template": "welcome",
        "language": "en",
        "sender_name": "Horizon",
        "recipient": f"someone{number}@example.org",
        "subject": f"Your account {number}",
        "text": "Hello,\n\nsee https://office.example.org/",
        "message_id": f"{number:032}",
        "dedupe_key": f"mail {number}",
        "created_at": NOW,
        "due_at": NOW,
    }
    mail = stored(db, OutgoingMail(**defaults | columns))
    mail.search_key = shadow(mail.recipient_name, mail.recipient)
    return mail


def make_notification(db: Session, user: User, node: Any, **columns: Any) -> Any:
    """Tell a user that an invoice, or another record, was validated."""
    defaults = {
        "recipient_id": user.id,
        "event": "validated",
        "collection": name_of(node),
        "record_id": node.id,
        "at": NOW,
        "text": json.dumps("It is validated."),
        "dedupe_key": f"notification {next(serial)}",
    }
    return stored(db, Notification(**defaults | columns))


def make_memo(db: Session, node: Any, author: User, **columns: Any) -> Memo:
    """Make a memo beside an invoice, or beside a company's customer."""
    defaults = {
        "node_id": node.node.id,
        "company_id": node.company_id,
        "author_id": author.id,
        "at": NOW,
        "text": "Call back on Monday",
    }
    return stored(db, Memo(**defaults | columns))


def make_wording(db: Session, **columns: Any) -> MailWording:
    """Make an administrator's words for a mail template."""
    defaults = {
        "template": "welcome",
        "language": "en",
        "subject": "Hello __NAME__",
        "text": "Your login is __LOGIN__.",
    }
    return stored(db, MailWording(**defaults | columns))


PATHS: dict[str, tuple[tuple[str, str], ...]] = {
    "draft": (),
    "wait": (("submit", ""),),
    "invalid": (("submit", ""), ("invalidate", "The date is wrong.")),
    "valid": (("submit", ""), ("validate", "")),
}


def group_of(db: Session, lines: Sequence[Any]) -> LineGroup:
    """Make a group, not stored yet, of lines or costs."""
    rows = [
        line if isinstance(line, TaskLine) else make_line(db, line) for line in lines
    ]
    return LineGroup(lines=rows)


def number_parts(invoice: Invoice) -> None:
    """Give the parts of an invoice their places, in the order they are listed."""
    several = (
        invoice.groups,
        invoice.discounts,
        invoice.post_tax_lines,
        *(group.lines for group in invoice.groups),
    )
    for parts in several:
        for position, part in enumerate(parts):
            part.position = position


def transitions(db: Session) -> Transitions:
    """Return what moves nodes in the name of the session's author."""
    return Transitions(
        db, actor_id=db.info["author"](), clock=db.info["clock"], effects=EFFECTS
    )


def move(db: Session, node: Any, action: str, comment: str = "") -> Any:
    """Run an action as somebody who may do everything."""
    return transitions(db).run(
        node, action, allowed=lambda _permission: True, comment=comment
    )


def pay(db: Session, invoice: Invoice, amount: Any = None, **columns: Any) -> Payment:
    """Record a payment: of what is left, unless an amount is given."""
    received = Received(
        date=columns.pop("date", TODAY),
        amount=invoice.to_pay if amount is None else Decimal(amount),
        mode_id=columns.pop("mode_id", None) or make_mode(db).id,
        **columns,
    )
    return Payments(transitions(db)).record(invoice, received)
