"""What the database itself refuses, whoever asks: made with the tables.

History only grows, and a stored file stays what it is.  A validated document, its
lines and its totals stay as they are; only what depends on payments may still change,
each of these columns by name.  The internal number of a draft stays as well.  Of whom
is anonymised the past may be forgotten, and in no other way than ``models.forgetting``
says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import DDL, event, text
from sqlalchemy.orm import Session

from endi_like.db import Base
from endi_like.models import searching
from endi_like.models.files import PRINTOUT
from endi_like.models.forgetting import FORGETTABLE, STAYS

APPEND_ONLY = (
    *("status_log_entry", "field_change", "log_seal", "paper"),
    "administration_change",
)
REMOVAL = {"removed_at", "removed_by_id"}
"""All that may ever change of a stored file, and that only of an attachment."""

GIVEN = ("company_index", "project_index", "internal_number")
"""What a document is given when it is first written, and keeps."""

RECEPTION = {"reception_status"}
"""All that changes of what another company has handed over."""

VALID = "validation_status = 'valid'"

PARTS = {
    "line_group": "{row}.task_id",
    "discount_line": "{row}.task_id",
    "post_tax_line": "{row}.task_id",
    "vat_total": "{row}.task_id",
    "deduction": "{row}.task_id",
    "payment_deadline": "{row}.task_id",
    "line_progress": "{row}.task_id",
    "task_mention": "{row}.task_id",
    "task_line": "(SELECT g.task_id FROM line_group g WHERE g.id = {row}.group_id)",
}

FROZEN: dict[str, set[str]] = {
    "task": {"awaited", "project_id", "phase_id", "business_id"},
    "invoice": {
        "to_pay",
        "paid_status",
        "paid_status_user_id",
        "paid_status_at",
        "paid_status_comment",
        "closure_status",
        "estimation_id",
    },
    "cancelinvoice": set(),
    "estimation": {
        "signed_status",
        "signed_status_user_id",
        "signed_status_at",
        "signed_status_comment",
    },
    "node": {"updated_at", "updated_by_id", "version"},
}
"""Tables of a validated document, and their columns that may still change."""


def rules() -> Iterator[tuple[str, str, str, str]]:
    """Yield name, table, moment and condition of each refusal."""
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            refused = but_forgotten(table, verb)
            yield f"{table}_no_{verb.lower()}", table, verb, refused
    refused = but_forgotten("stored_file", "DELETE")
    yield "stored_file_no_delete", "stored_file", "DELETE", refused
    yield "entity_stays_anonymised", "entity", "UPDATE", STAYS
    given = f"OLD.internal_number IS NOT NULL AND ({changed([*GIVEN])})"
    yield "task_number_stays", "task", "UPDATE", given
    kept = (
        f"OLD.purpose = '{PRINTOUT}' OR {changed(columns_but(REMOVAL, 'stored_file'))}"
    )
    yield "stored_file_frozen_update", "stored_file", "UPDATE", kept
    for table, owner in PARTS.items():
        for verb, rows in (
            ("INSERT", ("NEW",)),
            ("UPDATE", ("OLD", "NEW")),
            ("DELETE", ("OLD",)),
        ):
            condition = " OR ".join(is_valid(owner.format(row=row)) for row in rows)
            yield f"{table}_frozen_{verb.lower()}", table, verb, condition
    received = changed(columns_but(RECEPTION, "supplier_invoice"))
    yield "supplier_invoice_frozen_update", "supplier_invoice", "UPDATE", received
    yield "supplier_invoice_frozen_delete", "supplier_invoice", "DELETE", "1 = 1"
    for table, open_columns in FROZEN.items():
        valid = f"OLD.{VALID}" if table == "task" else is_valid("OLD.id")
        yield f"{table}_frozen_delete", table, "DELETE", valid
        frozen = changed(columns_but(open_columns, table))
        yield f"{table}_frozen_update", table, "UPDATE", f"{valid} AND ({frozen})"


def but_forgotten(table: str, verb: str) -> str:
    """Return the condition on which a change is refused that forgetting may make."""
    allowed = FORGETTABLE.get((table, verb))
    if allowed is None:
        return "1 = 1"
    same = changed(columns_but(allowed.columns, table)) if verb == "UPDATE" else ""
    return f"NOT ({allowed.condition})" + (f" OR {same}" if same else "")


def columns_but(open_columns: Collection[str], table: str) -> list[str]:
    """Return the columns of a table without those that may change."""
    columns = Base.metadata.tables[table].c
    return [column.name for column in columns if column.name not in open_columns]


def is_valid(task_id: str) -> str:
    """Return the condition that a task is validated."""
    found = f"SELECT 1 FROM task t WHERE t.id = {task_id} AND t.{VALID}"  # noqa: S608  # only names of ours
    return f"EXISTS ({found})"


def changed(columns: list[str]) -> str:
    """Return the condition that one of the columns gets another value."""
    quoted = [f'"{name}"' for name in columns]
    return " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in quoted)


def sqlite(name: str, table: str, verb: str, condition: str) -> list[str]:
    """Return the statements for SQLite, which says IS NOT for IS DISTINCT FROM."""
    condition = condition.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table} cannot be changed'); END"
    ]


def postgresql(name: str, table: str, verb: str, condition: str) -> list[str]:
    """Return the statements for PostgreSQL; a condition with a query needs a body."""
    result = "OLD" if verb == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {condition} THEN RAISE EXCEPTION '{table} cannot be changed' "
        f"USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {result}; END $$",
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}


PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
}


def missing(db: Session) -> list[str]:
    """Return the names of the refusals that somebody has taken out of the database."""
    present = set(db.scalars(text(PRESENT[db.get_bind().dialect.name])))
    return [name for name, *_rest in rules() if name not in present]


def statements(dialect: str) -> Iterator[str]:
    """Yield every statement that makes what tables do not say, for a migration."""
    for rule in rules():
        yield from DIALECTS[dialect](*rule)
    yield from searching.statements(dialect)


def make_with_tables() -> None:
    """Make these whenever all tables are made, as tests do."""
    for dialect in DIALECTS:
        for statement in statements(dialect):
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(Base.metadata, "after_create", ddl)
