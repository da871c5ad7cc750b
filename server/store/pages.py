"""Pages of lists ordered by id: ask for one row more than wanted, and tell whether it came."""

from collections.abc import Sequence
from typing import TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression
from sqlalchemy.orm import Session

from server.domain.pages import Page, PageAsked
from server.models.base import TenantRow

T = TypeVar("T")
Row = TypeVar("Row", bound=TenantRow)
Columns = TypeVarTuple("Columns")


def paged(statement: Select[*Columns], id_column: SQLColumnExpression[UUID], asked: PageAsked) -> Select[*Columns]:
    """The statement for one page in the order of ids, with one row more to see whether others follow."""
    if asked.after_id is not None:
        statement = statement.where(id_column > asked.after_id)
    return statement.order_by(id_column).limit(asked.limit + 1)


def page_of(rows: Sequence[T], ids: Sequence[UUID], asked: PageAsked) -> Page[T]:
    """The page itself; ``ids`` are the rows' ids in the same order."""
    more = len(rows) > asked.limit
    return Page(tuple(rows[: asked.limit]), (str(ids[asked.limit - 1]),) if more else None)


def records_page(
    session: Session, statement: Select[Row], id_column: SQLColumnExpression[UUID], asked: PageAsked
) -> Page[Row]:
    """One page of whole records in the order of their ids."""
    rows = session.scalars(paged(statement, id_column, asked)).all()
    return page_of(rows, [row.id for row in rows], asked)
