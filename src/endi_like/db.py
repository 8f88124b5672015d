"""The engine, the declarative base and the session of a request.

What the two databases do differently out of the box is made equal here; every
setting below answers a fault that was measured (``docs/decisions``).
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import NullPool
from zope.sqlalchemy.datamanager import STATUS_CHANGED, join_transaction

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

SQLITE_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "busy_timeout = 10000",
)

UNREADABLE = "22"
"""How the codes of PostgreSQL begin that are about a value."""
QUOTED = re.compile('["«„“]')

SAFE_METHODS = ("GET", "HEAD")
"""What asks to see something, and changes nothing (RFC 9110)."""

UPLOADS = "/files/"
"""How the addresses end that files are sent to."""

COPY = "COPY "
"""How the statement begins that takes many rows at once, on PostgreSQL."""

POSTGRESQL_LIMITS = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": (
        "-c statement_timeout=15s -c lock_timeout=5s"
        " -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
        # a page wants its first rows at once: compiling and helpers come too late,
        # and what it reads is in memory or on a disk without moving parts
        " -c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"
    ),
}


class Base(DeclarativeBase):
    """The base of every mapped class."""

    metadata = MetaData(naming_convention=NAMING)


@cache
def defaults_of(kind: type[Base]) -> dict[str, Any]:
    """Return the default of each column that has one, by attribute."""
    found = {
        attribute.key: attribute.columns[0].default
        for attribute in inspect(kind).column_attrs
    }
    return {
        name: default.arg(None) if default.is_callable else default.arg
        for name, default in found.items()
        if default is not None
    }


@event.listens_for(Base, "init", propagate=True)
def fill_in(row: Base, _args: Any, columns: dict[str, Any]) -> None:
    """Give a new object its defaults at once: rules ask it before it is stored."""
    for name, value in defaults_of(type(row)).items():
        columns.setdefault(name, value)


def harden_sqlite(engine: Engine) -> Engine:
    """Make SQLite begin, lock and check as PostgreSQL does.

    The driver would begin a transaction only before the first write, so that what
    was read before it may be stale.  Ours begins at once, and takes the write lock
    at once unless the connection carries the execution option ``read_only``: a lock
    that is upgraded half-way fails without waiting.
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        read_only = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def checkin(connection: Any, _record: Any) -> None:
        # a COMMIT that fails may leave it open, and SQLAlchemy takes it for ended
        if connection is not None and connection.in_transaction:
            connection.rollback()

    return engine


def harden_postgresql(engine: Engine, connection_class: str = "Impatient") -> Engine:
    """Have connections be given up when the server is silent for too long.

    Errors say what is the matter, and nothing of the rows it is the matter with.
    """
    take_many(engine)
    look_at_connections(engine)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, words: Any, options: Any) -> Any:
        # whoever has SQLite does without the driver
        kind = getattr(import_module("endi_like.impatience"), connection_class)
        return kind.connect(*words, **options)

    @event.listens_for(engine, "handle_error")
    def keep_quiet(context: Any) -> None:
        code = getattr(context.original_exception, "sqlstate", None)
        for error in (context.original_exception, context.sqlalchemy_exception):
            if code and error is not None and error.args:
                error.args = (without_values(str(error.args[0]), code),)

    return engine


def look_at_connections(engine: Engine) -> None:
    """Have a connection that the server has ended replaced before it is used."""

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        if connection.is_over():
            raise DisconnectionError("the server has ended the connection")

    @event.listens_for(engine, "checkin")
    def checkin(connection: Any, _record: Any) -> None:
        if connection is not None:
            vars(connection).pop("patience", None)


def take_many(engine: Engine) -> None:
    """Have a statement that begins with ``COPY`` be sent its rows, one or many."""

    @event.listens_for(engine, "do_execute")
    def copy_row(cursor: Any, statement: str, row: Any, context: Any) -> bool:
        return copy(cursor, statement, [row], context)

    @event.listens_for(engine, "do_executemany")
    def copy(cursor: Any, statement: str, rows: Any, _context: Any) -> bool:
        if not statement.startswith(COPY):
            return False
        with cursor.copy(statement) as copying:
            for row in rows:
                copying.write_row(row)
        return True


