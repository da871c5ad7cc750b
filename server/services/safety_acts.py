"""Answering a safety event: taking it in hand, helping, telling others, looking back, ending it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.clock import CHINA, LEEWAY, day_of
from server.domain.care_notes import check_plain
from server.domain.codes import LegalBasis, Role
from server.domain.codes_care import ConsentScope, SafetyState
from server.domain.codes_safety import RELATIVES, RESCUERS, SafetyRecipient
from server.domain.deadlines import add_months
from server.domain.permissions import Permission
from server.errors import Conflict, Forbidden, Invalid
from server.models.ledger import LedgerEntry
from server.models.safety import SafetyEvent, SafetyNotice
from server.services.safety import NOTE, SafetyStatus, safety_view, use_basis
from server.store.care import sealing_keys
from server.store.consents import consent_in_force
from server.store.disclosure import refs_of
from server.store.legal_basis import basis_stands
from server.store.records import count_up, note_written
from server.store.safety_events import ACTIONS
from server.store.safety_records import event_for_change, take_forgettable_events
from server.store.taken import insert_new
from server.store.tasks import NewTask, TaskKind, finish_tasks_about, insert_tasks
from server.store.transaction import Caller, Work, new_id, transaction
from server.store.unknown_people import forget_unknown
from server.store.word_lists import word_list

#: As somebody's closed entry: after two years nothing is left of a person nobody could name.
_KEPT_MONTHS = 24


def acknowledge_event(caller: Caller, event_id: UUID, version: int) -> SafetyStatus:
    """Take it in hand: the call is answered, and a review is due 72 hours after the event was raised.

    Raises NotFound, Stale, Conflict ``safety_transition_forbidden``.
    """
    with transaction(caller) as work:
        row = event_for_change(work, Permission.SAFETY_ACT, event_id, version)
        _move(row, SafetyState.RAISED, SafetyState.ACKNOWLEDGED)
        row.acknowledged_by, row.acknowledged_at = work.identity.user_id, work.now
        finish_tasks_about(work, row.id, TaskKind.SAFETY_EVENT)
        about = ("safety_event", row.id)
        reviews = [
            NewTask(row.area_code, TaskKind.SAFETY_REVIEW, role, row.review_due_at, row.entry_id, about=about)
            for role in (Role.ASSESSOR, Role.CLINICIAN)
        ]
        insert_tasks(work, reviews)
        return _written(work, row, "acknowledge")


def note_action(caller: Caller, event_id: UUID, version: int, text: str) -> SafetyStatus:
    """Write down what was done, as a line of its own with the time.

    Raises NotFound, Stale; Conflict ``safety_transition_forbidden`` once it is closed; Invalid ``diagnosis_in_text``.
    """
    with transaction(caller) as work:
        row = event_for_change(work, Permission.SAFETY_ACT, event_id, version)
        if row.state == SafetyState.CLOSED:
            raise Conflict("safety_transition_forbidden", state=row.state)
        _append(work, row, text)
        return _written(work, row, "note_action")


def tell_others(caller: Caller, event_id: UUID, new: "NewNotice") -> SafetyStatus:
    """Write down who was told; the system tells nobody.

    Whoever rescues or treats is told without more. The family is told with the person's consent or on a legal basis,
    everybody else on a legal basis (guardrail G6).

    Raises NotFound; Conflict ``safety_notice_needs_basis``, ``safety_transition_forbidden``, ``record_exists``;
    Invalid ``safety_told_in_future``, ``diagnosis_in_text``.
    """
    with transaction(caller) as work:
        row = event_for_change(work, Permission.SAFETY_ACT, event_id, None)
        if row.state == SafetyState.CLOSED:
            raise Conflict("safety_transition_forbidden", state=row.state)
        if new.told_at > work.now + LEEWAY:
            raise Invalid("safety_told_in_future", field="told_at")
        notice = _notice(work, row, new)
        notice.consent_id = _consent_to_tell(work, row, new.recipient)
        notice.legal_basis_use_id = _basis_to_tell(work, row, new)
        if not (new.recipient in RESCUERS or notice.consent_id or notice.legal_basis_use_id):
            raise Conflict("safety_notice_needs_basis")
        insert_new(work, notice)
        note_written(work, "safety_event:tell", notice, refs_of(work, [row.subject_id]).values())
        return safety_view(work, row)


def review_event(caller: Caller, event_id: UUID, version: int, text: str | None) -> SafetyStatus:
    """Look back at it, by an assessor or clinician who did not raise it.

    Raises NotFound, Stale; Forbidden ``safety_review_own``; Conflict ``safety_transition_forbidden``; Invalid
    ``diagnosis_in_text``.
    """
    with transaction(caller) as work:
        row = event_for_change(work, Permission.SAFETY_CLOSE, event_id, version)
        if row.created_by == work.identity.user_id:
            raise Forbidden("safety_review_own")
        _move(row, SafetyState.ACKNOWLEDGED, SafetyState.REVIEWED)
        row.reviewed_by, row.reviewed_at = work.identity.user_id, work.now
        if text:
            _append(work, row, text)
        finish_tasks_about(work, row.id, TaskKind.SAFETY_REVIEW)
        return _written(work, row, "review")


def close_event(caller: Caller, event_id: UUID, version: int) -> SafetyStatus:
    """End it after the review; raises NotFound, Stale, Conflict ``safety_transition_forbidden``."""
    with transaction(caller) as work:
        row = event_for_change(work, Permission.SAFETY_CLOSE, event_id, version)
        _move(row, SafetyState.REVIEWED, SafetyState.CLOSED)
        row.closed_by, row.closed_at = work.identity.user_id, work.now
        return _written(work, row, "close")


def forget_unknown_events(work: Work, now: datetime) -> int:
    """Events about somebody nobody could name: deleted with their key 24 months after the end; how many were."""
    before = datetime.combine(add_months(day_of(now), -_KEPT_MONTHS), datetime.min.time(), CHINA)
    return forget_unknown(work, SafetyEvent, take_forgettable_events(work, before))


def _move(row: SafetyEvent, source: SafetyState, target: SafetyState) -> None:
    """The machine's only moves: raised, acknowledged, reviewed, closed, one after the other."""
    if row.state != source:
        raise Conflict("safety_transition_forbidden", state=row.state)
    row.state = target.value


