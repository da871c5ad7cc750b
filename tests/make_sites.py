"""Sites, surveys and the rest as they are given to the services, and those who enter them."""

from datetime import date, timedelta
from typing import Any

from server import clock
from server.domain.codes import Purpose, Role
from server.store.transaction import Caller
from tests.make import County, a_caller


def manager(county: County) -> Caller:
    """The county's site manager."""
    return a_caller(county, Role.SITE_MANAGER, county.code)


def reporter(county: County) -> Caller:
    """A department's reporter."""
    return a_caller(county, Role.DEPT_REPORTER, county.code)


def operator(county: County) -> Caller:
    """A hotline operator at work."""
    return a_caller(county, Role.HOTLINE_OPERATOR, county.code, Purpose.CARE)


def supervisor(county: County) -> Caller:
    """The county's supervisor."""
    return a_caller(county, Role.COUNTY_SUPERVISOR, county.code)


def days_ago(days: int) -> date:
    """A day not long past."""
    return clock.today() - timedelta(days=days)


def a_site(area_code: str, **changes: Any) -> dict[str, Any]:
    """A township's room, operating since ten days ago."""
    return {
        "area_code": area_code, "type": "02", "name": "试验心理咨询室", "address": "试验镇一楼", "phone": "0000-12345",
        "hours": "周一至周五", "hours_per_day": 8, "accessible": True, "psychiatric": False,
        "state": "operating", "since": days_ago(10),
    } | changes  # fmt: skip


def a_check(**changes: Any) -> dict[str, Any]:
    """A check that found the private room."""
    return {"held_on": days_ago(1), "in_order": ["private_room"], "result": "to_improve"} | changes


def a_member(**changes: Any) -> dict[str, Any]:
    """A counsellor, part of the time."""
    return {
        "staff_no": "A-017", "qualification": "counsellor", "employment": "part_time", "since": days_ago(9),
        "until": None,
    } | changes  # fmt: skip


def a_training(**changes: Any) -> dict[str, Any]:
    """A training that counts for a year."""
    return {"topic": "crisis", "held_on": days_ago(5), "valid_to": days_ago(5 - 365)} | changes


def an_activity(area_code: str, **changes: Any) -> dict[str, Any]:
    """An afternoon on the village square."""
    return {
        "area_code": area_code, "type": "into_village", "held_on": days_ago(3), "place": "文化广场", "reach": 120,
        "materials": 200,
    } | changes  # fmt: skip


def a_survey(area_code: str, **changes: Any) -> dict[str, Any]:
    """A survey among residents."""
    return {
        "area_code": area_code, "title": "核心知识调查", "among": "residents", "method": "passed",
        "held_on": days_ago(4),
    } | changes  # fmt: skip


def a_sheet(**changes: Any) -> dict[str, Any]:
    """Sixteen right answers of twenty: just passed."""
    return {"residence": "rural", "correct": 16, "total": 20, "has_leaflet": None} | changes


def a_provider(area_code: str, **changes: Any) -> dict[str, Any]:
    """A registered institution."""
    return {
        "area_code": area_code, "name": "心灵家园", "licence_no": "TEST-0001", "supervisor": "县民政局",
        "registered_on": days_ago(300), "ended_on": None,
    } | changes  # fmt: skip


def an_emergency(area_code: str, **changes: Any) -> dict[str, Any]:
    """A flood with aid on the next day."""
    return {
        "area_code": area_code, "kind": "natural_disaster", "grade": "major", "started_on": days_ago(8),
        "aid_started_on": days_ago(7),
    } | changes  # fmt: skip


def a_contact(**changes: Any) -> dict[str, Any]:
    """A call in a crisis, an hour ago."""
    return {
        "channel": "phone", "topic": "crisis", "held_at": clock.now() - timedelta(hours=1), "anonymous": True,
        "crisis": True,
    } | changes  # fmt: skip
