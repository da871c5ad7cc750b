"""Referrals in: a school, a clinic or another agency tells the township of somebody it worries about.

The registry may not know the person, and an agency may not look them up: the packet is sealed under the referral's
own key. The township takes it and nothing is made by itself; with the person's word it becomes an observation of
ground 7. Back to the sender go codes alone.
"""

from dataclasses import dataclass
from uuid import UUID

from server.clock import day_of
from server.crypto.registry import Retention
from server.domain.ages import age_on
from server.domain.care_notes import check_plain
from server.domain.codes import LegalBasis, Role, Sex
from server.domain.codes_care import ReferralState
from server.domain.codes_referral import Direction, ReferralReason, ReferralUrgency
from server.domain.deadlines import referral_ack_due, referral_seen_due
from server.domain.normalise import normalise_name, normalise_phone
from server.domain.permissions import Facts, Permission, may
from server.domain.referral_packet import Agreement, Packet, check_agreed
from server.domain.referral_states import ReferralAct
from server.errors import NotFound
from server.models.referral import Referral
from server.services.referral_reading import ReferralStatus, referral_view
from server.store.disclosure import register_subjects
from server.store.grants import area_is_known
from server.store.holidays import work_calendar
from server.store.legal_basis import NewBasisUse, use_legal_basis
from server.store.referrals import PACKET, answers_for, begin_referral, move_referral, referral_for_change
from server.store.taken import unless_taken
from server.store.tasks import NewTask, TaskKind, finish_tasks_about, insert_tasks
from server.store.transaction import Caller, Work, new_id, transaction
from server.store.word_lists import word_list


def refer_in(caller: Caller, new: "NewReferralIn") -> ReferralStatus:
    """Tell a township of somebody; it answers by the urgency.

    Raises NotFound for an agency that is not the caller's or a township outside; Invalid
    ``referral_person_not_agreed``, ``referral_guardian_not_agreed``, ``name_invalid``, ``phone_invalid``,
    ``diagnosis_in_text``; Conflict ``record_exists``.
    """
    with transaction(caller) as work:
        _check_place(work, new)
        packet = _packet(work, new)
        row = _row(work, new)
        with unless_taken():
            keys = register_subjects(work, [row.id], (Retention.CASE,))
            row.sealed_packet = keys.seal(PACKET, row.id, row.id, packet.as_text())
            begin_referral(work, row, new.reason.value)
        if new.legal_basis is not None:
            basis = NewBasisUse(row.area_code, row.id, None, new.legal_basis, "referral", new.basis_reason)
            row.legal_basis_use_id = use_legal_basis(work, basis).id
        about = ("referral", row.id)
        due = row.ack_due_at or work.now
        insert_tasks(work, [NewTask(row.area_code, TaskKind.REFERRAL_IN, Role.TOWNSHIP_COORDINATOR, due, about=about)])
        return referral_view(work, row)


def take_in(caller: Caller, referral_id: UUID, version: int) -> ReferralStatus:
    """Take somebody an agency referred; the answer says what the judicial office does next.

    Raises NotFound, Stale, Conflict ``referral_transition_forbidden``.
    """
    with transaction(caller) as work:
        row = referral_for_change(work, Permission.REFERRAL_TAKE_IN, referral_id, version)
        row.received_at = work.now
        # An agency takes what was sent out, a township what came in: the table tells them apart.
        move_referral(work, row, ReferralAct.RECEIVE, "taken")
        finish_tasks_about(work, row.id, TaskKind.REFERRAL_IN)
        return referral_view(work, row)


def _check_place(work: Work, new: "NewReferralIn") -> None:
    """Only for one's own agency, and only to a township there is."""
    here = may(work.identity, Permission.REFERRAL_SEND_IN, Facts(new.township_code))
    if not here or not area_is_known(work, new.township_code):
        raise NotFound("not_found", field="township_code")
    if not answers_for(work, new.agency_id):
        raise NotFound("not_found", field="agency_id")


def _packet(work: Work, new: "NewReferralIn") -> Packet:
    agreed = Agreement(
        new.person_agreed,
        new.guardian_agreed,
        age_on(day_of(work.now), None, new.birth_year),
        new.legal_basis,
    )
    check_agreed(agreed)
    normalise_name(new.name)
    return Packet(
        name=" ".join(new.name.split()),
        contact=normalise_phone(new.phone) if new.phone else None,
        age=agreed.age,
        sex=new.sex.value,
        reason=new.reason.value,
        urgency=new.urgency.value,
        consent_scope=agreed.said,
        safety_note=check_plain(new.safety_note, word_list(), "safety_note") if new.safety_note else None,
    )


def _row(work: Work, new: "NewReferralIn") -> Referral:
    id_ = new.id or new_id()
    return Referral(
        county_code=work.county_code,
        id=id_,
        area_code=new.township_code,
        direction=Direction.IN.value,
        subject_id=id_,
        agency_id=new.agency_id,
        urgency=new.urgency.value,
        reason=new.reason.value,
        state=ReferralState.SENT.value,
        sent_at=work.now,
        ack_due_at=referral_ack_due(work_calendar(work.session), new.urgency, work.now),
        seen_due_at=referral_seen_due(new.urgency, work.now),
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )


@dataclass(frozen=True, repr=False)
class NewReferralIn:
    """Somebody an agency tells a township of; has no readable ``repr``."""

    agency_id: UUID
    township_code: str
    urgency: ReferralUrgency
    reason: ReferralReason
    name: str
    person_agreed: bool
    guardian_agreed: bool = False
    phone: str | None = None
    sex: Sex = Sex.UNKNOWN
    birth_year: int | None = None
    safety_note: str | None = None
    legal_basis: LegalBasis | None = None
    basis_reason: str = ""
    id: UUID | None = None
