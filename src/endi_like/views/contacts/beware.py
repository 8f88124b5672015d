"""Forms that ask, before they save, whether somebody is not known already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from endi_like.forms.core import Form
from endi_like.services.refusals import WrongValues


@dataclass(frozen=True)
class Known:
    """Somebody who may be the same: what to call them, where they are, and why."""

    label: str
    url: str
    why: Sequence[Any] = ()


class Beware:
    """A form view that stands before the kind of form; its schema has ``another``."""

    alike: Sequence[Known] = ()

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Add those who may be the same."""
        found: dict[str, Any] = super().page(  # type: ignore[misc]
            form, alike=self.alike, **values
        )
        return found

    def ask(self, same: Sequence[Known], data: dict[str, Any], question: Any) -> None:
        """Raise ``WrongValues`` for those alike, unless it was said to be another."""
        if same and not data["another"]:
            self.alike = same
            raise WrongValues(another=question)
