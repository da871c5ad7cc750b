"""A month as a stretch of time in the database's own terms."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_

from server.clock import CHINA
from server.domain.periods import Period, first_day, next_period


def within_month(column: SQLColumnExpression[Any], period: str) -> ColumnElement[bool]:
    """Whether an instant falls into the month, in China's time."""
    return and_(column >= begins(period), column < begins(next_period(Period(period))))


def begins(period: str) -> datetime:
    """The month's first instant."""
    day: date = first_day(Period(period))
    return datetime.combine(day, time(), CHINA)
