"""sales: projects with their phases, and businesses, for documents to be kept in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from endi_like.migrations.refusals import make_refusals

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLACES = {"project_id": "project", "phase_id": "phase", "business_id": "business"}
"""Where a document is kept: the columns that say it, and what they point at."""


def sorted_by_code_points(length: int) -> sa.types.TypeEngine[str]:
    """Return the type of a text that both databases compare by its code points."""
    plain = sa.String(length=length)
    return plain.with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, and let documents, also validated ones, be put into them."""
    make_projects()
    make_businesses()
    make_parts()
    # Not by making the table anew, as SQLite's would be: its triggers would be lost.
    for column, table in PLACES.items():
        op.execute(
            f"ALTER TABLE task ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_task_{column} REFERENCES {table} (id)"
        )
    op.create_index(op.f("ix_task_phase_id"), "task", ["phase_id"])
    for column in ("project_id", "business_id"):
        name = op.f(f"ix_task_{column}_date_id")
        op.create_index(name, "task", [column, "date", "id"])
    make_refusals(revision)


def make_projects() -> None:
    """Make the table of projects."""
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("code_key", sorted_by_code_points(60), nullable=False),
        sa.Column("sort_code", sorted_by_code_points(512), nullable=False),
        sa.Column("sort_name", sorted_by_code_points(512), nullable=False),
        sa.Column("search_key", sorted_by_code_points(1200), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("archive_status", sa.String(length=20), nullable=False),
        sa.CheckConstraint("start_date <= end_date", name=op.f("ck_project_dates")),
        sa.CheckConstraint(
            "archive_status IN ('open', 'archived')",
            name=op.f("ck_project_archive_status"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_project_company_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["node.id"], name=op.f("fk_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    op.create_index(
        op.f("ix_project_company_id_code_key"),
        "project",
        ["company_id", "code_key"],
        unique=True,
    )
    for columns in (
        ["sort_code", "id"],
        ["sort_name", "id"],
        ["company_id", "sort_code", "id"],
    ):
        op.create_index(op.f(f"ix_project_{'_'.join(columns)}"), "project", columns)


def make_businesses() -> None:
    """Make the table of businesses."""
    op.create_table(
        "business",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("sort_name", sorted_by_code_points(512), nullable=False),
        sa.Column("search_key", sorted_by_code_points(1200), nullable=False),
        sa.Column("business_status", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "business_status IN ('open', 'closed')",
            name=op.f("ck_business_business_status"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_business_company_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["node.id"], name=op.f("fk_business_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_business_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business")),
    )
    for columns in (
        ["sort_name", "id"],
        ["company_id", "sort_name", "id"],
        ["project_id", "sort_name", "id"],
    ):
        op.create_index(op.f(f"ix_business_{'_'.join(columns)}"), "business", columns)


def make_parts() -> None:
    """Make the tables of phases, and of whom projects are for."""
    op.create_table(
        "phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_phase_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
    )
    op.create_index(
        op.f("ix_phase_project_id_position"), "phase", ["project_id", "position"]
    )
    op.create_table(
        "project_customer",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
            name=op.f("fk_project_customer_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_customer_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "account_id", name=op.f("pk_project_customer")
        ),
    )
    op.create_index(
        op.f("ix_project_customer_account_id"), "project_customer", ["account_id"]
    )


def downgrade() -> None:
    """Say that there is no way back: validated documents are kept as they are."""
    raise NotImplementedError("restore the backup that was made before")
