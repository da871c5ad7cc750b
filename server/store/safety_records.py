"""Safety events as they are read and acted on, and who may be named in one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy import Uuid as UuidType

from server.domain.codes_care import SafetyState
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Forbidden, Malformed
from server.models.ledger import LedgerEntry
from server.models.plan import Visit
from server.models.resident import Resident
from server.models.safety import SafetyEvent, SafetyNotice
from server.models.sweep import Observation
from server.store.care import lock_entry
from server.store.expiry import BATCH
from server.store.ledger import SCOPE as ENTRY_SCOPE
from server.store.pages import records_page
from server.store.records import as_read, found
from server.store.residents import SCOPE as RESIDENT_SCOPE
from server.store.scope import ScopeColumns, under, within
from server.store.transaction import Work

_SCOPE = ScopeColumns(SafetyEvent.area_code, SafetyEvent.created_by, SafetyEvent.state)


def event_by_id(work: Work, permission: Permission, event_id: UUID) -> SafetyEvent:
    """One event; raises NotFound ``not_found`` where there is none, or none the caller reaches."""
    return found(work.session.scalar(_events(work, permission).where(SafetyEvent.id == event_id)))


def events_by_ids(work: Work, event_ids: Collection[UUID]) -> Sequence[SafetyEvent]:
    """Those of these events that the caller reaches, in no order."""
    statement = _events(work, Permission.SAFETY_READ).where(SafetyEvent.id == func.any(list(event_ids)))
    return work.session.scalars(statement).all()


def event_for_change(work: Work, permission: Permission, event_id: UUID, version: int | None) -> SafetyEvent:
    """One event, its entry locked first and then itself; raises NotFound, Stale ``record_changed``."""
    known = event_by_id(work, permission, event_id)
    if known.entry_id is not None:
        lock_entry(work, known.entry_id)
    statement = _events(work, permission).where(SafetyEvent.id == event_id)
    statement = statement.with_for_update().execution_options(populate_existing=True)
    return as_read(work.session.scalar(statement), version)


def has_open_event(work: Work, entry: LedgerEntry) -> bool:
    """Whether a safety event about this person, or of this entry, is not closed yet; whoever asks need not reach it."""
    about = or_(SafetyEvent.entry_id == entry.id, SafetyEvent.resident_id == entry.resident_id)
    statement = select(
        exists().where(
            SafetyEvent.county_code == work.county_code, about, SafetyEvent.state != SafetyState.CLOSED.value
        )
    )
    return bool(work.session.scalar(statement))


def events_page(work: Work, wanted: "SafetyFilter", asked: PageAsked) -> Page[SafetyEvent]:
    """A page of the events the caller reaches."""
    statement = _events(work, Permission.SAFETY_READ)
    if wanted.state is not None:
        statement = statement.where(SafetyEvent.state == wanted.state)
    if wanted.township_code is not None:
        statement = statement.where(under(SafetyEvent.area_code, wanted.township_code))
    if wanted.overdue is not None:
        late = _overdue(work)
        statement = statement.where(late if wanted.overdue else ~late)
    return records_page(work.session, statement, SafetyEvent.id, asked)


def notices_of(work: Work, event_ids: Collection[UUID]) -> Sequence[SafetyNotice]:
    """Who was told of events, in the order it was written down; see that the caller may read these first."""
    statement = select(SafetyNotice).where(
        SafetyNotice.county_code == work.county_code, SafetyNotice.event_id == func.any(list(event_ids))
    )
    return work.session.scalars(statement.order_by(SafetyNotice.id)).all()


def resident_to_name(work: Work, resident_id: UUID) -> Resident:
    """Somebody the caller has to do with; raises NotFound ``not_found``.

    They observed the person, are to visit them or look after them, or may read who they are: naming a stranger in an
    emergency would be a way to find out who is in the registry.
    """
    me = work.identity.user_id
    seen = exists().where(_of_resident(Observation), Observation.created_by == me)
    visited = exists().where(_of_resident(Visit), Visit.assignee_id == me)
    tended = exists().where(_of_resident(LedgerEntry), literal(me, UuidType()) == func.any(LedgerEntry.carer_ids))
    readable = _if_allowed(work, Permission.RESIDENT_READ, RESIDENT_SCOPE)
    statement = select(Resident).where(
        Resident.county_code == work.county_code,
        Resident.id == resident_id,
        or_(seen, visited, tended, *readable),
    )
    return found(work.session.scalar(statement))


def entry_to_name(work: Work, entry_id: UUID) -> LedgerEntry:
    """An entry the caller has to do with, by the same rule; raises NotFound ``not_found``."""
    me = work.identity.user_id
    visited = exists().where(
        Visit.county_code == LedgerEntry.county_code, Visit.entry_id == LedgerEntry.id, Visit.assignee_id == me
    )
    tended = literal(me, UuidType()) == func.any(LedgerEntry.carer_ids)
    readable = _if_allowed(work, Permission.LEDGER_READ, ENTRY_SCOPE)
    statement = select(LedgerEntry).where(
        LedgerEntry.county_code == work.county_code, LedgerEntry.id == entry_id, or_(visited, tended, *readable)
    )
    return found(work.session.scalar(statement))


def take_forgettable_events(work: Work, before: datetime) -> list[UUID]:
    """Events about somebody the registry does not know, closed before this."""
    statement = select(SafetyEvent.id).where(
        SafetyEvent.county_code == work.county_code,
        SafetyEvent.subject_id == SafetyEvent.id,
        SafetyEvent.closed_at < before,
    )
    statement = statement.order_by(SafetyEvent.id).limit(BATCH).with_for_update(skip_locked=True)
    return list(work.session.scalars(statement))


def _of_resident(model: type[Observation | Visit | LedgerEntry]) -> ColumnElement[bool]:
    return and_(model.county_code == Resident.county_code, model.resident_id == Resident.id)


def _if_allowed(work: Work, permission: Permission, columns: ScopeColumns) -> Iterable[ColumnElement[bool]]:
    """What a further permission lets through, where the caller holds it for this purpose."""
    try:
        return [within(work.identity, permission, columns)]
    except (Forbidden, Malformed):
        return []


def _events(work: Work, permission: Permission) -> Select[SafetyEvent]:
    scope = within(work.identity, permission, _SCOPE)
    return select(SafetyEvent).where(SafetyEvent.county_code == work.county_code, scope)


def _overdue(work: Work) -> ColumnElement[bool]:
    """Not taken in hand, or not looked back at, in time."""
    waiting = SafetyEvent.state == SafetyState.RAISED.value
    unreviewed = SafetyEvent.reviewed_at.is_(None)
    return or_(and_(waiting, SafetyEvent.ack_due_at < work.now), and_(unreviewed, SafetyEvent.review_due_at < work.now))


@dataclass(frozen=True)
class SafetyFilter:
    """Which events; None leaves a column open."""

    state: str | None = None
    township_code: str | None = None
    overdue: bool | None = None
