"""Many rows of one table written at once, past the ORM's unit of work: what hot paths write.

They go to the database as one document in one statement: binding each value of each row for itself costs the driver
more than sealing it, and a statement for each row costs the database more than writing it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import orjson
from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from server.models.base import Model

#: Rows of one statement: a whole county's index must not become one document.
_AT_ONCE = 5000
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_rows(session: Session, model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in their order, in one statement for thousands; nothing where there are none.

    All name the same columns: every one that is to be written, for no default of the model is filled in. Values are
    text, bytes, numbers, ids, dates, times with their zone (less than sixteen hours from UTC), and lists of them; each
    is read as its column's type. Raises ValueError where rows name different columns: one would be dropped unseen.
    """
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        if any(row.keys() != some[0].keys() for row in some):
            raise ValueError("rows that are written together name the same columns")
        document = orjson.dumps(some, default=_told)
        statement = _statement(cast("Table", model.__table__), tuple(some[0]))
        session.execute(statement, {"document": document.decode()})


@lru_cache(maxsize=256)
def _statement(table: Table, names: tuple[str, ...]) -> TextClause:
    columns = ", ".join(names)
    typed = ", ".join(f"{name} {table.c[name].type.compile(_DIALECT)}" for name in names)
    return text(
        f"INSERT INTO {table.name} ({columns}) SELECT {columns}"
        f" FROM json_to_recordset(CAST(:document AS json)) AS given ({typed})"
    )


def _told(value: object) -> str:
    """Bytes, which JSON has no form of, in the database's own; raises TypeError for anything else it has none of."""
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} cannot be told to the database")
    return "\\x" + value.hex()
