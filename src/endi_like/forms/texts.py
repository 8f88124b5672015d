"""Fields for words: one line, many lines, secrets, addresses and account numbers."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from endi_like.forms.entry import Entry, OneValue, quoted, refuse
from endi_like.i18n import _
from endi_like.text import (
    LONGEST_EMAIL,
    forbidden,
    in_fours,
    is_bic,
    is_email,
    is_iban,
    is_invisible,
)

LONGEST_LINE = 255
LONGEST_TEXT = 10_000
# decomposed letters take up to four times the room of the composed ones we keep
RAW_FACTOR = 4


class Words(OneValue):
    """The type of a text of limited size, composed (NFC), free of control signs."""

    allowed = ""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def text(self, node: Any, cstruct: Any) -> str:
        """Return the text, refused before any work when it is far too long."""
        text = super().text(node, cstruct)
        if len(text) > self.longest * RAW_FACTOR:
            raise self._too_long(node, len(text))
        text = unicodedata.normalize("NFC", self.tidy(text))
        return "" if is_invisible(text) else text

    def tidy(self, text: str) -> str:
        """Return the text with what differs between browsers made equal."""
        return text

    def read(self, node: Any, text: str) -> str:
        """Return the text itself."""
        # most texts are printable as they are, which Python tells at once
        if not text.isprintable() and forbidden(text, self.allowed):
            raise refuse(node, self.objection(text))
        if len(text) > self.longest:
            raise self._too_long(node, len(text))
        return text

    def objection(self, text: str) -> Any:
        """Return the sentence about signs that are not allowed."""
        return _(
            "“${value}” contains unprintable signs.", mapping={"value": quoted(text)}
        )

    def _too_long(self, node: Any, length: int) -> Exception:
        sentence = _(
            "This is ${n} characters long, ${most} fit.",
            mapping={"n": length, "most": self.longest},
        )
        return refuse(node, sentence)


class OneLine(Words):
    """The type of a single line."""

    def objection(self, text: str) -> Any:
        """Name the commonest mistake: text of several lines pasted in."""
        if any(sign in text for sign in "\r\n"):
            return _("This must be one single line.")
        return super().objection(text)


class ManyLines(Words):
    """The type of a longer text: lines end with one newline sign."""

    allowed = "\n\t"

    def tidy(self, text: str) -> str:
        """Write every end of line the same way."""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class Line(Entry):
    """A text of one line, at most ``longest`` characters; ``read_by`` is its type."""

    read_by: ClassVar[type[OneLine]] = OneLine

    def __init__(self, *, longest: int = LONGEST_LINE, **settings: Any) -> None:
        super().__init__(self.read_by(longest), **settings)


class Text(Entry):
    """A text of many lines, at most ``longest`` characters."""

    control = "textarea"
    span = "f12"

    def __init__(self, *, longest: int = LONGEST_TEXT, **settings: Any) -> None:
        super().__init__(ManyLines(longest), **settings)


class Hidden(OneLine):
    """The type of a secret: taken as typed, blanks included, never shown again."""

    def text(self, node: Any, cstruct: Any) -> str:
        """Return exactly what was typed."""
        if not isinstance(cstruct, str):
            raise refuse(node, _("One single value is expected here."))
        return cstruct

    def objection(self, _text: str) -> Any:
        """Say what is wrong without repeating the secret."""
        return _("This contains unprintable signs.")

    def write(self, _node: Any, _value: Any) -> str:
        """Never fill a secret in."""
        return ""


class Secret(Entry):
    """A password: taken as typed, never shown again, at most ``longest`` characters."""

    hints: ClassVar[dict[str, str]] = {"type": "password", "autocomplete": "off"}

    def __init__(self, *, longest: int = 200, **settings: Any) -> None:
        super().__init__(Hidden(longest), **settings)


class EmailAddress(OneLine):
    """The type of exactly one e-mail address."""

    def read(self, node: Any, text: str) -> str:
        """Return the address as typed."""
        text = super().read(node, text)
        if not is_email(text):
            sentence = _(
                "“${value}” is not an e-mail address.", mapping={"value": quoted(text)}
            )
            raise refuse(node, sentence)
        return text


class Email(Entry):
    """One e-mail address; ``jérôme@exämple.org`` is one, ``a@b`` is none."""

    hints: ClassVar[dict[str, str]] = {"type": "email", "autocomplete": "email"}

    def __init__(self, **settings: Any) -> None:
        super().__init__(EmailAddress(LONGEST_EMAIL), **settings)


class IbanNumber(OneLine):
    """The type of an international bank account number."""

    def read(self, node: Any, text: str) -> str:
        """Return the number without blanks, in capitals."""
        number = super().read(node, text).replace(" ", "").upper()
        if not is_iban(number):
            sentence = _(
                "“${value}” is not an IBAN: please compare it with the bank's paper.",
                mapping={"value": quoted(text)},
            )
            raise refuse(node, sentence)
        return number

    def write(self, _node: Any, value: Any) -> str:
        """Show it in groups of four, as on paper."""
        return in_fours(value)


class Iban(Entry):
    """An international bank account number; blanks between the digits do not matter."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(IbanNumber(50), **settings)


class BicCode(OneLine):
    """The type of a bank's code."""

    def read(self, node: Any, text: str) -> str:
        """Return the code without blanks, in capitals."""
        code = super().read(node, text).replace(" ", "").upper()
        if not is_bic(code):
            sentence = _(
                "“${value}” is not a BIC: it has 8 or 11 signs.",
                mapping={"value": quoted(text)},
            )
            raise refuse(node, sentence)
        return code


class Bic(Entry):
    """A bank's international code."""

    span = "f3"

    def __init__(self, **settings: Any) -> None:
        super().__init__(BicCode(20), **settings)
