"""Referrals out: what leaves, on what, who sees it, and how it ends."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from server import clock
from server.clock import CHINA
from server.domain.codes import LedgerState, LegalBasis, Purpose, Role
from server.domain.codes_care import ConsentScope, ReferralState
from server.domain.codes_consents import BasisFinding
from server.domain.codes_referral import ReferralOutcome, ReferralRejection, ReferralUrgency
from server.domain.identity import Grant
from server.domain.legal_basis import BasisReview
from server.domain.pages import PageAsked
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.models.consent import Consent, LegalBasisUse
from server.models.ledger import Task
from server.models.referral import Referral, ReferralStep
from server.services.legal_basis import review_use
from server.services.referral_answers import (
    Attendance,
    Rejection,
    SendingBack,
    appoint_referral,
    attend_referral,
    receive_referral,
    reject_referral,
    send_back,
)
from server.services.referral_reading import (
    ReferralDetail,
    ReferralFilter,
    ReferralForAgency,
    ReferralForTownship,
    ReferralStatus,
    list_referrals,
    read_referral,
)
from server.services.referrals import NewReferral, cancel_referral, close_referral, draft_referral, send_referral
from server.services.referrals_in import take_in
from server.store.care_stop import stop_unsent_referrals
from server.store.transaction import new_id, transaction
from tests.make import County, a_caller, same_caller
from tests.make_care import a_consent, an_agency, an_assessor, entry_of, in_care
from tests.make_ledger import FACT, refusal
from tests.make_referrals import (
    Referring,
    a_clinic,
    appointed,
    attended,
    drafted,
    received,
    referring,
    rejected,
    sent,
    told,
)
from tests.services.test_ledger_reading import statements

GREEN = ReferralUrgency.GREEN_CHANNEL
BASIS = {"legal_basis": LegalBasis.IMMINENT_DANGER, "basis_reason": "本人手持刀具，情况危急"}
PACKET_KEYS = {"name", "contact", "age", "sex", "reason", "urgency", "consent_scope", "safety_note"}


def withdraw(made: Referring) -> None:
    """Take the consent for this agency back, as the consent's own service does."""
    with transaction(made.assessor) as work:
        work.session.execute(
            update(Consent).where(Consent.agency_id == made.agency_id).values(state="withdrawn", version=2)
        )
        stop_unsent_referrals(work, [made.person.entry_id], made.agency_id)


def state_of(made: Referring, view: ReferralStatus) -> str:
    with transaction(made.assessor) as work:
        return work.session.scalars(select(Referral.state).where(Referral.id == view.id)).one()


def steps_of(made: Referring, view: ReferralStatus) -> list[tuple[str, str | None, str, str]]:
    with transaction(made.assessor) as work:
        rows = work.session.scalars(
            select(ReferralStep).where(ReferralStep.referral_id == view.id).order_by(ReferralStep.id)
        )
        return [(row.act, row.from_state, row.to_state, row.reason) for row in rows]


# What leaves


def test_guardrail_g10_the_packet_holds_exactly_the_minimum(county: County) -> None:
    made = referring(county)
    view = read_referral(made.clinic, sent(made, safety_note="请由女性工作人员联系").id)
    assert isinstance(view, ReferralForAgency)
    assert view.packet is not None
    said = json.loads(view.packet.as_text())
    assert said == {
        "name": "欧阳试验",
        "contact": None,
        "age": clock.today().year - 1990,
        "sex": "2",
        "reason": "specialist",
        "urgency": "routine",
        "consent_scope": "referral_share",
        "safety_note": "请由女性工作人员联系",
    }
    assert said.keys() == PACKET_KEYS


def test_guardrail_g10_an_agency_sees_nothing_behind_the_packet(county: County) -> None:
    made = referring(county)
    view = read_referral(made.clinic, sent(made).id)
    behind = {
        "entry_id",
        "resident_id",
        "area_code",
        "consent_id",
        "legal_basis_use_id",
        "created_by",
        "steps",
        "feedback",
    }
    assert not vars(view).keys() & behind
    assert not any(word in name for name in vars(view) for word in ("assess", "screen", "observ", "ground", "plan"))
    (line,) = list_referrals(made.clinic, ReferralFilter(), PageAsked(50)).items
    assert type(line) is ReferralStatus
    assert FACT[:6] not in repr(vars(view))


def test_what_is_told_is_sealed(county: County) -> None:
    made = referring(county)
    told(made)
    with transaction(made.assessor) as work:
        rows = work.session.scalars(
            text(
                "SELECT r::text FROM referral r UNION ALL SELECT s::text FROM referral_step s UNION ALL SELECT t::text FROM task t"
            )
        ).all()
    assert not any("欧阳" in row or "两周" in row for row in rows)


