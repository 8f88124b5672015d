"""Who moved a document last, when and why: mixins of the documents.

The status log says the same and more; these columns are what lists filter and sort
by.  ``services.journal`` writes both together, ``invariants`` compares them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from endi_like.models.node import status_column
from endi_like.models.types import Instant
from endi_like.workflow.payment import CLOSURE, PAYMENT
from endi_like.workflow.signature import SIGNATURE
from endi_like.workflow.validation import VALIDATION

LONGEST_COMMENT = 2000


class ValidationStatusHolder:
    """A document that is validated."""

    @declared_attr
    def validation_status(cls) -> Mapped[str]:
        """Return the column of the validation machine's state."""
        column: Mapped[str] = status_column(VALIDATION)
        return column

    @declared_attr
    def validation_status_user_id(cls) -> Mapped[int | None]:
        """Whoever moved it last."""
        return mapped_column(ForeignKey("user.id"))

    validation_status_at: Mapped[datetime | None] = mapped_column(Instant)
    validation_status_comment: Mapped[str] = mapped_column(
        String(LONGEST_COMMENT), default=""
    )


class PaidStatusHolder:
    """A document that is paid, or closed without full payment."""

    @declared_attr
    def paid_status(cls) -> Mapped[str]:
        """Return the column of the payment machine's state; derived, never chosen."""
        column: Mapped[str] = status_column(PAYMENT)
        return column

    @declared_attr
    def paid_status_user_id(cls) -> Mapped[int | None]:
        """Whoever recorded what moved it last."""
        return mapped_column(ForeignKey("user.id"))

    @declared_attr
    def closure_status(cls) -> Mapped[str]:
        """Return the column of the closure machine's state."""
        column: Mapped[str] = status_column(CLOSURE)
        return column

    paid_status_at: Mapped[datetime | None] = mapped_column(Instant)
    paid_status_comment: Mapped[str] = mapped_column(
        String(LONGEST_COMMENT), default=""
    )


class SignedStatusHolder:
    """A document that its customer signs."""

    @declared_attr
    def signed_status(cls) -> Mapped[str]:
        """Return the column of the signature machine's state."""
        column: Mapped[str] = status_column(SIGNATURE)
        return column

    @declared_attr
    def signed_status_user_id(cls) -> Mapped[int | None]:
        """Whoever moved it last."""
        return mapped_column(ForeignKey("user.id"))

    signed_status_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_status_comment: Mapped[str] = mapped_column(
        String(LONGEST_COMMENT), default=""
    )
