"""Outreach: what was done where, and how many it reached; never who."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server import clock
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.sites import check_past
from server.models.site import OutreachActivity
from server.services.sites import looking_at
from server.store.place_records import add_in_area, place_record_for_change, place_records_page, revise
from server.store.transaction import Caller, transaction


def list_activities(caller: Caller, area_code: str | None, asked: PageAsked) -> Page[OutreachActivity]:
    """A page of activities in the order of their ids; raises Invalid ``area_code_invalid``."""
    with transaction(looking_at(caller, area_code)) as work:
        return place_records_page(work, OutreachActivity, area_code, asked)


def enter_activity(caller: Caller, given: Mapping[str, Any]) -> OutreachActivity:
    """Enter an activity that was held.

    Raises Invalid ``day_in_future`` and those of the area, NotFound, Conflict ``record_exists``.
    """
    check_past(given["held_on"], clock.today(), "held_on")
    with transaction(caller) as work:
        return add_in_area(work, Permission.SITE_WRITE, OutreachActivity(**given))


def change_activity(caller: Caller, activity_id: UUID, version: int, changes: Mapping[str, Any]) -> OutreachActivity:
    """Correct an activity; raises NotFound, Stale, Invalid ``day_in_future``."""
    with transaction(caller) as work:
        row = place_record_for_change(work, Permission.SITE_WRITE, OutreachActivity, activity_id, version)
        check_past(changes.get("held_on", row.held_on), clock.today(), "held_on")
        revise(work, Permission.SITE_WRITE, row, changes)
        return row
