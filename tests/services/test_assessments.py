"""Assessments: with consent, signed by the assessor, never changed afterwards, and shown whole to few."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from server import clock
from server.domain.assessments import PartnerInput
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_assessments import (
    AssessmentKind,
    AssessmentNeed,
    CorrectionReason,
    Recommendation,
    ResultBand,
)
from server.domain.codes_care import ConsentScope
from server.domain.deadlines import plan_due
from server.domain.identity import Grant
from server.domain.workdays import due_at
from server.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from server.models.consent import Consent
from server.models.ledger import EntryProposal, Task
from server.services.assessments import (
    change_assessment,
    correct_assessment,
    draft_assessment,
    give_input,
    sign_assessment,
)
from server.services.assessments_reading import AssessmentBrief, AssessmentView, list_assessments, read_assessment
from server.store.erasure import erase_residents
from server.store.holidays import work_calendar
from server.store.transaction import new_id, transaction, widened
from tests.make import County, a_caller, same_caller
from tests.make_assessments import NARRATIVE, a_draft, drafted, signed
from tests.make_care import InCare, an_assessor, entry_of, in_care
from tests.make_ledger import refusal
from tests.services.test_ledger_reading import statements
from tests.sweeping import events_of

S = LedgerState
DIAGNOSED = "本人说去年在市医院看过，医生说是抑郁症，现在已停药，愿意再去看。"
SHORT_KEYS = {
    "id", "entry_id", "number", "kind", "state", "held_on", "result_band", "safety_concern", "recommendations",
    "signed_by", "signed_at", "version",
}  # fmt: skip


def withdraw_assessment(person: InCare) -> None:
    """End the consent behind the services' back."""
    with transaction(person.assessor) as work:
        consent = work.session.scalars(
            select(Consent).where(Consent.entry_id == person.entry_id, Consent.scope == "assessment")
        ).one()
        consent.state = "withdrawn"


def test_what_the_assessor_writes_is_read_back_whole(county: County) -> None:
    person = in_care(county)
    draft = a_draft(
        needs=frozenset({AssessmentNeed.WORK, AssessmentNeed.GRIEF}),
        strengths="会种菜",
        recommendations=frozenset({Recommendation.COUNSELLING, Recommendation.GUIDANCE_PLAN}),
    )
    view = draft_assessment(person.assessor, person.entry_id, draft)
    assert view == AssessmentView(
        id=view.id, entry_id=person.entry_id, number=1, kind="initial", state="draft", held_on=clock.today(),
        result_band="light", safety_concern=False, recommendations=["counselling", "guidance_plan"], signed_by=None,
        signed_at=None, version=1, series_id=view.id, needs=["grief", "work"], strengths="会种菜", narrative=NARRATIVE,
        has_medical_word=False, correction_reason=None, created_by=person.assessor.identity.user_id,
        created_at=view.created_at, inputs=[],
    )  # fmt: skip
    assert read_assessment(person.assessor, view.id) == view
    assert list_assessments(person.assessor, person.entry_id) == [view]


@pytest.mark.parametrize("state", [S.CONSENTED, S.PLAN_ACTIVE])
def test_invariant_3_nobody_is_assessed_without_consent(county: County, state: LedgerState) -> None:
    person = in_care(county, state, consents=(ConsentScope.PLAN_VISIT,))
    with refusal(Conflict, "consent_missing"):
        draft_assessment(person.assessor, person.entry_id, a_draft())


@pytest.mark.parametrize("state", [S.ACCEPTED, S.AWAITING_CONSENT, S.CLOSED, S.EXPIRED, S.SERVICE_DECLINED])
def test_guardrail_g3_nobody_is_assessed_before_the_answer_or_after_the_end(county: County, state: LedgerState) -> None:
    person = in_care(county, state, consents=(ConsentScope.ASSESSMENT,))
    with refusal(NotFound, "not_found"):
        draft_assessment(person.assessor, person.entry_id, a_draft())


def test_invariant_3_every_act_asks_again(county: County) -> None:
    person = in_care(county)
    first = signed(person)
    draft = drafted(person)
    withdraw_assessment(person)
    for act in (
        lambda: change_assessment(person.assessor, draft.id, draft.version, {"safety_concern": True}),
        lambda: give_input(person.assessor, draft.id, an_input()),
        lambda: sign_assessment(person.assessor, draft.id, draft.version),
        lambda: correct_assessment(person.assessor, first.id, first.version, CorrectionReason.WRONG_FACT),
    ):
        with refusal(Conflict, "consent_missing"):
            act()
    assert read_assessment(person.assessor, draft.id) == draft


