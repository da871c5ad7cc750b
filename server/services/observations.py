"""Observations: noting what a return brought, reading the facts, and deciding about one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from server import clock
from server.domain.codes import ReturnReason
from server.domain.facts import FactFlags, tidy_fact
from server.domain.pages import Page, PageAsked
from server.domain.periods import Period
from server.domain.permissions import Permission
from server.domain.residents import CheckedResident, checked_resident
from server.domain.returns import ObservationDraft, ObservationState, WordDecision, check_observation
from server.errors import Conflict, FieldError, Invalid
from server.models.sweep import Observation
from server.store import observations, residents, tasks
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.observations import FACT, NewObservation, ObservationFilter, Place
from server.store.taken import unless_taken
from server.store.transaction import Caller, Work, new_id, transaction
from server.store.word_lists import word_list

__all__ = [
    "ObservationFilter",
    "ObservationView",
    "decide_words",
    "list_observations",
    "note_observations",
    "observation_views",
    "read_observation",
    "send_back",
]


@dataclass(frozen=True, repr=False)
class ObservationView:
    """One observation with its fact opened; has no readable ``repr``."""

    id: UUID
    return_id: UUID | None
    resident_id: UUID
    area_code: str
    period: str
    observed_on: date
    ground: str
    fact: str
    source: str
    urgent: bool
    needs_word_review: bool
    word_review_by: UUID | None
    state: str
    return_reason: str | None
    created_by: UUID
    created_at: datetime
    version: int


def note_observations(work: Work, place: Place, drafts: Sequence[ObservationDraft]) -> None:
    """Check and write what a return observed, registering the residents it brings; urgent ones become tasks.

    A judgement of character (ground 5) is kept as returned for facts. Raises the first fault as Invalid with every
    other one beside it, NotFound for a resident the caller may not read here, Conflict ``record_exists``.
    """
    if not drafts:
        return
    today = clock.day_of(work.now)
    flags = _checked(Period(place.period), today, drafts)
    brought = _registrable(work, place, drafts)
    with unless_taken():
        keys = residents.register(work, brought)
    known = {draft.resident_id for draft in drafts if draft.resident_id} - {one.id for one in brought}
    if known:
        keys = keys.join(observations.case_keys(work, place.township_code, known))
    observations.add_observations(work, place, _new(drafts, flags), keys)
    urgent = [draft for draft in drafts if draft.urgent]
    tasks.insert_tasks(work, [tasks.urgent_report(work, place.area_code)] * len(urgent))


def list_observations(caller: Caller, wanted: ObservationFilter, asked: PageAsked) -> Page[ObservationView]:
    """A page of observations with their facts; the event names everybody they are about."""
    with transaction(caller) as work:
        page = observations.observations_page(work, wanted, asked)
        return page.of(observation_views(work, page.items))


def read_observation(caller: Caller, observation_id: UUID) -> ObservationView:
    """One observation; raises NotFound."""
    with transaction(caller) as work:
        row = observations.observation_by_id(work, observation_id)
        return observation_views(work, [row])[0]


def decide_words(caller: Caller, observation_id: UUID, version: int, decision: WordDecision) -> ObservationView:
    """Decide about a fact in which a forbidden-ground word was found; its author cannot.

    Raises NotFound, Stale, Conflict ``word_review_not_due``.
    """
    with transaction(caller) as work:
        row = observations.observation_for_change(work, observation_id, version)
        if not row.needs_word_review or row.word_review_by is not None:
            raise Conflict("word_review_not_due")
        row.word_review_by = caller.identity.user_id
        if decision is WordDecision.CLEARED:
            row.needs_word_review = False
        else:
            _return(row, ReturnReason.FORBIDDEN_GROUND)
        observations.note_decision(work, row)
        return observation_views(work, [row])[0]


def send_back(caller: Caller, observation_id: UUID, version: int, reason: ReturnReason) -> ObservationView:
    """Return an observation to whoever wrote it, with the reason.

    Raises NotFound, Stale, Conflict ``observation_not_noted``.
    """
    with transaction(caller) as work:
        row = observations.observation_for_change(work, observation_id, version)
        if row.state != ObservationState.NOTED:
            raise Conflict("observation_not_noted", state=row.state)
        _return(row, reason)
        observations.note_decision(work, row)
        return observation_views(work, [row])[0]


def _return(row: Observation, reason: ReturnReason) -> None:
    row.state, row.return_reason = str(ObservationState.RETURNED), str(reason)


def _checked(period: Period, today: date, drafts: Sequence[ObservationDraft]) -> list[FactFlags]:
    """The flags of every draft; all faults are told at once, under the first one's code."""
    flags: list[FactFlags] = []
    faults: list[FieldError] = []
    for number, draft in enumerate(drafts):
        try:
            flags.append(check_observation(period, today, draft, word_list()))
        except Invalid as error:
            faults.append(_fault(number, error))
    if faults:
        raise _invalid(faults)
    return flags


