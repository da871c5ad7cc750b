"""The holidays that working days are counted by, read and edited."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
    """Change a day's entry at the version read; or, without a version, enter a day that has none.

    Raises:
        Invalid: ``holiday_year_unlikely``.
        Conflict: ``record_exists``, the day to be entered has an entry.
        NotFound: the entry to be changed is not there.
        Stale: ``record_changed``.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid("holiday_year_unlikely")
    said = asdict(entry)
    with transaction(caller) as work:
        if version is None:
            row = add_holiday(work, Holiday(day=day, version=1, **said))
        else:
            row = holiday_for_change(work, day, version)
            for name, value in said.items():
                setattr(row, name, value)
            row.version += 1
        _note(work, day, version, row.version)
        return row


def clear_day(caller: Caller, day: date, version: int) -> None:
    """Leave a day to the weekday rule again; raises NotFound, or Stale ``record_changed``."""
    with transaction(caller) as work:
        remove_holiday(work, holiday_for_change(work, day, version))
        _note(work, day, version, None)


def _note(work: Work, day: date, before: int | None, after: int | None) -> None:
    """The day stands in the event as the last digits of an id, for events hold ids only."""
    named = UUID(f"00000000-0000-0000-0000-0000{day:%Y%m%d}")
    work.note(AccessEvent(Permission.HOLIDAY_MANAGE, table="holiday", record_id=named, version_before=before,
                          version_after=after))  # fmt: skip