def _append(work: Work, row: SafetyEvent, text: str) -> None:
    """One more line of what was done, with its time in China."""
    keys = sealing_keys(work, Permission.SAFETY_ACT, row.subject_id, ACTIONS)
    before = keys.open_optional(ACTIONS, row.id, row.subject_id, row.sealed_actions)
    line = f"[{work.now.astimezone(CHINA):%Y-%m-%d %H:%M}] {check_plain(text, word_list(), 'text')}"
    row.sealed_actions = keys.seal(ACTIONS, row.id, row.subject_id, f"{before}\n{line}" if before else line)


def _notice(work: Work, row: SafetyEvent, new: "NewNotice") -> SafetyNotice:
    id_ = new.id or new_id()
    note = check_plain(new.note, word_list(), "note") if new.note else None
    keys = sealing_keys(work, Permission.SAFETY_ACT, row.subject_id, NOTE)
    return SafetyNotice(
        county_code=work.county_code,
        id=id_,
        area_code=row.area_code,
        event_id=row.id,
        recipient=new.recipient.value,
        told_at=new.told_at,
        sealed_note=keys.seal_optional(NOTE, id_, row.subject_id, note),
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )


def _consent_to_tell(work: Work, row: SafetyEvent, recipient: SafetyRecipient) -> UUID | None:
    """The person's consent to have the family told, where it stands."""
    if recipient not in RELATIVES or row.entry_id is None:
        return None
    entry = work.session.get(LedgerEntry, (work.county_code, row.entry_id))
    consent = consent_in_force(work, entry, ConsentScope.FAMILY_CONTACT) if entry else None
    return consent.id if consent else None


def _basis_to_tell(work: Work, row: SafetyEvent, new: "NewNotice") -> UUID | None:
    """The basis stated now, else the one stated when the event was raised, unless it was found to bear nothing."""
    if new.legal_basis is not None:
        return use_basis(work, row, new.legal_basis, new.basis_reason)
    use_id = row.legal_basis_use_id
    return use_id if use_id is not None and basis_stands(work, use_id) else None


def _written(work: Work, row: SafetyEvent, act: str) -> SafetyStatus:
    count_up(work, row)
    work.session.flush()
    note_written(work, f"safety_event:{act}", row, refs_of(work, [row.subject_id]).values())
    return safety_view(work, row)


@dataclass(frozen=True, repr=False)
class NewNotice:
    """Who was told, about to be written down; has no readable ``repr``."""

    recipient: SafetyRecipient
    told_at: datetime
    note: str | None = None
    legal_basis: LegalBasis | None = None
    basis_reason: str = ""
    id: UUID | None = None
