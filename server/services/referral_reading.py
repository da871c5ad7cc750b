"""Reading referrals: each caller is answered in the shape of their side, and no other side's keys are in it.

Who looks after the person sees everything; the township sees where it stands, and of a referral in, whom it is to
receive; an agency sees the packet while it holds the person, and nothing of the entry behind it (guardrail G10).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.domain.area_codes import AreaCode, township_of
from server.domain.codes import FieldGroup, Purpose
from server.domain.codes_care import ReferralState
from server.domain.codes_referral import Direction
from server.domain.ledger_states import IN_SERVICE_STATES
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.referral_packet import Packet, read_packet
from server.domain.referral_states import AWAITING_FEEDBACK, PACKET_STATES, UNSENT_STATES
from server.domain.visibility import Sight, sight_of_person
from server.models.ledger import LedgerEntry
from server.models.referral import Referral
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.referral_steps import referral_steps_of
from server.store.referrals import (
    FEEDBACK,
    PACKET,
    ReferralFilter,
    carers_of,
    referral_by_id,
    referrals_page,
    without_agency,
)
from server.store.transaction import Caller, Work, transaction

__all__ = ["ReferralFilter", "list_referrals", "read_referral", "referral_view"]

#: What a township does with somebody an agency referred: nothing is made by itself.
NEXT_STEP = "note_observation_of_ground_7"
_LISTED = AccessEvent(Permission.REFERRAL_READ, table="referral")


def list_referrals(caller: Caller, wanted: ReferralFilter, asked: PageAsked) -> "Page[ReferralStatus]":
    """A page of where referrals stand, without packets; one event names everybody they are about."""
    with transaction(caller) as work:
        page = referrals_page(work, wanted, asked)
        disclose(work, _LISTED, [row.subject_id for row in page.items])
        carers = carers_of(work, page.items)
        return page.of([_status(work, row, carers[row.id]) for row in page.items])


def read_referral(caller: Caller, referral_id: UUID) -> "ReferralStatus":
    """One referral as far as the caller's side sees it; raises NotFound."""
    with transaction(caller) as work:
        return referral_view(work, referral_by_id(work, Permission.REFERRAL_READ, referral_id))


def referral_view(work: Work, row: Referral) -> "ReferralStatus":
    """One referral for the caller, named in the log with the fields that were opened."""
    sight = _sight(work, row, carers_of(work, [row])[row.id])
    fields = () if _is_past(work, row) else _fields(row, sight)
    event = AccessEvent(Permission.REFERRAL_READ, fields=fields, table="referral", record_id=row.id)
    keys = disclose(work, event, [row.subject_id])
    packet = _packet(keys, row) if PACKET in fields else None
    if sight is Sight.NONE:
        return ReferralForAgency(**_common(work, row), packet=packet)
    steps = [StepView(*_step) for _step in _steps(work, row.id)]
    office = _common(work, row) | _office(row) | {"steps": steps}
    if sight is Sight.MASKED:
        return ReferralForTownship(**office, packet=packet)
    feedback = keys.open_optional(FEEDBACK, row.id, row.subject_id, row.sealed_feedback) if fields else None
    return ReferralDetail(**office, packet=packet, feedback=feedback)


def _fields(row: Referral, sight: Sight) -> tuple[str, ...]:
    """The sealed fields this side may have opened now."""
    if sight is Sight.FULL:
        return (FEEDBACK, PACKET) if row.sealed_feedback else (PACKET,)
    shown = ReferralState(row.state) in PACKET_STATES
    to_township = row.direction == Direction.IN and row.back_of is None
    return (PACKET,) if shown and (sight is Sight.NONE or to_township) else ()


def _is_past(work: Work, row: Referral) -> bool:
    """Whether both the referral and the person's care are over: then it is opened only where the person asks."""
    entry = work.session.get(LedgerEntry, (work.county_code, row.entry_id)) if row.entry_id else None
    if entry is None or entry.state in IN_SERVICE_STATES or work.identity.purpose is Purpose.SUBJECT_REQUEST:
        return False
    return ReferralState(row.state) not in UNSENT_STATES | PACKET_STATES


