"""Databases full of invoices, and the application on them: what benchmarks measure.

Everything is thrown away at the end: an SQLite file in a temporary folder, and a
PostgreSQL cluster of our own.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.orm import Session

import endi_like.models
from benchmarks._rows import (
    COMPANIES,
    CUSTOMERS,
    DAYS,
    NOW,
    RATES,
    TODAY,
    Invoices,
    customer,
)
from endi_like import main
from endi_like.db import Base, make_engine
from endi_like.models.triggers import statements
from endi_like.services.sessions import Visitor, new_token, start_session
from endi_like.text import shadow
from tests.servers.postgres import create_database, throwaway_cluster

assert endi_like.models.make_with_tables, "the metadata is complete"

BATCH = 20_000
MANY = 10_000
PEOPLE = {
    "admin": (1, {"admin"}),
    "manager": (2, {"manager"}),
    "member": (3, set()),
    "auditor": (4, {"auditor"}),
}


@dataclass(frozen=True)
class Place:
    """A filled database, and the settings of an application on it."""

    name: str
    engine: Engine
    folder: Path

    def app(self) -> Any:
        """Return the real application."""
        return main({}, **self.settings)

    @property
    def settings(self) -> dict[str, Any]:
        """Return what the ini file would say."""
        return {
            "endi.database_url": self.engine.url.render_as_string(hide_password=False),
            "endi.secret": "the secret of the benchmarks, and of nobody else",
            "endi.data_folder": str(self.folder),
            "clock": lambda: NOW,
        }

    def cookie(self, login: str) -> str:
        """Log somebody in and return the cookie of their browser."""
        token = new_token()
        with Session(self.engine) as session, session.begin():
            user_id, _roles = PEOPLE[login]
            start_session(session, user_id, token, now=NOW, visitor=Visitor())
        return f"endi={token}"


@contextmanager
def sqlite(count: int = MANY, whole: int = MANY) -> Iterator[Place]:
    """Give an SQLite file with so many invoices, ``whole`` of them with lines."""
    with tempfile.TemporaryDirectory(prefix="endi-bench-") as name:
        folder = Path(name)
        engine = make_engine(f"sqlite:///{folder / 'bench.sqlite'}")
        fill(engine, count, whole)
        yield Place("SQLite", engine, folder)
        engine.dispose()


@contextmanager
def postgresql(count: int = MANY, whole: int = MANY) -> Iterator[Place]:
    """Give a PostgreSQL database with so many invoices, ``whole`` with lines."""
    with (
        tempfile.TemporaryDirectory(prefix="endi-bench-") as name,
        throwaway_cluster() as cluster,
    ):
        engine = make_engine(create_database(cluster, "bench"))
        fill(engine, count, whole)
        yield Place("PostgreSQL", engine, Path(name))
        engine.dispose()


DATABASES = (sqlite, postgresql)


def fill(engine: Engine, count: int, whole: int) -> None:
    """Make the tables, fill them, then make the triggers: validated rows are frozen."""
    invoices = Invoices(count, min(whole, count))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        for table in Base.metadata.sorted_tables:
            table.create(connection)
        for table, rows in foundations():
            connection.execute(insert(Base.metadata.tables[table]), rows)
        insert_all(connection, invoices)
        counters = [
            {
                "key": f"year:{year}",
                "value": value,
                "start": 0,
                "last_date": min(TODAY, dt.date(year, 12, 31)),
            }
            for year, value in invoices.numbers.items()
        ]
        connection.execute(insert(Base.metadata.tables["counter"]), counters)
        for statement in statements(engine.dialect.name):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        if engine.dialect.name == "postgresql":
            move_sequences(connection)
    settle_down(engine)


def insert_all(connection: Any, invoices: Invoices) -> None:
    """Insert the invoices, many rows in one statement."""
    waiting: dict[str, list[dict[str, Any]]] = {}
    for number in range(1, invoices.count + 1):
        for table, row in invoices.rows(number):
            waiting.setdefault(table, []).append(row)
        if number % BATCH == 0 or number == invoices.count:
            for table, rows in waiting.items():
                connection.execute(insert(Base.metadata.tables[table]), rows)
            waiting.clear()


def move_sequences(connection: Any) -> None:
    """Have the ids that are given next come after those that were written."""
    for table in Base.metadata.sorted_tables:
        ids = [c for c in table.primary_key if c.name == "id" and not c.foreign_keys]
        if ids and ids[0].type.python_type is int:
            series = func.pg_get_serial_sequence(f'"{table.name}"', "id")
            last = select(func.coalesce(func.max(ids[0]), 1)).scalar_subquery()
            connection.execute(select(func.setval(series, last)))


def settle_down(engine: Engine) -> None:
    """Leave the database as one that has been in use: with statistics, no garbage."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            connection.execute(text("ANALYZE"))
            connection.commit()


