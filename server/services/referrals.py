"""Referrals out: written, permitted, sent, and ended by those who look after somebody.

Nothing leaves without the person's consent for that one agency at the very instant of sending, or, when it cannot
wait, a basis the law gives (invariant 3, guardrail G6). The packet is generated here and holds the minimum.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from server.clock import day_of
from server.domain.ages import age_on
from server.domain.care_notes import check_plain
from server.domain.codes import LegalBasis
from server.domain.codes_care import ConsentScope, ReferralState
from server.domain.codes_referral import Destination, Direction, ReferralOutcome, ReferralReason, ReferralUrgency
from server.domain.deadlines import referral_ack_due, referral_seen_due
from server.domain.ledger_states import IN_SERVICE_STATES
from server.domain.permissions import Permission
from server.domain.referral_packet import Packet, check_destination, read_packet
from server.domain.referral_states import RUNNING_STATES, UNSENT_STATES, ReferralAct
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.models.ledger import LedgerEntry
from server.models.referral import Referral
from server.models.resident import Resident
from server.services.referral_reading import ReferralStatus, overdue, referral_view
from server.store.agencies import agency_by_id
from server.store.care import columns_of, entry_for_care
from server.store.consents import consent_in_force, require_consent
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.holidays import work_calendar
from server.store.legal_basis import NewBasisUse, basis_stands, use_legal_basis
from server.store.referrals import PACKET, begin_referral, move_referral, referral_for_change
from server.store.taken import unless_taken
from server.store.tasks import TaskKind, finish_tasks_about
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list

_TOLD = ("resident.name", "resident.birth_date", "resident.phone", "resident.guardian_phone", PACKET)


def draft_referral(caller: Caller, entry_id: UUID, new: "NewReferral") -> ReferralStatus:
    """Write a referral of somebody in care, ready to be sent where consent or a basis stands already.

    Raises NotFound; Invalid ``agency_unknown``, ``agency_no_green_channel``, ``agency_emergency_only``,
    ``referral_basis_not_urgent``, ``diagnosis_in_text``; Forbidden ``referral_urgency_not_for_role``; Conflict
    ``referral_entry_not_in_service``, ``record_exists``.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.REFERRAL_WRITE, entry_id)
        _check_entry(work, entry, new.urgency)
        agency = agency_by_id(work, new.agency_id)
        check_destination(Destination(agency.kind), new.urgency, green_channel=agency.green_channel)
        note = check_plain(new.safety_note, word_list(), "safety_note") if new.safety_note else None
        row = Referral(
            **columns_of(work, entry, new.id),
            direction=Direction.OUT.value,
            subject_id=entry.resident_id,
            agency_id=new.agency_id,
            urgency=new.urgency.value,
            reason=new.reason.value,
            state=ReferralState.DRAFTED.value,
        )
        row.legal_basis_use_id = _basis_use(work, entry, new)
        ground = _permission(work, row, entry)
        _seal_packet(work, row, _keys(work, row), note)
        with unless_taken():
            begin_referral(work, row, new.reason.value)
        if ground is not None:
            move_referral(work, row, ReferralAct.CLEAR, ground)
        return referral_view(work, row)


def send_referral(caller: Caller, referral_id: UUID, version: int) -> ReferralStatus:
    """Let the agency see it; consent is looked at again, and the packet generated anew.

    Raises NotFound, Stale; Conflict ``consent_missing``, ``referral_transition_forbidden``,
    ``referral_entry_not_in_service``; Forbidden ``referral_urgency_not_for_role``.
    """
    with transaction(caller) as work:
        row = referral_for_change(work, Permission.REFERRAL_WRITE, referral_id, version)
        entry = _entry_of(work, row)
        urgency = ReferralUrgency(row.urgency)
        _check_entry(work, entry, urgency)
        if ReferralState(row.state) in UNSENT_STATES:
            _permit(work, row, entry)
        row.sent_at, row.seen_due_at = work.now, referral_seen_due(urgency, work.now)
        row.ack_due_at = referral_ack_due(work_calendar(work.session), urgency, work.now)
        move_referral(work, row, ReferralAct.SEND, row.urgency)
        return referral_view(work, row)


def cancel_referral(caller: Caller, referral_id: UUID, version: int) -> ReferralStatus:
    """Call it off while nobody outside has seen it; raises NotFound, Stale, Conflict."""
    with transaction(caller) as work:
        row = referral_for_change(work, Permission.REFERRAL_WRITE, referral_id, version)
        row.closed_at = work.now
        move_referral(work, row, ReferralAct.CANCEL, "by_sender")
        return referral_view(work, row)


def close_referral(caller: Caller, referral_id: UUID, version: int, outcome: ReferralOutcome | None) -> ReferralStatus:
    """End it: the agency no longer sees whom it was about.

    One that still runs is ended only where the person took consent back or the feedback is overdue. The outcome is
    the agency's where it told one; a referral in needs the township's own word.

    Raises NotFound, Stale; Conflict ``referral_transition_forbidden``, ``referral_still_running``; Invalid
    ``referral_outcome_missing``.
    """
    with transaction(caller) as work:
        row = referral_for_change(work, Permission.REFERRAL_WRITE, referral_id, version)
        if row.direction == Direction.IN and outcome is None:
            raise Invalid("referral_outcome_missing", field="outcome")
        _check_over(work, row)
        said = row.outcome or (outcome or ReferralOutcome.GIVEN_UP).value
        row.outcome, row.closed_at = said, work.now
        move_referral(work, row, ReferralAct.CLOSE, said)
        for kind in (TaskKind.REFERRAL_UNANSWERED, TaskKind.REFERRAL_REJECTED, TaskKind.FEEDBACK_MISSING):
            finish_tasks_about(work, row.id, kind)
        return referral_view(work, row)


