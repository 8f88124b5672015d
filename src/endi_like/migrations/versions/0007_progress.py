"""sales: how much of each line of an estimation its invoices ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from endi_like.migrations.refusals import make_refusals

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and refuse to change it with what is validated."""
    op.create_table(
        "line_progress",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "percent > 0 AND percent <= 10000", name=op.f("ck_line_progress_percent")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["invoice.id"],
            name=op.f("fk_line_progress_task_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["task_line.id"], name=op.f("fk_line_progress_line_id")
        ),
        sa.PrimaryKeyConstraint("task_id", "line_id", name=op.f("pk_line_progress")),
    )
    op.create_index(op.f("ix_line_progress_line_id"), "line_progress", ["line_id"])
    make_refusals(revision)


def downgrade() -> None:
    """Say that there is no way back: what is written since would be lost."""
    raise NotImplementedError("restore the backup that was made before")
