"""Screenings: recording a form that was filled in, and reading what it came to.

A result is told in plain words, never as a diagnosis, and moves no entry. Where an item about death or self-harm is
answered yes, the form can only be saved together with a safety event (invariant 17).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from server import clock
from server.domain.codes_care import ConsentScope, SafetySource
from server.domain.codes_instruments import ScreeningMode
from server.domain.codes_resident import Sex
from server.domain.instruments import Definition, Texts
from server.domain.permissions import Permission
from server.domain.scoring import Result, ages_of, band_of, check_age, cut_off_for, has_crisis, result_of
from server.errors import Conflict, Forbidden, Invalid
from server.models.assessment import Screening
from server.models.ledger import LedgerEntry
from server.services.ledger_moves import roles_over
from server.store.care import entry_for_care, note_care
from server.store.consents import require_consent
from server.store.instruments import KnownInstrument, definitions, instrument_by_code
from server.store.safety_events import NewSafetyEvent, raise_event
from server.store.screenings import (
    NewScreening,
    add_screening,
    check_assessment,
    check_event,
    open_screenings,
    person_of,
    screening_by_id,
    screenings_of,
)
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list

__all__ = ["NewScreening", "ScreeningView", "list_screenings", "read_screening", "record_screening"]

CRISIS_STEP = Texts(
    "请有人陪在身边；今天之内联系临床医生。12356心理援助热线、110、120随时可以拨打。",
    "Somebody stays with the person; a clinician is contacted today. 12356, 110 and 120 can be called at any time.",
)
TALK_OFFER = Texts(
    "有一项回答值得多问一句：请温和地询问，并表示愿意多谈一谈。",
    "One answer deserves a word: ask gently, and offer a talk.",
)


@dataclass(frozen=True, repr=False)
class ScreeningView:
    """A screening in plain words, for those who look after the person; has no readable ``repr``."""

    id: UUID
    entry_id: UUID
    assessment_id: UUID | None
    instrument: str
    edition: str
    name: Texts
    mode: str
    held_at: datetime
    answers: dict[int, int]
    total: int
    band: str
    meaning: Texts
    next_step: Texts
    #: A talk is offered; an item deserves it.
    talk_offer: Texts | None
    refer: bool
    crisis_item_positive: bool
    ask_items: tuple[int, ...]
    cut_off: int | None
    safety_event_id: UUID | None
    #: Languages in which the form's wording was not the reviewed one.
    unreviewed: tuple[str, ...]
    disclaimer: Texts
    created_by: UUID
    created_at: datetime
    version: int


def record_screening(caller: Caller, entry_id: UUID, new: NewScreening) -> ScreeningView:
    """Save a form that was filled in; the entry stays where it is.

    Raises:
        NotFound.
        Conflict: ``consent_missing``, ``instrument_not_enabled``, ``record_exists``.
        Forbidden: ``instrument_role``.
        Invalid: ``crisis_open`` where a crisis item was answered yes and no safety event is raised or named, and what
            ``_check_form``, ``_raised`` and the rules of scoring refuse.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.SCREENING_RECORD, entry_id)
        consent = require_consent(work, entry, ConsentScope.ASSESSMENT)
        known = instrument_by_code(work, new.instrument, new.edition)
        _check_crisis(known.definition, new)
        _check_form(work, entry, known, new)
        if consent.answered_at is None or new.held_at < consent.answered_at:
            raise Invalid("screening_before_consent", field="held_at")
        result = _result(work, entry, known, new)
        saved = replace(new, safety_event_id=_raised(work, entry, new))
        row = add_screening(work, entry, saved, result)
        note_care(work, Permission.SCREENING_RECORD, row)
        return _view(known.definition, row, dict(new.answers), result)


def list_screenings(caller: Caller, entry_id: UUID) -> list[ScreeningView]:
    """One person's screenings, oldest first; a counsellor sees those they recorded. Raises NotFound."""
    with transaction(caller) as work:
        return _views(work, screenings_of(work, entry_id))