def test_guardrail_g4_a_safety_note_is_no_diagnosis(county: County) -> None:
    with refusal(Invalid, "diagnosis_in_text"):
        drafted(referring(county), safety_note="患者为精神分裂症")


# On what it leaves


def test_invariant_3_nothing_is_sent_without_consent_for_that_very_agency(county: County) -> None:
    made = referring(county, agreed=False)
    a_consent(made.person, ConsentScope.REFERRAL_SHARE, an_agency(county))
    view = drafted(made)
    assert view.state == "drafted"
    with refusal(Conflict, "consent_missing"):
        send_referral(made.assessor, view.id, view.version)
    a_consent(made.person, ConsentScope.REFERRAL_SHARE, made.agency_id)
    assert send_referral(made.assessor, view.id, view.version).state == "sent"
    assert [step[:3] for step in steps_of(made, view)] == [
        ("draft", None, "drafted"),
        ("clear", "drafted", "consent_ok"),
        ("send", "consent_ok", "sent"),
    ]


def test_invariant_3_consent_past_its_day_sends_nothing(county: County) -> None:
    made = referring(county, agreed=False)
    a_consent(made.person, ConsentScope.REFERRAL_SHARE, made.agency_id, valid_to=clock.today() - timedelta(days=1))
    view = drafted(made)
    with refusal(Conflict, "consent_missing"):
        send_referral(made.assessor, view.id, view.version)


def test_invariant_4_withdrawal_cancels_what_was_not_sent_and_sending_is_refused(county: County) -> None:
    made = referring(county)
    view = drafted(made)
    assert view.state == "consent_ok"
    withdraw(made)
    assert state_of(made, view) == "cancelled"
    assert steps_of(made, view)[-1] == ("cancel", "consent_ok", "cancelled", "consent_or_care_ended")
    with refusal(Conflict, "referral_transition_forbidden"):
        send_referral(made.assessor, view.id, view.version + 1)


def test_invariant_3_a_consent_that_went_meanwhile_sends_nothing(county: County) -> None:
    made = referring(county)
    view = drafted(made)
    with transaction(made.assessor) as work:
        work.session.execute(update(Consent).where(Consent.agency_id == made.agency_id).values(state="withdrawn"))
    with refusal(Conflict, "consent_missing"):
        send_referral(made.assessor, view.id, view.version)


def test_guardrail_g6_a_legal_basis_is_for_what_cannot_wait(county: County) -> None:
    made = referring(county, agreed=False)
    with refusal(Invalid, "referral_basis_not_urgent"):
        drafted(made, **BASIS)
    view = sent(made, GREEN, **BASIS)
    read = read_referral(made.clinic, view.id)
    assert isinstance(read, ReferralForAgency)
    assert read.packet is not None
    assert read.packet.consent_scope == "legal_basis"
    with transaction(made.person.coordinator) as work:
        use = work.session.scalars(select(LegalBasisUse)).one()
        assert (use.done, use.entry_id) == ("referral", made.person.entry_id)
        assert work.session.scalars(select(Task.about_id).where(Task.kind == "legal_basis_review")).all() == [use.id]


def test_guardrail_g6_a_basis_that_was_not_upheld_sends_nothing(county: County) -> None:
    made = referring(county, agreed=False)
    view = drafted(made, GREEN, **BASIS)
    officer = a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT)
    review_use(officer, view.legal_basis_use_id, 1, BasisReview(BasisFinding.NOT_UPHELD))  # type: ignore[attr-defined]
    with refusal(Conflict, "consent_missing"):
        send_referral(made.assessor, view.id, view.version)
    a_consent(made.person, ConsentScope.REFERRAL_SHARE, made.agency_id)
    assert send_referral(made.assessor, view.id, view.version).state == "sent"


@pytest.mark.parametrize("state", [LedgerState.CLOSED, LedgerState.EXPIRED, LedgerState.DRAFT])
def test_nobody_out_of_service_is_referred_on_whatever_basis(county: County, state: LedgerState) -> None:
    person = in_care(county, state)
    agency_id = an_agency(county)
    with refusal(Conflict, "referral_entry_not_in_service"):
        draft_referral(person.coordinator, person.entry_id, NewReferral(agency_id, GREEN, "crisis", **BASIS))  # type: ignore[arg-type]