def _registrable(work: Work, place: Place, drafts: Sequence[ObservationDraft]) -> list[CheckedResident]:
    """The residents brought along, checked; one without an area lives where the return is from.

    Faults are told as in ``_checked``.
    """
    new = [(number, draft.resident) for number, draft in enumerate(drafts) if draft.resident is not None]
    regions = residents.known_regions(work) if any(resident.id_no for _, resident in new) else None
    found: list[CheckedResident] = []
    faults: list[FieldError] = []
    for number, resident in new:
        try:
            here = replace(resident, area_code=resident.area_code or place.area_code)
            found.append(checked_resident(here, clock.day_of(work.now), regions))
        except Invalid as error:
            faults.append(_fault(number, error, inside="resident."))
    if faults:
        raise _invalid(faults)
    return found


def _fault(number: int, error: Invalid, inside: str = "") -> FieldError:
    return FieldError(f"observations.{number}.{inside}{error.field or ''}".rstrip("."), error.code, error.params)


def _invalid(faults: Sequence[FieldError]) -> Invalid:
    return Invalid(faults[0].code, field=faults[0].field, errors=tuple(faults), **faults[0].params)


def _new(drafts: Sequence[ObservationDraft], flags: Sequence[FactFlags]) -> list[NewObservation]:
    return [
        NewObservation(
            draft.id or new_id(),
            draft.resident.id if draft.resident else _named(draft),
            draft,
            tidy_fact(draft.fact),
            flag.needs_human_review,
        )
        for draft, flag in zip(drafts, flags, strict=True)
    ]


def _named(draft: ObservationDraft) -> UUID:
    if draft.resident_id is None:
        raise TypeError("an observation that was checked names its resident")
    return draft.resident_id


def observation_views(work: Work, rows: Sequence[Observation]) -> list[ObservationView]:
    """These observations with their facts, in the rows' order; one event names everybody they are about."""
    event = AccessEvent(Permission.OBSERVATION_READ, table="observation", fields=(FACT,))
    if len(rows) == 1:
        event = replace(event, record_id=rows[0].id)
    keys = disclose(work, event, {row.resident_id for row in rows})
    return [_view(keys, row) for row in rows]


def _view(keys: SubjectKeys, row: Observation) -> ObservationView:
    return ObservationView(
        id=row.id,
        return_id=row.return_id,
        resident_id=row.resident_id,
        area_code=row.area_code,
        period=row.period,
        observed_on=row.observed_on,
        ground=row.ground,
        fact=keys.open(FACT, row.id, row.resident_id, row.sealed_fact),
        source=row.source,
        urgent=row.urgent,
        needs_word_review=row.needs_word_review,
        word_review_by=row.word_review_by,
        state=row.state,
        return_reason=row.return_reason,
        created_by=row.created_by,
        created_at=row.created_at,
        version=row.version,
    )
