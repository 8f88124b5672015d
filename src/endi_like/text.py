"""Text that is compared, searched, exported: without accents, case or tricks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape

LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ı": "i",
    }
)
"""Letters that are not a plain letter with a mark, but are typed as one."""

SIGNS = re.compile(r"[\W_]+")
MARKUP = re.compile("[&<>\"']")
FORMULA_STARTS = "=+-@"
BREAKS = "\t\r\n"
LINES = frozenset("\t\r\n\u2028\u2029")
VISIBLE = re.compile(r"['\s\ufeff]*(.?)", re.DOTALL)
LIKE_ESCAPE = "\\"
LONGEST_EMAIL = 254
LOCAL_PART = re.compile(r"[^\s@,;:<>()\[\]\\\"]{1,64}")
HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
LONGEST_NAME = 255
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def escaped(text: str) -> str:
    """Return a text as HTML has it; most hold nothing that has to be escaped."""
    return escape(text) if MARKUP.search(text) else text


def norm(text: str) -> str:
    """Return lower-case plain words, one blank between: "D'Éon & Fils" is "d eon fils".

    Two texts that people would call the same give the same; no sign survives, so
    neither does a wildcard of LIKE.
    """
    # one record has the same name in several keys, many have the same city
    return _remembered(text) if len(text) <= LONGEST_NAME else _normed(text)


def fold(text: str) -> str:
    """Return the text in lower case without accents; its signs and blanks stay."""
    return text.lower() if text.isascii() else _folded(text)


def compact(text: str) -> str:
    """Return a number as it is compared: without blanks and case, "75 A" is "75a"."""
    return "".join(text.split()).casefold()


def phrases(*texts: str | None) -> str:
    """Return searchable copies that no phrase reaches across: one a line."""
    return "\n".join(copy for text in texts if (copy := shadow(text)))


def shadow(*texts: str | None) -> str:
    """Return the searchable copy of some texts, with the leading blank of its words.

    The copy is what ``LIKE '% start%'`` looks into; it is empty when there is no word.
    """
    words = " ".join(normed for text in texts if text and (normed := norm(text)))
    return f" {words}" if words else ""


def sort_key(text: str) -> str:
    """Return what names are sorted by, sign by sign: "elan  Élan", near "Elan".

    It is their plain words, then the name as it is written.  The two blanks in between
    come before whatever else may follow, so that "Élan" comes before "Élan & Fils".
    """
    return f"{norm(text)[:LONGEST_NAME]}  {text}"


def words(text: str) -> list[str]:
    """Return the words to look for, each of which has to be found.

    None is left of a term without letter or digit: nothing is to be looked for.
    """
    return norm(text).split()


def starts_word(term: str) -> str:
    """Return the LIKE pattern for copies in which a word starts with this one.

    It is for one of :func:`words`, or for several that follow one another.
    """
    return f"% {norm(term)}%"


def contains(term: str) -> str:
    """Return the LIKE pattern for texts that contain the term as it was typed."""
    return f"%{escape_like(term)}%"


def escape_like(text: str) -> str:
    """Make wildcards mean themselves; the query escapes with ``LIKE_ESCAPE``."""
    for sign in (LIKE_ESCAPE, "%", "_"):
        text = text.replace(sign, LIKE_ESCAPE + sign)
    return text


def digits(text: str) -> str:
    """Return the digits only, to compare phone numbers: "+33 (0)1 42" is "330142"."""
    return "".join(sign for sign in _plain(text) if sign in "0123456789")


def neutralise_formula(text: str) -> str:
    """Return the text for a spreadsheet cell, where it will not be computed.

    Text that would start a formula gets a leading apostrophe; so does text that has
    one before such a start, so that :func:`restore_formula` is exact.
    """
    return f"'{text}" if _starts_formula(text) else text


def restore_formula(text: str) -> str:
    """Return the text that was neutralised, when reading a sheet back."""
    return text[1:] if text.startswith("'") and _starts_formula(text) else text


def has_control_characters(text: str, *, multiline: bool = False) -> bool:
    """Tell whether a text holds signs nobody types: NUL, escape, half a surrogate.

    Line breaks and tabs count as such, except where several lines are asked for.
    """
    if text.isascii() and text.isprintable():
        return False
    return any(map(_is_control, set(text) - (LINES if multiline else set())))


def forbidden(text: str, allowed: str = "") -> bool:
    """Tell whether a text holds a control sign, half a sign, or a turn of direction."""
    return any(
        (unicodedata.category(letter) in ("Cc", "Cs") and letter not in allowed)
        or letter in "\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        or is_no_character(ord(letter))
        for letter in text
    )


def is_no_character(code: int) -> bool:
    """Tell whether Unicode will never have a character there; XLSX cannot hold some."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def is_invisible(text: str) -> bool:
    """Tell whether a text is made of nothing but blanks and signs without a shape."""
    if text.isprintable():
        return False
    return all(unicodedata.category(letter) in ("Cf", "Zs") for letter in text)


def is_email(text: str) -> bool:
    """Tell whether a text is one e-mail address, accents allowed on both sides."""
    local, _at, domain = text.rpartition("@")
    if len(text) > LONGEST_EMAIL or not text.isprintable():
        return False
    if not LOCAL_PART.fullmatch(local) or ".." in local:
        return False
    if local[0] == "." or local[-1] == ".":
        return False
    try:
        labels = domain.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return False
    named = len(labels) > 1 and not labels[-1].isdigit()
    return named and all(HOST_LABEL.fullmatch(label) for label in labels)


def without_controls(text: str, *, multiline: bool = False) -> str:
    """Return the text without signs nobody types; lines end with one newline sign.

    Where one line is asked for, what would break it is a blank.
    """
    lines = text.replace("\t", " ").splitlines()
    whole = ("\n" if multiline else " ").join(lines)
    if not has_control_characters(whole, multiline=multiline):
        return whole
    return "".join(sign for sign in whole if sign == "\n" or not _is_control(sign))


def _is_control(sign: str) -> bool:
    """Include what Unicode calls no character at all: XML cannot hold it."""
    code = ord(sign)
    return (
        unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )


def _normed(text: str) -> str:
    """Return the plain words of a text."""
    return SIGNS.sub(" ", fold(text)).strip()


_remembered = lru_cache(maxsize=2000)(_normed)


def _folded(text: str) -> str:
    """Fold what is more than plain letters."""
    return _plain(_plain(text).translate(LETTERS)).casefold()


def _plain(text: str) -> str:
    """Return the text in lower case without accents and other marks."""
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(sign for sign in parts if unicodedata.category(sign)[0] != "M")
    return unicodedata.normalize("NFKD", letters.casefold())


def _starts_formula(text: str) -> bool:
    """Look behind apostrophes and blanks; full-width signs count as the plain ones."""
    first = text.lstrip("'")[:1]
    visible = VISIBLE.match(text)
    sign = unicodedata.normalize("NFKC", visible[1])[:1] if visible else ""
    return bool(first and first in BREAKS) or bool(sign and sign in FORMULA_STARTS)


def is_iban(text: str) -> bool:
    """Tell whether an account number's check digits (mod 97) are right."""
    if not IBAN.fullmatch(text):
        return False
    number = "".join(str(int(sign, 36)) for sign in text[4:] + text[:4])
    return int(number) % 97 == 1


def is_bic(text: str) -> bool:
    """Tell whether a text is built as the code of a bank is."""
    return bool(BIC.fullmatch(text))


def in_fours(number: str) -> str:
    """Return an account number as it stands on paper: in groups of four."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
