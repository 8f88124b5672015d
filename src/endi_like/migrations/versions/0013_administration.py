"""administration: what was changed of users, companies, organisation and options."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from endi_like.migrations.refusals import make_refusals

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXED = ["what", "row_id", "at", "id"]


def upgrade() -> None:
    """Make the table, which nobody changes; it begins empty, as nothing was told."""
    op.create_table(
        "administration_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user.id"], name=op.f("fk_administration_change_actor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_change")),
    )
    name = op.f(f"ix_administration_change_{'_'.join(INDEXED)}")
    op.create_index(name, "administration_change", INDEXED)
    make_refusals(revision)


def downgrade() -> None:
    """Say that there is no way back: what is written since would be lost."""
    raise NotImplementedError("restore the backup that was made before")