def without_values(said: str, code: str) -> str:
    """Return an error of PostgreSQL without the values it is about.

    Below its first line come the row, the key or the statement, in any language.  The
    first one names tables and columns, or quotes the value that cannot be read.
    """
    first = said.split("\n")[0]
    return QUOTED.split(first)[0] if code.startswith(UNREADABLE) else first


def take_time(connection: Connection) -> None:
    """Let whatever follows in this transaction take as long as it needs.

    That is what the database does, and what is worked out in between.
    """
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
        connection.connection.dbapi_connection.patience = None  # type: ignore[union-attr]


def make_engine(url: str, *, pool_size: int = 10, **options: Any) -> Engine:
    """Return a hardened engine for ``sqlite:///…`` or ``postgresql+psycopg://…``.

    Errors do not repeat the values of a statement: they would come into the log.
    """
    options.setdefault("hide_parameters", True)
    if url.startswith("sqlite"):
        return harden_sqlite(create_engine(url, **options))
    return harden_postgresql(
        create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            connect_args=POSTGRESQL_LIMITS,
            **options,
        )
    )


def reading(engine: Engine) -> Engine:
    """Return the engine for what only reads: one snapshot, and no lock.

    SQLite reads one snapshot in any transaction; PostgreSQL has to be asked for it.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(read_only=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


def watching(engine: Engine) -> Engine:
    """Return an engine for whoever looks whether all is well, and is to know soon.

    On PostgreSQL it has no pool: to wait for a connection in use, or on one that no
    answer comes from, takes longer than to be told that there is none.
    """
    if engine.dialect.name == "sqlite":
        return reading(engine)
    hurried = create_engine(
        engine.url,
        poolclass=NullPool,
        connect_args={**POSTGRESQL_LIMITS, "connect_timeout": 2},
        hide_parameters=True,
    )
    return reading(harden_postgresql(hurried, "Hurried"))


def session_factory(engine: Any) -> sessionmaker[Session]:
    """Return what makes sessions on the engine, or in a test on one connection.

    What they have read is not forgotten at the commit, as nothing is read after it.
    """
    return sessionmaker(engine, expire_on_commit=False)


def only_reads(request: Any) -> bool:
    """Tell whether a request's own transaction writes nothing: ``request.only_reads``.

    That of an upload does not: its files take long to store, and are named afterwards
    in a transaction of their own.  Nobody else is to wait for it.
    """
    return request.method in SAFE_METHODS or is_upload(request)


def is_upload(request: Any) -> bool:
    """Tell whether a request sends files, by its address."""
    path: str = request.environ["PATH_INFO"]
    return bool(request.method == "POST" and path.endswith(UPLOADS))


def request_session(request: Any) -> Session:
    """Open a session that commits or aborts with the request's transaction.

    A request that only reads has one snapshot and takes no lock; any other takes
    SQLite's write lock at its first statement.  It has joined the transaction as one
    that changes something, so that statements that bypass the unit of work are not
    rolled back in silence; to find out by listeners takes longer than a query.
    """
    factory = request.registry["db.session_factory"]
    session: Session = factory()
    if request.only_reads and isinstance(session.bind, Engine):
        session.bind = request.registry["db.read_engine"]
    session.info.update(
        author=lambda: request.identity.user_id if request.identity else None,
        clock=request.registry["clock"],
    )
    join_transaction(session, STATUS_CHANGED, request.tm)
    request.add_finished_callback(lambda _: session.close())
    return session


def includeme(config: Any) -> None:
    """Give every request a ``db`` session."""
    settings = config.registry["settings.typed"]
    bind = config.get_settings().get("db.bind") or make_engine(
        settings.database_url, pool_size=settings.pool_size
    )
    config.registry["db.engine"] = bind
    if isinstance(bind, Engine):
        config.registry["db.read_engine"] = reading(bind)
        config.registry["db.watching_engine"] = watching(bind)
    config.registry["db.session_factory"] = session_factory(bind)
    config.add_request_method(only_reads, reify=True)
    config.add_request_method(request_session, "db", reify=True)
