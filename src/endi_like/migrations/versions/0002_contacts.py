"""contacts: what is known of an entity has tables of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from endi_like.migrations.contacts import fill
from endi_like.migrations.refusals import make_refusals

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILLED = {
    "credit_account": [
        "number_key",
        "description",
        "pay_to_name",
        "currency",
        "credit_limit",
        "threshold",
        "terms_days",
        "discount",
        "discount_days",
        "tax_included",
        "business_type",
        "price_group",
        "language",
    ],
    "entity": [
        "control_code",
        "code_key",
        "trading_name",
        "legal_name",
        "salutation",
        "first_name",
        "middle_name",
        "last_name",
        "personal_id",
        "tax_id",
        "licence_number",
        "sic_code",
        "stage",
        "confidential",
        "sort_name",
        "names_key",
        "letters_key",
        "vat_key",
        "tax_key",
        "city",
        "sort_city",
        "postal_code",
    ],
    "memo": ["author_name", "subject", "search_key"],
    "organisation": ["approve_bank_accounts"],
}
"""Columns that begin with a value in rows that are there, and have no default then."""


def upgrade() -> None:
    """Make the tables, move what is known into them, drop where it was."""
    make_tables()
    make_imports()
    add_columns()
    fill(op.get_bind())
    finish()
    make_refusals(revision)


def make_tables() -> None:
    """Make what is new."""
    op.create_table(
        "employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("job_title", sa.String(length=100), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("is_sales", sa.Boolean(), nullable=False),
        sa.Column("is_manager", sa.Boolean(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("social_security_number", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
            name=op.f("fk_employment_entity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["entity.id"], name=op.f("fk_employment_manager_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
    )
    with op.batch_alter_table("employment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_employment_entity_id"), ["entity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_employment_manager_id"), ["manager_id"], unique=False
        )

    op.create_table(
        "entity_bank_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(length=60), nullable=False),
        sa.Column(
            "iban_key",
            sa.String(length=60).with_variant(
                sa.String(length=60, collation="C"), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("bic", sa.String(length=20), nullable=False),
        sa.Column("remark", sa.String(length=255), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["user.id"],
            name=op.f("fk_entity_bank_account_approved_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["user.id"],
            name=op.f("fk_entity_bank_account_entered_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
            name=op.f("fk_entity_bank_account_entity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_bank_account")),
    )
    with op.batch_alter_table("entity_bank_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entity_bank_account_entity_id"), ["entity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entity_bank_account_iban_key"), ["iban_key"], unique=False
        )

    op.create_table(
        "entity_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(length=100), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["entity.id"],
            name=op.f("fk_entity_link_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["entity.id"],
            name=op.f("fk_entity_link_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_link")),
    )
    with op.batch_alter_table("entity_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entity_link_organisation_id"),
            ["organisation_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_entity_link_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "entity_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_entity_merge_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["entity.id"], name=op.f("fk_entity_merge_kept_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["entity.id"], name=op.f("fk_entity_merge_merged_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user.id"], name=op.f("fk_entity_merge_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_merge")),
    )
    with op.batch_alter_table("entity_merge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entity_merge_kept_id"), ["kept_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entity_merge_merged_id"), ["merged_id"], unique=False
        )

    op.create_table(
        "entity_user",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
            name=op.f("fk_entity_user_entity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_entity_user_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_entity_user")),
    )
    with op.batch_alter_table("entity_user", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entity_user_entity_id"), ["entity_id"], unique=False
        )

    op.create_table(
        "other_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "kind IN ('former', 'trading', 'short', 'other')",
            name=op.f("ck_other_name_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
            name=op.f("fk_other_name_entity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_name")),
    )
    with op.batch_alter_table("other_name", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_other_name_entity_id"), ["entity_id"], unique=False
        )

    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("class", sa.String(length=10), nullable=False),
        sa.Column("attention", sa.String(length=255), nullable=False),
        sa.Column("line_one", sa.String(length=255), nullable=False),
        sa.Column("line_two", sa.String(length=255), nullable=False),
        sa.Column("line_three", sa.String(length=255), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=100), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.Column(
            "lines_key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "city_key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "state_key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "postal_key",
            sa.String(length=40).with_variant(
                sa.String(length=40, collation="C"), "postgresql"
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "class IN ('billing', 'sales', 'shipping', 'physical', 'mailing')",
            name=op.f("ck_address_class"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
            name=op.f("fk_address_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
            name=op.f("fk_address_entity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_address_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_address_entity_id"), ["entity_id"], unique=False
        )

    op.create_table(
        "entity_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.String(length=255), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"],
            ["user.id"],
            name=op.f("fk_entity_pair_dismissed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["entity.id"],
            name=op.f("fk_entity_pair_first_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["entity.id"],
            name=op.f("fk_entity_pair_second_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_pair")),
    )
    with op.batch_alter_table("entity_pair", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entity_pair_first_id_second_id"),
            ["first_id", "second_id"],
            unique=True,
        )
        batch_op.create_index(
            batch_op.f("ix_entity_pair_score_id"), ["score", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entity_pair_second_id"), ["second_id"], unique=False
        )
    op.create_table(
        "contact_element",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=False),
        sa.Column(
            "search_key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('phone', 'email', 'web', 'other')",
            name=op.f("ck_contact_element_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
            name=op.f("fk_contact_element_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
            name=op.f("fk_contact_element_entity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_element")),
    )
    with op.batch_alter_table("contact_element", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_element_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_contact_element_entity_id"), ["entity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_contact_element_search_key_kind"),
            ["search_key", "kind"],
            unique=False,
        )

    op.create_table(
        "credit_account_tax",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("vat_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
            name=op.f("fk_credit_account_tax_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vat_id"], ["vat_rate.id"], name=op.f("fk_credit_account_tax_vat_id")
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "vat_id", name=op.f("pk_credit_account_tax")
        ),
    )
    op.create_table(
        "entity_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("merge_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column(
            "key",
            sa.String(length=60).with_variant(
                sa.String(length=60, collation="C"), "postgresql"
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('control_code', 'account_number')",
            name=op.f("ck_entity_alias_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.id"],
            name=op.f("fk_entity_alias_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"],
            ["entity.id"],
            name=op.f("fk_entity_alias_entity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["entity_merge.id"], name=op.f("fk_entity_alias_merge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_alias")),
    )
    with op.batch_alter_table("entity_alias", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entity_alias_entity_id"), ["entity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entity_alias_kind_key_entity_id"),
            ["kind", "key", "entity_id"],
            unique=False,
        )


def make_imports() -> None:
    """Make the table of files that were sent to be imported."""
    op.create_table(
        "contact_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("company_code", sa.String(length=20), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("refused_sha256", sa.String(length=64), nullable=True),
        sa.Column("refused_size", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'waiting', 'done', 'failed')",
            name=op.f("ck_contact_import_state"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_contact_import_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_import")),
    )
    with op.batch_alter_table("contact_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_import_refused_sha256"),
            ["refused_sha256"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_contact_import_sha256"), ["sha256"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_contact_import_user_id_id"), ["user_id", "id"], unique=False
        )


def add_columns() -> None:
    """Add columns to tables that have rows."""
    with op.batch_alter_table("credit_account") as batch_op:
        batch_op.add_column(
            sa.Column(
                "number_key",
                sa.String(length=60).with_variant(
                    sa.String(length=60, collation="C"), "postgresql"
                ),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "description", sa.String(length=255), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "pay_to_name", sa.String(length=255), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "currency", sa.String(length=3), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "credit_limit", sa.BigInteger(), nullable=False, server_default="0"
            )
        )
        batch_op.add_column(
            sa.Column("threshold", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("terms_days", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("discount", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("discount_days", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column(
                "tax_included", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        batch_op.add_column(
            sa.Column(
                "business_type", sa.String(length=60), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "price_group", sa.String(length=60), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "language", sa.String(length=5), nullable=False, server_default=""
            )
        )
        batch_op.add_column(sa.Column("start_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("end_date", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("primary_contact_id", sa.Integer(), nullable=True)
        )
    with op.batch_alter_table("entity") as batch_op:
        batch_op.add_column(
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "control_code", sa.String(length=40), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "code_key",
                sa.String(length=60).with_variant(
                    sa.String(length=60, collation="C"), "postgresql"
                ),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "trading_name", sa.String(length=255), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "legal_name", sa.String(length=255), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "salutation", sa.String(length=40), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "first_name", sa.String(length=100), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "middle_name", sa.String(length=100), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "last_name", sa.String(length=255), nullable=False, server_default=""
            )
        )
        batch_op.add_column(sa.Column("birth_date", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "personal_id", sa.String(length=40), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column("tax_id", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "licence_number",
                sa.String(length=40),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "sic_code", sa.String(length=20), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column("stage", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "confidential", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        batch_op.add_column(
            sa.Column(
                "sort_name",
                sa.String(length=512).with_variant(
                    sa.String(length=512, collation="C"), "postgresql"
                ),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "names_key",
                sa.String().with_variant(sa.String(collation="C"), "postgresql"),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "letters_key",
                sa.String(length=255).with_variant(
                    sa.String(length=255, collation="C"), "postgresql"
                ),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "vat_key",
                sa.String(length=160).with_variant(
                    sa.String(length=160, collation="C"), "postgresql"
                ),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "tax_key",
                sa.String(length=160).with_variant(
                    sa.String(length=160, collation="C"), "postgresql"
                ),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column("city", sa.String(length=100), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "sort_city",
                sa.String(length=512).with_variant(
                    sa.String(length=512, collation="C"), "postgresql"
                ),
                nullable=False,
                server_default="",
            )
        )
        batch_op.add_column(
            sa.Column(
                "postal_code", sa.String(length=20), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True)
        )
    # not in a batch: on SQLite that would make the table anew, without its triggers
    op.add_column("field_change", sa.Column("row_id", sa.Integer(), nullable=True))
    op.add_column("field_change", sa.Column("whole", sa.Text(), nullable=True))
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.add_column(
            sa.Column(
                "approve_bank_accounts",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
            )
        )
    op.add_column("stored_file", sa.Column("account_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("memo") as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "author_name", sa.String(length=100), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "subject", sa.String(length=255), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "search_key",
                sa.String().with_variant(sa.String(collation="C"), "postgresql"),
                nullable=False,
                server_default="",
            )
        )


def finish() -> None:
    """Let new rows have no defaults; drop what has moved."""
    with op.batch_alter_table("credit_account") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_credit_account_class"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_credit_account_class"), "class IN ('customer', 'vendor')"
        )
        for name in FILLED["credit_account"]:
            batch_op.alter_column(name, server_default=None)
        batch_op.alter_column(
            "number",
            existing_type=sa.VARCHAR(length=30),
            type_=sa.String(length=40),
            existing_nullable=False,
        )
        batch_op.create_index(
            "ix_credit_account_number",
            ["company_id", "class", "number_key"],
            unique=True,
            postgresql_where=sa.text("number_key <> ''"),
            sqlite_where=sa.text("number_key <> ''"),
        )
        batch_op.create_index(
            batch_op.f("ix_credit_account_number_key_entity_id"),
            ["number_key", "entity_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_credit_account_primary_contact_id"),
            ["primary_contact_id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_credit_account_primary_contact_id"),
            "entity",
            ["primary_contact_id"],
            ["id"],
        )
    with op.batch_alter_table("entity") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_entity_kind"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_entity_kind"),
            "kind IN ('company', 'person', 'robot', 'household')",
        )
        for name in FILLED["entity"]:
            batch_op.alter_column(name, server_default=None)
        batch_op.alter_column("created_at", nullable=False)
        batch_op.alter_column(
            "vat_number",
            existing_type=sa.VARCHAR(length=30),
            type_=sa.String(length=40),
            existing_nullable=False,
        )
        batch_op.alter_column(
            "phone",
            existing_type=sa.VARCHAR(length=40),
            type_=sa.String(length=80),
            existing_nullable=False,
        )
        batch_op.create_index(
            batch_op.f("ix_entity_code_key"), ["code_key"], unique=True
        )
        batch_op.create_index(
            batch_op.f("ix_entity_created_at_id"), ["created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entity_sort_city_id"), ["sort_city", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entity_sort_name_id"), ["sort_name", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entity_letters_key_sort_city"),
            ["letters_key", "sort_city"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_entity_vat_key"), ["vat_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entity_tax_key"), ["tax_key"], unique=False
        )
        batch_op.drop_column("town")
        batch_op.drop_column("sort_town")
        batch_op.drop_column("address")
        batch_op.drop_column("postcode")
        batch_op.drop_column("contact_name")
    with op.batch_alter_table("organisation") as batch_op:
        for name in FILLED["organisation"]:
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("memo") as batch_op:
        for name in FILLED["memo"]:
            batch_op.alter_column(name, server_default=None)
        batch_op.alter_column("author_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(
            batch_op.f("ix_memo_account_id"), ["account_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_memo_account_id"), "credit_account", ["account_id"], ["id"]
        )
    finish_files()


def finish_files() -> None:
    """Have versions be counted by account; files of others stay counted by record."""
    with op.batch_alter_table("stored_file") as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_stored_file_account_id"),
            "credit_account",
            ["account_id"],
            ["id"],
        )
        batch_op.drop_constraint(
            batch_op.f("uq_stored_file_node_id_company_id_purpose_name_version"),
            type_="unique",
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_stored_file_node_id_account_id_purpose_name_version"),
            ["node_id", "account_id", "purpose", "name", "version"],
        )
        batch_op.create_index(
            "ix_stored_file_one_version",
            ["node_id", "purpose", "name", "version"],
            unique=True,
            postgresql_where=sa.text("account_id IS NULL"),
            sqlite_where=sa.text("account_id IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_stored_file_account_id"), ["account_id"], unique=False
        )


def downgrade() -> None:
    """Say that there is no way back: one column does not hold many addresses."""
    raise NotImplementedError("restore the backup that was made before")