def test_the_day_lies_between_consent_and_today(county: County) -> None:
    person = in_care(county)
    for days, code in ((-1, "assessment_before_consent"), (1, "assessment_in_future")):
        day = clock.today() + timedelta(days=days)
        with refusal(Invalid, code):
            draft_assessment(person.assessor, person.entry_id, a_draft(held_on=day))
        draft = drafted(person)
        with refusal(Invalid, code):
            change_assessment(person.assessor, draft.id, draft.version, {"held_on": day})


def test_no_service_stands_alone(county: County) -> None:
    person = in_care(county)
    alone = frozenset({Recommendation.NO_SERVICE})
    draft_assessment(person.assessor, person.entry_id, a_draft(result_band=ResultBand.NO_NEED, recommendations=alone))
    for changes in (
        {"recommendations": alone},
        {"result_band": ResultBand.NO_NEED, "recommendations": alone | {Recommendation.COUNSELLING}},
    ):
        with refusal(Invalid, "recommendations_contradict"):
            draft_assessment(person.assessor, person.entry_id, a_draft(**changes))


def test_a_draft_changes_field_by_field(county: County) -> None:
    person = in_care(county)
    draft = drafted(person, strengths="会种菜")
    changed = change_assessment(
        person.assessor, draft.id, draft.version, {"result_band": ResultBand.MODERATE, "strengths": None}
    )
    assert changed == replace(draft, result_band="moderate", strengths=None, version=2)
    with refusal(Stale, "record_changed"):
        change_assessment(person.assessor, draft.id, 1, {"safety_concern": True})


def test_an_id_is_taken_once(county: County) -> None:
    person = in_care(county)
    draft = a_draft(id=new_id())
    draft_assessment(person.assessor, person.entry_id, draft)
    with refusal(Conflict, "record_exists"):
        draft_assessment(person.assessor, person.entry_id, draft)


# Words of diagnosis


@pytest.mark.parametrize("field", ["narrative", "strengths"])
@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.CLINICIAN])
def test_guardrail_g4_a_diagnosis_is_stopped_and_kept_only_as_told(county: County, role: Role, field: str) -> None:
    writer = an_assessor(county, role=role)
    person = in_care(county, carers=(writer.identity.user_id,))
    with pytest.raises(Invalid) as refused:
        draft_assessment(writer, person.entry_id, a_draft(**{field: DIAGNOSED}))
    assert (refused.value.code, refused.value.field) == ("medical_word_found", field)
    assert [fault.field for fault in refused.value.errors] == [field]
    assert "抑郁" not in str(vars(refused.value))
    kept = draft_assessment(writer, person.entry_id, a_draft(**{field: DIAGNOSED, "words_confirmed": True}))
    assert kept.has_medical_word
    assert [one["action"] for one in events_of(county)][-2:] == ["assessment:write", "assessment:words_kept"]


def test_guardrail_g4_a_change_brings_no_diagnosis_in_unseen(county: County) -> None:
    person = in_care(county)
    draft = drafted(person)
    with refusal(Invalid, "medical_word_found"):
        change_assessment(person.assessor, draft.id, 1, {"narrative": DIAGNOSED})
    kept = change_assessment(person.assessor, draft.id, 1, {"narrative": DIAGNOSED, "words_confirmed": True})
    assert kept.has_medical_word
    same = change_assessment(person.assessor, draft.id, 2, {"safety_concern": True})
    assert same.has_medical_word
    with refusal(Invalid, "medical_word_found"):
        change_assessment(person.assessor, draft.id, 3, {"strengths": "没有精神分裂"})
    assert not change_assessment(person.assessor, draft.id, 3, {"narrative": "睡得好些"}).has_medical_word


def test_a_confirmation_without_a_word_marks_nothing(county: County) -> None:
    assert not drafted(in_care(county), words_confirmed=True).has_medical_word


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.CASE_MEMBER, Role.ASSESSOR])
def test_guardrail_g4_partners_name_no_diagnosis(county: County, role: Role) -> None:
    partner = an_assessor(county, role=role, area=county.village if role is Role.CASE_MEMBER else "")
    person = in_care(county, carers=(partner.identity.user_id,))
    draft = drafted(person)
    with refusal(Invalid, "medical_word_refused"):
        give_input(partner, draft.id, an_input(text=DIAGNOSED))


