"""One person's course as FHIR R5: what stands in it for whom, and that nobody is named without a reason."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from fhir.resources.bundle import Bundle
from sqlalchemy import select, update

from server.domain.codes import Purpose, Role
from server.domain.course import Asked
from server.domain.course_fhir import DISCLAIMER
from server.domain.permissions import POLICY, Permission
from server.errors import Invalid, LinliError, Unavailable
from server.models.consent import Consent
from server.models.course import CourseCopy
from server.models.plan import CarePlan, PlanItem, Visit
from server.models.referral import Referral
from server.models.resident import Resident
from server.services import fhir_r5
from server.services.course import take_course
from server.services.screenings import record_screening
from server.store.care import columns_of, sealing_keys
from server.store.disclosure import compare, refs_of
from server.store.events import AccessEvent
from server.store.transaction import Caller, transaction
from tests.make import County, a_caller, same_caller
from tests.make_care import InCare, a_plan, an_assessor, entry_of
from tests.make_referrals import drafted, referring
from tests.make_screenings import a_form
from tests.sweeping import events_of

NAME, PHONE, ADDRESS = "欧阳试验", "00000012345", "试验镇一号院"
DETAIL = "欧阳试验每周二去一次互助小组。"
REASON = "转入县人民医院住院，随同转诊单提供。"
UNNAMED = Asked()
NAMED = Asked(with_identity=True, reason=REASON)


@pytest.fixture
def person(county: County) -> InCare:
    """Somebody with everything a course may hold."""
    made = referring(county)
    drafted(made)
    person = made.person
    a_plan(person, visits=2)
    record_screening(person.assessor, person.entry_id, a_form())
    with transaction(person.assessor) as work:
        resident_id = person.resident_id
        fields = ("resident.phone", "resident.address", "resident.birth_date")
        keys = compare(work, AccessEvent("resident:correct", fields=fields), [resident_id])
        sealed = {
            "sealed_" + field.removeprefix("resident."): keys.seal(field, resident_id, resident_id, text)
            for field, text in zip(fields, (PHONE, ADDRESS, "1970-02-03"), strict=True)
        }
        work.session.execute(update(Resident).where(Resident.id == resident_id).values(birth_year=1970, **sealed))
        plan = work.session.scalars(select(CarePlan).where(CarePlan.entry_id == person.entry_id)).one()
        columns = columns_of(work, entry_of(work, person))
        keys = sealing_keys(work, "plan:write", resident_id, "plan_item.detail")
        detail = keys.seal("plan_item.detail", columns["id"], resident_id, DETAIL)
        item = PlanItem(**columns, plan_id=plan.id, service="16", setting="group", owner_id=plan.lead_id,
                        frequency="weekly", due_on=date(2026, 12, 1), sealed_detail=detail)  # fmt: skip
        work.session.add(item)
    return person


def taken(caller: Caller, person: InCare, asked: Asked = UNNAMED) -> dict[str, Any]:
    """The bundle, read once more by the library as R5."""
    content = take_course(caller, person.entry_id, asked)
    assert Bundle.model_validate_json(content).get_resource_type() == "Bundle"
    return json.loads(content)


def of_type(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]


def test_a_course_is_a_fhir_r5_collection_of_everything_an_assessor_reads(person: InCare) -> None:
    bundle = taken(person.assessor, person)
    assert (bundle["type"], bundle["resourceType"]) == ("collection", "Bundle")
    kinds = Counter(one["resource"]["resourceType"] for one in bundle["entry"])
    assert kinds == {
        "Patient": 1,
        "Consent": 3,
        "QuestionnaireResponse": 1,
        "CarePlan": 1,
        "Encounter": 2,
        "ServiceRequest": 1,
        "Provenance": 5,
    }
    assert of_type(bundle, "Patient")[0].keys() == {"resourceType", "id", "gender", "birthDate"}
    (request,) = of_type(bundle, "ServiceRequest")
    assert (request["status"], request["priority"], request["intent"]) == ("draft", "routine", "order")
    assert request["code"]["concept"]["coding"][0] == {"system": "urn:linli:code:referral_reason", "code": "specialist"}
    (plan,) = of_type(bundle, "CarePlan")
    assert plan["activity"][0].keys() == {"plannedActivityReference"}
    assert {one["status"] for one in of_type(bundle, "Encounter")} == {"planned"}
    assert {one["decision"] for one in of_type(bundle, "Consent")} == {"permit"}


def test_a_screening_carries_its_answers_and_that_it_is_no_diagnosis(person: InCare) -> None:
    (form,) = of_type(taken(person.assessor, person), "QuestionnaireResponse")
    assert form["questionnaire"].startswith("urn:linli:instrument:gad-7|")
    assert form["item"][0] == {"linkId": "1", "answer": [{"valueInteger": 0}]}
    assert (form["item"][-1]["linkId"], form["item"][-1]["text"]) == ("band", DISCLAIMER)


def test_nobody_is_named_without_a_reason(person: InCare, county: County) -> None:
    """Neither by name, number or address, nor by free text, nor by any id of the registry."""
    with transaction(person.assessor) as work:
        ids = [person.resident_id, person.entry_id, *refs_of(work, [person.resident_id]).values()]
        for model in (Consent, CarePlan, Visit, Referral, PlanItem):
            rows = work.session.scalars(select(model).where(model.entry_id == person.entry_id))
            ids += [row.id for row in rows]
        users = [person.assessor.identity.user_id]
    content = take_course(person.assessor, person.entry_id, Asked(reason=REASON)).decode()
    for said in (
        NAME,
        PHONE,
        ADDRESS,
        "1970-02",
        "每天出门走一走",
        "互助小组",
        REASON,
        *map(str, ids),
        *map(str, users),
    ):
        assert said not in content, said
    for reason in (None, "", "太短", "长" * 201, "  \n "):
        with pytest.raises(Invalid) as refused:
            take_course(person.assessor, person.entry_id, Asked(with_identity=True, reason=reason))
        assert refused.value.code == "course_reason_needed"
    assert not [one for one in events_of(county) if one["action"] == "course:read" and one.get("fields")]


def test_identity_asked_for_with_a_reason_names_the_person(person: InCare) -> None:
    bundle = taken(person.assessor, person, NAMED)
    (named,) = of_type(bundle, "Patient")
    assert (named["name"], named["birthDate"]) == ([{"text": NAME}], "1970-02-03")
    assert (named["telecom"], named["address"]) == ([{"system": "phone", "value": PHONE}], [{"text": ADDRESS}])
    (plan,) = of_type(bundle, "CarePlan")
    assert (plan["description"], plan["activity"][0]["progress"]) == ("每天出门走一走", [{"text": DETAIL}])
    assert REASON not in json.dumps(bundle, ensure_ascii=False)


def test_the_pseudonym_is_the_same_in_every_copy_and_another_for_somebody_else(person: InCare, county: County) -> None:
    first, second = (of_type(taken(person.assessor, person, asked), "Patient")[0]["id"] for asked in (Asked(), NAMED))
    other = referring(county).person
    assert first == second != of_type(taken(other.assessor, other), "Patient")[0]["id"]
    assert {one["subject"]["reference"] for one in of_type(taken(person.assessor, person), "Encounter")} == {
        f"urn:uuid:{first}"
    }


def test_a_coordinators_copy_has_no_screening_and_of_consents_and_referrals_the_state_alone(person: InCare) -> None:
    for purpose in (Purpose.REVIEW, Purpose.CARE):
        bundle = taken(same_caller(person.coordinator, purpose), person, NAMED)
        assert of_type(bundle, "QuestionnaireResponse") == []
        assert "valueInteger" not in json.dumps(bundle)
        (request,) = of_type(bundle, "ServiceRequest")
        assert request.keys() == {"resourceType", "id", "status", "intent", "priority", "subject", "authoredOn"}
        for consent in of_type(bundle, "Consent"):
            assert consent.keys() == {"resourceType", "id", "status", "category", "subject", "decision"}
        assert len(of_type(bundle, "Provenance")) == 1


def test_a_course_is_for_those_who_look_after_the_person_and_their_township(person: InCare, county: County) -> None:
    office = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.REVIEW)
    for stranger in (an_assessor(county), an_assessor(county, role=Role.CLINICIAN), office):
        with pytest.raises(LinliError) as refused:
            take_course(stranger, person.entry_id, Asked())
        assert refused.value.code == "not_found"
    roles = {role for rule in POLICY if rule.permission is Permission.COURSE_READ for role in rule.roles}
    assert roles == {Role.TOWNSHIP_COORDINATOR, Role.ASSESSOR, Role.CLINICIAN}


def test_every_copy_is_logged_with_the_person_and_the_fields_and_stays_on_record(
    person: InCare, county: County
) -> None:
    taken(person.assessor, person, NAMED)
    with transaction(person.coordinator) as work:
        (row,) = work.session.scalars(select(CourseCopy).where(CourseCopy.entry_id == person.entry_id)).all()
        keys = compare(work, AccessEvent("course:read", fields=("statement.reason",)), [row.id])
        assert keys.open("statement.reason", row.id, row.id, row.sealed_reason) == REASON
        (ref,) = refs_of(work, [person.resident_id]).values()
    assert (row.with_identity, row.resource_count, row.taken_by) == (True, 14, person.assessor.identity.user_id)
    read, opened, kept = [
        one for one in events_of(county)
        if (one["action"] == "course:read" and one.get("table") == "course_copy")
        or one["action"] == "screening:read"
    ]  # fmt: skip
    assert (read["subjects"], read["record"]) == ([str(ref)], str(row.id))
    assert {"resident.name", "resident.phone", "care_plan.goals", "plan_item.detail"} <= set(read["fields"])
    assert (opened["subjects"], opened["fields"]) == ([str(ref)], ["screening.answers", "screening.result"])
    assert (kept["after"], kept["record"], kept["count"]) == (1, str(row.id), 14)
    assert REASON not in str(events_of(county))


def test_nothing_leaves_that_is_not_r5_and_the_refusal_quotes_nothing(county: County) -> None:
    wrong = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Patient",
             "gender": 7, "nickname": NAME}}]}  # fmt: skip
    with pytest.raises(Unavailable) as refused:
        fhir_r5.written(wrong)
    assert (refused.value.code, refused.value.__suppress_context__) == ("course_invalid", True)
    assert NAME not in str(refused.value)
