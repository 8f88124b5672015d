"""Passwords: how they are kept, compared, and which are refused.

Length counts and commonness counts; which kinds of letters a password is made of
does not, because such rules only lead to ``Password1!``.
"""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from endi_like.i18n import _

SHORTEST, LONGEST = 10, 200

COMMON = Path(__file__).parents[1] / "data" / "common-passwords.bin"
PRINT_SIZE = 5

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# The hash of a password nobody knows, made with the parameters above: an unknown
# login costs as much time as a known one.
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$p2esR16XWi3MZTL+irA6NQ$8UPMfaZIWth/ePZgK9s9Mshy7NISs6iHK0Zi4koiNao"
)


def normalised(password: str) -> str:
    """Return the password as every keyboard writes it: composed letters."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    return HASHER.hash(normalised(password))


def matches(password_hash: str, password: str) -> bool:
    """Tell whether the password is right; this takes equally long for any hash.

    An empty hash stands for a user who cannot log in, or for no user at all.
    """
    too_long = len(password) > LONGEST
    try:
        right = HASHER.verify(
            password_hash or NOBODY, normalised(password[: LONGEST + 1])
        )
    except (VerificationError, InvalidHashError):
        return False
    return right and bool(password_hash) and not too_long


def is_outdated(password_hash: str) -> bool:
    """Tell whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def fingerprint(password: str) -> bytes:
    """Return what the list of common passwords holds instead of the password."""
    plain = normalised(password).casefold().encode("utf-8", "replace")
    return hashlib.sha256(plain).digest()[:PRINT_SIZE]


def is_common(password: str, listed: Path = COMMON) -> bool:
    """Tell whether the password is among the commonest, in upper case or lower.

    The sorted file is searched where it lies: no worker keeps it in memory.
    """
    wanted = fingerprint(password)
    low, high = 0, listed.stat().st_size // PRINT_SIZE
    with listed.open("rb", buffering=0) as file:
        while low < high:
            middle = (low + high) // 2
            file.seek(middle * PRINT_SIZE)
            found = file.read(PRINT_SIZE)
            if found == wanted:
                return True
            low, high = (middle + 1, high) if found < wanted else (low, middle)
    return False


def is_made_of(password: str, name: str) -> bool:
    """Tell whether a password is nothing but a name, once or several times."""
    plain, name = (normalised(one).casefold() for one in (password, name))
    return bool(name) and not plain.replace(name, "").strip()


def objection(password: str, *, names: tuple[str, ...] = ()) -> str | None:
    """Return the sentence that refuses a new password, or nothing.

    ``names`` are those everybody knows: the login and the e-mail address.
    """
    if len(password) < SHORTEST:
        return _(
            "A password needs at least ${n} characters; three or four words do well.",
            mapping={"n": SHORTEST},
        )
    if len(password) > LONGEST:
        return _(
            "A password has at most ${n} characters.",
            mapping={"n": LONGEST},
        )
    if any(is_made_of(password, name) for name in names):
        return _("Your login or e-mail address is the first thing somebody would try.")
    if is_common(password):
        return _(
            "This password is among the commonest, so it is tried first by whoever "
            "wants to get in. Please choose another one."
        )
    return None
