"""Screenings as rows: written once, never changed, read through the one entry they hang on (guardrail G5).

There is no query here over more than one entry, and none that could be ordered by a result: totals are sealed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import SQLColumnExpression, case, func, literal, select
from sqlalchemy.types import Uuid

from server.domain.codes_instruments import ScreeningMode
from server.domain.crisis_reports import CrisisReport
from server.domain.permissions import Permission
from server.domain.scoring import Result
from server.errors import Invalid
from server.models.assessment import Assessment, Screening
from server.models.ledger import LedgerEntry
from server.models.resident import Resident
from server.models.safety import SafetyEvent
from server.store.care import columns_of, record_by_id, records, sealing_keys
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.records import found
from server.store.scope import ScopeColumns, within
from server.store.taken import insert_new
from server.store.transaction import Work

ANSWERS, RESULT = "screening.answers", "screening.result"
#: A safety event raised this long before may stand for the one a form asks for.
EVENT_STANDS_FOR = timedelta(hours=24)


def add_screening(work: Work, entry: LedgerEntry, new: "NewScreening", result: Result) -> Screening:
    """Write a screening with its answers and result sealed; raises Conflict ``record_exists``."""
    columns = columns_of(work, entry, new.id)
    keys = sealing_keys(work, "screening:record", entry.resident_id, ANSWERS, RESULT)
    row = Screening(
        **columns,
        assessment_id=new.assessment_id,
        instrument_code=new.instrument,
        instrument_edition=new.edition,
        mode=new.mode.value,
        held_at=new.held_at,
        sealed_answers=keys.seal(ANSWERS, columns["id"], entry.resident_id, _answers_text(new.answers)),
        sealed_result=keys.seal(RESULT, columns["id"], entry.resident_id, _result_text(result)),
        safety_event_id=new.safety_event_id,
    )
    insert_new(work, row)
    return row


def screenings_of(work: Work, entry_id: UUID) -> Sequence[Screening]:
    """One entry's screenings that the caller may read, oldest first; raises NotFound for an entry not theirs."""
    statement = records(work, Permission.SCREENING_READ, Screening, _own()).where(Screening.entry_id == entry_id)
    rows = work.session.scalars(statement.order_by(Screening.held_at, Screening.id)).all()
    if not rows:
        _entry_reached(work, entry_id)
    return rows


def screening_by_id(work: Work, screening_id: UUID) -> Screening:
    """One screening; raises NotFound where there is none, or none the caller reaches."""
    return record_by_id(work, Permission.SCREENING_READ, Screening, screening_id, _own())


def open_screenings(work: Work, rows: Sequence[Screening]) -> list["Opened"]:
    """Their answers and results; one event names everybody they are about."""
    if not rows:
        return []
    record_id = rows[0].id if len(rows) == 1 else None
    event = AccessEvent(Permission.SCREENING_READ, fields=(ANSWERS, RESULT), table="screening", record_id=record_id)
    keys = disclose(work, event, {row.resident_id for row in rows})
    return [
        Opened(
            row,
            _answers(keys.open(ANSWERS, row.id, row.resident_id, row.sealed_answers)),
            _result(keys.open(RESULT, row.id, row.resident_id, row.sealed_result)),
        )
        for row in rows
    ]


def person_of(work: Work, entry: LedgerEntry) -> tuple[str, int | None]:
    """Sex and year of birth of whom an entry is about: what instruments ask for, and nothing sealed."""
    statement = select(Resident.sex, Resident.birth_year)
    statement = statement.where(Resident.county_code == work.county_code, Resident.id == entry.resident_id)
    row = found(work.session.execute(statement).one_or_none())
    return row.sex, row.birth_year


def check_assessment(work: Work, entry: LedgerEntry, assessment_id: UUID | None) -> None:
    """See that an assessment named is one of this entry; raises NotFound ``not_found``."""
    if assessment_id is None:
        return
    statement = select(Assessment.id).where(
        Assessment.county_code == work.county_code,
        Assessment.id == assessment_id,
        Assessment.entry_id == entry.id,
    )
    found(work.session.scalar(statement))


def check_event(work: Work, entry: LedgerEntry, event_id: UUID) -> None:
    """See that a safety event named is this person's and was raised within the last 24 hours.

    Raises Invalid ``safety_event_unfit``.
    """
    statement = select(SafetyEvent.id).where(
        SafetyEvent.county_code == work.county_code,
        SafetyEvent.id == event_id,
        SafetyEvent.resident_id == entry.resident_id,
        SafetyEvent.raised_at >= work.now - EVENT_STANDS_FOR,
    )
    if work.session.scalar(statement) is None:
        raise Invalid("safety_event_unfit", field="safety_event_id", hours=EVENT_STANDS_FOR // timedelta(hours=1))


def _own() -> SQLColumnExpression[Any]:
    """Whose a screening is: of whoever recorded it, for as long as they look after the person."""
    return case((Screening.created_by == func.any(LedgerEntry.carer_ids), Screening.created_by))


def _entry_reached(work: Work, entry_id: UUID) -> None:
    """See that an entry without screenings is at least one of the caller's; "own" means looked after by them."""
    caller_id = literal(work.identity.user_id, Uuid())
    columns = ScopeColumns(
        LedgerEntry.area_code,
        case((caller_id == func.any(LedgerEntry.carer_ids), caller_id)),
        LedgerEntry.state,
        LedgerEntry.carer_ids,
    )
    statement = select(LedgerEntry.id).where(
        LedgerEntry.county_code == work.county_code,
        LedgerEntry.id == entry_id,
        within(work.identity, Permission.SCREENING_READ, columns),
    )
    found(work.session.scalar(statement))


def _answers_text(answers: Mapping[int, int]) -> str:
    return json.dumps({str(item): answers[item] for item in sorted(answers)}, separators=(",", ":"))


def _answers(text: str) -> dict[int, int]:
    return {int(item): value for item, value in json.loads(text).items()}


def _result_text(result: Result) -> str:
    return json.dumps(vars(result), separators=(",", ":"))


def _result(text: str) -> Result:
    said = json.loads(text)
    return Result(**said | {"ask": tuple(said["ask"])})


@dataclass(frozen=True, repr=False)
class NewScreening:
    """A form that was filled in; has no readable ``repr``."""

    instrument: str
    edition: str
    mode: ScreeningMode
    held_at: datetime
    answers: Mapping[int, int]
    #: The person was shown, before and after, that this is no diagnosis.
    disclaimer_shown: bool = False
    #: The interviewer asked for the age and it fits the instrument.
    age_confirmed: bool = False
    assessment_id: UUID | None = None
    safety_event_id: UUID | None = None
    safety_event: CrisisReport | None = None
    id: UUID | None = None


@dataclass(frozen=True, repr=False)
class Opened:
    """A screening with its answers and result in the clear; has no readable ``repr``."""

    row: Screening
    answers: dict[int, int]
    result: Result
