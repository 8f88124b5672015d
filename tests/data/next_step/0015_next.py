"""what a next step may be: tables with rows are changed, made and filled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO summary (node_id, number, text)
SELECT node.id, one.id + 1000 * other.id, node.name
FROM node CROSS JOIN node AS one CROSS JOIN node AS other
WHERE one.id <= 40 AND other.id <= 10
"""
"""Takes long enough for somebody to lose patience."""


def upgrade() -> None:
    """Change a table whose rows have rows of others, and fill a new one."""
    with op.batch_alter_table("user") as batch_op:
        batch_op.add_column(
            sa.Column("nickname", sa.String(60), nullable=False, server_default="")
        )
        batch_op.alter_column("name", type_=sa.String(255))
    op.create_table(
        "summary",
        sa.Column("node_id", sa.Integer(), sa.ForeignKey("node.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(255), nullable=False),
    )
    op.execute(FILL)
    op.execute('UPDATE "user" SET nickname = login')


def downgrade() -> None:
    """Take it all back."""
    op.drop_table("summary")
    with op.batch_alter_table("user") as batch_op:
        batch_op.drop_column("nickname")
        batch_op.alter_column("name", type_=sa.String(200))
