"""Decrypt-and-filter: look through the sealed field of everybody in scope, and give back those who match.

Up to ``LOOKED_THROUGH_AT_MOST`` residents are opened; a wider scope is first narrowed to a search bucket, which only
an exact name or document number has. The database never learns who was meant.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from server.crypto.registry import FIELDS
from server.domain.permissions import Permission
from server.domain.sought import Sought
from server.errors import Invalid
from server.models.resident import Resident
from server.store.disclosure import compare
from server.store.events import AccessEvent
from server.store.residents import SCOPE
from server.store.scope import under, within
from server.store.search import bucket_of, ids_in
from server.store.transaction import Work

LOOKED_THROUGH_AT_MOST = 20_000


def matching(work: Work, sought: Sought, area_code: str | None) -> Sequence[Resident]:
    """Residents in scope, and under the area if one is given, whose field matches; in the order of their ids.

    Looking through is noted with its count; whoever is shown must be disclosed. Raises Invalid
    ``search_area_too_wide`` when even the bucket is too large, or the field has none.
    """
    condition = and_(
        Resident.county_code == work.county_code,
        within(work.identity, Permission.RESIDENT_SEARCH, SCOPE),
        *([under(Resident.area_code, area_code)] if area_code else []),
    )
    partly = not _too_many(work, condition)
    if not partly:
        condition = and_(condition, Resident.id == func.any(_bucket(work, sought)))
        if _too_many(work, condition):
            raise _too_wide()
    ids = _matching_ids(work, condition, sought, partly=partly)
    statement = select(Resident).where(Resident.county_code == work.county_code, Resident.id == func.any(ids))
    return work.session.scalars(statement.order_by(Resident.id)).all() if ids else []


def _matching_ids(work: Work, condition: ColumnElement[bool], sought: Sought, *, partly: bool) -> list[UUID]:
    column, field = getattr(Resident, f"sealed_{sought.field}"), f"resident.{sought.field}"
    rows = work.session.execute(select(Resident.id, column).where(condition, column.is_not(None))).all()
    keys = compare(work, AccessEvent(Permission.RESIDENT_SEARCH, fields=(field,)), [id_ for id_, _ in rows])
    return [id_ for id_, sealed in rows if sought.matches(keys.open(field, id_, id_, sealed), partly=partly)]


def _too_many(work: Work, condition: ColumnElement[bool]) -> bool:
    some = select(Resident.id).where(condition).limit(LOOKED_THROUGH_AT_MOST + 1).subquery()
    return (work.session.scalar(select(func.count()).select_from(some)) or 0) > LOOKED_THROUGH_AT_MOST


def _bucket(work: Work, sought: Sought) -> list[UUID]:
    field = FIELDS[f"resident.{sought.field}"]
    if not field.searchable_bits:
        raise _too_wide()
    return ids_in(work, field, {bucket_of(work, field, sought.text)})


def _too_wide() -> Invalid:
    return Invalid("search_area_too_wide", field="area_code", limit=LOOKED_THROUGH_AT_MOST)
