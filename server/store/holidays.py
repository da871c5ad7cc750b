"""Holidays: the table that working days are counted by, loaded from the seeds and edited by administrators."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, extract, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.domain.workdays import WorkCalendar
from server.errors import Conflict
from server.models.reference import Holiday
from server.store.records import as_read
from server.store.transaction import Work

#: A year is known once its National Day is entered: the last holiday that a year's announcement lists.
LAST_HOLIDAY = (10, 1)


def work_calendar(session: Session) -> WorkCalendar:
    """The calendar as it stands, in one query; years whose announcement is not entered are not known."""
    rows = session.execute(select(Holiday.day, Holiday.kind))
    days = {day: kind == "workday" for day, kind in rows}
    return WorkCalendar(days, frozenset(day.year for day in days if (day.month, day.day) == LAST_HOLIDAY))


def holidays_of(work: Work, year: int) -> Sequence[Holiday]:
    """The year's days that differ from the weekday rule, by date."""
    return work.session.scalars(
        select(Holiday).where(Holiday.day.between(date(year, 1, 1), date(year, 12, 31))).order_by(Holiday.day)
    ).all()


def holiday_for_change(work: Work, day: date, version: int) -> Holiday:
    """The day's entry, locked for this transaction; raises NotFound, or Stale ``record_changed``."""
    return as_read(work.session.scalar(select(Holiday).where(Holiday.day == day).with_for_update()), version)


def add_holiday(work: Work, row: Holiday) -> Holiday:
    """Enter a day; raises Conflict ``record_exists`` when it has an entry, for the later of two at its commit."""
    taken = select(Holiday.day).where(Holiday.day == row.day)
    if work.session.scalars(taken).one_or_none() is not None:
        raise Conflict("record_exists")
    work.session.add(row)
    return row


def remove_holiday(work: Work, row: Holiday) -> None:
    """Leave the day to the weekday rule."""
    work.session.delete(row)


def load_holidays(connection: Connection, rows: Sequence[dict[str, object]]) -> int:
    """Add the days of years that were never loaded from this source; how many were added.

    What an administrator entered stays, and a day that one removed does not come back.
    """
    sources = {row["source"] for row in rows}
    loaded = set(connection.scalars(select(extract("year", Holiday.day)).where(Holiday.source.in_(sources)).distinct()))
    fresh = [row for row in rows if row["day"].year not in loaded]  # type: ignore[attr-defined]
    if not fresh:
        return 0
    added = insert(Holiday).values(fresh).on_conflict_do_nothing().returning(Holiday.day)
    return len(connection.execute(added).all())
