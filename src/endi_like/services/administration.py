"""Users and companies as administrators keep them: who may log in, and do what where.

These are no nodes: who changed what is told by ``services.administered``, and said in
the log of the program.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session, contains_eager
from sqlalchemy.orm.attributes import flag_modified

from endi_like.i18n import _
from endi_like.models.people import Company, Membership, User
from endi_like.models.sales import Task
from endi_like.services import users
from endi_like.services.passwords import objection
from endi_like.services.refusals import WrongValues

ADMIN = "admin"
PLAIN = ("login", "name", "email", "language", "roles", "active")

log = logging.getLogger(__name__)


def note(db: Session, done: str, row: Any, names: Iterable[str] = ()) -> None:
    """Say in the log who did what to which row; values are nobody's business there."""
    author = db.info["author"]() if "author" in db.info else None
    log.info(
        "user %s %s %s %s: %s",
        author,
        done,
        row.__tablename__,
        row.id,
        ", ".join(names) or "-",
    )


def is_taken(db: Session, column: Any, value: str, row_id: int | None) -> bool:
    """Tell whether another row has the value already, upper or lower case.

    Compared here: SQLite does not know that É is the capital of é.
    """
    others = select(column).where(column.class_.id != (row_id or 0))
    return value.casefold() in map(str.casefold, db.scalars(others))


def save_company(db: Session, company: Company, data: Mapping[str, Any]) -> None:
    """Write a company, new or stored; raise ``WrongValues`` for an impossible code."""
    code = data["code"]
    if is_taken(db, Company.code, code, company.id):
        raise WrongValues(code=_("Another company has this code."))
    if company.id and company.code != code and has_numbers(db, company):
        raise WrongValues(
            code=_(
                "Documents of this company have their official numbers, so its code "
                "cannot change."
            )
        )
    changed = [name for name, value in data.items() if getattr(company, name) != value]
    for name in changed:
        setattr(company, name, data[name])
    db.add(company)
    db.flush()
    note(db, "saved", company, changed)


def has_numbers(db: Session, company: Company) -> bool:
    """Tell whether a document of the company has an official number."""
    numbered = select(Task.id).where(
        Task.company_id == company.id, Task.official_number.is_not(None)
    )
    return db.scalars(numbered.limit(1)).first() is not None


def save_user(
    db: Session, user: User, data: Mapping[str, Any], *, actor_id: int, now: datetime
) -> None:
    """Write a user, new or stored, with password and memberships.

    Raises ``WrongValues`` before anything is written.  Disabling a user and changing
    a password end all sessions of that user.
    """
    values = {name: data[name] for name in PLAIN}
    values["login"] = users.login_key(data["login"])
    values["roles"] = frozenset(data["roles"])
    check(db, user, values, data["password"], actor_id)
    if user.id is None:
        user.created_at = user.password_changed_at = now
        user.active = False
    changed = [name for name, value in values.items() if getattr(user, name) != value]
    with db.no_autoflush:
        for name in changed:
            setattr(user, name, values[name])
        if set_memberships(user, data["memberships"]):
            if user.id and not changed:
                # A new version, though only rows of it change.  Of what does change
                # this would forget what was stored.
                flag_modified(user, "roles")
            changed.append("memberships")
        db.add(user)
    db.flush()
    users.set_active(db, user, active=user.active, now=now)
    if data["password"]:
        users.set_password(db, user, data["password"], now=now)
        changed.append("password")
    db.flush()
    note(db, "saved", user, changed)


def check(
    db: Session, user: User, values: Mapping[str, Any], password: str, actor_id: int
) -> None:
    """Raise ``WrongValues`` for what cannot be stored of a user."""
    if not values["login"] or is_taken(db, User.login, values["login"], user.id):
        raise WrongValues(login=_("Another user has this login."))
    names = (values["login"], values["email"])
    if password and (sentence := objection(password, names=names)):
        raise WrongValues(password=sentence)
    if user.id == actor_id and not values["active"]:
        raise WrongValues(
            active=_("You cannot shut yourself out; another administrator can.")
        )
    stays = values["active"] and ADMIN in values["roles"]
    if user.id and not stays and is_last_admin(db, user.id):
        name = "roles" if values["active"] else "active"
        raise WrongValues(**{name: _("This is the last administrator who may log in.")})


def is_last_admin(db: Session, user_id: int) -> bool:
    """Tell whether nobody else is an administrator who may log in.

    The rows stay locked, so that two administrators who remove each other at the
    same time wait for one another.
    """
    admins = (
        select(User.id, User.roles)
        .where(User.active, cast(User.roles, String).contains(ADMIN))
        .order_by(User.id)
        .with_for_update()
    )
    found = [row.id for row in db.execute(admins) if ADMIN in row.roles]
    return found == [user_id]


def set_memberships(user: User, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Give the user exactly these memberships; tell whether that changed anything."""
    stored = {one.company_id: one for one in user.memberships}
    before = {key: (one.rights, one.ceiling) for key, one in stored.items()}
    wanted = {row["company_id"]: (rights(row), row["ceiling"]) for row in rows}
    user.memberships = [
        stored.get(key) or Membership(company_id=key) for key in sorted(wanted)
    ]
    for one in user.memberships:
        one.rights, one.ceiling = wanted[one.company_id]
    return before != wanted


def rights(row: Mapping[str, Any]) -> frozenset[str]:
    """Return the rights ticked in a row of the form."""
    return frozenset(name for name in ("self_validate", "record_payment") if row[name])


def user_values(user: User) -> dict[str, Any]:
    """Return what a form on the user opens with."""
    return {
        **{name: getattr(user, name) for name in PLAIN},
        "roles": sorted(user.roles),
        "memberships": [
            {
                "company_id": one.company_id,
                "self_validate": "self_validate" in one.rights,
                "record_payment": "record_payment" in one.rights,
                "ceiling": one.ceiling,
            }
            for one in user.memberships
        ],
    }


def members(db: Session, company_id: int) -> list[Membership]:
    """Return the memberships of a company with their users, by name."""
    query = (
        select(Membership)
        .join(Membership.user)
        .where(Membership.company_id == company_id)
        .options(contains_eager(Membership.user))
        .order_by(User.sort_name, User.id)
    )
    return list(db.scalars(query))
