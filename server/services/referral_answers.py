"""What an agency does with a referral it was sent: take it or not, name a day, tell what came of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from server.clock import LEEWAY
from server.domain.care_notes import check_plain
from server.domain.codes import Role
from server.domain.codes_care import ReferralState
from server.domain.codes_referral import (
    Direction,
    ReferralOutcome,
    ReferralReason,
    ReferralRejection,
    ReferralUrgency,
)
from server.domain.deadlines import referral_ack_due, referral_feedback_due, referral_seen_due
from server.domain.permissions import Permission
from server.domain.referral_packet import read_packet
from server.domain.referral_states import WITH_AGENCY, ReferralAct
from server.errors import Conflict, Invalid
from server.models.ledger import LedgerEntry
from server.models.referral import Referral
from server.services.referral_reading import ReferralStatus, referral_view
from server.store.agencies import agency_by_id
from server.store.care import sealing_keys
from server.store.holidays import work_calendar
from server.store.referrals import (
    FEEDBACK,
    PACKET,
    begin_referral,
    has_open_return,
    move_referral,
    referral_for_change,
)
from server.store.taken import unless_taken
from server.store.tasks import NewTask, TaskKind, finish_tasks_about, insert_tasks
from server.store.transaction import Caller, Work, new_id, transaction
from server.store.word_lists import word_list

_ANSWER = Permission.REFERRAL_ANSWER


def receive_referral(caller: Caller, referral_id: UUID, version: int) -> ReferralStatus:
    """Take it; feedback is due fourteen days later. Raises NotFound, Stale, Conflict."""
    with transaction(caller) as work:
        row = referral_for_change(work, _ANSWER, referral_id, version)
        row.received_at, row.feedback_due_at = work.now, referral_feedback_due(work.now)
        move_referral(work, row, ReferralAct.RECEIVE, "taken")
        finish_tasks_about(work, row.id, TaskKind.REFERRAL_UNANSWERED)
        return referral_view(work, row)


def reject_referral(caller: Caller, referral_id: UUID, version: int, refusal: "Rejection") -> ReferralStatus:
    """Say that the agency cannot; what cannot wait needs another agency named. The sender is called at once.

    Raises NotFound, Stale, Conflict; Invalid ``referral_alternative_missing``, ``agency_unknown``.
    """
    with transaction(caller) as work:
        row = referral_for_change(work, _ANSWER, referral_id, version)
        _check_alternative(work, row, refusal.alternative_agency_id)
        row.rejection, row.alternative_agency_id = refusal.reason.value, refusal.alternative_agency_id
        move_referral(work, row, ReferralAct.REJECT, refusal.reason.value)
        finish_tasks_about(work, row.id, TaskKind.REFERRAL_UNANSWERED)
        due = row.ack_due_at or work.now
        _call(work, row, TaskKind.REFERRAL_REJECTED, max(due, work.now))
        return referral_view(work, row)


def appoint_referral(caller: Caller, referral_id: UUID, version: int, at: datetime) -> ReferralStatus:
    """Name a day, or another one; raises NotFound, Stale, Conflict, Invalid ``appointment_in_past``."""
    with transaction(caller) as work:
        row = referral_for_change(work, _ANSWER, referral_id, version)
        if at < work.now - LEEWAY:
            raise Invalid("appointment_in_past", field="at")
        row.appointment_at, row.feedback_due_at = at, referral_feedback_due(at)
        move_referral(work, row, ReferralAct.APPOINT, "named")
        return referral_view(work, row)


def attend_referral(caller: Caller, referral_id: UUID, version: int, came: "Attendance") -> ReferralStatus:
    """Say whether the person came; not coming is no fault of theirs and changes nothing else.

    Raises NotFound, Stale, Conflict; Invalid ``attendance_in_future``.
    """
    with transaction(caller) as work:
        row = referral_for_change(work, _ANSWER, referral_id, version)
        at = came.at or work.now
        if at > work.now + LEEWAY:
            raise Invalid("attendance_in_future", field="at")
        row.attended_at = at if came.attended else None
        row.feedback_due_at = referral_feedback_due(at)
        act = ReferralAct.ATTEND if came.attended else ReferralAct.MISS
        move_referral(work, row, act, "came" if came.attended else "did_not_come")
        return referral_view(work, row)


def tell_outcome(caller: Caller, referral_id: UUID, version: int, told: "Feedback") -> ReferralStatus:
    """Tell what came of it: a code for everybody, a text for those who look after the person.

    Raises NotFound, Stale, Conflict.
    """
    with transaction(caller) as work:
        row = referral_for_change(work, _ANSWER, referral_id, version)
        keys = sealing_keys(work, _ANSWER, row.subject_id, FEEDBACK)
        row.outcome, row.feedback_at = told.outcome.value, work.now
        row.sealed_feedback = keys.seal_optional(FEEDBACK, row.id, row.subject_id, told.text)
        move_referral(work, row, ReferralAct.TELL, told.outcome.value)
        finish_tasks_about(work, row.id, TaskKind.FEEDBACK_MISSING)
        return referral_view(work, row)


def send_back(caller: Caller, referral_id: UUID, sent_back: "SendingBack") -> ReferralStatus:
    """Send somebody back to the community: a referral in, with the same packet and a new note.

    Raises NotFound; Conflict ``referral_transition_forbidden`` where the agency does not have the person,
    ``referral_back_open``, ``record_exists``; Invalid ``diagnosis_in_text``.
    """
    with transaction(caller) as work:
        row = referral_for_change(work, _ANSWER, referral_id, None)
        if ReferralState(row.state) not in WITH_AGENCY or row.direction != Direction.OUT:
            raise Conflict("referral_transition_forbidden", state=row.state, act="send_back")
        if has_open_return(work, row.id):
            raise Conflict("referral_back_open")
        note = check_plain(sent_back.safety_note, word_list(), "safety_note") if sent_back.safety_note else None
        back = _return_of(work, row, sent_back)
        _seal_return(work, row, back, note)
        with unless_taken():
            begin_referral(work, back, back.reason)
        _call(work, back, TaskKind.REFERRAL_IN, back.ack_due_at or work.now)
        return referral_view(work, back)


def _return_of(work: Work, row: Referral, sent_back: "SendingBack") -> Referral:
    urgency = sent_back.urgency
    return Referral(
        county_code=work.county_code,
        id=sent_back.id or new_id(),
        area_code=row.area_code,
        direction=Direction.IN.value,
        subject_id=row.subject_id,
        entry_id=row.entry_id,
        resident_id=row.resident_id,
        agency_id=row.agency_id,
        urgency=urgency.value,
        reason=ReferralReason.BACK.value,
        state=ReferralState.SENT.value,
        consent_id=row.consent_id,
        legal_basis_use_id=row.legal_basis_use_id,
        sent_at=work.now,
        ack_due_at=referral_ack_due(work_calendar(work.session), urgency, work.now),
        seen_due_at=referral_seen_due(urgency, work.now),
        back_of=row.id,
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )


def _seal_return(work: Work, row: Referral, back: Referral, note: str | None) -> None:
    keys = sealing_keys(work, _ANSWER, row.subject_id, PACKET)
    packet = read_packet(keys.open(PACKET, row.id, row.subject_id, row.sealed_packet))
    packet = replace(packet, reason=back.reason, urgency=back.urgency, safety_note=note)
    back.sealed_packet = keys.seal(PACKET, back.id, back.subject_id, packet.as_text())


def _check_alternative(work: Work, row: Referral, alternative: UUID | None) -> None:
    if alternative is None:
        if ReferralUrgency(row.urgency).at_once:
            raise Invalid("referral_alternative_missing", field="alternative_agency_id")
        return
    if agency_by_id(work, alternative, "alternative_agency_id").id == row.agency_id:
        raise Invalid("agency_unknown", field="alternative_agency_id")


def _call(work: Work, row: Referral, kind: TaskKind, due: datetime) -> None:
    """Call the township, and whoever answers for the entry."""
    entry = work.session.get(LedgerEntry, (work.county_code, row.entry_id)) if row.entry_id else None
    assessor_id = entry.assessor_id if entry else None
    about = ("referral", row.id)
    tasks = [
        NewTask(row.area_code, kind, Role.TOWNSHIP_COORDINATOR, due, row.entry_id, about=about),
        NewTask(row.area_code, kind, Role.ASSESSOR, due, row.entry_id, assessor_id, about=about),
    ]
    insert_tasks(work, tasks)


@dataclass(frozen=True)
class Rejection:
    """Why an agency cannot, and which other could."""

    reason: ReferralRejection
    alternative_agency_id: UUID | None = None


@dataclass(frozen=True)
class Attendance:
    """Whether the person came, and when."""

    attended: bool
    at: datetime | None = None


@dataclass(frozen=True, repr=False)
class Feedback:
    """What came of a referral; has no readable ``repr``."""

    outcome: ReferralOutcome
    text: str | None = None


@dataclass(frozen=True, repr=False)
class SendingBack:
    """What goes with somebody who is sent back; has no readable ``repr``."""

    urgency: ReferralUrgency
    safety_note: str | None = None
    id: UUID | None = None
