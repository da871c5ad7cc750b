"""Triggers that mark what was stirred, so that no writer can forget a tablet's feed; as migrations apply them.

A statement that touches rows a feed shows leaves marks in ``feed_stir``, each once; the writing transaction settles
them at its end (``server/store/feeds.py``). Frozen: change behaviour in a new function.
"""

from alembic import op

_MARK = "INSERT INTO feed_stir (county_code, about, reader_id, record_id)"
_ROWS = {"insert": "NEW TABLE AS new_rows", "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
         "delete": "OLD TABLE AS old_rows"}  # fmt: skip


def stir_on(
    table: str, about: str, *, reader: str = "NULL::uuid", record: str = "NULL::uuid", when: str = "true"
) -> None:
    """Mark the reader (a column) and record (a column) of rows that come, change or go, where ``when`` holds."""
    said = f"SELECT county_code, '{about}', {reader}, {record}"
    old, new = (f"{said} FROM {rows} WHERE {when}" for rows in ("old_rows", "new_rows"))
    _make(table, {"insert": f"{_MARK} {new} GROUP BY 1, 3, 4", "update": f"{_MARK} {old} UNION {new}",
                  "delete": f"{_MARK} {old} GROUP BY 1, 3, 4"})  # fmt: skip


def stir_when_changed(table: str, about: str, record: str, *watched: str) -> None:
    """Mark a record (a column) whose watched columns changed."""
    before, after = (", ".join(f"{row}.{column}" for column in watched) for row in ("o", "n"))
    changed = (
        f"{_MARK} SELECT DISTINCT n.county_code, '{about}', NULL::uuid, n.{record} FROM new_rows n"
        " JOIN old_rows o ON (o.county_code, o.id) = (n.county_code, n.id)"
        f" WHERE ROW({before}) IS DISTINCT FROM ROW({after})"
    )
    _make(table, {"update": changed})


def settle_down(table: str) -> None:
    """Take a table's triggers away again."""
    for happening in _ROWS:
        op.execute(f"DROP FUNCTION IF EXISTS stir_{table}_{happening} CASCADE")


def _make(table: str, bodies: dict[str, str]) -> None:
    for happening, body in bodies.items():
        name = f"stir_{table}_{happening}"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$")
        op.execute(
            f"CREATE TRIGGER {name} AFTER {happening.upper()} ON {table} REFERENCING {_ROWS[happening]}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