def test_a_township_refers_only_what_cannot_wait(county: County) -> None:
    made = referring(county)
    coordinator = made.person.coordinator
    with refusal(Forbidden, "referral_urgency_not_for_role"):
        draft_referral(
            coordinator, made.person.entry_id, NewReferral(made.agency_id, ReferralUrgency.SOON, "specialist")
        )  # type: ignore[arg-type]
    routine = drafted(made)
    with refusal(Forbidden, "referral_urgency_not_for_role"):
        send_referral(coordinator, routine.id, routine.version)
    assert drafted(made, GREEN).urgency == "green_channel"


def test_only_those_who_look_after_somebody_refer_them(county: County) -> None:
    made = referring(county)
    with refusal(NotFound, "not_found"):
        draft_referral(an_assessor(county), made.person.entry_id, NewReferral(made.agency_id, GREEN, "crisis"))  # type: ignore[arg-type]
    view = sent(made)
    with refusal(NotFound, "not_found"):
        read_referral(an_assessor(county), view.id)


@pytest.mark.parametrize(
    ("urgency", "agency", "code"),
    [
        (GREEN, {"green_channel": False}, "agency_no_green_channel"),
        (ReferralUrgency.EMERGENCY, {"green_channel": False}, "agency_no_green_channel"),
        (GREEN, {"kind": "police"}, "agency_emergency_only"),
        (ReferralUrgency.ROUTINE, {"kind": "ambulance"}, "agency_emergency_only"),
        (ReferralUrgency.ROUTINE, {"active": False}, "agency_unknown"),
    ],
)
def test_an_agency_is_asked_for_what_it_does(
    county: County, urgency: ReferralUrgency, agency: dict[str, object], code: str
) -> None:
    with refusal(Invalid, code):
        drafted(referring(county, **agency), urgency)


# Who sees what


def test_an_agency_sees_nothing_before_it_was_sent_and_nobody_after_the_end(county: County) -> None:
    made = referring(county)
    view = drafted(made)
    with refusal(NotFound, "not_found"):
        read_referral(made.clinic, view.id)
    assert list_referrals(made.clinic, ReferralFilter(), PageAsked(50)).items == ()
    done = told(made)
    closed = close_referral(made.assessor, done.id, done.version, None)
    read = read_referral(made.clinic, closed.id)
    assert isinstance(read, ReferralForAgency)
    assert (read.state, read.packet, read.outcome) == ("closed", None, "service_started")
    cancelled = cancel_referral(made.assessor, view.id, view.version)
    with refusal(NotFound, "not_found"):
        read_referral(made.clinic, cancelled.id)


def test_another_agency_and_somebody_who_left_see_nothing(county: County) -> None:
    made = referring(county)
    view = sent(made)
    other = a_clinic(county)
    an_agency(county, other.identity.user_id)
    for stranger in (other, a_clinic(county)):
        for act in (read_referral, lambda caller, id_: receive_referral(caller, id_, view.version)):
            with refusal(NotFound, "not_found"):
                act(stranger, view.id)
        assert list_referrals(stranger, ReferralFilter(), PageAsked(50)).items == ()


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.CLINICIAN, Role.COUNSELLOR])
def test_guardrail_g10_whoever_answers_for_an_agency_reads_as_the_agency_whatever_else_they_are(
    county: County, role: Role
) -> None:
    made = referring(county)
    grants = (*made.clinic.identity.grants, Grant(new_id(), role, county.code))
    both = replace(made.clinic, identity=replace(made.clinic.identity, grants=grants))
    view = told(made)
    assert type(read_referral(both, view.id)) is ReferralForAgency
    close_referral(made.assessor, view.id, view.version, None)
    read = read_referral(both, view.id)
    assert type(read) is ReferralForAgency
    assert (read.state, read.packet) == ("closed", None)
    (line,) = list_referrals(both, ReferralFilter(), PageAsked(50)).items
    assert type(line) is ReferralStatus


def test_a_coordinator_who_assesses_others_reads_a_referral_as_the_township(county: County) -> None:
    made = referring(county)
    view = told(made)
    one = made.person.coordinator
    grants = (*one.identity.grants, Grant(new_id(), Role.ASSESSOR, county.township))
    both = replace(one, identity=replace(one.identity, grants=grants))
    read = read_referral(both, view.id)
    assert type(read) is ReferralForTownship
    assert read.packet is None


def test_guardrail_g9_a_referral_of_somebody_who_left_is_opened_only_where_they_ask(county: County) -> None:
    made = referring(county)
    view = told(made)
    closed = close_referral(made.assessor, view.id, view.version, None)
    with transaction(made.assessor) as work:
        entry_of(work, made.person).state = "closed"
        entry_of(work, made.person).closed_at = work.now
    read = read_referral(made.assessor, closed.id)
    assert isinstance(read, ReferralDetail)
    assert (read.packet, read.feedback, read.outcome) == (None, None, "service_started")
    asked = read_referral(same_caller(made.assessor, Purpose.SUBJECT_REQUEST), closed.id)
    assert isinstance(asked, ReferralDetail)
    assert asked.packet is not None