def read_screening(caller: Caller, screening_id: UUID) -> ScreeningView:
    """One screening; raises NotFound."""
    with transaction(caller) as work:
        return _views(work, [screening_by_id(work, screening_id)])[0]


def _check_crisis(definition: Definition, new: NewScreening) -> None:
    """Keep a form open whose crisis item was answered yes, before anything else is looked at (invariant 17)."""
    if new.safety_event is not None and new.safety_event_id is not None:
        raise Invalid("safety_event_twice", field="safety_event_id")
    if has_crisis(definition, new.answers) and new.safety_event is None and new.safety_event_id is None:
        raise Invalid("crisis_open", field="safety_event")


def _check_form(work: Work, entry: LedgerEntry, known: KnownInstrument, new: NewScreening) -> None:
    """Who hands out which form, how and when; raises as ``record_screening`` tells."""
    definition = known.definition
    if not known.enabled:
        raise Conflict("instrument_not_enabled", field="instrument")
    if not roles_over(work, entry.area_code) & set(definition.roles):
        raise Forbidden("instrument_role", field="instrument")
    if new.mode not in definition.modes:
        raise Invalid("instrument_mode", field="mode", modes=", ".join(definition.modes))
    if not new.disclaimer_shown:
        raise Invalid("disclaimer_not_shown", field="disclaimer_shown")
    if new.held_at > work.now + clock.LEEWAY:
        raise Invalid("screening_in_future", field="held_at")
    check_assessment(work, entry, new.assessment_id)


def _result(work: Work, entry: LedgerEntry, known: KnownInstrument, new: NewScreening) -> Result:
    sex, birth_year = person_of(work, entry)
    held_on = clock.day_of(new.held_at)
    check_age(known.definition, ages_of(birth_year, held_on.year), confirmed=new.age_confirmed)
    return result_of(known.definition, new.answers, cut_off_for(known.definition, known.cut_off, Sex(sex)))


def _raised(work: Work, entry: LedgerEntry, new: NewScreening) -> UUID | None:
    """The safety event that goes with the form: raised now, before the form is written, or raised shortly before.

    Raises Invalid ``diagnosis_in_text`` (guardrail G4), ``safety_event_unfit``.
    """
    if new.safety_event_id is not None:
        check_event(work, entry, new.safety_event_id)
        return new.safety_event_id
    if new.safety_event is None:
        return None
    told = new.safety_event.checked(word_list(), "safety_event.")
    event = NewSafetyEvent(entry.area_code, told, SafetySource.SCREENING, entry.resident_id, entry.id)
    return raise_event(work, event).id


def _views(work: Work, rows: Sequence[Screening]) -> list[ScreeningView]:
    opened = open_screenings(work, rows)
    known = definitions(work) if opened else {}
    return [
        _view(known[one.row.instrument_code, one.row.instrument_edition], one.row, one.answers, one.result)
        for one in opened
    ]


def _view(definition: Definition, row: Screening, answers: dict[int, int], result: Result) -> ScreeningView:
    band = band_of(definition, result.total, result.cut_off)
    return ScreeningView(
        id=row.id,
        entry_id=row.entry_id,
        assessment_id=row.assessment_id,
        instrument=row.instrument_code,
        edition=row.instrument_edition,
        name=definition.name,
        mode=ScreeningMode(row.mode),
        held_at=row.held_at,
        answers=answers,
        total=result.total,
        band=result.band,
        meaning=Texts(band.zh, band.en),
        next_step=CRISIS_STEP if result.crisis else band.advice,
        talk_offer=TALK_OFFER if result.ask else None,
        refer=band.refer,
        crisis_item_positive=result.crisis,
        ask_items=result.ask,
        cut_off=result.cut_off,
        safety_event_id=row.safety_event_id,
        unreviewed=definition.unreviewed,
        disclaimer=definition.disclaimer,
        created_by=row.created_by,
        created_at=row.created_at,
        version=row.version,
    )
