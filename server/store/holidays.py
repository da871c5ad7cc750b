"""Holidays: the table that working days are counted by, loaded from the seeds and edited by administrators."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, delete, extract, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.domain.workdays import WorkCalendar
from server.errors import NotFound, PreconditionNeeded, Stale
from server.models.reference import Holiday
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


def holiday_for_change(work: Work, day: date, version: int | None) -> Holiday | None:
    """The day's row, locked for this transaction; None when there is none and none was expected.

    Raises:
        PreconditionNeeded: ``version_required``, the day is entered already and no version was named.
        Stale: ``record_changed``, it is at another version, or no longer there.
    """
    row = work.session.scalars(select(Holiday).where(Holiday.day == day).with_for_update()).one_or_none()
    if row is not None and version is None:
        raise PreconditionNeeded("version_required", field="If-Match")
    if version is not None and (row is None or row.version != version):
        raise Stale("record_changed")
    return row


def add_holiday(work: Work, row: Holiday) -> Holiday:
    """Keep a new day with this transaction; of two who add it at once, the second is refused when it is written."""
    work.session.add(row)
    return row


def remove_holiday(work: Work, day: date, version: int) -> None:
    """Leave the day to the weekday rule; raises NotFound, or Stale ``record_changed``."""
    found = work.session.scalars(select(Holiday.version).where(Holiday.day == day).with_for_update()).one_or_none()
    if found is None:
        raise NotFound("not_found")
    if found != version:
        raise Stale("record_changed")
    work.session.execute(delete(Holiday).where(Holiday.day == day))


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
