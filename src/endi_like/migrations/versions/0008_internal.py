"""sales: documents to another company of the organisation, and what it receives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from endi_like.migrations.refusals import make_refusals

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ADDED = {
    "credit_account": "CONSTRAINT ck_credit_account_another_company "
    "CHECK (internal_company_id <> company_id)",
    "task": "",
}
"""What says for which company something is, and what else holds of that."""

AMOUNTS = ("ht", "tva", "ttc", "due")


def sorted_by_code_points(length: int) -> sa.types.TypeEngine[str]:
    """Return the type of a text that both databases compare by its code points."""
    plain = sa.String(length=length)
    return plain.with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns and the table; what is validated may not change by them."""
    # Not by making the tables anew, as SQLite's would be: their triggers would be lost.
    for table, check in ADDED.items():
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN internal_company_id INTEGER {check} "
            f"CONSTRAINT fk_{table}_internal_company_id REFERENCES company (id)"
        )
    make_received()
    if op.get_bind().dialect.name == "sqlite":  # which replaces none by another
        op.execute("DROP TRIGGER task_frozen_update")
    make_refusals(revision)


def make_received() -> None:
    """Make the table of what companies receive."""
    op.create_table(
        "supplier_invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("number_key", sorted_by_code_points(400), nullable=False),
        sa.Column("search_key", sorted_by_code_points(1200), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in AMOUNTS),
        sa.Column("reception_status", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "reception_status IN ('received', 'acknowledged')",
            name=op.f("ck_supplier_invoice_reception_status"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_supplier_invoice_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["node.id"], name=op.f("fk_supplier_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["company.id"], name=op.f("fk_supplier_invoice_issuer_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["task.id"], name=op.f("fk_supplier_invoice_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_invoice")),
        sa.UniqueConstraint("source_id", name=op.f("uq_supplier_invoice_source_id")),
    )
    for columns in (
        ["date", "id"],
        ["number_key", "id"],
        ["company_id", "date", "id"],
        ["issuer_id", "date", "id"],
    ):
        name = op.f(f"ix_supplier_invoice_{'_'.join(columns)}")
        op.create_index(name, "supplier_invoice", columns)


def downgrade() -> None:
    """Say that there is no way back: what is written since would be lost."""
    raise NotImplementedError("restore the backup that was made before")
