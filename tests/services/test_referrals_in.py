"""Referrals in, the clockwork of referrals, agencies and the crisis card."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from server import clock
from server.clock import CHINA
from server.config import Config
from server.domain.codes import LegalBasis, Purpose, Role
from server.domain.codes_referral import Destination, ReferralOutcome, ReferralUrgency
from server.domain.pages import PageAsked
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.models.key import Subject
from server.models.ledger import LedgerEntry, Task
from server.models.referral import Referral, ReferralStep
from server.models.resident import Resident
from server.models.sweep import Observation
from server.services.agencies import (
    AgencyFilter,
    NewAgency,
    change_agency,
    enter_agency,
    leave_agency,
    list_agencies,
    list_members,
    put_member,
)
from server.services.crisis_card import NumberEntry, change_number, enter_number, read_card, take_off_number
from server.services.expiry import in_batches, system_caller
from server.services.referral_answers import receive_referral
from server.services.referral_clock import ask_for_feedback, forget_referred_in, mark_unanswered
from server.services.referral_reading import (
    NEXT_STEP,
    ReferralFilter,
    ReferralForAgency,
    ReferralForTownship,
    list_referrals,
    read_referral,
)
from server.services.referrals import close_referral
from server.services.referrals_in import take_in
from server.services.upkeep import mind_the_hours
from server.store.transaction import Caller, Store, new_id, open_store, transaction
from tests.make import County, a_caller
from tests.make_care import an_agency
from tests.make_ledger import a_coordinator, refusal
from tests.make_referrals import a_clinic, received, referred_in, referring, sent
from tests.signed_in import a_user


@pytest.fixture(scope="module")
def jobs(config: Config, store: Store) -> Iterator[Store]:
    """The store as the job process opens it."""
    opened = open_store(config, store.keyring, url=config.jobs_url)
    yield opened
    opened.engine.dispose()


def an_admin(county: County) -> Caller:
    return a_caller(county, Role.SYSADMIN, county.code)


def kinds(county: County) -> list[tuple[str, str]]:
    with transaction(a_coordinator(county)) as work:
        rows = work.session.scalars(select(Task).where(Task.done_at.is_(None), Task.about_table == "referral"))
        return sorted((row.kind, row.role) for row in rows)


# Referrals in


def test_somebody_told_of_with_their_word_reaches_the_township_and_nobody_is_made_by_it(county: County) -> None:
    view = referred_in(county, safety_note="请先打电话")
    assert isinstance(view, ReferralForAgency)
    read = read_referral(a_coordinator(county), view.id)
    assert isinstance(read, ReferralForTownship)
    assert read.packet is not None
    assert (read.packet.name, read.packet.consent_scope, read.packet.safety_note) == (
        "上官试验",
        "person",
        "请先打电话",
    )
    assert kinds(county) == [("referral_in", "township_coordinator")]
    taken = take_in(a_coordinator(county), view.id, view.version)
    assert (taken.state, taken.next_step, kinds(county)) == ("received", NEXT_STEP, [])
    with transaction(a_coordinator(county)) as work:
        for table in (Resident, Observation, LedgerEntry):
            assert work.session.scalars(select(table)).all() == []


def test_back_to_the_sender_go_codes_alone(county: County) -> None:
    clinic = a_clinic(county)
    view = referred_in(county, clinic=clinic)
    taken = take_in(a_coordinator(county), view.id, view.version)
    with refusal(Invalid, "referral_outcome_missing"):
        close_referral(a_coordinator(county), view.id, taken.version, None)
    close_referral(a_coordinator(county), view.id, taken.version, ReferralOutcome.SERVICE_STARTED)
    read = read_referral(clinic, view.id)
    assert isinstance(read, ReferralForAgency)
    assert (read.state, read.outcome, read.packet) == ("closed", "service_started", None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"person_agreed": False}, "referral_person_not_agreed"),
        ({"birth_year": 2011}, "referral_guardian_not_agreed"),
        ({"birth_year": 2011, "person_agreed": False, "guardian_agreed": True}, "referral_person_not_agreed"),
        ({"birth_year": 2016, "person_agreed": True}, "referral_guardian_not_agreed"),
        ({"safety_note": "确诊精神分裂症"}, "diagnosis_in_text"),
        ({"phone": "12"}, "phone_invalid"),
    ],
)
def test_guardrail_g8_nobody_is_told_of_without_the_word_their_age_asks_for(
    county: County, changes: dict[str, object], code: str
) -> None:
    with refusal(Invalid, code):
        referred_in(county, **changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"birth_year": 2016, "person_agreed": False, "guardian_agreed": True}, "guardian"),
        ({"birth_year": 2011, "guardian_agreed": True}, "person_and_guardian"),
        (
            {"birth_year": 2016, "person_agreed": False, "legal_basis": LegalBasis.HARM_TO_MINOR,
             "basis_reason": "孩子身上多处伤痕"},
            "legal_basis",
        ),
    ],
)  # fmt: skip
def test_guardrail_g6_a_child_is_told_of_by_the_guardian_or_by_law(
    county: County, changes: dict[str, object], said: str
) -> None:
    view = referred_in(county, **changes)
    assert isinstance(view, ReferralForAgency)
    assert view.packet is not None
    assert view.packet.consent_scope == said


def test_an_agency_speaks_for_itself_and_to_a_township_there_is(county: County) -> None:
    for changes in (
        {"agency_id": an_agency(county)},
        {"agency_id": new_id()},
        {"township_code": county.code + "999"},
        {"township_code": "110101001"},
    ):
        with refusal(NotFound, "not_found"):
            referred_in(county, **changes)


def test_a_taken_id_is_told_cleanly(county: County) -> None:
    id_ = new_id()
    referred_in(county, id=id_)
    with refusal(Conflict, "record_exists"):
        referred_in(county, id=id_)


def test_neither_side_takes_what_is_for_the_other(county: County) -> None:
    clinic = a_clinic(county)
    view = referred_in(county, clinic=clinic)
    with refusal(Forbidden, "role_forbidden"):
        receive_referral(clinic, view.id, view.version)
    made = referring(county)
    out = sent(made)
    with refusal(Forbidden, "role_forbidden"):
        take_in(made.person.coordinator, out.id, out.version)


def test_another_township_does_not_see_who_was_told_of(county: County) -> None:
    view = referred_in(county)
    elsewhere = a_coordinator(county, county.other_township)
    for act in (read_referral, lambda caller, id_: take_in(caller, id_, view.version)):
        with refusal(NotFound, "not_found"):
            act(elsewhere, view.id)
    assert list_referrals(elsewhere, ReferralFilter(), PageAsked(50)).items == ()


# Time


def run(jobs: Store, county: County, part: object, now: datetime) -> int:
    return in_batches(system_caller(jobs, county.code), lambda work: part(work, now))  # type: ignore[operator]


def test_what_nobody_answered_is_marked_once_and_both_sides_of_the_office_are_called(
    county: County, jobs: Store
) -> None:
    made = referring(county)
    view = sent(made)
    assert view.ack_due_at is not None
    assert run(jobs, county, mark_unanswered, view.ack_due_at) == 0
    later = view.ack_due_at + timedelta(seconds=1)
    assert (run(jobs, county, mark_unanswered, later), run(jobs, county, mark_unanswered, later)) == (1, 0)
    assert kinds(county) == [("referral_unanswered", "assessor"), ("referral_unanswered", "township_coordinator")]
    marked = read_referral(made.clinic, view.id)
    assert (marked.state, marked.version) == ("no_ack", view.version + 1)
    with transaction(made.assessor) as work:
        step = work.session.scalars(select(ReferralStep).order_by(ReferralStep.id.desc()).limit(1)).one()
        assert (step.act, step.actor_id.int, step.reason) == ("time_out", 0, "not_answered")
    assert receive_referral(made.clinic, view.id, marked.version).state == "received"
    assert kinds(county) == []


def test_what_is_counted_in_hours_is_not_left_for_the_night(county: County, jobs: Store) -> None:
    view = sent(referring(county))
    assert view.ack_due_at is not None
    assert mind_the_hours(jobs, view.ack_due_at + timedelta(seconds=1)) >= 1
    assert {kind for kind, _ in kinds(county)} == {"referral_unanswered"}


def test_missing_feedback_is_asked_for_once(county: County, jobs: Store) -> None:
    view = received(referring(county))
    assert view.feedback_due_at is not None
    assert run(jobs, county, ask_for_feedback, view.feedback_due_at) == 0
    later = view.feedback_due_at + timedelta(seconds=1)
    assert (run(jobs, county, ask_for_feedback, later), run(jobs, county, ask_for_feedback, later)) == (1, 0)
    assert kinds(county) == [("feedback_missing", "assessor"), ("feedback_missing", "township_coordinator")]


def test_invariant_15_who_was_told_of_is_forgotten_thirty_days_after_the_end(county: County, jobs: Store) -> None:
    view = referred_in(county)
    taken = take_in(a_coordinator(county), view.id, view.version)
    close_referral(a_coordinator(county), view.id, taken.version, ReferralOutcome.NO_NEED)
    assert run(jobs, county, forget_referred_in, clock.now() + timedelta(days=29)) == 0
    later = clock.now() + timedelta(days=31)
    assert (run(jobs, county, forget_referred_in, later), run(jobs, county, forget_referred_in, later)) == (1, 0)
    with transaction(a_coordinator(county)) as work:
        assert work.session.scalars(select(Referral)).all() == []
        assert work.session.scalars(select(Subject).where(Subject.id == view.id)).all() == []


def test_a_routine_referral_is_due_on_the_third_working_day_after_the_new_year(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 9, 0, tzinfo=CHINA))
    views = [sent(referring(county), urgency) for urgency in (ReferralUrgency.ROUTINE, ReferralUrgency.SOON)]
    assert [view.ack_due_at for view in views if view.ack_due_at] == [
        datetime(2027, 1, day, 23, 59, 59, tzinfo=CHINA) for day in (5, 1)
    ]
    assert [view.seen_due_at for view in views] == [None, None]


# Agencies


def a_new_agency(**changes: object) -> NewAgency:
    values: dict[str, object] = {
        "name": "试验中心",
        "kind": Destination.COUNTY_CENTRE,
        "phone": "0000-1",
        "hours": "全天",
    }
    return NewAgency(**values | changes)  # type: ignore[arg-type]


def test_an_administrator_keeps_the_directory_and_others_read_it(county: County) -> None:
    admin = an_admin(county)
    made = enter_agency(admin, a_new_agency())
    with refusal(Conflict, "agency_name_taken"):
        enter_agency(admin, a_new_agency())
    with refusal(Invalid, "resident_area_unknown"):
        enter_agency(admin, a_new_agency(name="别处", township_code="110101001"))
    changed = change_agency(admin, made.id, made.version, {"capacity": 7, "active": False})
    assert (changed.capacity, changed.active, changed.version) == (7, False, 2)
    reader = a_clinic(county)
    assert list_agencies(reader, AgencyFilter(), PageAsked(50)).items == (changed,)
    assert list_agencies(reader, AgencyFilter(active=True), PageAsked(50)).items == ()
    with refusal(Forbidden, "role_forbidden"):
        change_agency(reader, made.id, changed.version, {"capacity": 8})


def test_who_answers_for_an_agency_holds_the_role_and_loses_sight_with_it(county: County) -> None:
    admin, made = an_admin(county), referring(county)
    view = sent(made)
    user_id, _ = a_user(county, (Role.RECEIVING_AGENCY, county.code))
    other_id, _ = a_user(county, (Role.GRID_WORKER, county.grid))
    caller = a_clinic(county, user_id)
    with refusal(NotFound, "not_found"):
        read_referral(caller, view.id)
    put_member(admin, made.agency_id, user_id)
    put_member(admin, made.agency_id, user_id)
    assert len(list_members(admin, made.agency_id)) == 2
    assert read_referral(caller, view.id).state == "sent"
    leave_agency(admin, made.agency_id, user_id)
    with refusal(NotFound, "not_found"):
        read_referral(caller, view.id)
    with refusal(NotFound, "not_found"):
        leave_agency(admin, made.agency_id, user_id)
    with refusal(Invalid, "agency_member_role"):
        put_member(admin, made.agency_id, other_id)


def test_guardrail_g10_nobody_of_the_police_reads_a_packet(county: County) -> None:
    user_id, _ = a_user(county, (Role.RECEIVING_AGENCY, county.code))
    with refusal(Invalid, "agency_without_members"):
        put_member(an_admin(county), an_agency(county, kind="police"), user_id)


# The crisis card


def test_the_card_shows_the_national_numbers_first_to_everybody(county: County) -> None:
    admin = an_admin(county)
    entry = NumberEntry("试验热线", "Trial line", "0000-12345", "全天", "always")
    made = enter_number(admin, "county_line", entry)
    for role, area in (
        (Role.GRID_WORKER, county.grid),
        (Role.AUDITOR, county.code),
        (Role.COUNTY_SUPERVISOR, county.code),
    ):
        card = read_card(a_caller(county, role, area, Purpose.SWEEP))
        assert [(line.code, line.number, line.national) for line in card] == [
            ("12356", "12356", True),
            ("110", "110", True),
            ("120", "120", True),
            ("county_line", "0000-12345", False),
        ]
    changed = change_number(
        admin, "county_line", made.version, NumberEntry("热线", "Line", "0000-54321", "白天", "by day")
    )
    assert (changed.number, changed.version) == ("0000-54321", 2)
    take_off_number(admin, "county_line", changed.version)
    assert [line.code for line in read_card(admin)] == ["12356", "110", "120"]


def test_a_county_cannot_change_or_take_off_a_national_number(county: County) -> None:
    admin = an_admin(county)
    entry = NumberEntry("别的", "Other", "0000-1", "全天", "always")
    with refusal(Conflict, "crisis_number_national"):
        enter_number(admin, "12356", entry)
    with refusal(NotFound, "not_found"):
        change_number(admin, "12356", 1, entry)
    with refusal(NotFound, "not_found"):
        take_off_number(admin, "110", 1)
