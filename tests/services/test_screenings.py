"""Screenings: who may record and read them, on which conditions, and what a crisis asks for first."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from server import clock
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope, SafetyKind
from server.domain.codes_instruments import ScreeningMode
from server.domain.crisis_reports import CrisisReport
from server.errors import Conflict, Forbidden, Invalid, LinliError, NotFound
from server.models.assessment import Screening
from server.models.resident import Resident
from server.models.safety import SafetyEvent
from server.schemas.instrument_examples import DEFINITION
from server.services.instruments import Enabling, disable_instrument, enable_instrument, load_instrument
from server.services.screenings import ScreeningView, list_screenings, read_screening, record_screening
from server.store.care import sealing_keys
from server.store.safety_events import ACTIONS, FACTS, KIND
from server.store.transaction import Caller, bind, new_id, transaction
from tests.make import County, same_caller, user_id_of
from tests.make_assessments import drafted
from tests.make_care import InCare, an_assessor, entry_of, in_care
from tests.make_ledger import refusal
from tests.make_screenings import a_form, answers_of
from tests.services.test_instruments import LICENCE, a_privacy_officer, an_admin
from tests.services.test_ledger_reading import statements
from tests.sweeping import DIAGNOSIS_FACT, events_of

FACT = "本人说近一周夜里想过不如死掉，没有计划，家人在身边。"
DONE = "女儿已到场陪同，已电话联系临床医生。"
REPORT = CrisisReport(SafetyKind.SELF_HARM_THOUGHT, FACT, DONE)
CRISIS = answers_of("phq-9", 0, i9=1)


def recorded(person: InCare, code: str = "gad-7", caller: Caller | None = None, **changes: object) -> ScreeningView:
    return record_screening(caller or person.assessor, person.entry_id, a_form(code, **changes))


def events_about(person: InCare) -> list[SafetyEvent]:
    with transaction(person.coordinator) as work:
        statement = select(SafetyEvent).where(SafetyEvent.resident_id == person.resident_id)
        return list(work.session.scalars(statement.where(SafetyEvent.county_code == person.county.code)))


def screenings_kept(person: InCare) -> list[Screening]:
    with transaction(person.coordinator) as work:
        statement = select(Screening).where(Screening.county_code == person.county.code)
        return list(work.session.scalars(statement))


def a_counsellor(county: County, user_id: UUID | None = None) -> Caller:
    return an_assessor(county, user_id, Role.COUNSELLOR)


def know(person: InCare, **columns: object) -> None:
    """Let the registry know something about the person."""
    with transaction(person.coordinator) as work:
        row = work.session.get_one(Resident, (person.county.code, person.resident_id))
        for name, value in columns.items():
            setattr(row, name, value)


def test_a_result_is_told_in_plain_words_and_moves_nothing(county: County) -> None:
    person = in_care(county)
    view = recorded(person, "phq-9", answers=answers_of("phq-9", 1, i9=0, i1=3, i10=2))
    assert (view.total, view.band, view.refer, view.crisis_item_positive) == (10, "moderate", True, False)
    assert (view.meaning.zh, view.next_step.zh) == (
        "这类感受较多（中度）",
        "建议到医疗机构由医生进一步评估；去不去由本人决定。",
    )
    assert ("筛查结果不是诊断" in view.disclaimer.zh, view.unreviewed, view.talk_offer) == (True, ("zh",), None)
    assert read_screening(person.assessor, view.id) == view
    assert list_screenings(person.assessor, person.entry_id) == [view]
    with transaction(person.coordinator) as work:
        entry = entry_of(work, person)
        assert (entry.state, entry.version) == ("consented", 1)
    assert events_about(person) == []


def test_answers_and_totals_are_sealed_and_every_reading_is_written_down(county: County) -> None:
    person = in_care(county)
    view = recorded(person, answers=answers_of("gad-7", 3))
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        (line,) = session.execute(text("SELECT row_to_json(screening)::text FROM screening")).scalars()
    assert '"21"' not in line
    assert "total" not in line
    read_screening(person.assessor, view.id)
    read = [one for one in events_of(county) if one["action"] == "screening:read"]
    wrote = [one for one in events_of(county) if one["action"] == "screening:record" and one.get("table")]
    assert [(one["fields"], len(one["subjects"]), one["purpose"]) for one in read] == [
        (["screening.answers", "screening.result"], 1, "care")
    ]
    assert [(one["table"], one["record"], one["after"]) for one in wrote] == [("screening", str(view.id), 1)]
    assert "severe" not in str(events_of(county))


def test_the_list_takes_as_many_statements_for_one_as_for_twenty(county: County) -> None:
    person, counts = in_care(county), []
    for codes in (["gad-7"], ["gad-7", "phq-9", "k6", "k10", "srq-20"] * 3 + ["gad-7"] * 4):
        for code in codes:
            recorded(person, code, answers=answers_of(code, 1 if code == "k10" else 0))
        list_screenings(person.assessor, person.entry_id)
        with statements(county.store) as sent:
            found = list_screenings(person.assessor, person.entry_id)
        counts.append((len(found), len(sent)))
    assert [number for number, _ in counts] == [1, 20]
    assert counts[0][1] == counts[1][1] <= 8


# Invariant 17 and the crisis rule


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        ("phq-9", answers_of("phq-9", 0, i9=1)),
        ("phq-9", answers_of("phq-9", 3, i9=2)),
        ("phq-9", {9: 3}),
        ("srq-20", answers_of("srq-20", 0, i17=1)),
    ],
)
def test_invariant_17_a_form_with_a_crisis_stays_open_and_nothing_is_kept(
    county: County, code: str, answers: dict[int, int]
) -> None:
    person = in_care(county)
    with refusal(Invalid, "crisis_open"):
        recorded(person, code, answers=answers)
    assert (screenings_kept(person), events_about(person)) == ([], [])


def test_invariant_17_the_safety_event_is_there_before_the_screening(county: County) -> None:
    person = in_care(county)
    view = recorded(person, "phq-9", answers=CRISIS, safety_event=REPORT)
    (event,) = events_about(person)
    (row,) = screenings_kept(person)
    assert (row.safety_event_id, view.safety_event_id, view.crisis_item_positive) == (event.id, event.id, True)
    assert (event.source, event.state, event.entry_id, event.raised_at) == (
        "screening",
        "raised",
        person.entry_id,
        row.created_at,
    )
    assert event.id < row.id
    assert view.next_step.zh.startswith("请有人陪在身边")
    order = [one["action"] for one in events_of(county) if one.get("table") in {"safety_event", "screening"}]
    assert order == ["safety_event:raise", "screening:record"]
    with transaction(person.assessor) as work:
        keys = sealing_keys(work, "test", person.resident_id, KIND, FACTS, ACTIONS)
        opened = [
            keys.open_optional(name, event.id, person.resident_id, sealed)
            for name, sealed in (
                (KIND, event.sealed_kind),
                (FACTS, event.sealed_facts),
                (ACTIONS, event.sealed_actions),
            )
        ]
    assert opened == ["self_harm_thought", FACT, DONE]


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"answers": {9: 1}}, Invalid, "screening_answers_invalid"),
        ({"disclaimer_shown": False}, Invalid, "disclaimer_not_shown"),
        ({"id": "taken"}, Conflict, "record_exists"),
        ({"assessment_id": new_id()}, NotFound, "not_found"),
        ({"safety_event": CrisisReport(SafetyKind.ATTEMPT, DIAGNOSIS_FACT)}, Invalid, "diagnosis_in_text"),
        ({"safety_event_id": new_id()}, Invalid, "safety_event_twice"),
    ],
)
def test_invariant_17_event_and_form_are_written_together_or_not_at_all(
    county: County, changes: dict[str, object], error: type[LinliError], code: str
) -> None:
    person = in_care(county)
    taken = recorded(person).id
    changes = {name: taken if value == "taken" else value for name, value in changes.items()}
    with refusal(error, code):
        recorded(person, "phq-9", **{"answers": CRISIS, "safety_event": REPORT} | changes)
    assert events_about(person) == []
    assert [row.id for row in screenings_kept(person)] == [taken]


def test_an_event_raised_shortly_before_about_the_same_person_will_do(county: County) -> None:
    person = in_care(county)
    first = recorded(person, "phq-9", answers=CRISIS, safety_event=REPORT)
    second = recorded(person, "srq-20", answers=answers_of("srq-20", 0, i17=1), safety_event_id=first.safety_event_id)
    assert second.safety_event_id == first.safety_event_id
    assert len(events_about(person)) == 1


def test_somebody_else_s_event_or_one_of_the_day_before_will_not_do(county: County) -> None:
    person, other = in_care(county), in_care(county)
    theirs = recorded(other, "phq-9", answers=CRISIS, safety_event=REPORT).safety_event_id
    own = recorded(person, "phq-9", answers=CRISIS, safety_event=REPORT).safety_event_id
    with transaction(person.coordinator) as work:
        event = work.session.get_one(SafetyEvent, (county.code, own))
        event.raised_at -= timedelta(hours=24, minutes=1)
    for event_id in (theirs, own, new_id()):
        with refusal(Invalid, "safety_event_unfit"):
            recorded(person, "phq-9", answers=CRISIS, safety_event_id=event_id)


def test_staff_may_raise_an_event_with_a_form_that_shows_none(county: County) -> None:
    person = in_care(county)
    view = recorded(person, "phq-9", safety_event=REPORT)
    assert (view.crisis_item_positive, view.safety_event_id) == (False, events_about(person)[0].id)


def test_hopelessness_offers_a_talk_and_is_no_crisis(county: County) -> None:
    person = in_care(county)
    view = recorded(person, "k10", answers=answers_of("k10", 1, i4=5))
    assert (view.ask_items, view.crisis_item_positive, view.talk_offer is not None) == ((4,), False, True)


# Conditions


@pytest.mark.parametrize("state", [LedgerState.ACCEPTED, LedgerState.CLOSED])
def test_nobody_is_screened_before_consent_or_after_the_end(county: County, state: LedgerState) -> None:
    person = in_care(county, state)
    with refusal(NotFound, "not_found"):
        recorded(person)


@pytest.mark.parametrize("scopes", [(), (ConsentScope.PLAN_VISIT,), (ConsentScope.CONTACT,)])
def test_invariant_3_no_screening_without_consent_to_be_assessed(
    county: County, scopes: tuple[ConsentScope, ...]
) -> None:
    person = in_care(county, consents=scopes)
    with refusal(Conflict, "consent_missing"):
        recorded(person)


def test_a_form_from_before_the_consent_or_from_tomorrow_is_not_kept(county: County) -> None:
    person = in_care(county)
    with refusal(Invalid, "screening_before_consent"):
        recorded(person, held_at=clock.now() - timedelta(hours=1))
    with refusal(Invalid, "screening_in_future"):
        recorded(person, held_at=clock.now() + timedelta(minutes=6))


def test_the_person_must_have_been_told_that_it_is_no_diagnosis(county: County) -> None:
    with refusal(Invalid, "disclaimer_not_shown"):
        recorded(in_care(county), disclaimer_shown=False)


def test_what_is_missing_or_no_option_is_named(county: County) -> None:
    with pytest.raises(Invalid) as refused:
        recorded(in_care(county), answers=answers_of("gad-7", 0, i2=4, i8=0))
    assert [(one.field, one.code) for one in refused.value.errors] == [
        ("answers.2", "answer_not_an_option"),
        ("answers.8", "answer_no_such_item"),
    ]


@pytest.mark.parametrize(
    ("code", "age", "confirmed", "refused"),
    [
        ("phq-9", 17, True, "instrument_age_unfit"),
        ("phq-9", 18, False, "instrument_age_unknown"),
        ("phq-9", 18, True, None),
        ("phq-9", 19, False, None),
        ("phq-9", None, False, "instrument_age_unknown"),
        ("phq-9", None, True, None),
        ("gds-15", 59, True, "instrument_age_unfit"),
        ("gds-15", 61, False, None),
    ],
)
def test_the_age_is_what_the_instrument_was_made_for(
    county: County, code: str, age: int | None, confirmed: bool, refused: str | None
) -> None:
    person = in_care(county)
    know(person, birth_year=clock.today().year - age if age else None)
    changes = {"answers": answers_of(code), "age_confirmed": confirmed}
    if refused is None:
        assert recorded(person, code, **changes).instrument == code
        return
    with refusal(Invalid, refused):
        recorded(person, code, **changes)


def test_an_instrument_that_is_not_enabled_is_not_used(county: County) -> None:
    person, officer = in_care(county), a_privacy_officer(county)
    with refusal(Conflict, "instrument_not_enabled"):
        recorded(person, "who-5")
    enable_instrument(officer, "who-5", 1, Enabling("1998", LICENCE))
    view = recorded(person, "who-5", answers=answers_of("who-5", 2))
    assert (view.total, view.band) == (40, "low")
    disable_instrument(officer, "who-5", 2, "1998")
    with refusal(Conflict, "instrument_not_enabled"):
        recorded(person, "who-5")
    assert read_screening(person.assessor, view.id) == view
    with refusal(NotFound, "not_found"):
        recorded(person, "beck", answers={1: 1}, edition="1961")


def test_a_county_s_own_instrument_keeps_its_roles_and_modes(county: County) -> None:
    load_instrument(an_admin(county), DEFINITION, LICENCE)
    enable_instrument(a_privacy_officer(county), "sleep-2", 1, Enabling("2026"))
    counsellor = a_counsellor(county)
    person = in_care(county, carers=(user_id_of(counsellor),))
    form = {"answers": {1: 1, 2: 0}, "edition": "2026"}
    assert recorded(person, "sleep-2", **form).band == "poor"
    with refusal(Invalid, "instrument_mode"):
        recorded(person, "sleep-2", mode=ScreeningMode.SELF, **form)
    with refusal(Forbidden, "instrument_role"):
        recorded(person, "sleep-2", counsellor, **form)


def test_pcl_5_is_for_assessors_and_clinicians(county: County) -> None:
    enable_instrument(a_privacy_officer(county), "pcl-5", 1, Enabling("2013", LICENCE, 33))
    counsellor = a_counsellor(county)
    person = in_care(county, carers=(user_id_of(counsellor),))
    answers = answers_of("pcl-5", 1, i1=4, i2=4, i3=4, i4=4)
    with refusal(Forbidden, "instrument_role"):
        recorded(person, "pcl-5", counsellor, answers=answers)
    below = recorded(person, "pcl-5", answers=answers)
    assert (below.total, below.band, below.cut_off) == (32, "below", 33)


@pytest.mark.parametrize(("sex", "band", "cut_off"), [("1", "below", 4), ("2", "above", 3), ("0", "above", 3)])
def test_audit_c_holds_whoever_is_not_known_to_be_a_man_to_the_lower_cut_off(
    county: County, sex: str, band: str, cut_off: int
) -> None:
    enable_instrument(a_privacy_officer(county), "audit-c", 1, Enabling("1998", LICENCE))
    person = in_care(county)
    know(person, sex=sex)
    view = recorded(person, "audit-c", answers={1: 1, 2: 1, 3: 1})
    assert (view.total, view.band, view.cut_off) == (3, band, cut_off)


def test_a_result_keeps_the_cut_off_it_was_told_with(county: County) -> None:
    person = in_care(county)
    answers = answers_of("srq-20", 0, i1=1, i2=1, i3=1, i4=1, i5=1, i6=1, i7=1)
    view = recorded(person, "srq-20", answers=answers)
    assert (view.total, view.band) == (7, "above")
    enable_instrument(a_privacy_officer(county), "srq-20", 1, Enabling("1994", None, 8))
    assert read_screening(person.assessor, view.id) == view
    assert recorded(person, "srq-20", answers=answers).band == "below"


def test_a_screening_may_belong_to_an_assessment_of_the_same_entry(county: County) -> None:
    person, other = in_care(county), in_care(county)
    assessment_id = drafted(person).id
    assert recorded(person, assessment_id=assessment_id).assessment_id == assessment_id
    with refusal(NotFound, "not_found"):
        recorded(other, assessment_id=assessment_id)


# Who sees them


def test_a_clinician_sees_all_and_a_counsellor_only_what_they_recorded(county: County) -> None:
    counsellor, clinician = a_counsellor(county), an_assessor(county, role=Role.CLINICIAN)
    person = in_care(county, carers=(user_id_of(counsellor), user_id_of(clinician)))
    assert list_screenings(counsellor, person.entry_id) == []
    theirs, own = recorded(person), recorded(person, caller=counsellor)
    assert [one.id for one in list_screenings(clinician, person.entry_id)] == [theirs.id, own.id]
    assert [one.id for one in list_screenings(counsellor, person.entry_id)] == [own.id]
    assert read_screening(counsellor, own.id) == own
    with refusal(NotFound, "not_found"):
        read_screening(counsellor, theirs.id)


def test_a_counsellor_who_no_longer_looks_after_the_person_finds_not_even_their_own(county: County) -> None:
    counsellor = a_counsellor(county)
    person = in_care(county, carers=(user_id_of(counsellor),))
    own = recorded(person, caller=counsellor)
    with transaction(person.coordinator) as work:
        entry_of(work, person).carer_ids = [user_id_of(person.assessor)]
    with refusal(NotFound, "not_found"):
        read_screening(counsellor, own.id)
    with refusal(NotFound, "not_found"):
        list_screenings(counsellor, person.entry_id)


def test_whoever_does_not_look_after_the_person_finds_nothing(county: County) -> None:
    person = in_care(county)
    view = recorded(person)
    strangers = (an_assessor(county), a_counsellor(county), an_assessor(county, area=county.other_township))
    for stranger in strangers:
        with refusal(NotFound, "not_found"):
            list_screenings(stranger, person.entry_id)
        with refusal(NotFound, "not_found"):
            read_screening(stranger, view.id)
        with refusal(NotFound, "not_found"):
            record_screening(stranger, person.entry_id, a_form())


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.ASSESSOR, Role.CLINICIAN, Role.COUNSELLOR, Role.CITY_SUPERVISOR})
)
def test_g10_no_other_role_reads_or_records_a_screening(county: County, role: Role) -> None:
    user_id = new_id()
    person = in_care(county, carers=(user_id,))
    view = recorded(person)
    someone = same_caller(an_assessor(county, user_id, role), Purpose.CARE)
    for act in (
        lambda: list_screenings(someone, person.entry_id),
        lambda: read_screening(someone, view.id),
        lambda: record_screening(someone, person.entry_id, a_form()),
    ):
        with refusal(Forbidden, "role_forbidden"):
            act()


def test_an_ended_entry_shows_no_screening_any_more(county: County) -> None:
    person = in_care(county)
    view = recorded(person)
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        entry.state, entry.closed_at, entry.purge_due_at = "closed", work.now, work.now
    with refusal(NotFound, "not_found"):
        read_screening(person.assessor, view.id)


@pytest.mark.parametrize("statement", ["UPDATE screening SET mode = 'self'", "DELETE FROM screening"])
def test_invariant_5_nobody_has_the_right_to_change_a_screening(county: County, statement: str) -> None:
    recorded(in_care(county))
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))