def _sight(work: Work, row: Referral, carers: Collection[UUID]) -> Sight:
    """How much the caller's roles outside any agency see; NONE is the agency's own side.

    A clinician who answers for the agency, and does not look after the person, reads as the agency does.
    """
    return sight_of_person(without_agency(work.identity), FieldGroup.REFERRAL, row.area_code, carers)


def _status(work: Work, row: Referral, carers: Collection[UUID]) -> "ReferralStatus":
    common = _common(work, row)
    if _sight(work, row, carers) is Sight.NONE:
        return ReferralStatus(**common)
    return OfficeStatus(**common, **_office(row))


def _packet(keys: SubjectKeys, row: Referral) -> Packet:
    return read_packet(keys.open(PACKET, row.id, row.subject_id, row.sealed_packet))


def _steps(work: Work, referral_id: UUID) -> Sequence[tuple[str, str | None, str, UUID, datetime, str]]:
    return [
        (step.act, step.from_state, step.to_state, step.actor_id, step.at, step.reason)
        for step in referral_steps_of(work, referral_id)
    ]


def _common(work: Work, row: Referral) -> dict[str, Any]:
    names = ReferralStatus.__dataclass_fields__.keys() - {"overdue", "township_code", "next_step"}
    waiting = row.direction == Direction.IN and row.state == ReferralState.RECEIVED and row.back_of is None
    return {name: getattr(row, name) for name in names} | {
        "township_code": township_of(AreaCode(row.area_code)),
        "overdue": overdue(row, work.now),
        "next_step": NEXT_STEP if waiting else None,
    }


def _office(row: Referral) -> dict[str, Any]:
    names = ("entry_id", "resident_id", "area_code", "consent_id", "legal_basis_use_id", "created_by", "created_at")
    return {name: getattr(row, name) for name in names}


def overdue(row: Referral, now: datetime) -> tuple[str, ...]:
    """What is late: the answer, that the person is seen, or what came of it."""
    state = ReferralState(row.state)
    late = (
        ("answer", state in {ReferralState.SENT, ReferralState.NO_ACK}, row.ack_due_at),
        ("seen", state in {ReferralState.RECEIVED, ReferralState.APPOINTED}, row.seen_due_at),
        ("feedback", state in AWAITING_FEEDBACK, row.feedback_due_at),
    )
    return tuple(name for name, waits, due in late if waits and due is not None and due < now)


@dataclass(frozen=True, kw_only=True)
class ReferralStatus:
    """Where a referral stands: what both sides see of it in a list."""

    id: UUID
    direction: str
    agency_id: UUID
    township_code: str
    urgency: str
    reason: str
    state: str
    sent_at: datetime | None
    ack_due_at: datetime | None
    received_at: datetime | None
    rejection: str | None
    alternative_agency_id: UUID | None
    seen_due_at: datetime | None
    appointment_at: datetime | None
    attended_at: datetime | None
    feedback_due_at: datetime | None
    feedback_at: datetime | None
    outcome: str | None
    closed_at: datetime | None
    back_of: UUID | None
    overdue: tuple[str, ...]
    next_step: str | None
    version: int


@dataclass(frozen=True, kw_only=True)
class OfficeStatus(ReferralStatus):
    """The same for the township and those who look after the person: with the entry it hangs on."""

    entry_id: UUID | None
    resident_id: UUID | None
    area_code: str
    consent_id: UUID | None
    legal_basis_use_id: UUID | None
    created_by: UUID
    created_at: datetime


@dataclass(frozen=True, repr=False, kw_only=True)
class ReferralForAgency(ReferralStatus):
    """A referral as its agency reads it: the packet while they hold the person; has no readable ``repr``."""

    packet: Packet | None


@dataclass(frozen=True, repr=False, kw_only=True)
class ReferralForTownship(OfficeStatus):
    """A referral as the township reads it: a packet only of somebody referred in; has no readable ``repr``."""

    steps: "list[StepView]"
    packet: Packet | None


@dataclass(frozen=True, repr=False, kw_only=True)
class ReferralDetail(ReferralForTownship):
    """A referral as those read it who look after the person; has no readable ``repr``."""

    feedback: str | None


@dataclass(frozen=True)
class StepView:
    """One move; the all-zero actor is the clockwork."""

    act: str
    from_state: str | None
    to_state: str
    actor_id: UUID
    at: datetime
    reason: str
