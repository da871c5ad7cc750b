"""Many rows of one table written at once, past the ORM's unit of work: what hot paths write."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from server.models.base import Model


def insert_rows(session: Session, model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns, sent together; nothing where there are none."""
    if rows:
        session.execute(insert(cast("Table", model.__table__)), rows)