def test_a_rejected_referral_shows_nobody_any_more(county: County) -> None:
    made = referring(county)
    read = read_referral(made.clinic, rejected(made).id)
    assert isinstance(read, ReferralForAgency)
    assert (read.state, read.packet) == ("rejected", None)


def test_the_township_sees_where_it_stands_and_no_more(county: County) -> None:
    made = referring(county)
    view = told(made)
    read = read_referral(made.person.coordinator, view.id)
    assert type(read) is ReferralForTownship
    assert (read.packet, read.outcome, read.entry_id) == (None, "service_started", made.person.entry_id)
    assert "feedback" not in vars(read)
    full = read_referral(made.assessor, view.id)
    assert isinstance(full, ReferralDetail)
    assert full.feedback == "已约定每两周来一次。"
    assert full.packet is not None
    for role in (Role.GRID_WORKER, Role.VILLAGE_OFFICER, Role.CASE_MEMBER):
        with refusal(Forbidden, "role_forbidden"):
            read_referral(a_caller(county, role, county.village, Purpose.CARE), view.id)


def test_a_page_takes_as_many_statements_for_one_line_as_for_twenty(county: County) -> None:
    made = referring(county)
    for reader in (made.person.coordinator, made.clinic):
        counts = []
        for number in (1, 9):
            for _ in range(number):
                sent(made)
            list_referrals(reader, ReferralFilter(), PageAsked(500))
            with statements(county.store) as all_sent:
                page = list_referrals(reader, ReferralFilter(), PageAsked(500))
            counts.append((len(page.items), len(all_sent)))
        assert counts[1][0] == counts[0][0] + 9
        assert counts[0][1] == counts[1][1] <= 8


# How it goes


def test_invariant_12_every_move_has_actor_time_and_reason(county: County) -> None:
    made = referring(county)
    view = told(made)
    close_referral(made.assessor, view.id, view.version, None)
    with transaction(made.assessor) as work:
        rows = work.session.scalars(select(ReferralStep).order_by(ReferralStep.id)).all()
        assert [(row.act, row.from_state, row.to_state, row.reason) for row in rows] == [
            ("draft", None, "drafted", "specialist"),
            ("clear", "drafted", "consent_ok", "consent"),
            ("send", "consent_ok", "sent", "routine"),
            ("receive", "sent", "received", "taken"),
            ("appoint", "received", "appointed", "named"),
            ("attend", "appointed", "attended", "came"),
            ("tell", "attended", "feedback", "service_started"),
            ("close", "feedback", "closed", "service_started"),
        ]
        ours, theirs = made.assessor.identity.user_id, made.clinic.identity.user_id
        assert [row.actor_id for row in rows] == [ours] * 3 + [theirs] * 4 + [ours]
        assert all(row.at <= clock.now() for row in rows)


def test_the_green_channel_needs_another_agency_where_one_cannot(county: County) -> None:
    made = referring(county)
    view = sent(made, GREEN)
    for alternative in (None, made.agency_id):
        rejection = Rejection(ReferralRejection.NO_CAPACITY, alternative)
        with pytest.raises(Invalid) as refused:
            reject_referral(made.clinic, view.id, view.version, rejection)
        assert refused.value.field == "alternative_agency_id"
    other = an_agency(county)
    done = reject_referral(made.clinic, view.id, view.version, Rejection(ReferralRejection.NO_CAPACITY, other))
    assert (done.state, done.alternative_agency_id) == ("rejected", other)
    with transaction(made.person.coordinator) as work:
        asked = work.session.scalars(select(Task.role).where(Task.kind == "referral_rejected")).all()
    assert sorted(asked) == ["assessor", "township_coordinator"]


