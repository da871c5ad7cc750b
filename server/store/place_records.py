"""Records of places: entered, found, listed and changed alike, for sites and all that belongs to them.

No person in care stands in any of them, so nothing is disclosed; who may see or change one is told by its area alone.
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from server import clock
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Facts, Permission, may
from server.domain.sites import parse_place
from server.errors import NotFound
from server.models.area import Area
from server.models.site import PlaceRecord
from server.store.areas import in_force
from server.store.pages import records_page
from server.store.records import as_read, count_up, found, note_written
from server.store.scope import ScopeColumns, under, within
from server.store.taken import insert_new
from server.store.transaction import Work, new_id

R = TypeVar("R", bound=PlaceRecord)


def add_in_area(work: Work, permission: Permission, row: R) -> R:
    """Enter a record in an area of the caller's that is in force; without an id, one is made.

    Raises:
        Invalid: ``area_code_invalid``, ``place_level_wrong``.
        NotFound: ``not_found``, the area is none, or none of the caller's.
        Conflict: ``record_exists``, the id is taken.
    """
    area = parse_place(row.area_code)
    if not may(work.identity, permission, Facts(area)) or not _exists(work, area):
        raise NotFound("not_found")
    return _add(work, permission, row)


def add_under(work: Work, permission: Permission, parent: PlaceRecord, row: R) -> R:
    """Enter a record that belongs to another and lies where that lies; raises Conflict ``record_exists``."""
    row.area_code = parent.area_code
    return _add(work, permission, row)


def place_record(work: Work, permission: Permission, model: type[R], record_id: UUID) -> R:
    """One record; raises NotFound ``not_found`` where there is none, or none of the caller's."""
    return found(work.session.scalar(_reached(work, permission, model).where(model.id == record_id)))


def place_record_for_change(
    work: Work, permission: Permission, model: type[R], record_id: UUID, version: int | None
) -> R:
    """One record, locked; raises NotFound ``not_found``, Stale ``record_changed``."""
    statement = _reached(work, permission, model).where(model.id == record_id).with_for_update()
    return as_read(work.session.scalar(statement), version)


def place_records_page(work: Work, model: type[R], area_code: str | None, asked: PageAsked, **equal: object) -> Page[R]:
    """A page of the records the caller may see, in the order of their ids.

    Only those under an area, if one is named, and whose columns have these values, where they are not None.
    """
    statement = _reached(work, Permission.SITE_READ, model)
    statement = statement.where(*(getattr(model, name) == value for name, value in equal.items() if value is not None))
    if area_code is not None:
        statement = statement.where(under(model.area_code, area_code))
    return records_page(work.session, statement, model.id, asked)


def revise(work: Work, permission: Permission, row: PlaceRecord, changes: Mapping[str, Any]) -> None:
    """Change what is given of a locked record, and have it logged."""
    for name, value in changes.items():
        setattr(row, name, value)
    count_up(work, row)
    note_written(work, permission, row)


def _add(work: Work, permission: Permission, row: R) -> R:
    row.county_code, row.id = work.county_code, getattr(row, "id", None) or new_id()
    row.version, row.created_by = 1, work.identity.user_id
    row.created_at = row.updated_at = work.now
    insert_new(work, row)
    note_written(work, permission, row)
    return row


def _reached(work: Work, permission: Permission, model: type[R]) -> Select[R]:
    scope = within(work.identity, permission, ScopeColumns(model.area_code, model.created_by))
    return select(model).where(model.county_code == work.county_code, scope)


def _exists(work: Work, area: str) -> bool:
    return bool(work.session.scalar(select(Area.code).where(Area.code == area, in_force(clock.day_of(work.now)))))
