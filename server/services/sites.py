"""Service sites: their facts, their moves from state to state, and the checks made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server import clock
from server.domain.area_codes import county_of, parse_area_code
from server.domain.codes_sites import SiteReason, SiteState
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.site_states import Move, site_transition
from server.domain.sites import check_past
from server.models.site import ServiceSite, SiteCheck
from server.store import sites as store
from server.store.place_records import (
    add_in_area,
    add_under,
    place_record,
    place_record_for_change,
    place_records_page,
    revise,
)
from server.store.transaction import Caller, in_county, transaction


@dataclass(frozen=True)
class SiteFilter:
    """Which sites: under an area, of a type, in a state."""

    area_code: str | None = None
    type: str | None = None
    state: str | None = None


def looking_at(caller: Caller, area_code: str | None) -> Caller:
    """The caller bound to the county of an area: a city's supervisor looks at one county at a time."""
    return caller if area_code is None else in_county(caller, county_of(parse_area_code(area_code)))


def list_sites(caller: Caller, wanted: SiteFilter, asked: PageAsked) -> Page[ServiceSite]:
    """A page of sites in the order of their ids; raises Invalid ``area_code_invalid``."""
    with transaction(looking_at(caller, wanted.area_code)) as work:
        return place_records_page(work, ServiceSite, wanted.area_code, asked, type=wanted.type, state=wanted.state)


def read_site(caller: Caller, site_id: UUID) -> ServiceSite:
    """One site; raises NotFound."""
    with transaction(caller) as work:
        return place_record(work, Permission.SITE_READ, ServiceSite, site_id)


def enter_site(caller: Caller, given: Mapping[str, Any]) -> ServiceSite:
    """Enter a site in the state it is found in, since the day it is (``since``).

    Raises Invalid ``day_in_future`` and those of the area, NotFound, Conflict ``record_exists``.
    """
    since = given["since"]
    check_past(since, clock.today(), "since")
    with transaction(caller) as work:
        row = ServiceSite(**{name: value for name, value in given.items() if name != "since"})
        add_in_area(work, Permission.SITE_WRITE, row)
        store.note_step(work, row, store.Step(store.ENTERED, None, since, SiteReason.SCHEDULED))
        return row


def change_site(caller: Caller, site_id: UUID, version: int, changes: Mapping[str, Any]) -> ServiceSite:
    """Correct a site's facts; its state moves by acts alone. Raises NotFound, Stale."""
    with transaction(caller) as work:
        row = place_record_for_change(work, Permission.SITE_WRITE, ServiceSite, site_id, version)
        revise(work, Permission.SITE_WRITE, row, changes)
        return row


def move_site(caller: Caller, site_id: UUID, version: int, move: Move) -> ServiceSite:
    """Move a site to its next state, from a day that is not before its last move.

    Raises:
        NotFound: the site is none of the caller's.
        Stale: ``record_changed``.
        Conflict: ``site_transition_forbidden``, ``site_step_out_of_order``.
        Invalid: ``day_in_future``.
    """
    check_past(move.held_on, clock.today(), "held_on")
    with transaction(caller) as work:
        row = place_record_for_change(work, Permission.SITE_WRITE, ServiceSite, site_id, version)
        before = SiteState(row.state)
        after = site_transition(before, move.act)
        store.require_in_order(work, row, move.held_on)
        revise(work, Permission.SITE_WRITE, row, {"state": after.value})
        store.note_step(work, row, store.Step(move.act.value, before, move.held_on, move.reason))
        return row


def list_checks(caller: Caller, site_id: UUID, asked: PageAsked) -> Page[SiteCheck]:
    """A page of one site's checks; raises NotFound."""
    with transaction(caller) as work:
        place_record(work, Permission.SITE_READ, ServiceSite, site_id)
        return place_records_page(work, SiteCheck, None, asked, site_id=site_id)


def record_check(caller: Caller, site_id: UUID, given: Mapping[str, Any]) -> SiteCheck:
    """Record that somebody looked at a site; raises NotFound, Invalid ``day_in_future``, Conflict ``record_exists``."""
    check_past(given["held_on"], clock.today(), "held_on")
    with transaction(caller) as work:
        site = place_record(work, Permission.SITE_CHECK, ServiceSite, site_id)
        return add_under(work, Permission.SITE_CHECK, site, SiteCheck(site_id=site.id, **given))
