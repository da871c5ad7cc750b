"""Safety events as rows: raising one calls the township and the assessors within two hours."""

from dataclasses import dataclass
from uuid import UUID

from server.crypto.registry import Retention
from server.domain.codes import Role
from server.domain.codes_care import SafetySource, SafetyState
from server.domain.crisis_reports import CrisisReport
from server.domain.deadlines import SAFETY_REVIEW, URGENT_ACK
from server.models.safety import SafetyEvent
from server.store.care import sealing_keys
from server.store.disclosure import SubjectKeys, refs_of, register_subjects
from server.store.records import note_written
from server.store.taken import insert_new, unless_taken
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Work, new_id

KIND, FACTS, ACTIONS = "safety_event.kind", "safety_event.facts", "safety_event.actions"


def raise_event(work: Work, new: "NewSafetyEvent") -> SafetyEvent:
    """Write a safety event and call for an answer: the township and the assessors, within two hours.

    Sealed under the resident's key, or under one of its own where nobody knows who it is. Raises Conflict
    ``record_exists`` for an id that is taken.
    """
    id_ = new.id or new_id()
    subject = new.resident_id or id_
    keys = _keys(work, new, subject)
    row = SafetyEvent(
        county_code=work.county_code,
        id=id_,
        area_code=new.area_code,
        subject_id=subject,
        resident_id=new.resident_id,
        entry_id=new.entry_id,
        source=new.source.value,
        sealed_kind=keys.seal(KIND, id_, subject, new.report.kind.value),
        sealed_facts=keys.seal(FACTS, id_, subject, new.report.facts),
        sealed_actions=keys.seal_optional(ACTIONS, id_, subject, new.report.actions),
        state=SafetyState.RAISED.value,
        raised_at=work.now,
        ack_due_at=work.now + URGENT_ACK,
        review_due_at=work.now + SAFETY_REVIEW,
        legal_basis_use_id=new.legal_basis_use_id,
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )
    insert_new(work, row)
    insert_tasks(work, [_call(row, role) for role in (Role.TOWNSHIP_COORDINATOR, Role.ASSESSOR)])
    note_written(work, "safety_event:raise", row, refs_of(work, [subject]).values())
    return row


def _keys(work: Work, new: "NewSafetyEvent", subject: UUID) -> SubjectKeys:
    if new.resident_id is not None:
        return sealing_keys(work, "safety_event:raise", subject, KIND, FACTS, ACTIONS)
    with unless_taken():
        return register_subjects(work, [subject], (Retention.CASE,))


def _call(event: SafetyEvent, role: Role) -> NewTask:
    return NewTask(
        event.area_code, TaskKind.SAFETY_EVENT, role, event.ack_due_at, event.entry_id, about=("safety_event", event.id)
    )


@dataclass(frozen=True, repr=False)
class NewSafetyEvent:
    """An emergency about to be written down, its report checked; has no readable ``repr``."""

    area_code: str
    report: CrisisReport
    source: SafetySource
    resident_id: UUID | None = None
    entry_id: UUID | None = None
    legal_basis_use_id: UUID | None = None
    id: UUID | None = None
