"""sales: which documents of a company were touched last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SOLD = "type_ IN ('invoice', 'estimation', 'cancelinvoice') AND deleted_at IS NULL"


def upgrade() -> None:
    """Make the index by which the first page finds them."""
    op.create_index(
        "ix_node_touched",
        "node",
        ["company_id", "updated_at", "id"],
        sqlite_where=sa.text(SOLD),
        postgresql_where=sa.text(SOLD),
    )


def downgrade() -> None:
    """Take the index back."""
    op.drop_index("ix_node_touched", "node")
