"""Everything users are told of: what it is, for whom, and what is usual.

An event is told by ``telling.tell``, in the transaction of what has happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from endi_like.i18n import _
from endi_like.models.notifications import AT_ONCE, DAILY, NEVER
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.services.rights.asking import holds, holds_somewhere
from endi_like.services.rights.holders import Member, Role, member_with
from endi_like.services.rights.tables import RECORDS, name_of

Holder: TypeAlias = Role | Member
ADMINISTRATORS = Role("admin")
CASHIERS = member_with("record_payment")


@dataclass(frozen=True)
class Event:
    """Something that happens to records of a collection.

    Those are told who are its ``authors``, ``may`` do something to the record or are
    among ``to``; whoever may not view the record is not, whatever is said here.
    ``bell`` and ``mail`` hold until a user chooses otherwise.
    """

    name: str
    label: str
    help: str
    said: str
    icon: str
    tone: str = "info"
    collection: str = "invoices"
    authors: bool = False
    may: Permission | None = None
    to: tuple[Holder, ...] = ()
    bell: bool = True
    mail: str = NEVER

    def is_for(self, identity: Identity, node: Any, authors: frozenset[int]) -> bool:
        """Tell whether somebody is to be told of what happened to a record."""
        names = set(identity.principals())
        record = RECORDS[name_of(node)]
        return (
            (self.authors and identity.user_id in authors)
            or (self.may is not None and holds(identity, self.may, record, node))
            or any(not names.isdisjoint(one.principals(node)) for one in self.to)
        )

    def concerns(self, identity: Identity) -> bool:
        """Tell whether somebody may ever be told of it, being who they are."""
        if self.name == MENTION:
            return True
        grants = RECORDS[self.collection].grants
        names = set(identity.principals())
        needed = Permission.SUBMIT if self.authors else self.may
        return (
            needed is not None and holds_somewhere(identity, needed, grants)
        ) or any(one.anywhere() in names for one in self.to)


SUBMITTED, VALIDATED, INVALIDATED = "submitted", "validated", "invalidated"
PAID, RESULTED = "paid", "resulted"
MENTION = "mention"
BANK_ACCOUNT = "bank_account"
MAIL_REFUSED, JOB_FAILED = "mail_refused", "job_failed"
RUN_FAILED, RUN_MISSED = "run_failed", "run_missed"

ALL = (
    Event(
        SUBMITTED,
        _("A document waits for me"),
        _("Somebody asks for a validation that you may give."),
        _("${actor} asks for the validation of ${record}."),
        "hourglass-split",
        "wait",
        may=Permission.VALIDATE,
        mail=DAILY,
    ),
    Event(
        VALIDATED,
        _("A document of mine is validated"),
        _("You wrote it, or asked for its validation."),
        _("${actor} has validated ${record}."),
        "check-circle-fill",
        "good",
        authors=True,
        mail=DAILY,
    ),
    Event(
        INVALIDATED,
        _("A document of mine is sent back"),
        _("You wrote it, or asked for its validation; the reason is told along."),
        _("${actor} has sent back ${record}: ${reason}"),
        "x-octagon-fill",
        "bad",
        authors=True,
        mail=AT_ONCE,
    ),
    Event(
        PAID,
        _("A document of mine is paid in part"),
        _("You wrote it, asked for its validation, or record your company’s payments."),
        _("${record} is paid in part."),
        "circle-half",
        "part",
        authors=True,
        to=(CASHIERS,),
    ),
    Event(
        RESULTED,
        _("A document of mine is settled"),
        _("You wrote it, asked for its validation, or record your company’s payments."),
        _("${record} is settled: nothing more is asked for."),
        "check-circle",
        "good",
        authors=True,
        to=(CASHIERS,),
        mail=DAILY,
    ),
    Event(
        MENTION,
        _("Somebody names me"),
        _("A note on a record that you may see says @ and your login."),
        _("${actor} names you on ${record}: ${text}"),
        "chat-left-text",
        mail=AT_ONCE,
    ),
    Event(
        BANK_ACCOUNT,
        _("A bank account waits for me"),
        _(
            "Somebody has entered or changed the bank account of a contact, which you "
            "may approve."
        ),
        _(
            "${actor} has entered a bank account of ${record}: it awaits a second "
            "person."
        ),
        "hourglass-split",
        "wait",
        collection="contacts",
        may=Permission.APPROVE,
        mail=DAILY,
    ),
    Event(
        MAIL_REFUSED,
        _("A mail is not delivered"),
        _("The mail server refuses it, or was away for too long."),
        _("The mail “${record}” to ${recipient} was not delivered: ${error}"),
        "envelope-exclamation",
        "bad",
        collection="mails",
        to=(ADMINISTRATORS,),
        mail=DAILY,
    ),
    Event(
        JOB_FAILED,
        _("A job is given up"),
        _("It has failed too often to be tried again by itself."),
        _("The job ${record} is given up: ${error}"),
        "exclamation-octagon-fill",
        "bad",
        collection="jobs",
        to=(ADMINISTRATORS,),
        mail=AT_ONCE,
    ),
    Event(
        RUN_FAILED,
        _("Scheduled work fails"),
        _("A run is given up, or has ended with errors."),
        _("“${record}” has failed: ${error}"),
        "exclamation-octagon-fill",
        "bad",
        collection="runs",
        to=(ADMINISTRATORS,),
        mail=AT_ONCE,
    ),
    Event(
        RUN_MISSED,
        _("Scheduled work did not run"),
        _("It is an hour late: no worker is there, or its worker has died."),
        _("“${record}” did not run in time."),
        "alarm-fill",
        "bad",
        collection="runs",
        to=(ADMINISTRATORS,),
        mail=AT_ONCE,
    ),
)

EVENTS = {event.name: event for event in ALL}
"""Every event, by its name, in the order of the page where users choose."""
