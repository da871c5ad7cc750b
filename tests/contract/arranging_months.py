"""Arranges closed months, their meetings and the returns that leave the township."""

from collections.abc import Mapping

from server import clock
from server.domain.codes import Role
from server.services.meetings import MeetingView
from server.services.months import MonthView, read_month
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make_months import a_closed_month, a_held_meeting, a_meeting
from tests.sweeping import coordinator


def _closed(scene: Scene) -> MonthView:
    return a_closed_month(scene.county)


def _held(scene: Scene) -> MeetingView:
    return a_held_meeting(scene.county, _closed(scene), clock.today(), "下乡")


def _month(scene: Scene) -> Call:
    month = _closed(scene)
    return named(month.version, month_id=month.id)


def _reopening(scene: Scene) -> Call:
    month = _closed(scene)
    return Call({"month_id": str(month.id)}, {"reason": "correction"}, version=month.version)


def _archiving(scene: Scene) -> Call:
    held = _held(scene)
    return named(read_month(coordinator(scene.county), held.month_id).version, month_id=held.month_id)


def _calling(scene: Scene) -> Call:
    return Call({"month_id": str(_closed(scene).id)}, {"kind": "analysis"})


def _meeting(scene: Scene) -> Call:
    held = _held(scene)
    return named(held.version, meeting_id=held.id)


def _meetings(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_held(scene).id),))


def _minutes(scene: Scene) -> Call:
    meeting = a_meeting(scene.county, _closed(scene))
    body = dict(example_body(scene.operation) or {}) | {"held_on": clock.today().isoformat()}
    return Call({"meeting_id": str(meeting.id)}, body, version=meeting.version)


def _action(scene: Scene) -> Call:
    (item,) = _held(scene).action_items
    return named(item.version, action_id=item.id)


def _return(scene: Scene) -> Call:
    month = _closed(scene)
    area = scene.area if scene.role is Role.TOWNSHIP_COORDINATOR else scene.county.township
    return Call(query={"area_code": area, "period": month.period})


RECORDS: Mapping[tuple[str, ...], Arranger] = {("meeting_id",): _meeting, ("action_id",): _action}

SPECIAL: Mapping[str, Arranger] = {
    "GET /months/{month_id}/figures": _month,
    "GET /months/{month_id}/late": _month,
    "POST /months/{month_id}/reopening": _reopening,
    "POST /months/{month_id}/archiving": _archiving,
    "POST /months/{month_id}/meeting": _calling,
    "POST /meetings/{meeting_id}/minutes": _minutes,
    "GET /meetings": _meetings,
    "GET /monthly-returns.xlsx": _return,
    "GET /monthly-returns.pdf": _return,
}