def test_guardrail_g4_a_clinician_may(county: County) -> None:
    clinician = an_assessor(county, role=Role.CLINICIAN)
    person = in_care(county, carers=(clinician.identity.user_id,))
    assert give_input(clinician, drafted(person).id, an_input(text=DIAGNOSED)).text == DIAGNOSED


# Partners


def an_input(**changes: object) -> PartnerInput:
    """What civil affairs know."""
    values: dict[str, object] = {"discipline": "civil_affairs", "given_on": clock.today(), "text": "低保申请已受理。"}
    return PartnerInput(**values | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.CASE_MEMBER])
def test_a_partner_gives_what_they_know_and_reads_nothing_else(county: County, role: Role) -> None:
    partner = an_assessor(county, role=role, area=county.village if role is Role.CASE_MEMBER else "")
    person = in_care(county, carers=(partner.identity.user_id,))
    draft = drafted(person)
    given = give_input(partner, draft.id, an_input())
    assert vars(given) == {
        "id": given.id, "discipline": "civil_affairs", "given_on": clock.today(), "text": "低保申请已受理。",
        "created_by": partner.identity.user_id, "created_at": given.created_at, "version": 1,
    }  # fmt: skip
    assert read_assessment(person.assessor, draft.id).inputs == [given]
    error = Forbidden if role is Role.CASE_MEMBER else NotFound
    for read in (lambda: read_assessment(partner, draft.id), lambda: list_assessments(partner, person.entry_id)):
        with pytest.raises(error):
            read()


def test_partners_who_do_not_look_after_the_person_give_nothing(county: County) -> None:
    draft = drafted(in_care(county))
    for role, area in ((Role.COUNSELLOR, county.township), (Role.CASE_MEMBER, county.village)):
        with refusal(NotFound, "not_found"):
            give_input(an_assessor(county, role=role, area=area), draft.id, an_input())


def test_nothing_is_given_to_a_signed_assessment_nor_from_tomorrow(county: County) -> None:
    person = in_care(county)
    with refusal(Invalid, "input_in_future"):
        give_input(person.assessor, drafted(person).id, an_input(given_on=clock.today() + timedelta(days=1)))
    with refusal(Conflict, "assessment_signed"):
        give_input(person.assessor, signed(person).id, an_input())


# Signing


def test_the_first_signature_moves_the_entry_on_and_sets_the_plans_deadline(county: County) -> None:
    person = in_care(county)
    draft = drafted(person)
    done = sign_assessment(person.assessor, draft.id, draft.version)
    me = person.assessor.identity.user_id
    at = done.assessment.signed_at
    assert done.assessment == replace(draft, state="signed", signed_by=me, signed_at=at, version=2)
    assert done.closure_proposal_id is None
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        calendar = work_calendar(work.session)
    assert (entry.state, entry.assessed_at) == ("assessed", at)
    assert entry.plan_due_at == due_at(plan_due(calendar, clock.day_of(at)))


@pytest.mark.parametrize("state", [S.ASSESSED, S.PLAN_ACTIVE, S.PAUSED, S.STABLE])
def test_a_later_signature_moves_nothing(county: County, state: LedgerState) -> None:
    person = in_care(county, state)
    signed(person, kind=AssessmentKind.REVIEW)
    with transaction(person.assessor) as work:
        assert entry_of(work, person).state == state


def test_only_the_entrys_assessor_signs(county: County) -> None:
    colleague = an_assessor(county)
    person = in_care(county, carers=(colleague.identity.user_id,))
    draft = drafted(person)
    with refusal(Forbidden, "assessment_of_other_assessor"):
        sign_assessment(colleague, draft.id, draft.version)
    with refusal(Forbidden, "role_forbidden"):
        sign_assessment(person.coordinator, draft.id, draft.version)
    with refusal(NotFound, "not_found"):
        sign_assessment(an_assessor(county), draft.id, draft.version)


