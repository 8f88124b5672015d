"""``endi-like user …``: who may log in, from the command line."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from getpass import getpass

from sqlalchemy import select
from sqlalchemy.orm import Session
from translationstring import TranslationString

from endi_like.clock import utcnow
from endi_like.models.people import User
from endi_like.principals import ROLES
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.schema import require_current
from endi_like.services import users


def run(arguments: Namespace) -> int:
    """Do what is asked with a user."""
    installation = Installation.read(arguments.ini)
    with answering(installation):
        require_current(installation)
        if arguments.what in BEFORE_TYPING:
            # nobody has to wait while somebody types
            with installation.snapshot() as db:
                BEFORE_TYPING[arguments.what](db, arguments.login)
            arguments.password = typed_password()
        with installation.session() as db:
            DOING[arguments.what](db, arguments)
    return 0


def add(db: Session, arguments: Namespace) -> None:
    """Add a user."""
    absent(db, arguments.login)
    user = users.add_user(
        db,
        login=arguments.login,
        name=arguments.name,
        email=arguments.email,
        roles=frozenset(arguments.roles),
        now=utcnow(),
    )
    set_password(db, user, arguments.password)
    print(f"{user.login} may log in now.")


def password(db: Session, arguments: Namespace) -> None:
    """Give a user another password."""
    set_password(db, existing(db, arguments.login), arguments.password)
    print("The password is changed; the user is logged out everywhere.")


def disable(db: Session, arguments: Namespace) -> None:
    """Shut a user out."""
    user = existing(db, arguments.login)
    users.set_active(db, user, active=False, now=utcnow())
    print(f"{user.login} cannot log in any more.")


def enable(db: Session, arguments: Namespace) -> None:
    """Let a user in again."""
    user = existing(db, arguments.login)
    users.set_active(db, user, active=True, now=utcnow())
    print(f"{user.login} may log in again.")


def roles(db: Session, arguments: Namespace) -> None:
    """Give a user roles instead of those they have."""
    if unknown := set(arguments.roles) - set(ROLES):
        raise Unusable(f"no role {min(unknown)}; there are {', '.join(ROLES)}")
    user = existing(db, arguments.login)
    user.roles = frozenset(arguments.roles)
    print(f"{user.login}: {' '.join(sorted(user.roles)) or 'no role'}")


def listing(db: Session, _arguments: Namespace) -> None:
    """Print everybody, by login."""
    for user in db.scalars(select(User).order_by(User.sort_login)):
        parts = [user.login, user.name, " ".join(sorted(user.roles))]
        parts += [] if user.active else ["disabled"]
        print("\t".join(parts))


def logout_all(db: Session, _arguments: Namespace) -> None:
    """Log everybody out; API tokens stay."""
    count = users.log_all_out(db, now=utcnow())
    print(f"Everybody has to log in again; sessions ended: {count}.")


DOING: Mapping[str, Callable[[Session, Namespace], None]] = {
    "add": add,
    "password": password,
    "disable": disable,
    "enable": enable,
    "roles": roles,
    "list": listing,
    "logout-all": logout_all,
}


def existing(db: Session, login: str) -> User:
    """Return the user of that login, or say that there is none."""
    user = users.find_user(db, login)
    if user is None:
        raise Unusable(f"there is no user {login}")
    return user


def absent(db: Session, login: str) -> None:
    """Say so when there is a user of that login."""
    if users.find_user(db, login):
        raise Unusable(f"there is a user {login} already")


BEFORE_TYPING: Mapping[str, Callable[[Session, str], object]] = {
    "add": absent,
    "password": existing,
}
"""What is looked at before a password is asked for."""


def set_password(db: Session, user: User, typed: str) -> None:
    """Give the user the password; a bad one is refused with the reason."""
    try:
        users.set_password(db, user, typed, now=utcnow())
    except users.PasswordRefused as error:
        raise Unusable(in_english(error.args[0])) from error


def typed_password() -> str:
    """Return what is typed twice at the terminal, or the line a program sends."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed = getpass("Password: ")
    if getpass("Once more: ") != typed:
        raise Unusable("the two passwords are not the same")
    return typed


def in_english(sentence: str) -> str:
    """Return a sentence with its values filled in."""
    if isinstance(sentence, TranslationString):
        return str(sentence.interpolate())
    return sentence
