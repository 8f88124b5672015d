"""sales: documents have an internal number from their first draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from endi_like.migrations.refusals import make_refusals

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns, which what is validated keeps; documents from before have none.

    They are added one by one, as SQLite then leaves the table and its triggers alone.
    """
    for name, kind in (
        ("company_index", sa.Integer()),
        ("project_index", sa.Integer()),
        ("internal_number", sa.String(length=230)),
    ):
        op.add_column("task", sa.Column(name, kind, nullable=True))
    op.create_index(
        op.f("ix_task_company_id_internal_number"),
        "task",
        ["company_id", "internal_number"],
        unique=True,
    )
    make_refusals(revision)


def downgrade() -> None:
    """Say that there is no way back: what is written since would be lost."""
    raise NotImplementedError("restore the backup that was made before")
