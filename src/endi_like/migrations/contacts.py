"""What the second step moves: the one address of each entity into rows of their own.

``kind`` says which of the new names is the one that was known; every entity gets a
control code, in the order in which they were entered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa

from endi_like.spelling import letters_of, plain_number
from endi_like.text import compact, digits, fold, phrases, shadow, sort_key

AT_ONCE = 1000
LINES = 3
CODE = "E-{:06}"
FROM_NODE = """
UPDATE entity SET created_at = node.created_at, deleted_at = node.deleted_at
FROM node WHERE node.id = entity.id
"""
OF_ACCOUNT = """
UPDATE {table} SET account_id = (
    SELECT min(a.id) FROM credit_account a
    WHERE a.entity_id = {table}.node_id AND a.company_id = {table}.company_id
) WHERE company_id IS NOT NULL
"""

NODE = sa.table("node", sa.column("id"), sa.column("name"))
ENTITIES = sa.table(
    "entity",
    *map(
        sa.column,
        (
            "id",
            "kind",
            "contact_name",
            "address",
            "postcode",
            "town",
            "country",
            "vat_number",
            "email",
            "phone",
        ),
    ),
)


def fill(connection: sa.Connection) -> None:
    """Fill the new tables and columns from what there was."""
    tables = sa.MetaData()
    tables.reflect(
        connection,
        only=["entity", "address", "contact_element", "credit_account", "memo"],
    )
    connection.execute(sa.text(FROM_NODE))
    fill_entities(connection, tables.tables)
    fill_accounts(connection, tables.tables["credit_account"])
    fill_memos(connection, tables.tables["memo"])
    for table in ("memo", "stored_file"):
        connection.execute(sa.text(OF_ACCOUNT.format(table=table)))


def fill_entities(connection: sa.Connection, tables: Any) -> None:
    """Give every entity its names, its code, its address and how it is reached."""
    query = sa.select(ENTITIES, NODE.c.name)
    query = query.join(NODE, NODE.c.id == ENTITIES.c.id).order_by(ENTITIES.c.id)
    numbered = enumerate(connection.execute(query).all(), 1)
    for some in in_batches(numbered):
        rows = [row for _number, row in some]
        write(connection, tables["entity"], [entity(*one) for one in some])
        insert(connection, tables["address"], filter(None, map(address, rows)))
        elements = (one for row in rows for one in reached_by(row))
        insert(connection, tables["contact_element"], elements)


def in_batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield some rows at a time."""
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        yield some


def write(connection: sa.Connection, table: sa.Table, rows: list[Any]) -> None:
    """Update rows by their ``key``."""
    if rows:
        names = [name for name in rows[0] if name != "key"]
        values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
        wanted = table.c.id == sa.bindparam("key")
        connection.execute(table.update().where(wanted).values(values), rows)


def insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Any]) -> None:
    """Insert rows, if there are any."""
    if found := list(rows):
        connection.execute(table.insert(), found)


def entity(number: int, row: Any) -> dict[str, Any]:
    """Return the new columns of an entity."""
    code, person = CODE.format(number), row.kind == "person"
    legal, last = ("", row.name) if person else (row.name, "")
    return {
        "key": row.id,
        "control_code": code,
        "code_key": code.casefold(),
        "legal_name": legal,
        "last_name": last,
        "sort_name": sort_key(row.name),
        "names_key": shadow(row.name),
        "letters_key": letters_of(row.kind, "", last, "", legal),
        "vat_key": plain_number(row.vat_number),
        "city": row.town,
        "sort_city": sort_key(row.town),
        "postal_code": row.postcode,
    }


def address(row: Any) -> dict[str, Any] | None:
    """Return the address of an entity, if one is known."""
    if not any((row.contact_name, row.address, row.postcode, row.town)):
        return None
    one, two, three = in_three(row.address)
    return {
        "entity_id": row.id,
        "position": 0,
        "class": "billing",
        "attention": row.contact_name,
        "line_one": one,
        "line_two": two,
        "line_three": three,
        "city": row.town,
        "state": "",
        "postal_code": row.postcode,
        "country": row.country,
        "lines_key": phrases(one, two, three),
        "city_key": shadow(row.town),
        "state_key": "",
        "postal_key": compact(row.postcode),
    }


def in_three(text: str) -> list[str]:
    """Return an address as three lines; what is more goes into the third."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [*lines[: LINES - 1], ", ".join(lines[LINES - 1 :])]
    return (found + [""] * LINES)[:LINES]


def reached_by(row: Any) -> Iterator[dict[str, Any]]:
    """Yield the mailbox and the telephone of an entity."""
    known = (("email", row.email, str.casefold), ("phone", row.phone, digits))
    for position, (kind, value, find) in enumerate(known):
        if value:
            yield {
                "entity_id": row.id,
                "position": position,
                "kind": kind,
                "label": "",
                "value": value,
                "description": "",
                "search_key": find(value),
            }


def fill_accounts(connection: sa.Connection, table: sa.Table) -> None:
    """Have each number be given once in a company; a second one is told by its id."""
    query = sa.select(table.c.id, table.c.company_id, table.c["class"], table.c.number)
    given: dict[Any, set[str]] = defaultdict(set)
    for some in in_batches(connection.execute(query.order_by(table.c.id)).all()):
        rows = []
        for row in some:
            number, known = row.number, given[row.company_id, row[2]]
            if number and compact(number) in known:
                number = f"{number} ({row.id})"
            known.add(compact(number))
            rows.append(
                {"key": row.id, "number": number, "number_key": compact(number)}
            )
        write(connection, table, rows)


def fill_memos(connection: sa.Connection, table: sa.Table) -> None:
    """Have memos be found by what they say."""
    query = sa.select(table.c.id, table.c.text).order_by(table.c.id)
    for some in in_batches(connection.execute(query).all()):
        rows = [{"key": row.id, "search_key": fold(row.text)} for row in some]
        write(connection, table, rows)
