"""Asking and answering: one scope at a time, with a leaflet, and a no without consequence."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from server import clock
from server.config import Config
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_consents import ConsentAnswer, ConsentMethod, GivenBy
from server.domain.consents import Question
from server.domain.deadlines import assessment_due
from server.domain.ledger_rules import Due, overdue
from server.domain.workdays import due_at
from server.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from server.models.ledger import LedgerStep
from server.services.consents_asking import answer_consent, ask_consent, list_leaflets
from server.services.consents_nightly import end_past_consents
from server.services.expiry import in_batches, system_caller
from server.services.ledger import promote_observations
from server.store.consents import consent_in_force, require_consent
from server.store.holidays import work_calendar
from server.store.transaction import Store, new_id, open_store, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, a_consent, an_agency, an_assessor, entry_of, in_care
from tests.make_consents import (
    LEAFLET,
    a_guardian,
    agreed,
    an_answer,
    answered,
    asked,
    born,
    consents_now,
    entry_now,
    move_clock,
    refused,
    years_before,
)
from tests.make_ledger import Observed, a_promotion, an_officer, observed_again, refusal

GIVEN, REFUSED = ConsentAnswer


@pytest.fixture(scope="module")
def jobs(config: Config, store: Store) -> Iterator[Store]:
    """The store as the job process opens it."""
    opened = open_store(config, store.keyring, url=config.jobs_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def accepted(county: County) -> InCare:
    """Somebody whom the township has taken on, and nobody has spoken to."""
    return in_care(county, LedgerState.ACCEPTED)


def steps(person: InCare) -> list[tuple[str, UUID, str]]:
    with transaction(person.coordinator) as work:
        rows = select(LedgerStep).where(LedgerStep.entry_id == person.entry_id).order_by(LedgerStep.id)
        return [(row.act, row.actor_id, row.reason) for row in work.session.scalars(rows)]


def test_guardrail_g3_the_first_question_tells_the_person_and_names_the_leaflet(accepted: InCare) -> None:
    question = asked(accepted)
    assert (question.state, question.scope, question.leaflet_version) == ("requested", "assessment", LEAFLET)
    assert (question.given_by, question.answered_at, question.person_asked, question.version) == (None, None, False, 1)
    assert entry_now(accepted).state == "awaiting_consent"


def test_invariant_12_every_move_by_consent_has_its_actor_time_and_reason(county: County) -> None:
    willing, unwilling = in_care(county, LedgerState.ACCEPTED), in_care(county, LedgerState.ACCEPTED)
    agreed(willing)
    refused(unwilling)
    me, other = willing.assessor.identity.user_id, unwilling.assessor.identity.user_id
    assert steps(willing) == [("inform", me, ""), ("consent", me, "")]
    assert steps(unwilling) == [("inform", other, ""), ("refuse", other, "3")]


def test_a_yes_to_the_assessment_gives_ten_working_days(accepted: InCare, monkeypatch: pytest.MonkeyPatch) -> None:
    question = asked(accepted)
    move_clock(monkeypatch)(date(2026, 12, 25))
    given = answered(accepted, question)
    entry = entry_now(accepted)
    assert (given.state, given.given_by, given.method, given.ask_again_from) == ("given", "self", "paper", None)
    assert (entry.state, entry.consented_at) == ("consented", clock.now())
    with transaction(accepted.assessor) as work:
        due = assessment_due(work_calendar(work.session), date(2026, 12, 25))
    assert entry.assessment_due_at == due_at(due)
    assert (due.on >= date(2027, 1, 8), entry.due_provisional) == (True, due.provisional)


def test_guardrail_g3_a_no_ends_the_entry_without_any_mark_but_the_reason(accepted: InCare) -> None:
    answer = refused(accepted)
    entry = entry_now(accepted)
    assert (entry.state, entry.closure_reason, entry.grounds) == ("service_declined", "3", ["2"])
    assert (answer.state, answer.leaflet_version) == ("refused", LEAFLET)
    assert answer.ask_again_from is not None
    assert answer.ask_again_from > clock.today() + timedelta(days=85)
    with refusal(NotFound, "not_found"):
        asked(accepted, person_asked=True)


@pytest.mark.parametrize("scope", [ConsentScope.PLAN_VISIT, ConsentScope.FAMILY_CONTACT])
def test_guardrail_g8_each_scope_is_asked_by_itself_and_not_before_the_service_is_explained(
    accepted: InCare, scope: ConsentScope
) -> None:
    with refusal(Conflict, "consent_scope_too_early"):
        asked(accepted, scope)
    asked(accepted)
    asked(accepted, scope)
    assert consents_now(accepted) == {"assessment": "requested", scope.value: "requested"}


def test_invariant_3_a_yes_to_one_scope_is_no_yes_to_another(county: County) -> None:
    person = in_care(county, LedgerState.ACCEPTED)
    agreed(person)
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        assert require_consent(work, entry, ConsentScope.ASSESSMENT).scope == "assessment"
        for scope in set(ConsentScope) - {ConsentScope.ASSESSMENT}:
            with refusal(Conflict, "consent_missing"):
                require_consent(work, entry, scope)


def test_invariant_3_sharing_with_one_agency_is_no_yes_to_another(county: County) -> None:
    person, one, other = in_care(county), an_agency(county), an_agency(county)
    agreed(person, ConsentScope.REFERRAL_SHARE, agency_id=one)
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        assert consent_in_force(work, entry, ConsentScope.REFERRAL_SHARE, one) is not None
        assert consent_in_force(work, entry, ConsentScope.REFERRAL_SHARE, other) is None
    asked(person, ConsentScope.REFERRAL_SHARE, agency_id=other)


def test_sharing_needs_an_agency_that_takes_referrals(county: County) -> None:
    person = in_care(county)
    with refusal(Invalid, "consent_agency_wrong"):
        asked(person, ConsentScope.REFERRAL_SHARE)
    with refusal(Invalid, "consent_agency_wrong"):
        asked(person, ConsentScope.CONTACT, agency_id=an_agency(county))
    for agency_id in (new_id(), an_agency(county, active=False)):
        with refusal(Conflict, "consent_agency_unknown"):
            asked(person, ConsentScope.REFERRAL_SHARE, agency_id=agency_id)


def test_one_question_of_a_scope_is_open_at_a_time(county: County) -> None:
    person = in_care(county)
    first = asked(person, ConsentScope.CONTACT)
    with refusal(Conflict, "consent_open"):
        asked(person, ConsentScope.CONTACT)
    answered(person, first)
    with refusal(Conflict, "consent_open"):
        asked(person, ConsentScope.CONTACT)


def test_a_question_sent_twice_is_answered_cleanly(county: County) -> None:
    person, id_ = in_care(county), new_id()
    assert asked(person, ConsentScope.CONTACT, id=id_).id == id_
    with refusal(Conflict, "record_exists"):
        asked(person, ConsentScope.CONTACT, id=id_)


def test_a_leaflet_that_is_not_given_out_today_asks_nothing(accepted: InCare) -> None:
    with refusal(Invalid, "leaflet_unknown"):
        asked(accepted, leaflet_version="2019-1")
    assert (consents_now(accepted), entry_now(accepted).state) == ({}, "accepted")


def test_leaflets_of_a_question_or_of_all_are_given_out_to_everybody_at_work(county: County) -> None:
    worker = a_caller(county, Role.GRID_WORKER, county.grid)
    assert {leaflet.scope for leaflet in list_leaflets(worker, None)} == set(ConsentScope)
    (one,) = list_leaflets(worker, ConsentScope.CONTACT)
    assert (one.scope, one.version) == (ConsentScope.CONTACT, LEAFLET)


def test_asking_for_contact_is_the_first_contact(accepted: InCare) -> None:
    before = entry_now(accepted)
    later = clock.now() + timedelta(days=30)
    assert overdue("accepted", Due(first_contact=before.first_contact_due_at), later) == ("first_contact",)
    asked(accepted, ConsentScope.CONTACT)
    entry = entry_now(accepted)
    assert (entry.state, entry.first_contact_due_at, entry.version) == ("accepted", None, before.version + 1)


# Being left in peace


def test_guardrail_g3_after_a_no_nobody_asks_again_before_the_day_also_over_a_year_end(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_to = move_clock(monkeypatch)
    clock_to(date(2026, 12, 31))
    person = in_care(county)
    refused(person, ConsentScope.FAMILY_CONTACT)
    for day in (date(2026, 12, 31), date(2027, 1, 30)):
        clock_to(day)
        with pytest.raises(Conflict) as caught:
            asked(person, ConsentScope.FAMILY_CONTACT)
        assert (caught.value.code, caught.value.params) == ("consent_asked_too_soon", {"day": "2027-01-31"})
    asked(person, ConsentScope.CONTACT)
    clock_to(date(2027, 1, 31))
    assert asked(person, ConsentScope.FAMILY_CONTACT).person_asked is False


def test_who_wishes_to_be_asked_is_asked_and_that_is_kept(county: County) -> None:
    person = in_care(county)
    refused(person, ConsentScope.FAMILY_CONTACT)
    assert asked(person, ConsentScope.FAMILY_CONTACT, person_asked=True).person_asked is True


def test_the_peace_holds_in_a_new_entry_of_the_same_person(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_to = move_clock(monkeypatch)
    clock_to(date(2026, 11, 23))
    first = in_care(county, LedgerState.ACCEPTED)
    refused(first)
    second = in_care(county, LedgerState.ACCEPTED)
    with transaction(second.coordinator) as work:
        entry_of(work, second).resident_id = first.resident_id
    with pytest.raises(Conflict) as caught:
        asked(second)
    assert (caught.value.code, caught.value.params) == ("consent_asked_too_soon", {"day": "2027-02-23"})
    clock_to(date(2027, 2, 23))
    with transaction(second.coordinator) as work:
        entry_of(work, second).expires_at = clock.now() + timedelta(days=30)
    asked(second)


def test_guardrail_g3_who_refused_is_not_reported_again_on_what_was_known_before(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_to = move_clock(monkeypatch)
    clock_to(date(2026, 11, 20))
    person = in_care(county, LedgerState.ACCEPTED)
    refused(person)
    known = Observed(person.resident_id, new_id(), person.assessor)
    old = observed_again(county, known, observed_on=date(2026, 11, 20))
    new = observed_again(county, known, observed_on=date(2026, 11, 21))
    clock_to(date(2027, 2, 19))
    officer = an_officer(county)
    for facts in ({old}, {old, new}):
        with pytest.raises(Conflict) as caught:
            promote_observations(officer, a_promotion(known, observation_ids=frozenset(facts)))
        assert (caught.value.code, caught.value.params) == ("declined_recently", {"day": "2027-02-20"})
    assert promote_observations(officer, a_promotion(known, observation_ids=frozenset({new}))).state == "reported"


def test_three_months_after_a_refusal_old_facts_may_be_used(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_to = move_clock(monkeypatch)
    clock_to(date(2026, 11, 20))
    person = in_care(county, LedgerState.ACCEPTED)
    refused(person)
    known = Observed(person.resident_id, new_id(), person.assessor)
    old = observed_again(county, known, observed_on=date(2026, 11, 20))
    clock_to(date(2027, 2, 20))
    entry = promote_observations(an_officer(county), a_promotion(known, observation_ids=frozenset({old})))
    assert entry.state == "reported"


# Who answers


@pytest.mark.parametrize(
    ("years", "days", "by", "code"),
    [
        (14, -1, GivenBy.GUARDIAN, None),
        (14, -1, GivenBy.SELF, "consent_guardian_needed"),
        (14, 0, GivenBy.GUARDIAN, "consent_person_needed"),
        (14, 0, GivenBy.BOTH, None),
        (18, -1, GivenBy.SELF, "consent_guardian_needed"),
        (18, -1, GivenBy.BOTH, None),
        (18, 0, GivenBy.SELF, None),
        (18, 0, GivenBy.GUARDIAN, "consent_for_adult"),
    ],
)
def test_guardrail_g8_the_birthday_decides_who_must_agree(
    accepted: InCare, years: int, days: int, by: GivenBy, code: str | None
) -> None:
    born(accepted, years_before(clock.today(), years, days), **a_guardian(accepted, relation=None))
    question = asked(accepted)
    if code is None:
        assert answered(accepted, question, given_by=by).given_by == by
        return
    with refusal(Invalid, code):
        answered(accepted, question, given_by=by)
    assert (consents_now(accepted), entry_now(accepted).state) == ({"assessment": "requested"}, "awaiting_consent")


def test_invariant_19_a_minor_without_a_guardian_agrees_to_nothing_until_one_is_recorded(accepted: InCare) -> None:
    born(accepted, years_before(clock.today(), 12))
    question = asked(accepted)
    for by, code in [
        (GivenBy.SELF, "consent_guardian_needed"),
        (GivenBy.GUARDIAN, "consent_guardian_unknown"),
        (GivenBy.BOTH, "consent_guardian_unknown"),
    ]:
        with refusal(Invalid, code):
            answered(accepted, question, given_by=by)
    born(accepted, years_before(clock.today(), 12), **a_guardian(accepted))
    assert answered(accepted, question, given_by=GivenBy.GUARDIAN).state == "given"


def test_invariant_19_with_a_recorded_conflict_a_young_person_answers_alone(accepted: InCare) -> None:
    born(accepted, years_before(clock.today(), 16), guardian_conflict=True)
    question = asked(accepted)
    with refusal(Invalid, "consent_guardian_needed"):
        answered(accepted, question)
    given = answered(accepted, question, guardian_conflict=True)
    assert (given.state, given.given_by, given.guardian_conflict) == ("given", "self", True)


def test_whose_age_is_unknown_answers_for_themselves(accepted: InCare) -> None:
    born(accepted, None, **a_guardian(accepted))
    question = asked(accepted)
    with refusal(Invalid, "consent_for_adult"):
        answered(accepted, question, given_by=GivenBy.GUARDIAN)
    assert answered(accepted, question).state == "given"


def test_an_answer_is_given_once(county: County) -> None:
    person = in_care(county)
    given = agreed(person, ConsentScope.CONTACT)
    for answer in ConsentAnswer:
        with refusal(Conflict, "consent_already_answered"):
            answered(person, given, answer)
    with refusal(Stale, "record_changed"):
        answer_consent(person.assessor, given.id, 1, an_answer())


def test_a_witness_is_named_and_a_yes_does_not_outlast_the_entry(county: County) -> None:
    person = in_care(county)
    question = asked(person, ConsentScope.CONTACT)
    with refusal(Invalid, "consent_witness_needed"):
        answered(person, question, method=ConsentMethod.WITNESSED)
    last = clock.day_of(entry_now(person).expires_at)
    with refusal(Invalid, "consent_valid_to_wrong"):
        answered(person, question, valid_to=last + timedelta(days=1))
    given = answered(person, question, method=ConsentMethod.WITNESSED, document="见证人：村妇联主任", valid_to=last)
    assert (given.method, given.valid_to) == ("witnessed", last)


def test_only_who_looks_after_the_person_asks_and_answers(county: County) -> None:
    person = in_care(county)
    question = asked(person, ConsentScope.CONTACT)
    colleague = an_assessor(county)
    with refusal(NotFound, "not_found"):
        ask_consent(colleague, person.entry_id, Question(ConsentScope.FAMILY_CONTACT, LEAFLET))
    with refusal(NotFound, "not_found"):
        answer_consent(colleague, question.id, question.version, an_answer())
    with refusal(Forbidden, "role_forbidden"):
        answer_consent(person.coordinator, question.id, question.version, an_answer())
    worker = a_caller(county, Role.GRID_WORKER, county.grid, Purpose.CARE)
    with refusal(Forbidden, "role_forbidden"):
        ask_consent(worker, person.entry_id, Question(ConsentScope.FAMILY_CONTACT, LEAFLET))


# Time


def test_a_yes_until_a_day_holds_on_that_day_and_not_after(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_to = move_clock(monkeypatch)
    clock_to(date(2026, 12, 30))
    person = in_care(county)
    answered(person, asked(person, ConsentScope.CONTACT), valid_to=date(2026, 12, 31))
    for day, stands in [(date(2026, 12, 31), True), (date(2027, 1, 1), False)]:
        clock_to(day)
        with transaction(person.assessor) as work:
            assert (consent_in_force(work, entry_of(work, person), ConsentScope.CONTACT) is not None) is stands
    asked(person, ConsentScope.CONTACT)
    assert consents_now(person)["contact"] == "requested"


def test_the_night_ends_what_was_given_until_yesterday_and_repeats_without_harm(county: County, jobs: Store) -> None:
    person = in_care(county)
    a_consent(person, ConsentScope.CONTACT, valid_to=clock.today() - timedelta(days=1))
    a_consent(person, ConsentScope.FAMILY_CONTACT, valid_to=clock.today())
    caller = system_caller(jobs, county.code)
    ended = [in_batches(caller, lambda work: end_past_consents(work, clock.now())) for _ in range(2)]
    assert ended == [1, 0]
    assert consents_now(person) == {"assessment": "given", "contact": "expired", "family_contact": "given"}
