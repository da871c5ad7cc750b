"""The floor of a write: the very rows that a request wrote, written again by hand under fresh ids.

What is copied are ciphertexts and codes; under another id they open no more, but they take as long to write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from uuid_utils.compat import uuid7

from bench.place import COUNTY


@dataclass(frozen=True)
class Rows:
    """Rows of one table, as psycopg takes them."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Copy:
    """Rows that one transaction wrote, and the ids among their values that belong to them alone."""

    tables: tuple[Rows, ...]
    own_ids: frozenset[UUID]

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return sum(len(table.rows) for table in self.tables)

    def afresh(self) -> list[Rows]:
        """The same rows under new ids."""
        new = {id_: uuid7() for id_ in self.own_ids}
        return [
            Rows(t.table, t.columns, [tuple(new.get(v, v) if type(v) is UUID else v for v in row) for row in t.rows])
            for t in self.tables
        ]


def mark(connection: psycopg.Connection) -> int:
    """A point in the history of transactions; what is written later is found by it."""
    with connection.transaction():
        return int(connection.execute("SELECT pg_current_xact_id()::text").fetchone()[0])  # type: ignore[index]


def written_since(connection: psycopg.Connection, since: int, tables: Mapping[str, Sequence[str]]) -> Copy:
    """The rows of these tables that came after a mark; with each table stand the columns whose ids are its own.

    Tables are given in the order in which they can be written. A row that was there before and only changed is no
    new row: it is left out, which spares the floor the change.
    """
    found, own = [], set[UUID]()
    with connection.transaction():
        scope(connection)
        for table, own_columns in tables.items():
            query = sql.SQL("SELECT * FROM {} WHERE xmin::text::bigint >= %s").format(sql.Identifier(table))
            cursor = connection.execute(query, (since,))
            columns = tuple(described.name for described in cursor.description or ())
            rows = cursor.fetchall()
            if "version" in columns:
                rows = [row for row in rows if row[columns.index("version")] in (1, None)]
            own |= {row[columns.index(column)] for row in rows for column in own_columns}
            if rows:
                found.append(Rows(table, columns, rows))
    return Copy(tuple(found), frozenset(own))


def write(connection: psycopg.Connection, tables: Sequence[Rows]) -> None:
    """Everything in one transaction, a statement a row, as psycopg sends them without waiting between."""
    with connection.transaction(), connection.cursor() as cursor:
        scope(connection)
        for table in tables:
            columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
            places = sql.SQL(", ").join([sql.Placeholder()] * len(table.columns))
            statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table.table), columns, places)
            cursor.executemany(statement, table.rows)


def scope(connection: psycopg.Connection) -> None:
    """Let this transaction see and write the county, as every request must."""
    said = "SELECT set_config('linli.county', %s, true), set_config('linli.areas', %s, true)"
    connection.execute(said, (COUNTY, COUNTY))
