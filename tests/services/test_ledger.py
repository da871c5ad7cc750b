"""Promotion and reporting: what an entry may rest on."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.domain.codes import ClosureReason, Urgency
from server.domain.returns import WordDecision
from server.errors import Conflict, Invalid, NotFound
from server.models.ledger import Task
from server.services.ledger import promote_observations, report_entry
from server.services.ledger_exit import close_entry
from server.services.ledger_review import open_review
from server.services.observations import decide_words
from server.store.transaction import new_id, transaction
from tests.make import County
from tests.make_ledger import (
    a_coordinator,
    a_promotion,
    a_reported_entry,
    an_officer,
    observed,
    observed_again,
    observed_people,
    overwrite,
    refusal,
)


def test_numbers_count_up_within_a_township(county: County) -> None:
    numbers = [a_reported_entry(county).entry_no[-8:] for _ in range(3)]
    other = promote_observations(
        an_officer(county, county.other_township), a_promotion(observed(county, county.other_grid))
    )
    assert numbers == ["20260001", "20260002", "20260003"]
    assert other.entry_no == county.other_township + "20260001"


def test_every_ground_needs_an_observation_that_bears_it(county: County) -> None:
    person = observed(county)
    with refusal(Invalid, "ground_without_fact"):
        promote_observations(an_officer(county), a_promotion(person, grounds=frozenset({"2", "3"})))
    with refusal(Invalid, "ground_missing"):
        promote_observations(an_officer(county), a_promotion(person, grounds=frozenset()))


def test_a_judgement_of_character_is_no_ground_for_service_or_database(county: County) -> None:
    person = observed(county, ground="5")
    with refusal(Invalid, "ground_import_only"):
        promote_observations(an_officer(county), a_promotion(person, grounds=frozenset({"5"})))
    entry = a_reported_entry(county)
    with pytest.raises(IntegrityError, match="ck_ledger_entry_grounds"):
        overwrite(county, entry.id, grounds=["5"])


def test_an_entry_rests_on_observations_of_one_person_used_once(county: County) -> None:
    officer = an_officer(county)
    person, other = observed_people(county, 2)
    both = frozenset({person.observation_id, other.observation_id})
    with refusal(Invalid, "observation_of_other_resident"):
        promote_observations(officer, a_promotion(person, observation_ids=both))
    entry = promote_observations(officer, a_promotion(person))
    close_entry(a_coordinator(county), entry.id, entry.version, ClosureReason.DUPLICATE)
    with refusal(Conflict, "observation_not_open"):
        promote_observations(officer, a_promotion(person))


def test_an_observation_of_another_township_is_not_found(county: County) -> None:
    away = observed(county, county.other_grid)
    with refusal(NotFound, "not_found"):
        promote_observations(an_officer(county), a_promotion(away))
    here = observed(county)
    with refusal(NotFound, "not_found"):
        promote_observations(an_officer(county), a_promotion(here, observation_ids=frozenset({away.observation_id})))


def test_a_word_under_review_keeps_an_entry_from_being_reported(county: County) -> None:
    person = observed(county, needs_word_review=True)
    with refusal(Conflict, "word_review_open"):
        promote_observations(an_officer(county), a_promotion(person))
    draft = promote_observations(an_officer(county), a_promotion(person, report=False))
    with refusal(Conflict, "word_review_open"):
        report_entry(an_officer(county), draft.id, draft.version)


def test_a_fact_found_to_rest_on_a_forbidden_ground_can_never_be_reported(county: County) -> None:
    """Guardrail G2, also for a draft that was made before somebody decided."""
    person = observed(county, needs_word_review=True)
    draft = promote_observations(an_officer(county), a_promotion(person, report=False))
    decide_words(an_officer(county), person.observation_id, 2, WordDecision.FORBIDDEN_GROUND)
    with refusal(Conflict, "observation_not_open"):
        report_entry(an_officer(county), draft.id, draft.version)


def test_a_cleared_word_no_longer_does(county: County) -> None:
    person = observed(county, needs_word_review=True, word_review_by=new_id())
    assert promote_observations(an_officer(county), a_promotion(person)).state == "reported"


def test_one_open_entry_per_person(county: County) -> None:
    person = observed(county)
    promote_observations(an_officer(county), a_promotion(person))
    again = observed_again(county, person)
    with refusal(Conflict, "open_entry_exists"):
        promote_observations(an_officer(county), a_promotion(person, observation_ids=frozenset({again})))


def test_after_an_end_the_same_person_may_get_a_new_entry_on_new_facts(county: County) -> None:
    person = observed(county)
    first = promote_observations(an_officer(county), a_promotion(person))
    close_entry(a_coordinator(county), first.id, first.version, ClosureReason.ERROR)
    again = frozenset({observed_again(county, person)})
    assert promote_observations(an_officer(county), a_promotion(person, observation_ids=again)).state == "reported"


def test_an_entry_sent_twice_is_told_so(county: County) -> None:
    promotion = a_promotion(observed(county), id=new_id())
    promote_observations(an_officer(county), promotion)
    with refusal(Conflict, "record_exists"):
        promote_observations(an_officer(county), promotion)


@pytest.mark.parametrize(("birth_year", "refused"), [(2010, True), (2000, False), (None, False)])
def test_a_minor_needs_somebody_to_speak_for_them(county: County, birth_year: int | None, *, refused: bool) -> None:
    person = observed(county, birth_year=birth_year)
    if refused:
        with refusal(Invalid, "guardian_required"):
            promote_observations(an_officer(county), a_promotion(person))
    else:
        assert promote_observations(an_officer(county), a_promotion(person)).state == "reported"


def test_a_stated_conflict_of_interest_stands_for_a_guardian(county: County) -> None:
    person = observed(county, birth_year=2010, guardian_conflict=True)
    assert promote_observations(an_officer(county), a_promotion(person)).state == "reported"


def test_an_urgent_report_calls_the_township_within_two_hours(county: County) -> None:
    entry = a_reported_entry(county, urgency=Urgency.URGENT)
    with transaction(a_coordinator(county)) as work:
        task = work.session.scalars(select(Task).where(Task.entry_id == entry.id)).one()
    assert entry.reported_at is not None
    assert (task.kind, task.role, task.due_at - entry.reported_at) == (
        "urgent_report",
        "township_coordinator",
        timedelta(hours=2),
    )
    open_review(a_coordinator(county), entry.id, entry.version)
    with transaction(a_coordinator(county)) as work:
        assert work.session.scalars(select(Task.done_at).where(Task.entry_id == entry.id)).one() is not None


@pytest.mark.parametrize(
    ("urgent", "said", "urgency"), [(True, None, "urgent"), (False, None, "routine"), (True, Urgency.SOON, "soon")]
)
def test_an_entry_is_as_urgent_as_what_was_seen_unless_the_office_says_otherwise(
    county: County, urgent: bool, said: Urgency | None, urgency: str
) -> None:
    person = observed(county, urgent=urgent)
    assert promote_observations(an_officer(county), a_promotion(person, urgency=said)).urgency == urgency
