"""What Alembic runs: on the connection it is given, or on that of an ini file."""

from __future__ import annotations

from typing import Any, Literal

import plaster
from alembic import context
from alembic.operations.ops import CreateTableOp
from sqlalchemy import CheckConstraint, Column, Connection

import endi_like.models
from endi_like.db import Base
from endi_like.migrations.running import is_described, migrating_engine
from endi_like.models.types import Instant, Names, Scaled

assert endi_like.models, "imported for the tables it makes known"


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Write our column types as what the database knows of them."""
    if kind != "type":
        return False
    if isinstance(item, Scaled):
        return "sa.BigInteger()"
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return f"sa.String({item.impl.length})" if isinstance(item, Names) else False


def keep_checks(_context: Any, _revision: Any, directives: Any) -> None:
    """Write the checks of single columns too: Alembic would leave them out."""
    for step in directives:
        for table in step.upgrade_ops.ops:
            if isinstance(table, CreateTableOp):
                table.columns = [*table.columns, *checks_of(table.columns)]


def checks_of(parts: Any) -> list[CheckConstraint]:
    """Return the checks that belong to columns, as the table would have them."""
    return [
        CheckConstraint(str(check.sqltext), name=check.name)
        for column in parts
        if isinstance(column, Column)
        for check in column.constraints
        if isinstance(check, CheckConstraint)
    ]


def run(connection: Connection) -> None:
    """Run the steps in the transaction of the connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        include_object=is_described,
        render_item=render_item,
        process_revision_directives=keep_checks,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    ini = context.get_x_argument(as_dictionary=True).get("ini", "development.ini")
    settings = plaster.get_loader(ini, protocols=["wsgi"]).get_wsgi_app_settings()
    with migrating_engine(settings["endi.database_url"]).begin() as own:
        run(own)
