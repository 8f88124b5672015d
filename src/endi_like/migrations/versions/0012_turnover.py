"""sales: what each company has invoiced, day by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COUNT = """
INSERT INTO day_turnover (company_id, date, ht)
SELECT company_id, date, sum(ht) FROM task
WHERE validation_status = 'valid'
AND id NOT IN (SELECT id FROM estimation)
GROUP BY company_id, date
"""


def upgrade() -> None:
    """Make the table, and count what has been validated."""
    op.create_table(
        "day_turnover",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("ht", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_day_turnover_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "date", name=op.f("pk_day_turnover")),
    )
    op.execute(COUNT)


def downgrade() -> None:
    """Drop the table: it is made of documents that stay."""
    op.drop_table("day_turnover")
