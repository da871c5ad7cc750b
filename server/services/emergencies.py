"""Emergencies that befell an area, and the psychological aid given; what befell a person is a safety event."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from server import clock
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.sites import check_order, check_past
from server.models.site import EmergencyEvent
from server.services.sites import looking_at
from server.store.place_records import add_in_area, place_record_for_change, place_records_page, revise
from server.store.transaction import Caller, transaction


def list_emergencies(caller: Caller, area_code: str | None, asked: PageAsked) -> Page[EmergencyEvent]:
    """A page of emergencies in the order of their ids; raises Invalid ``area_code_invalid``."""
    with transaction(looking_at(caller, area_code)) as work:
        return place_records_page(work, EmergencyEvent, area_code, asked)


def enter_emergency(caller: Caller, given: Mapping[str, Any]) -> EmergencyEvent:
    """Enter an emergency.

    Raises Invalid ``day_in_future``, ``day_before_start`` and those of the area, NotFound, Conflict ``record_exists``.
    """
    _check(given["started_on"], given.get("aid_started_on"))
    with transaction(caller) as work:
        return add_in_area(work, Permission.EMERGENCY_WRITE, EmergencyEvent(**given))


def change_emergency(caller: Caller, emergency_id: UUID, version: int, changes: Mapping[str, Any]) -> EmergencyEvent:
    """Correct an emergency, or say when aid began; raises NotFound, Stale and as ``enter_emergency``."""
    with transaction(caller) as work:
        row = place_record_for_change(work, Permission.EMERGENCY_WRITE, EmergencyEvent, emergency_id, version)
        _check(changes.get("started_on", row.started_on), changes.get("aid_started_on", row.aid_started_on))
        revise(work, Permission.EMERGENCY_WRITE, row, changes)
        return row


def _check(started_on: date, aid_started_on: date | None) -> None:
    today = clock.today()
    check_past(started_on, today, "started_on")
    check_order(started_on, aid_started_on, "aid_started_on")
    if aid_started_on is not None:
        check_past(aid_started_on, today, "aid_started_on")
