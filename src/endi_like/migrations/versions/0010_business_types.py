"""sales: types of business."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of types, and give businesses one."""
    op.create_table(
        "business_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column(
            "sort_label",
            sa.String(length=512).with_variant(
                sa.String(length=512, collation="C"), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("default", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_type")),
    )
    with op.batch_alter_table("business") as batch:
        batch.add_column(sa.Column("business_type_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_business_business_type_id"),
            "business_type",
            ["business_type_id"],
            ["id"],
        )
        batch.create_index(
            batch.f("ix_business_business_type_id_sort_name_id"),
            ["business_type_id", "sort_name", "id"],
        )


def downgrade() -> None:
    """Say that there is no way back: what is written since would be lost."""
    raise NotImplementedError("restore the backup that was made before")