def _check_entry(work: Work, entry: LedgerEntry, urgency: ReferralUrgency) -> None:
    """A township refers only what cannot wait; the rest is for those who look after the person."""
    if entry.state not in IN_SERVICE_STATES:
        raise Conflict("referral_entry_not_in_service")
    if work.identity.user_id not in entry.carer_ids and not urgency.at_once:
        raise Forbidden("referral_urgency_not_for_role", field="urgency")


def _check_over(work: Work, row: Referral) -> None:
    """Let nobody end what an agency is still at, unless consent is gone or the agency is late with its feedback."""
    waited_in_vain = row.state == ReferralState.NO_ACK
    if row.direction == Direction.IN or waited_in_vain or ReferralState(row.state) not in RUNNING_STATES:
        return
    if "feedback" not in overdue(row, work.now) and _permission(work, row, _entry_of(work, row)) is not None:
        raise Conflict("referral_still_running")


def _permission(work: Work, row: Referral, entry: LedgerEntry) -> str | None:
    """On what it may be sent at this instant; None when nothing allows it."""
    consent = consent_in_force(work, entry, ConsentScope.REFERRAL_SHARE, row.agency_id)
    if consent is not None:
        row.consent_id = consent.id
        return "consent"
    use_id = row.legal_basis_use_id
    return "legal_basis" if use_id is not None and basis_stands(work, use_id) else None


def _permit(work: Work, row: Referral, entry: LedgerEntry) -> None:
    """Hold that it may be sent at this instant, and generate the packet anew.

    Raises Conflict ``consent_missing`` (invariant 3).
    """
    ground = _permission(work, row, entry)
    if ground is None:
        require_consent(work, entry, ConsentScope.REFERRAL_SHARE, row.agency_id)
    keys = _keys(work, row)
    note = read_packet(keys.open(PACKET, row.id, row.subject_id, row.sealed_packet)).safety_note
    _seal_packet(work, row, keys, note)
    if row.state == ReferralState.DRAFTED:
        move_referral(work, row, ReferralAct.CLEAR, str(ground))


def _basis_use(work: Work, entry: LedgerEntry, new: "NewReferral") -> UUID | None:
    """The legal basis written down, where one is used; only for what cannot wait (guardrail G6)."""
    if new.legal_basis is None:
        return None
    if not new.urgency.at_once:
        raise Invalid("referral_basis_not_urgent", field="legal_basis")
    basis = NewBasisUse(entry.area_code, entry.resident_id, entry.id, new.legal_basis, "referral", new.basis_reason)
    return use_legal_basis(work, basis).id


def _entry_of(work: Work, row: Referral) -> LedgerEntry:
    """The entry, locked with the referral; raises NotFound for a referral in, which has none of its own."""
    entry = work.session.get(LedgerEntry, (work.county_code, row.entry_id)) if row.entry_id else None
    if entry is None:
        raise NotFound("not_found")
    return entry


def _keys(work: Work, row: Referral) -> SubjectKeys:
    """The person's keys for what a packet is made of; the event names them."""
    event = AccessEvent(Permission.REFERRAL_WRITE, fields=_TOLD, table="referral", record_id=row.id)
    return disclose(work, event, [row.subject_id])


def _seal_packet(work: Work, row: Referral, keys: SubjectKeys, note: str | None) -> None:
    """Generate the packet from what the registry knows now."""
    resident = work.session.get(Resident, (work.county_code, row.subject_id))
    if resident is None:
        raise NotFound("not_found")
    packet = replace(_packet(keys, resident, row, day_of(work.now)), safety_note=note)
    row.sealed_packet = keys.seal(PACKET, row.id, row.subject_id, packet.as_text())


def _packet(keys: SubjectKeys, resident: Resident, row: Referral, today: date) -> Packet:
    def opened(name: str, sealed: bytes | None) -> str | None:
        return keys.open_optional(f"resident.{name}", resident.id, resident.id, sealed)

    born = opened("birth_date", resident.sealed_birth_date)
    return Packet(
        name=opened("name", resident.sealed_name) or "",
        contact=opened("phone", resident.sealed_phone) or opened("guardian_phone", resident.sealed_guardian_phone),
        age=age_on(today, date.fromisoformat(born) if born else None, resident.birth_year),
        sex=resident.sex,
        reason=row.reason,
        urgency=row.urgency,
        consent_scope=_said(row),
        safety_note=None,
    )


def _said(row: Referral) -> str:
    """What the packet says it rests on; a draft that may not be sent yet says so."""
    if row.consent_id is not None:
        return ConsentScope.REFERRAL_SHARE.value
    return "legal_basis" if row.legal_basis_use_id is not None else "not_yet"


@dataclass(frozen=True, repr=False)
class NewReferral:
    """A referral about to be written; has no readable ``repr``."""

    agency_id: UUID
    urgency: ReferralUrgency
    reason: ReferralReason
    safety_note: str | None = None
    legal_basis: LegalBasis | None = None
    basis_reason: str = ""
    id: UUID | None = None
