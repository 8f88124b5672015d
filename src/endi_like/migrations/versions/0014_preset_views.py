"""lists: each opens with the view somebody chose, also one that others share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

GROUPS = "'admin', 'manager', 'accountant', 'auditor', 'social_worker', 'member'"
KEPT = """
INSERT INTO preset_view (user_id, collection, view_id)
SELECT owner_id, collection, id FROM saved_view WHERE preset
"""
SHARED = "role IS NOT NULL"


def upgrade() -> None:
    """Make the table of what lists open with, and share with members, too."""
    op.create_table(
        "preset_view",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_preset_view_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["view_id"],
            ["saved_view.id"],
            name=op.f("fk_preset_view_view_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "collection", name=op.f("pk_preset_view")),
    )
    op.execute(KEPT)
    op.drop_index("ix_saved_view_one_preset", table_name="saved_view")
    op.drop_index("ix_saved_view_shared", table_name="saved_view")
    with op.batch_alter_table("saved_view") as batch_op:
        batch_op.drop_column("preset")
        batch_op.drop_constraint(batch_op.f("ck_saved_view_role"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_saved_view_role"), f"role IN ({GROUPS})"
        )
    op.create_index(
        "ix_saved_view_shared",
        "saved_view",
        ["collection", "role"],
        sqlite_where=sa.text(SHARED),
        postgresql_where=sa.text(SHARED),
    )
    op.create_index(op.f("ix_preset_view_view_id"), "preset_view", ["view_id"])


def downgrade() -> None:
    """Say that there is no way back: what is chosen since would be lost."""
    raise NotImplementedError("restore the backup that was made before")
