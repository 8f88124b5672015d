"""Users: made, changed, let in by password, shut out.

Guessing is slowed down by counting attempts in the database, so that it does not pay
whichever process answers.  Only the address that guesses is slowed down: somebody
else's attempts never keep a user out.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, contains_eager

from endi_like.i18n import _
from endi_like.models.people import (
    Company,
    LoginAttempt,
    Membership,
    User,
    UserSession,
)
from endi_like.services.passwords import (
    hash_password,
    is_outdated,
    matches,
    objection,
)
from endi_like.services.sessions import end_all_access

LONGEST_LOGIN = 60
WINDOW = timedelta(minutes=15)
FAILURES_PER_LOGIN = 5
FAILURES_PER_ADDRESS = 40
KEEP_ATTEMPTS = timedelta(days=30)


class PasswordRefused(ValueError):
    """A new password may not be used; the argument is the sentence saying why."""

    field = "new"


class WrongPassword(PasswordRefused):
    """Whoever wants to change a password does not know the present one."""

    field = "old"


def folded(text: str) -> str:
    """Return what is compared of a login or an e-mail address, whatever its case."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def login_key(text: str) -> str:
    """Return a login as it is stored: without regard to case, and not too long."""
    return folded(text)[:LONGEST_LOGIN]


def find_user(db: Session, login: str) -> User | None:
    """Return the user of that login, or else the only one of that e-mail address.

    An address may be longer than any login: a login only begins like it then.
    """
    named = db.scalars(select(User).where(User.login == login_key(login))).first()
    addressed = ids_by_address(db, login)
    if named and (named.login == folded(login) or not addressed):
        return named
    return db.get(User, addressed[0]) if len(addressed) == 1 else None


def ids_by_address(db: Session, address: str) -> list[int]:
    """Return whose e-mail address it is; no database folds as Python does."""
    wanted = folded(address)
    known = db.execute(select(User.id, User.email).where(User.email != ""))
    return [user_id for user_id, email in known if folded(email) == wanted]


def add_user(
    db: Session, *, login: str, name: str, now: datetime, **columns: Any
) -> User:
    """Store a new user, who cannot log in before a password is set."""
    user = User(
        login=login_key(login),
        name=name,
        created_at=now,
        password_changed_at=now,
        **columns,
    )
    db.add(user)
    db.flush()
    return user


def set_password(
    db: Session, user: User, password: str, *, now: datetime, checked: bool = True
) -> None:
    """Give the user a new password, log them out everywhere, revoke their tokens.

    Raises ``PasswordRefused``; ``checked=False`` is for demonstration accounts.
    """
    sentence = objection(password, names=(user.login, user.email))
    if checked and sentence:
        raise PasswordRefused(sentence)
    user.password_hash = hash_password(password)
    user.password_changed_at = now
    end_all_access(db, user.id, now=now)


def change_own_password(
    db: Session, user: User, old: str, new: str, *, address: str, now: datetime
) -> None:
    """Change a password for whoever knows the present one.

    Raises ``PasswordRefused``, and ``WrongPassword`` also after too many guesses.
    """
    guessing = is_throttled(db, user.login, address, now=now)
    if guessing or not matches(user.password_hash, old):
        raise WrongPassword(
            _(
                "The present password is another one. After five wrong ones, please "
                "wait a quarter of an hour."
            )
        )
    set_password(db, user, new, now=now)


def set_active(db: Session, user: User, *, active: bool, now: datetime) -> None:
    """Let the user log in, or shut them out at once and everywhere."""
    user.active = active
    if not active:
        end_all_access(db, user.id, now=now)


def log_all_out(db: Session, *, now: datetime) -> int:
    """Log everybody out everywhere; return how many sessions that has ended."""
    wanted = update(UserSession).where(UserSession.ended_at.is_(None))
    ended = db.scalars(wanted.values(ended_at=now).returning(UserSession.token_hash))
    return len(ended.all())


def memberships(db: Session, user_id: int) -> list[Membership]:
    """Return the user's memberships with their companies, by name."""
    mine = (
        select(Membership)
        .join(Membership.company)
        .where(Membership.user_id == user_id)
        .options(contains_eager(Membership.company))
        .order_by(Company.sort_name, Company.id)
    )
    return list(db.scalars(mine))


def note_attempt(db: Session, login: str, address: str, *, now: datetime) -> int:
    """Count an attempt before its password is looked at, and return its id.

    Committed first and forgiven later, attempts cannot overtake the counting by
    coming all at once.
    """
    attempt = LoginAttempt(
        login_norm=login_key(login), address=address, at=now, ok=False
    )
    db.add(attempt)
    db.flush()
    return attempt.id


def is_throttled(db: Session, login: str, address: str, *, now: datetime) -> bool:
    """Tell whether this address has failed more often than it may, lately."""
    failed = (
        LoginAttempt.address == address,
        LoginAttempt.at > now - WINDOW,
        LoginAttempt.ok.is_(False),
    )
    for_login = func.count().filter(LoginAttempt.login_norm == login_key(login))
    counts = select(func.count(), for_login).select_from(LoginAttempt).where(*failed)
    in_all, of_login = db.execute(counts).one()
    return in_all > FAILURES_PER_ADDRESS or of_login > FAILURES_PER_LOGIN


def take_back(db: Session, attempt_id: int) -> None:
    """Forget an attempt that was not tried, so that waiting always helps."""
    db.execute(delete(LoginAttempt).where(LoginAttempt.id == attempt_id))


def known_hash(db: Session, login: str) -> tuple[int | None, str]:
    """Return whose password to compare and its hash; nobody's for an unknown login."""
    user = find_user(db, login)
    return (user.id, user.password_hash) if user and user.active else (None, "")


def let_in(db: Session, user_id: int, attempt_id: int, password: str) -> User | None:
    """Return the user whose password was right, unless they were shut out meanwhile.

    The attempt no longer counts as failed, and an outdated hash is made anew.
    """
    user = db.get(User, user_id)
    if user is None or not user.active:
        return None
    right = LoginAttempt.id == attempt_id
    db.execute(update(LoginAttempt).where(right).values(ok=True))
    if is_outdated(user.password_hash):
        user.password_hash = hash_password(password)
    return user


def forget_old(db: Session, *, now: datetime) -> tuple[int, int]:
    """Remove attempts and sessions that nobody needs any more; return how many."""
    limit = now - KEEP_ATTEMPTS
    attempts = delete(LoginAttempt).where(LoginAttempt.at < limit)
    sessions = delete(UserSession).where(UserSession.seen_at < limit)
    return (
        len(db.execute(attempts.returning(LoginAttempt.id)).all()),
        len(db.execute(sessions.returning(UserSession.token_hash)).all()),
    )
