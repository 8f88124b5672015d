"""documents: estimations, credit notes, what they deduct, when they are paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from endi_like.migrations.refusals import make_refusals

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and have invoices name the estimation they were made of."""
    make_tables()
    add_columns()
    make_refusals(revision)


def make_tables() -> None:
    """Make what is new."""
    op.create_table(
        "deduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("vat_id", sa.Integer(), nullable=False),
        sa.Column("ht", sa.BigInteger(), nullable=False),
        sa.Column("tva", sa.BigInteger(), nullable=False),
        sa.Column("ttc", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["task.id"], name=op.f("fk_deduction_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
            name=op.f("fk_deduction_task_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vat_id"], ["vat_rate.id"], name=op.f("fk_deduction_vat_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deduction")),
    )
    with op.batch_alter_table("deduction", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deduction_source_id"), ["source_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_deduction_task_id_position"),
            ["task_id", "position"],
            unique=False,
        )

    op.create_table(
        "estimation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("deposit", sa.BigInteger(), nullable=False),
        sa.Column("equal_parts", sa.Integer(), nullable=True),
        sa.Column("payment_display", sa.String(length=12), nullable=False),
        sa.Column("signed_status_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_status_comment", sa.String(length=2000), nullable=False),
        sa.Column("signed_status", sa.String(length=20), nullable=False),
        sa.Column("signed_status_user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "payment_display IN ('none', 'summary', 'all', 'all_no_date')",
            name=op.f("ck_estimation_payment_display"),
        ),
        sa.CheckConstraint(
            "signed_status IN ('waiting', 'sent', 'signed', 'aborted')",
            name=op.f("ck_estimation_signed_status"),
        ),
        sa.ForeignKeyConstraint(["id"], ["task.id"], name=op.f("fk_estimation_id")),
        sa.ForeignKeyConstraint(
            ["signed_status_user_id"],
            ["user.id"],
            name=op.f("fk_estimation_signed_status_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimation")),
    )
    with op.batch_alter_table("estimation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_estimation_signed_status_id"),
            ["signed_status", "id"],
            unique=False,
        )

    op.create_table(
        "payment_deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('deposit', 'part', 'balance')",
            name=op.f("ck_payment_deadline_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["estimation.id"],
            name=op.f("fk_payment_deadline_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_deadline")),
    )
    with op.batch_alter_table("payment_deadline", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_deadline_task_id_position"),
            ["task_id", "position"],
            unique=False,
        )

    op.create_table(
        "cancelinvoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["task.id"], name=op.f("fk_cancelinvoice_id")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_cancelinvoice_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancelinvoice")),
    )
    with op.batch_alter_table("cancelinvoice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cancelinvoice_invoice_id"), ["invoice_id"], unique=False
        )


def add_columns() -> None:
    """Add columns to tables that have rows."""
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("estimation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("deadline_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_invoice_deadline_id"), ["deadline_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_estimation_id"), ["estimation_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_invoice_estimation_id"),
            "estimation",
            ["estimation_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_invoice_deadline_id"),
            "payment_deadline",
            ["deadline_id"],
            ["id"],
        )

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "estimation_number_template",
                sa.String(length=120),
                nullable=False,
                server_default="D{YYYY}-{SEQYEAR:0>4}",
            )
        )
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.alter_column("estimation_number_template", server_default=None)


def downgrade() -> None:
    """Say that there is no way back: what is written since would be lost."""
    raise NotImplementedError("restore the backup that was made before")