def foundations() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows everything else points at."""
    long_ago = NOW - dt.timedelta(days=DAYS + 100)
    yield (
        "organisation",
        [
            {
                **dict.fromkeys(("address", "postcode", "town", "vat_number"), ""),
                **dict.fromkeys(("registration", "iban", "bic"), ""),
                "id": 1,
                "name": "Coopérative Horizon",
                "country": "FR",
                "currency": "EUR",
                "time_zone": "Europe/Paris",
                "invoice_number_template": "{YYYY}-{SEQYEAR:0>4}",
                "version": 1,
            }
        ],
    )
    yield "user", [person(login, long_ago) for login in PEOPLE]
    yield "company", [company(number) for number in range(1, COMPANIES + 1)]
    yield (
        "membership",
        [
            {
                "user_id": PEOPLE["member"][0],
                "company_id": 1,
                "rights": frozenset(),
                "ceiling": None,
            }
        ],
    )
    yield from options()
    accounts = range(1, COMPANIES * CUSTOMERS + 1)
    yield "node", [entity_node(number, long_ago) for number in accounts]
    yield "entity", [entity(number) for number in accounts]
    yield "credit_account", [account(number) for number in accounts]


def person(login: str, long_ago: dt.datetime) -> dict[str, Any]:
    """Return the row of a user."""
    user_id, roles = PEOPLE[login]
    return {
        "id": user_id,
        "login": login,
        "name": login.capitalize(),
        "email": "",
        "password_hash": "",
        "roles": frozenset(roles),
        "language": "fr",
        "active": True,
        "password_changed_at": long_ago,
        "created_at": long_ago,
        "version": 1,
    }


def company(number: int) -> dict[str, Any]:
    """Return the row of an enseigne."""
    return {
        **dict.fromkeys(("contact_name", "address", "postcode", "town"), ""),
        **dict.fromkeys(("phone", "email", "vat_number", "iban", "bic"), ""),
        "id": number,
        "name": f"Enseigne Menuiserie {number}",
        "code": f"E{number}",
        "country": "FR",
        "active": True,
        "version": 1,
    }


def options() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield what documents choose from."""
    common = {"active": True, "version": 1}
    yield (
        "vat_rate",
        [{**rate, **common, "position": rate["id"], "mention": ""} for rate in RATES],
    )
    one = {"id": 1, "position": 1, "default": True, **common}
    yield (
        "payment_conditions",
        [{**one, "label": "30 jours", "days": 30, "end_of_month": False}],
    )
    yield "payment_mode", [{**one, "label": "Virement"}]
    yield "work_unit", [{**one, "label": "h"}]
    yield "mention", [{**one, "label": "Retard", "text": "Tout retard coûte 40 €."}]


def entity_node(number: int, long_ago: dt.datetime) -> dict[str, Any]:
    """Return the node of a customer."""
    return {
        "id": number,
        "type_": "entity",
        "name": customer(number),
        "company_id": None,
        "parent_id": None,
        "created_at": long_ago,
        "updated_at": long_ago,
        "created_by_id": 1,
        "updated_by_id": 1,
        "deleted_at": None,
        "version": 1,
    }


def entity(number: int) -> dict[str, Any]:
    """Return the entry of a customer in the directory."""
    return {
        **dict.fromkeys(("contact_name", "email", "phone", "vat_number"), ""),
        "id": number,
        "kind": "company",
        "address": "3 place Saint-Michel",
        "postcode": "22000",
        "town": "Saint-Brieuc",
        "country": "FR",
        "language": "fr",
    }


def account(number: int) -> dict[str, Any]:
    """Return a customer of its company."""
    name = customer(number)
    return {
        "id": number,
        "entity_id": number,
        "company_id": (number - 1) // CUSTOMERS + 1,
        "class": "customer",
        "number": f"C{number}",
        "sort_name": name,
        "search_key": shadow(name, "Saint-Brieuc"),
        "active": True,
    }
