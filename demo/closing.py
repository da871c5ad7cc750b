"""The month's end: the township closes it, its figures are frozen, and the analysis meeting is held."""

from datetime import date, timedelta

from demo.api import Json
from demo.crew import Crew
from demo.sweeping import month_of
from server.domain.codes import PeriodState

_ATTENDED = [{"unit": "governance_centre", "people": 3}, {"unit": "health_centre", "people": 1}]


def close_month(crew: Crew, township: str, period: str) -> None:
    """The coordinator closes the month, unless that is done."""
    coordinator = crew.coordinator(township)
    month = month_of(coordinator, township, period)
    if month["state"] == PeriodState.OPEN:
        coordinator.do(f"/months/{month['id']}/closure", version=month["version"])


def hold_meeting(crew: Crew, period: str, today: date, township: str) -> None:
    """The coordinator calls the meeting, whose agenda makes itself, and writes down what it came to, once."""
    coordinator = crew.coordinator(township)
    month = month_of(coordinator, township, period)
    if month["state"] != PeriodState.CLOSED:
        return
    called = list(coordinator.all("/meetings", township_code=township, period=period, kind="analysis"))
    meeting = called[0] if called else coordinator.do(f"/months/{month['id']}/meeting", {})
    action = {
        "owner_unit": "health_centre",
        "text": "和卫生院商定每月一次的心理门诊时间。",
        "due_on": (today + timedelta(days=20)).isoformat(),
    }
    minutes = {
        "held_on": today.isoformat(),
        "attendance": _ATTENDED,
        "minutes": "逐项看了逾期、转介反馈和站点人员的情况，按编号讨论，没有提到姓名。",
        "decisions": ["逾期的走访一周内补上。"],
        "action_items": [action],
    }
    coordinator.do(f"/meetings/{meeting['id']}/minutes", minutes, version=meeting["version"])


def read_frozen(crew: Crew, township: str, period: str) -> Json:
    """The township's frozen figures, as its coordinator sees them."""
    coordinator = crew.coordinator(township)
    return coordinator.get(f"/months/{month_of(coordinator, township, period)['id']}/figures")
