"""Advice to families: with the person's consent or on a legal basis, written once, read by few."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from server.domain.codes import LedgerState, LegalBasis, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_plans import AdviceCode, FamilyReply
from server.domain.pages import PageAsked
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.models.consent import LegalBasisUse
from server.models.plan import FamilyAdvice
from server.services.family_advice import AdviceView, NewAdvice, give_advice, list_advice
from server.store.legal_basis import NewBasisUse, use_legal_basis
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, a_consent, an_assessor, in_care
from tests.make_ledger import a_coordinator, refusal
from tests.make_plans import a_worker, planned, visited
from tests.sweeping import events_of

STORY = "丈夫说这周末陪她去县医院。"


pytestmark = pytest.mark.usefixtures("in_january")


@pytest.fixture
def person(county: County, worker: Caller) -> InCare:
    """Somebody visited by the worker, whose family may be told."""
    person = visited(county, worker)
    a_consent(person, ConsentScope.FAMILY_CONTACT)
    return person


def advice(**changes: object) -> NewAdvice:
    values: dict[str, object] = {
        "given_on": date(2027, 1, 5),
        "relation": "1",
        "advice": (AdviceCode.SEE_DOCTOR, AdviceCode.KEEP_COMPANY),
        "reply": FamilyReply.WILL_DO,
        "narrative": STORY,
    }
    return NewAdvice(**values | changes)  # type: ignore[arg-type]


def listed(caller: Caller, person: InCare) -> tuple[AdviceView, ...]:
    return list_advice(caller, person.entry_id, PageAsked(10)).items


def a_basis(person: InCare) -> LegalBasisUse:
    with transaction(person.assessor) as work:
        new = NewBasisUse(
            person.area_code,
            person.resident_id,
            person.entry_id,
            next(iter(LegalBasis)),
            "contact",
            "病情紧急，告知家属。",
        )
        return use_legal_basis(work, new)


def test_a_family_is_advised_with_the_persons_consent(person: InCare) -> None:
    given = give_advice(person.assessor, person.entry_id, advice())
    assert given.consent_id is not None
    assert (given.advice, given.reply, given.narrative) == (["keep_company", "see_doctor"], "will_do", STORY)
    assert listed(person.assessor, person) == (given,)
    assert listed(person.coordinator, person) == (given,)


def test_invariant_3_no_family_is_told_without_consent_or_legal_basis(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    with refusal(Conflict, "consent_missing"):
        give_advice(person.assessor, person.entry_id, advice())
    basis = a_basis(person)
    given = give_advice(person.assessor, person.entry_id, advice(legal_basis_use_id=basis.id))
    assert (given.consent_id, given.legal_basis_use_id) == (None, basis.id)


def test_a_legal_basis_of_somebody_else_or_found_wrong_carries_nothing(county: County) -> None:
    person, other = in_care(county, LedgerState.PLAN_ACTIVE), in_care(county, LedgerState.PLAN_ACTIVE)
    wrong = a_basis(person).id
    with transaction(person.assessor) as work:
        work.session.execute(update(LegalBasisUse).where(LegalBasisUse.id == wrong).values(finding="not_upheld"))
    for use_id in (a_basis(other).id, wrong, new_id()):
        with refusal(Invalid, "legal_basis_unknown"):
            give_advice(person.assessor, person.entry_id, advice(legal_basis_use_id=use_id))


def test_a_worker_advises_at_a_visit_of_theirs_and_reads_what_they_wrote(
    county: County, worker: Caller, person: InCare
) -> None:
    visit = planned(person)[0]
    give_advice(person.assessor, person.entry_id, advice())
    given = give_advice(worker, person.entry_id, advice(visit_id=visit.id))
    assert listed(worker, person) == (given,)
    with refusal(NotFound, "not_found"):
        give_advice(worker, person.entry_id, advice())
    with refusal(NotFound, "not_found"):
        give_advice(a_worker(county), person.entry_id, advice(visit_id=visit.id))
    with refusal(NotFound, "not_found"):
        give_advice(worker, in_care(county, LedgerState.PLAN_ACTIVE).entry_id, advice(visit_id=visit.id))


def test_another_township_another_assessor_and_other_roles_read_nothing(county: County, person: InCare) -> None:
    give_advice(person.assessor, person.entry_id, advice())
    for stranger in (a_coordinator(county, county.other_township), an_assessor(county), a_worker(county)):
        with refusal(NotFound, "not_found"):
            listed(stranger, person)
    with pytest.raises(Forbidden):
        listed(a_caller(county, Role.JUDICIAL_OFFICER, county.township), person)


def test_invariant_5_advice_is_written_once(person: InCare) -> None:
    given = give_advice(person.assessor, person.entry_id, advice())
    with pytest.raises(DBAPIError), transaction(person.assessor) as work:
        work.session.execute(update(FamilyAdvice).where(FamilyAdvice.id == given.id).values(reply="declined"))
    with refusal(Conflict, "record_exists"):
        give_advice(person.assessor, person.entry_id, advice(id=given.id))


def test_guardrail_g4_advice_names_no_diagnosis_and_no_day_to_come(person: InCare) -> None:
    with refusal(Invalid, "note_diagnosis"):
        give_advice(person.assessor, person.entry_id, advice(narrative="告诉丈夫她得了抑郁症"))
    with refusal(Invalid, "advice_in_future"):
        give_advice(person.assessor, person.entry_id, advice(given_on=date(2027, 1, 6)))


def test_invariant_6_advice_is_logged_without_its_words(county: County, person: InCare) -> None:
    give_advice(person.assessor, person.entry_id, advice())
    listed(person.coordinator, person)
    events = events_of(county)
    assert {"family_advice:record", "family_advice:read"} <= {one["action"] for one in events}
    assert STORY not in str(events)