def test_what_an_agency_is_at_is_ended_only_where_consent_is_gone_or_feedback_is_late(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = referring(county)
    view = received(made)
    with refusal(Conflict, "referral_still_running"):
        close_referral(made.assessor, view.id, view.version, None)
    withdraw(made)
    assert close_referral(made.assessor, view.id, view.version, None).outcome == "given_up"
    other = referring(county)
    late = received(other)
    fortnight = clock.now() + timedelta(days=14, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: fortnight)
    assert read_referral(other.assessor, late.id).overdue == ("feedback",)
    assert close_referral(other.assessor, late.id, late.version, ReferralOutcome.NOT_REACHED).outcome == "not_reached"


def test_days_lie_ahead_and_attendance_behind(county: County) -> None:
    made = referring(county)
    view = received(made)
    with refusal(Invalid, "appointment_in_past"):
        appoint_referral(made.clinic, view.id, view.version, clock.now() - timedelta(hours=1))
    view = appointed(referring(county))
    with refusal(NotFound, "not_found"):
        attend_referral(made.clinic, view.id, view.version, Attendance(attended=True))
    other = referring(county)
    view = appointed(other)
    with refusal(Invalid, "attendance_in_future"):
        attend_referral(other.clinic, view.id, view.version, Attendance(True, clock.now() + timedelta(days=1)))


def test_somebody_who_did_not_come_gets_another_day(county: County) -> None:
    made = referring(county)
    view = attended(made, came=False)
    assert (view.state, view.attended_at) == ("not_attended", None)
    again = appoint_referral(made.clinic, view.id, view.version, clock.now() + timedelta(days=2))
    assert again.state == "appointed"


def test_an_agency_sends_somebody_back_with_the_minimum(county: County) -> None:
    made = referring(county)
    view = attended(made)
    back = send_back(made.clinic, view.id, SendingBack(ReferralUrgency.SOON, "请继续每月联系"))
    assert (back.direction, back.back_of, back.state, back.reason) == ("in", view.id, "sent", "back")
    full = read_referral(made.assessor, back.id)
    assert isinstance(full, ReferralDetail)
    assert full.packet is not None
    assert (full.packet.name, full.packet.safety_note) == ("欧阳试验", "请继续每月联系")
    status = read_referral(made.person.coordinator, back.id)
    assert isinstance(status, ReferralForTownship)
    assert status.packet is None
    with refusal(Conflict, "referral_back_open"):
        send_back(made.clinic, view.id, SendingBack(ReferralUrgency.SOON))
    taken = take_in(made.person.coordinator, back.id, back.version)
    with refusal(Invalid, "referral_outcome_missing"):
        close_referral(made.assessor, back.id, taken.version, None)
    assert close_referral(made.assessor, back.id, taken.version, ReferralOutcome.NO_NEED).state == "closed"


@pytest.mark.parametrize("state", [ReferralState.SENT, ReferralState.REJECTED])
def test_nobody_is_sent_back_whom_the_agency_does_not_have(county: County, state: ReferralState) -> None:
    made = referring(county)
    view = sent(made) if state is ReferralState.SENT else rejected(made)
    with refusal(Conflict, "referral_transition_forbidden"):
        send_back(made.clinic, view.id, SendingBack(ReferralUrgency.SOON))


# By when


@pytest.mark.parametrize(
    "sent_at", [datetime(2026, 12, 31, 23, 30, tzinfo=CHINA), datetime(2026, 10, 3, 2, 0, tzinfo=CHINA)]
)
@pytest.mark.parametrize("urgency", [GREEN, ReferralUrgency.EMERGENCY])
def test_the_green_channel_runs_by_the_hour_at_night_and_on_holidays(
    county: County, monkeypatch: pytest.MonkeyPatch, sent_at: datetime, urgency: ReferralUrgency
) -> None:
    monkeypatch.setattr(clock, "now", lambda: sent_at)
    made = referring(county)
    view = sent(made, urgency)
    assert (view.ack_due_at, view.seen_due_at) == (sent_at + timedelta(hours=2), sent_at + timedelta(hours=24))
    monkeypatch.setattr(clock, "now", lambda: sent_at + timedelta(hours=2, seconds=1))
    assert read_referral(made.clinic, view.id).overdue == ("answer",)
    (line,) = list_referrals(made.person.coordinator, ReferralFilter(overdue=True), PageAsked(50)).items
    assert line.id == view.id
    taken = receive_referral(made.clinic, view.id, view.version)
    monkeypatch.setattr(clock, "now", lambda: sent_at + timedelta(hours=24, seconds=1))
    assert read_referral(made.clinic, taken.id).overdue == ("seen",)


def test_feedback_is_due_fourteen_days_after_the_last_step(county: County) -> None:
    taken = received(referring(county))
    assert taken.received_at is not None
    assert taken.feedback_due_at == taken.received_at + timedelta(days=14)
    named = appointed(referring(county))
    assert named.appointment_at is not None
    assert named.feedback_due_at == named.appointment_at + timedelta(days=14)
    came = attended(referring(county))
    assert came.attended_at is not None
    assert came.feedback_due_at == came.attended_at + timedelta(days=14)
