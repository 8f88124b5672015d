"""contact imports: files of contacts that were sent, and what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "contact_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("company_code", sa.String(length=20), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("refused_sha256", sa.String(length=64), nullable=True),
        sa.Column("refused_size", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'waiting', 'done', 'failed')",
            name=op.f("ck_contact_import_state"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_contact_import_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_import")),
    )
    with op.batch_alter_table("contact_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_import_refused_sha256"),
            ["refused_sha256"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_contact_import_sha256"), ["sha256"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_contact_import_user_id_id"), ["user_id", "id"], unique=False
        )


def downgrade() -> None:
    """Drop the table."""
    with op.batch_alter_table("contact_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_import_user_id_id"))
        batch_op.drop_index(batch_op.f("ix_contact_import_sha256"))
        batch_op.drop_index(batch_op.f("ix_contact_import_refused_sha256"))

    op.drop_table("contact_import")
