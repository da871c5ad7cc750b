"""The holidays that working days are counted by."""

import re
from datetime import date
from typing import Any

from server.domain.permissions import Permission
from server.errors import NotFound
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.holidays import (
    DayEntrySchema,
    HolidaySchema,
    HolidayYearQuery,
    HolidayYearSchema,
    NewHolidaySchema,
)
from server.services import holidays
from server.services.holidays import DayEntry

blueprint = Blueprint(
    "holidays", __name__, url_prefix="/holidays", description="Days that are not what their weekday says."
)

_DAY = {
    "day": "2026-10-01",
    "kind": "holiday",
    "name_zh": "国庆节",
    "name_en": "National Day",
    "source": "国办发明电〔2025〕7号",
    "version": 1,
}


@blueprint.get("")
@needs(Permission.AREA_READ)
@blueprint.arguments(HolidayYearQuery, location="query")
@blueprint.response(200, HolidayYearSchema, example={"year": 2026, "provisional": False, "items": [_DAY]})
def list_holidays(query: dict[str, int]) -> Any:
    """List a year's holidays and make-up working days."""
    return holidays.read_year(current_caller(), query["year"])


@blueprint.post("")
@needs(Permission.HOLIDAY_MANAGE)
@refuses("holiday_year_unlikely", "record_exists", "access_log_unavailable")
@blueprint.arguments(NewHolidaySchema)
@blueprint.response(201, HolidaySchema, example=_DAY)
def enter_holiday(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Enter a day that has no entry yet."""
    return tagged(holidays.set_day(current_caller(), body.pop("day"), DayEntry(**body), None))


@blueprint.put("/<string:holiday_date>")
@needs(Permission.HOLIDAY_MANAGE)
@refuses("not_found", "holiday_year_unlikely", "access_log_unavailable")
@versioned
@blueprint.arguments(DayEntrySchema)
@blueprint.response(200, HolidaySchema, example=_DAY)
def change_holiday(body: dict[str, str], holiday_date: str) -> tuple[Any, dict[str, str]]:
    """Change a day's entry."""
    return tagged(holidays.set_day(current_caller(), day_of(holiday_date), DayEntry(**body), expected_version()))


@blueprint.delete("/<string:holiday_date>")
@needs(Permission.HOLIDAY_MANAGE)
@refuses("not_found", "access_log_unavailable")
@versioned
@blueprint.response(204)
def delete_holiday(holiday_date: str) -> None:
    """Remove a day's entry, so that its weekday decides again."""
    holidays.clear_day(current_caller(), day_of(holiday_date), expected_version())


def day_of(written: str) -> date:
    """The day in an address, YYYY-MM-DD; raises NotFound for anything else."""
    try:
        return date.fromisoformat(written if re.fullmatch(r"\d{4}-\d\d-\d\d", written) else "")
    except ValueError:
        raise NotFound("not_found") from None
