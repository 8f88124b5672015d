"""sales: the catalogue of each company, and the categories it is sorted under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from endi_like.migrations.refusals import make_refusals

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RATES = ("overhead", "margin", "contribution", "insurance")


def sorted_by_code_points(length: int) -> sa.types.TypeEngine[str]:
    """Return the type of a text that both databases compare by its code points."""
    plain = sa.String(length=length)
    return plain.with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    make_categories()
    make_items()
    make_lines()
    make_refusals(revision)


def make_categories() -> None:
    """Make the table of categories."""
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("sort_label", sorted_by_code_points(512), nullable=False),
        sa.Column("search_key", sorted_by_code_points(240), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_category_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
    )
    make_indexes("category", ["company_id", "sort_label", "id"], ["sort_label", "id"])


def make_items() -> None:
    """Make the table of what a catalogue holds."""
    op.create_table(
        "catalogue_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=50), nullable=False),
        sa.Column("sort_name", sorted_by_code_points(512), nullable=False),
        sa.Column("sort_reference", sorted_by_code_points(512), nullable=False),
        sa.Column("search_key", sorted_by_code_points(1200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=50), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("vat_id", sa.Integer(), nullable=True),
        sa.Column("product", sa.String(length=50), nullable=False),
        sa.Column("supplier_cost", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in RATES),
        sa.Column("offer_status", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "kind IN ('product', 'work', 'group')",
            name=op.f("ck_catalogue_item_kind"),
        ),
        sa.CheckConstraint(
            "mode IN ('ht', 'ttc', 'supplier')", name=op.f("ck_catalogue_item_mode")
        ),
        sa.CheckConstraint(
            "offer_status IN ('offered', 'archived')",
            name=op.f("ck_catalogue_item_offer_status"),
        ),
        pointing("catalogue_item", "company_id", "company"),
        pointing("catalogue_item", "category_id", "category"),
        pointing("catalogue_item", "vat_id", "vat_rate"),
        pointing("catalogue_item", "id", "node"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_item")),
    )
    make_indexes(
        "catalogue_item",
        ["sort_name", "id"],
        ["company_id", "sort_name", "id"],
        ["category_id", "sort_name", "id"],
        ["sort_reference", "id"],
    )


def make_lines() -> None:
    """Make the table of parts of work items, and of lines of groups."""
    op.create_table(
        "catalogue_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=50), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("supplier_cost", sa.BigInteger(), nullable=True),
        sa.Column("vat_id", sa.Integer(), nullable=True),
        sa.Column("product", sa.String(length=50), nullable=False),
        pointing("catalogue_line", "item_id", "catalogue_item", ondelete="CASCADE"),
        pointing("catalogue_line", "part_id", "catalogue_item"),
        pointing("catalogue_line", "vat_id", "vat_rate"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_line")),
    )
    make_indexes("catalogue_line", ["item_id", "position"], ["part_id"])


def pointing(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    """Return the constraint that a column points at a row of another table."""
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=name, ondelete=ondelete
    )


def make_indexes(table: str, *indexes: list[str]) -> None:
    """Make the indexes of a table."""
    for columns in indexes:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def downgrade() -> None:
    """Say that there is no way back, as for the steps before."""
    raise NotImplementedError("restore the backup that was made before")
