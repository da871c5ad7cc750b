"""Observations: written in bulk with a return, read by page; the fact itself stays sealed here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Select, func, select

from server.domain.codes import ReturnReason
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.returns import ObservationDraft, ObservationState
from server.errors import NotFound
from server.models.resident import Resident
from server.models.sweep import Observation
from server.store.bulk import insert_rows
from server.store.disclosure import SubjectKeys, compare, refs_of
from server.store.events import AccessEvent
from server.store.pages import records_page
from server.store.records import as_read, count_up, found, note_written
from server.store.residents import SCOPE as RESIDENT_SCOPE
from server.store.returns import of_sweep
from server.store.scope import ScopeColumns, under, within
from server.store.taken import unless_taken
from server.store.transaction import Work

_SCOPE = ScopeColumns(Observation.area_code, Observation.created_by, Observation.state)
FACT = "observation.fact"


@dataclass(frozen=True)
class Place:
    """Where filed items belong: the return they came with, its area and month."""

    return_id: UUID
    township_code: str
    area_code: str
    period: str


@dataclass(frozen=True, repr=False)
class NewObservation:
    """One observation about to be written; ``fact`` is tidy and checked."""

    id: UUID
    resident_id: UUID
    draft: ObservationDraft
    fact: str
    needs_word_review: bool


@dataclass(frozen=True)
class ObservationFilter:
    """Which observations; None leaves a column open. ``needs_word_review`` means that nobody has looked yet."""

    sweep_id: UUID | None = None
    township_code: str | None = None
    period: str | None = None
    state: str | None = None
    ground: str | None = None
    needs_word_review: bool | None = None


def add_observations(work: Work, place: Place, new: Sequence[NewObservation], keys: SubjectKeys) -> None:
    """Seal and write observations: one statement however many; raises Conflict ``record_exists``."""
    with unless_taken():
        insert_rows(work.session, Observation, [_row(work, place, one, keys) for one in new])
    event = AccessEvent("return:submit", table="observation", fields=(FACT,), version_after=1, count=len(new))
    for one in new:
        work.note(replace(event, record_id=one.id, subject_refs=(keys.ref(one.resident_id),)))


def case_keys(work: Work, township_code: str, resident_ids: Collection[UUID]) -> SubjectKeys:
    """Keys to seal facts about residents already known; raises NotFound for one the caller may not read here."""
    ids = set(resident_ids)
    statement = select(Resident.id).where(
        Resident.county_code == work.county_code,
        Resident.id == func.any(list(ids)),
        under(Resident.area_code, township_code),
        within(work.identity, Permission.RESIDENT_READ, RESIDENT_SCOPE),
    )
    if ids and set(work.session.scalars(statement)) != ids:
        raise NotFound("not_found", field="resident_id")
    return compare(work, AccessEvent("return:submit", table="observation", fields=(FACT,)), ids)


def observation_by_id(work: Work, observation_id: UUID) -> Observation:
    """One observation; raises NotFound ``not_found``."""
    statement = _observations(work, Permission.OBSERVATION_READ).where(Observation.id == observation_id)
    return found(work.session.scalar(statement))


def observations_by_ids(work: Work, observation_ids: Collection[UUID]) -> Sequence[Observation]:
    """Those of these observations that the caller may read, in no order."""
    statement = _observations(work, Permission.OBSERVATION_READ)
    return work.session.scalars(statement.where(Observation.id == func.any(list(observation_ids)))).all()


def observation_for_change(work: Work, observation_id: UUID, version: int) -> Observation:
    """One observation that somebody else wrote, to be decided about; raises NotFound, Stale ``record_changed``."""
    statement = _observations(work, Permission.OBSERVATION_CLEAR).where(Observation.id == observation_id)
    return as_read(work.session.scalar(statement.with_for_update()), version)


def observations_page(work: Work, wanted: ObservationFilter, asked: PageAsked) -> Page[Observation]:
    """A page of the observations the caller may read."""
    statement = _filtered(work, _observations(work, Permission.OBSERVATION_READ), wanted)
    return records_page(work.session, statement, Observation.id, asked)


def note_decision(work: Work, row: Observation) -> None:
    """Stamp a decided observation with its next version and note it, naming whom it is about."""
    count_up(work, row)
    note_written(work, "observation:clear", row, refs_of(work, [row.resident_id]).values())


def _filtered(work: Work, statement: Select[Observation], wanted: ObservationFilter) -> Select[Observation]:
    if wanted.sweep_id is not None:
        statement = statement.where(of_sweep(work, Observation.return_id, wanted.sweep_id))
    if wanted.township_code is not None:
        statement = statement.where(under(Observation.area_code, wanted.township_code))
    if wanted.needs_word_review is not None:
        pending = Observation.needs_word_review & Observation.word_review_by.is_(None)
        statement = statement.where(pending if wanted.needs_word_review else ~pending)
    equal = {
        Observation.period: wanted.period,
        Observation.state: wanted.state,
        Observation.ground: wanted.ground,
    }
    return statement.where(*(column == value for column, value in equal.items() if value is not None))


def _row(work: Work, place: Place, new: NewObservation, keys: SubjectKeys) -> dict[str, object]:
    draft, label_only = new.draft, new.draft.ground.import_only
    return {
        "county_code": work.county_code,
        "id": new.id,
        "return_id": place.return_id,
        "resident_id": new.resident_id,
        "area_code": place.area_code,
        "period": place.period,
        "observed_on": draft.observed_on,
        "ground": str(draft.ground),
        "sealed_fact": keys.seal(FACT, new.id, new.resident_id, new.fact),
        "source": str(draft.source),
        "urgent": draft.urgent,
        "needs_word_review": new.needs_word_review,
        "state": str(ObservationState.RETURNED if label_only else ObservationState.NOTED),
        "return_reason": str(ReturnReason.NEEDS_FACT) if label_only else None,
        "version": 1,
        "created_by": work.identity.user_id,
        "created_at": work.now,
        "updated_at": work.now,
    }


def _observations(work: Work, permission: Permission) -> Select[Observation]:
    scope = within(work.identity, permission, _SCOPE)
    return select(Observation).where(Observation.county_code == work.county_code, scope)