def test_where_no_need_was_found_leaving_is_proposed_to_the_township(county: County) -> None:
    person = in_care(county)
    alone = frozenset({Recommendation.NO_SERVICE})
    draft = drafted(person, result_band=ResultBand.NO_NEED, recommendations=alone)
    done = sign_assessment(person.assessor, draft.id, draft.version)
    with transaction(person.assessor) as work:
        proposal = work.session.scalars(select(EntryProposal).where(EntryProposal.entry_id == person.entry_id)).one()
        task = work.session.scalars(select(Task).where(Task.about_id == proposal.id)).one()
    assert (proposal.id, proposal.act, proposal.reason, proposal.side, proposal.state) == (
        done.closure_proposal_id, "close", "2", "assessor", "open",
    )  # fmt: skip
    assert (task.kind, task.role, task.done_at) == ("closure_proposed", "township_coordinator", None)
    again = drafted(person, result_band=ResultBand.NO_NEED, recommendations=alone)
    assert sign_assessment(person.assessor, again.id, again.version).closure_proposal_id == proposal.id


# Corrections, and invariant 5


def test_invariant_5_a_correction_is_the_next_version(county: County) -> None:
    person = in_care(county)
    draft = drafted(person, strengths="会种菜", needs=frozenset({AssessmentNeed.WORK}))
    given = give_input(person.assessor, draft.id, an_input())
    first = sign_assessment(person.assessor, draft.id, draft.version).assessment
    copy = correct_assessment(person.assessor, first.id, first.version, CorrectionReason.WRONG_FACT)
    me = person.assessor.identity.user_id
    assert copy == replace(
        first, id=copy.id, number=2, state="draft", signed_by=None, signed_at=None, version=1, inputs=[given],
        correction_reason="wrong_fact", created_by=me, created_at=copy.created_at,
    )  # fmt: skip
    assert read_assessment(person.assessor, first.id) == first
    better = change_assessment(person.assessor, copy.id, 1, {"result_band": ResultBand.MODERATE})
    second = sign_assessment(person.assessor, better.id, better.version).assessment
    old = read_assessment(person.assessor, first.id)
    assert old == replace(first, state="corrected", version=first.version + 1)
    assert list_assessments(person.assessor, person.entry_id) == [old, second]
    assert [one.result_band for one in list_assessments(person.coordinator, person.entry_id)] == ["moderate"]


def test_only_the_version_that_stands_is_corrected_and_by_one_draft(county: County) -> None:
    person = in_care(county)
    draft = drafted(person)
    with refusal(Conflict, "assessment_not_signed"):
        correct_assessment(person.assessor, draft.id, draft.version, CorrectionReason.WRITING_ERROR)
    first = sign_assessment(person.assessor, draft.id, draft.version).assessment
    copy = correct_assessment(person.assessor, first.id, first.version, CorrectionReason.WRITING_ERROR)
    with refusal(Conflict, "correction_open"):
        correct_assessment(person.assessor, first.id, first.version, CorrectionReason.WRITING_ERROR)
    sign_assessment(person.assessor, copy.id, copy.version)
    with refusal(Conflict, "assessment_not_signed"):
        correct_assessment(person.assessor, first.id, first.version + 1, CorrectionReason.WRITING_ERROR)


def test_invariant_5_what_is_signed_is_changed_by_nobody(county: County) -> None:
    person = in_care(county)
    view = signed(person)
    with refusal(Conflict, "assessment_signed"):
        change_assessment(person.assessor, view.id, view.version, {"safety_concern": True})
    with refusal(Conflict, "assessment_signed"):
        sign_assessment(person.assessor, view.id, view.version)


@pytest.mark.parametrize(
    "change",
    [
        "result_band = 'no_need'",
        "sealed_narrative = NULL",
        "signed_by = resident_id",
        "held_on = held_on - 1",
        "state = 'draft', signed_at = NULL",
        "entry_id = id",
    ],
)
def test_invariant_5_the_database_refuses_to_change_what_is_signed(county: County, change: str) -> None:
    person = in_care(county)
    view = signed(person)
    with (
        pytest.raises(DBAPIError, match="what was signed stays"),
        transaction(person.assessor) as work,
    ):
        work.session.execute(text(f"UPDATE assessment SET {change} WHERE id = :id"), {"id": view.id})


def test_invariant_5_the_database_lets_nobody_delete_or_change_what_was_given(county: County) -> None:
    person = in_care(county)
    draft = drafted(person)
    give_input(person.assessor, draft.id, an_input())
    sign_assessment(person.assessor, draft.id, draft.version)
    for statement in (
        "DELETE FROM assessment",
        "DELETE FROM assessment_input",
        "UPDATE assessment_input SET discipline = 'police'",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), transaction(person.assessor) as work:
            work.session.execute(text(statement))


