"""The directory of agencies, and who answers for each; kept by the county's administrator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.domain.area_codes import contains
from server.domain.codes_referral import Destination
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Invalid
from server.models.referral import Agency
from server.store.agencies import (
    AgencyFilter,
    add_member,
    agencies_page,
    agency_for_change,
    members_of,
    remove_member,
    save_agency,
)
from server.store.grants import area_is_known
from server.store.records import count_up, note_written
from server.store.transaction import Caller, Work, new_id, transaction

__all__ = [
    "AgencyFilter",
    "AgencyView",
    "MemberView",
    "NewAgency",
    "change_agency",
    "enter_agency",
    "leave_agency",
    "list_agencies",
    "list_members",
    "put_member",
]


def list_agencies(caller: Caller, wanted: AgencyFilter, asked: PageAsked) -> "Page[AgencyView]":
    """A page of the county's agencies; facts of places, of nobody."""
    with transaction(caller) as work:
        page = agencies_page(work, wanted, asked)
        return page.of([_view(row) for row in page.items])


def enter_agency(caller: Caller, new: "NewAgency") -> "AgencyView":
    """Add an agency; raises Conflict ``agency_name_taken``, ``record_exists``; Invalid ``area_unknown``."""
    with transaction(caller) as work:
        _check_township(work, new.township_code)
        values = {name: value for name, value in vars(new).items() if name != "id"}
        row = Agency(
            **values | {"kind": new.kind.value},
            county_code=work.county_code,
            id=new.id or new_id(),
            version=1,
            created_by=work.identity.user_id,
            created_at=work.now,
            updated_at=work.now,
        )
        save_agency(work, row)
        note_written(work, Permission.AGENCY_MANAGE, row)
        return _view(row)


def change_agency(caller: Caller, agency_id: UUID, version: int, changes: Mapping[str, Any]) -> "AgencyView":
    """Correct what is known of it, or take it out of use.

    Raises NotFound, Stale; Conflict ``agency_name_taken``; Invalid ``area_unknown``.
    """
    with transaction(caller) as work:
        row = agency_for_change(work, agency_id, version)
        _check_township(work, changes.get("township_code"))
        for name, value in changes.items():
            setattr(row, name, value)
        count_up(work, row)
        save_agency(work, row)
        note_written(work, Permission.AGENCY_MANAGE, row)
        return _view(row)


def list_members(caller: Caller, agency_id: UUID) -> "list[MemberView]":
    """Who answers for an agency; raises NotFound."""
    with transaction(caller) as work:
        agency_for_change(work, agency_id)
        return [MemberView(row.user_id, row.since) for row in members_of(work, agency_id)]


def put_member(caller: Caller, agency_id: UUID, user_id: UUID) -> None:
    """Let somebody with the role receiving_agency answer for it: they see what was sent there and not yet closed.

    Nobody answers for the police here: they are told by people, and read no packet (guardrail G10).

    Raises NotFound; Invalid ``agency_member_role``, ``agency_without_members``.
    """
    with transaction(caller) as work:
        agency = agency_for_change(work, agency_id)
        if agency.kind == Destination.POLICE:
            raise Invalid("agency_without_members")
        add_member(work, agency_id, user_id)


def leave_agency(caller: Caller, agency_id: UUID, user_id: UUID) -> None:
    """Let somebody answer for it no longer; raises NotFound."""
    with transaction(caller) as work:
        agency_for_change(work, agency_id)
        remove_member(work, agency_id, user_id)


def _check_township(work: Work, code: str | None) -> None:
    if code is not None and not (contains(work.county_code, code) and area_is_known(work, code)):
        raise Invalid("resident_area_unknown", field="township_code")


def _view(row: Agency) -> "AgencyView":
    return AgencyView(**{name: getattr(row, name) for name in AgencyView.__dataclass_fields__})


@dataclass(frozen=True)
class NewAgency:
    """An agency about to be entered."""

    name: str
    kind: Destination
    phone: str
    hours: str
    township_code: str | None = None
    address: str | None = None
    hours_per_day: int | None = None
    capacity: int | None = None
    green_channel: bool = False
    active: bool = True
    id: UUID | None = None


@dataclass(frozen=True)
class AgencyView:
    """An agency as the directory shows it."""

    id: UUID
    name: str
    kind: str
    township_code: str | None
    phone: str
    address: str | None
    hours: str
    hours_per_day: int | None
    capacity: int | None
    green_channel: bool
    active: bool
    version: int


@dataclass(frozen=True)
class MemberView:
    """A user who answers for an agency."""

    user_id: UUID
    since: datetime
