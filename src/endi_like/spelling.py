"""Names that are one name written differently: capitals, accents, slips of the hand.

Nothing is searched for: names with the same letters have the same key, whatever their
order, so that those to be compared stand side by side in an index.
"""

from __future__ import annotations

from endi_like.text import fold, norm

LONGEST_KEY = 255
FEWEST_LETTERS = 8
"""In shorter names, two letters that changed places are another name as often."""

CAPITALS = "capitals"
BLANKS = "blanks"
ACCENTS = "accents"
SWAPPED = "swapped"

LEGAL_FORMS = """
Inc. | LLC | Corp. | Co. | Company | Ltd | PLC | LLP | Limited | Pty Ltd | Co., Ltd.
GmbH | AG | KG | OHG | GbR | UG | e.K. | e.V. | eG | GmbH & Co. KG | AG & Co. KG
SARL | S.à r.l. | S.A.R.L. | SA | SAS | SASU | EURL | SCOP | SCIC | SCI | SNC | ASBL
S.L. | S.A. | S.L.U. | S.r.l. | S.p.A. | S.n.c. | B.V. | N.V. | V.O.F. | BVBA | SRL
Sp. z o.o. | Sp. j. | s.r.o. | a.s. | AB | HB | ApS | A/S | OY | A.Ş. | Ltd. Şti.
Ltda | Lda | ME | Ltée | JSC | Α.Ε. | Ε.Π.Ε. | ТОВ | ПП | 株式会社
"""
FORMS = frozenset(
    tuple(norm(one).split()) for one in LEGAL_FORMS.replace("\n", "|").split("|")
) - {()}
LONGEST_FORM = max(map(len, FORMS))


def without_forms(name: str) -> tuple[str, int]:
    """Return the plain words of a name without the legal forms at its end; how many.

    A name that is nothing else keeps its first word.
    """
    words, removed = norm(name).split(), 0
    while length := length_of_form(words):
        del words[-length:]
        removed += 1
    return " ".join(words), removed


def length_of_form(words: list[str]) -> int:
    """Return how many words at the end are a legal form, something being left."""
    for length in range(min(LONGEST_FORM, len(words) - 1), 0, -1):
        if tuple(words[-length:]) in FORMS:
            return length
    return 0


def letters_of(kind: str, first: str, last: str, trading: str, legal: str) -> str:
    """Return what a name and its misspellings have in common: their sorted letters."""
    name, _family = compared(kind, first, last, trading, legal)
    letters = sorted(without_forms(name)[0].replace(" ", ""))
    return f"{kind[0]}{''.join(letters)}"[:LONGEST_KEY] if letters else ""


def compared(
    kind: str, first: str, last: str, trading: str, legal: str
) -> tuple[str, str]:
    """Return the name somebody is compared by, and the part of it that is misspelled.

    Middle names are left out: one often knows no more than that there is one.
    """
    if kind in ("person", "robot") and (first or last):
        return f"{first} {last}".strip(), last or first
    name = trading or legal
    return name, name


def plain_number(text: str) -> str:
    """Return a number of a tax office as it is compared: "FR 40-303" is "fr40303"."""
    return norm(text).replace(" ", "")


def slip(odd: tuple[str, str], usual: tuple[str, str]) -> str:
    """Return which slip makes one name of the other; nothing if none does.

    Both are of the same letters, as ``compared`` returns them.
    """
    (name, family), (other, other_family) = odd, usual
    plain, other_plain = without_forms(name)[0], without_forms(other)[0]
    if is_swapped(plain, other_plain):
        return SWAPPED
    if plain.replace(" ", "") != other_plain.replace(" ", ""):
        return ""
    if is_shouted(family) and not is_shouted(other_family):
        return CAPITALS
    if "  " in family and "  " not in other_family:
        return BLANKS
    lost = family.isascii() and not other_family.isascii()
    return ACCENTS if lost and fold(family) == fold(other_family) else ""


def is_swapped(name: str, other: str) -> bool:
    """Tell whether two signs side by side, a blank included, have changed places."""
    if len(name) != len(other) or len(name) < FEWEST_LETTERS:
        return False
    at = [place for place, sign in enumerate(name) if sign != other[place]]
    return len(at) == len("ab") and at[1] == at[0] + 1


def is_shouted(name: str) -> bool:
    """Tell whether a name is in capitals, where that is no abbreviation."""
    return len(name) > len("GmbH") - 1 and name.isupper()