def test_invariant_15_a_signed_assessment_goes_with_the_person(county: County) -> None:
    person = in_care(county)
    draft = drafted(person)
    give_input(person.assessor, draft.id, an_input())
    sign_assessment(person.assessor, draft.id, draft.version)
    with transaction(person.coordinator) as work, widened(work):
        erase_residents(work, [person.resident_id])
    with transaction(person.coordinator) as work, widened(work):
        left = "SELECT (SELECT count(*) FROM assessment), (SELECT count(*) FROM assessment_input)"
        assert tuple(work.session.execute(text(left)).one()) == (0, 0)


# Who sees what


def test_invariant_7_the_township_and_the_counsellor_see_the_band_and_no_text(county: County) -> None:
    counsellor = an_assessor(county, role=Role.COUNSELLOR)
    person = in_care(county, carers=(counsellor.identity.user_id,))
    draft = drafted(person, strengths="会种菜", needs=frozenset({AssessmentNeed.WORK}))
    give_input(person.assessor, draft.id, an_input())
    done = sign_assessment(person.assessor, draft.id, draft.version).assessment
    for reader in (person.coordinator, counsellor):
        shown = read_assessment(reader, done.id)
        assert type(shown) is AssessmentBrief
        assert set(vars(shown)) == SHORT_KEYS
        assert list_assessments(reader, person.entry_id) == [shown]
    events = [one for one in events_of(county) if one["action"] == "assessment:read"]
    assert all(one.get("fields") in ([], None) and len(one["subjects"]) == 1 for one in events)


def test_a_draft_is_nobody_elses_business(county: County) -> None:
    person = in_care(county)
    draft = drafted(person)
    assert list_assessments(person.coordinator, person.entry_id) == []
    with refusal(NotFound, "not_found"):
        read_assessment(person.coordinator, draft.id)


def test_a_coordinator_who_also_assesses_elsewhere_sees_no_text(county: County) -> None:
    person = in_care(county)
    view = signed(person)
    both = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.CARE)
    grants = (*both.identity.grants, Grant(new_id(), Role.ASSESSOR, county.township))
    both = replace(both, identity=replace(both.identity, grants=grants))
    assert type(read_assessment(both, view.id)) is AssessmentBrief


def test_a_carer_reading_for_the_review_sees_no_text(county: County) -> None:
    person = in_care(county)
    view = signed(person)
    me = person.assessor.identity
    grants = (*me.grants, Grant(new_id(), Role.TOWNSHIP_COORDINATOR, county.township))
    both = replace(person.assessor, identity=replace(me, grants=grants))
    assert type(read_assessment(both, view.id)) is AssessmentView
    assert type(read_assessment(same_caller(both, Purpose.REVIEW), view.id)) is AssessmentBrief


@pytest.mark.parametrize(
    "role", [Role.GRID_WORKER, Role.VILLAGE_OFFICER, Role.CASE_MEMBER, Role.JUDICIAL_OFFICER, Role.COUNTY_SUPERVISOR]
)
def test_invariant_7_other_roles_have_no_way_to_it(county: County, role: Role) -> None:
    person = in_care(county)
    view = signed(person)
    with refusal(Forbidden, "role_forbidden"):
        read_assessment(a_caller(county, role, county.grid, Purpose.CARE), view.id)


def test_a_closed_entry_shows_its_assessments_to_nobody_at_work(county: County) -> None:
    person = in_care(county)
    view = signed(person)
    with transaction(person.assessor) as work:
        entry_of(work, person).state = "closed"
    for reader in (person.assessor, person.coordinator):
        with refusal(NotFound, "not_found"):
            read_assessment(reader, view.id)
        with refusal(NotFound, "not_found"):
            list_assessments(reader, person.entry_id)


def test_a_list_takes_as_many_statements_for_one_as_for_twelve(county: County) -> None:
    few, many = in_care(county, S.PLAN_ACTIVE), in_care(county, S.PLAN_ACTIVE)
    signed(few)
    for _ in range(12):
        signed(many)
    counts = []
    for person in (few, many):
        list_assessments(person.assessor, person.entry_id)
        with statements(county.store) as sent:
            list_assessments(person.assessor, person.entry_id)
        counts.append(len(sent))
    assert counts[0] == counts[1]
