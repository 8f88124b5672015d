"""lists: what they are asked can be kept under a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLES = "'admin', 'manager', 'accountant', 'auditor', 'social_worker'"


def upgrade() -> None:
    """Make the table of saved views."""
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("preset", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f("ck_saved_view_role")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_saved_view_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "owner_id",
            "collection",
            "name",
            name=op.f("uq_saved_view_owner_id_collection_name"),
        ),
    )
    op.create_index(
        "ix_saved_view_one_preset",
        "saved_view",
        ["owner_id", "collection"],
        unique=True,
        sqlite_where=sa.text("preset"),
        postgresql_where=sa.text("preset"),
    )
    op.create_index(
        "ix_saved_view_shared",
        "saved_view",
        ["collection", "role"],
        sqlite_where=sa.text("role IS NOT NULL"),
        postgresql_where=sa.text("role IS NOT NULL"),
    )


def downgrade() -> None:
    """Say that there is no way back: validated documents are kept as they are."""
    raise NotImplementedError("restore the backup that was made before")
