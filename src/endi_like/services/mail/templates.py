"""Mail templates: what may be said in them, and their words filled in.

A template is declared in ``catalog``: its keys, and the words it has until an
administrator writes others.  A key is written ``__NAME__`` and stands for a value;
nothing else in a template means anything, and a value is never looked into again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from endi_like.models.mail import LONGEST_SUBJECT, MailWording
from endi_like.services.mail.values import of_nothing
from endi_like.text import fold, without_controls
from endi_like.translation import translator

PLACE = re.compile(r"__([A-Za-z0-9]+(?:_[A-Za-z0-9]+)*)__")
WORD = r"[^\W_](?:(?:(?!__)[\w.’'-]){0,60}[^\W_])?"
LIKE_A_KEY = re.compile(
    rf"__({WORD})__|(?<!\w)__({WORD})_?(?!\w)|(?<!\w)_?({WORD})__(?!\w)"
)
"""A word of any letters between two underscores and two, or short of some of them."""

BETWEEN_WORDS = re.compile(r"[\W_]+")


ALIKE = 0.6
"""How like a key a name must be, of 1, to be taken for it."""


class Wording(NamedTuple):
    """What a mail says: subject and text, with keys or with values in their place."""

    subject: str
    text: str


@dataclass(frozen=True)
class Key:
    """A key: its name, what it stands for, and an example of that.

    What is ``secret`` is in the mail only: no page shows it.
    """

    name: str
    label: str
    example: Any
    secret: bool = False

    @property
    def written(self) -> str:
        """Return the key as it is written in a template."""
        return f"__{self.name}__"


@dataclass(frozen=True)
class Template:
    """A kind of mail.

    ``about`` names the collection whose records it is about, ``values`` reads those
    keys off a record that can be read off it, in a language.  With an ``audience`` it
    is sent to many at once.
    """

    key: str
    label: str
    help: str
    keys: Sequence[Key]
    subject: str
    text: str
    about: str = ""
    audience: str = ""
    values: Callable[[Session, Any, str], Mapping[str, Any]] = of_nothing

    def default(self, language: str) -> Wording:
        """Return the words the template comes with."""
        say = translator(language)
        return Wording(say(self.subject), say(self.text))

    def unknown(self, text: str) -> Iterator[str]:
        """Yield what looks like a key in a text, and is none of this template.

        A word with a capital letter is meant as a key.  Small letters make none, so
        that they may stand between underscores; but who wrote a key of ours in small
        letters, with other signs or too few underscores meant it.  Underscores
        alone are a line to write on.
        """
        names = {key.name for key in self.keys}
        for found in LIKE_A_KEY.finditer(text):
            whole, half = found[1], found[2] or found[3]
            is_a_key = has_capital(whole) if whole else half.isupper()
            meant = is_a_key or spelled(whole or half) in names
            if meant and whole not in names:
                yield found[0]

    def near(self, written: str) -> str:
        """Return the key that was meant, if one is like what was written."""
        names = [key.name for key in self.keys]
        found = get_close_matches(spelled(written), names, n=1, cutoff=ALIKE)
        return f"__{found[0]}__" if found else ""

    def examples(self) -> dict[str, Any]:
        """Return an example for each key."""
        return {key.name: key.example for key in self.keys}

    def hidden(self, values: Mapping[str, Any]) -> str:
        """Return what of these values no page may show."""
        return next((str(values[key.name]) for key in self.keys if key.secret), "")


def spelled(name: str) -> str:
    """Return a name as a key is spelled: capitals without accents, underscores."""
    return BETWEEN_WORDS.sub("_", fold(name)).strip("_").upper()


def has_capital(name: str) -> bool:
    """Tell whether a name has a capital letter."""
    return any(sign.isupper() for sign in name)


# Made once: it is asked for every mail that is posted.
STORED = select(MailWording).where(
    MailWording.template == bindparam("template"),
    MailWording.language == bindparam("language"),
)


def stored_wording(db: Session, template: Template, language: str) -> Any:
    """Return the row an administrator has written a template's words into, if any."""
    mine = {"template": template.key, "language": language}
    return db.scalars(STORED, mine).one_or_none()


def wording(db: Session, template: Template, language: str) -> Wording:
    """Return the words of a template: the administrator's, or those it comes with."""
    own = stored_wording(db, template, language)
    if own is None or own.subject is None:
        return template.default(language)
    return Wording(own.subject, own.text)


def filled(words: Wording, values: Mapping[str, Any], language: str) -> Wording:
    """Return the words with the values in place of their keys, each once.

    Values are plain text: whatever they hold is written as it is, controls left out,
    and in the subject on one line.
    """
    say = translator(language)
    texts = {
        name: without_controls(str(say.value(value)), multiline=True)
        for name, value in values.items()
    }

    def fill(text: str) -> str:
        return PLACE.sub(lambda found: texts.get(found[1], found[0]), text)

    subject = " ".join(fill(words.subject).split())
    return Wording(shortened(subject), fill(words.text))


def shortened(subject: str) -> str:
    """Return a subject that fits."""
    if len(subject) <= LONGEST_SUBJECT:
        return subject
    return subject[: LONGEST_SUBJECT - 1] + "…"
