"""The staff of sites, by staff number, and what they were trained in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server import clock
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.sites import check_order, check_past
from server.models.site import ServiceSite, SiteStaff, TrainingRecord
from server.store.place_records import (
    add_under,
    place_record,
    place_record_for_change,
    place_records_page,
    revise,
)
from server.store.transaction import Caller, transaction


def list_staff(caller: Caller, site_id: UUID, asked: PageAsked) -> Page[SiteStaff]:
    """A page of one site's staff, those who left among them; raises NotFound."""
    with transaction(caller) as work:
        place_record(work, Permission.SITE_READ, ServiceSite, site_id)
        return place_records_page(work, SiteStaff, None, asked, site_id=site_id)


def enter_staff(caller: Caller, site_id: UUID, given: Mapping[str, Any]) -> SiteStaff:
    """Enter a member of a site's staff; raises NotFound, Invalid ``day_before_start``, Conflict ``record_exists``."""
    check_order(given["since"], given.get("until"), "until")
    with transaction(caller) as work:
        site = place_record(work, Permission.SITE_WRITE, ServiceSite, site_id)
        return add_under(work, Permission.SITE_WRITE, site, SiteStaff(site_id=site.id, **given))


def change_staff(caller: Caller, staff_id: UUID, version: int, changes: Mapping[str, Any]) -> SiteStaff:
    """Correct what is known of a member, or end their time; raises NotFound, Stale, Invalid ``day_before_start``."""
    with transaction(caller) as work:
        row = place_record_for_change(work, Permission.SITE_WRITE, SiteStaff, staff_id, version)
        check_order(changes.get("since", row.since), changes.get("until", row.until), "until")
        revise(work, Permission.SITE_WRITE, row, changes)
        return row


def list_trainings(caller: Caller, staff_id: UUID, asked: PageAsked) -> Page[TrainingRecord]:
    """A page of one member's trainings; raises NotFound."""
    with transaction(caller) as work:
        place_record(work, Permission.SITE_READ, SiteStaff, staff_id)
        return place_records_page(work, TrainingRecord, None, asked, staff_id=staff_id)


def record_training(caller: Caller, staff_id: UUID, given: Mapping[str, Any]) -> TrainingRecord:
    """Record that a member was trained, and until when it counts.

    Raises NotFound, Invalid ``day_in_future`` or ``day_before_start``, Conflict ``record_exists``.
    """
    check_past(given["held_on"], clock.today(), "held_on")
    check_order(given["held_on"], given["valid_to"], "valid_to")
    with transaction(caller) as work:
        staff = place_record(work, Permission.SITE_WRITE, SiteStaff, staff_id)
        return add_under(work, Permission.SITE_WRITE, staff, TrainingRecord(staff_id=staff.id, **given))
