"""The holidays that working days are counted by, read and edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.domain.permissions import Permission
from server.errors import Invalid
from server.models.reference import Holiday
from server.store.events import AccessEvent
from server.store.holidays import add_holiday, holiday_for_change, holidays_of, remove_holiday, work_calendar
from server.store.transaction import Caller, Work, transaction

FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class HolidayYear:
    """A year's days that differ from the weekday rule; provisional while its announcement is not entered."""

    year: int
    provisional: bool
    items: Sequence[Holiday]


@dataclass(frozen=True)
class DayEntry:
    """What a day is to be: ``kind`` holiday or workday, its names, and where that is written."""

    kind: str
    name_zh: str
    name_en: str
    source: str


def read_year(caller: Caller, year: int) -> HolidayYear:
    """The year's entries by date, and whether deadlines that lean on it are provisional."""
    with transaction(caller) as work:
        known = year in work_calendar(work.session).known_years
        return HolidayYear(year, not known, holidays_of(work, year))


def set_day(caller: Caller, day: date, entry: DayEntry, version: int | None) -> Holiday:
    """Enter a day, or change what is entered; without a version only a day that has no entry can be set.

    Raises:
        Invalid: ``holiday_year_unlikely``.
        PreconditionNeeded: ``version_required``, the day has an entry and no version was named.
        Stale: ``record_changed``.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid("holiday_year_unlikely")
    with transaction(caller) as work:
        row = holiday_for_change(work, day, version)
        if row is None:
            row = add_holiday(work, Holiday(day=day, version=1))
        else:
            row.version += 1
        row.kind, row.name_zh, row.name_en, row.source = entry.kind, entry.name_zh, entry.name_en, entry.source
        _note(work, day, version, row.version)
        return row


def clear_day(caller: Caller, day: date, version: int) -> None:
    """Leave a day to the weekday rule again; raises NotFound, or Stale ``record_changed``."""
    with transaction(caller) as work:
        remove_holiday(work, day, version)
        _note(work, day, version, None)


def _note(work: Work, day: date, before: int | None, after: int | None) -> None:
    """The day stands in the event as the last digits of an id, for events hold ids only."""
    named = UUID(f"00000000-0000-0000-0000-0000{day:%Y%m%d}")
    work.note(AccessEvent(Permission.HOLIDAY_MANAGE, table="holiday", record_id=named, version_before=before,
                          version_after=after))  # fmt: skip
