"""Closed months, for tests: a township's month filed, closed, called to its meeting, on the services themselves."""

from datetime import UTC, date, datetime
from uuid import UUID

from server.domain.codes import Role
from server.domain.codes_month import MeetingKind, MeetingUnit
from server.domain.meetings import Minutes, NewAction, Present
from server.domain.returns import DisputeDraft, ObservationDraft
from server.services.meetings import MeetingView, call_meeting, write_minutes
from server.services.months import MonthView, close_month, open_month, read_month
from server.services.returns import file_return
from server.services.sweeps import confirm_village, read_sweep, submit_sweep
from server.store.transaction import Caller
from tests.make import County, a_caller
from tests.sweeping import (
    a_return,
    coordinator,
    grids_of,
    judicial,
    last_period,
    sweep_id_of,
    village_officer,
    villages_of,
)


def noon(day: date) -> datetime:
    """Noon in China."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def supervisor(county: County) -> Caller:
    return a_caller(county, Role.COUNTY_SUPERVISOR, county.code)


def submit(county: County, sweep_id: UUID, township: str = "") -> None:
    """Every village confirmed, the sweep handed in."""
    for village in villages_of(township or county.township):
        confirm_village(village_officer(county, village), sweep_id, village)
    hand_in(county, sweep_id, township)


def hand_in(county: County, sweep_id: UUID, township: str = "") -> None:
    office = judicial(county, township)
    submit_sweep(office, sweep_id, read_sweep(office, sweep_id).version)


def a_submitted_month(
    county: County, *items: ObservationDraft | DisputeDraft, period: str = "", township: str = ""
) -> MonthView:
    """A month whose first grid found these, every other nothing; both sweeps handed in."""
    place = township or county.township
    month = open_month(judicial(county, place), place, period or last_period())
    found = {
        "concern": [item for item in items if isinstance(item, ObservationDraft)],
        "dispute": [item for item in items if isinstance(item, DisputeDraft)],
    }
    for kind, brought in found.items():
        sweep_id = sweep_id_of(month, kind)
        for number, grid in enumerate(grids_of(place)):
            file_return(judicial(county, place), sweep_id, a_return(grid, *(brought if number == 0 else ())))
        submit(county, sweep_id, place)
    return read_month(coordinator(county, place), month.id)


def closed(county: County, month: MonthView) -> MonthView:
    """The month closed by its coordinator."""
    caller = coordinator(county, month.township_code)
    return close_month(caller, month.id, read_month(caller, month.id).version)


def a_closed_month(
    county: County, *items: ObservationDraft | DisputeDraft, period: str = "", township: str = ""
) -> MonthView:
    """A month filed, handed in and closed."""
    return closed(county, a_submitted_month(county, *items, period=period, township=township))


def minutes_of(held_on: date, *actions: str) -> Minutes:
    """Minutes with one decision and these action items of the health centre."""
    return Minutes(
        held_on=held_on,
        attendance=(Present(MeetingUnit.HEALTH_CENTRE, 2), Present(MeetingUnit.JUDICIAL_OFFICE, 1)),
        minutes="本月研判会听取各单位情况。",
        decisions=("逾期走访一周内完成。",),
        actions=tuple(NewAction(MeetingUnit.HEALTH_CENTRE, text, held_on) for text in actions),
    )


def a_meeting(county: County, month: MonthView, kind: MeetingKind = MeetingKind.ANALYSIS) -> MeetingView:
    """The meeting about a closed month, called."""
    return call_meeting(coordinator(county, month.township_code), month.id, kind)


def a_held_meeting(county: County, month: MonthView, held_on: date, *actions: str) -> MeetingView:
    """The analysis meeting with its minutes written."""
    meeting = a_meeting(county, month)
    caller = coordinator(county, month.township_code)
    return write_minutes(caller, meeting.id, meeting.version, minutes_of(held_on, *actions))
