"""Consent, leaving and acts without consent over HTTP: the whole way, shapes, versions, refusals."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.schemas.consents import ConsentPageSchema, ConsentSchema, ConsentsSchema, LeafletsSchema
from server.schemas.ledger import LedgerEntrySchema
from server.schemas.legal_basis import BasisPageSchema, OpenedBasisSchema
from tests.make import County
from tests.make_care import a_consent, a_plan, in_care, visits_of
from tests.signed_in import Signed, sign_in

WHERE = "试验镇综治中心档案柜2号盒第15页"
WHY = "家属来电称本人留下告别的话后离家，已报警并立即上门。"


def an_assessor(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.ASSESSOR, county.township, Purpose.CARE)


def a_coordinator(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)


def an_officer(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT)


def at(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def refused(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    return answer.status_code, answer.json["code"]


def an_accepted_entry(county: County) -> UUID:
    return in_care(county, LedgerState.ACCEPTED, assessor_id=None, carer_ids=[]).entry_id


def test_the_way_from_claim_to_consent_to_leaving_over_http(client: FlaskClient, county: County) -> None:
    assessor, officer = an_assessor(client, county), an_officer(client, county)
    address = f"/ledger-entries/{an_accepted_entry(county)}"
    mine = assessor.post(address + "/assignment", json={"assessor_id": str(assessor.user_id)}, headers=at(1))
    assert (mine.status_code, mine.json["carer_ids"], mine.headers["ETag"]) == (200, [str(assessor.user_id)], '"2"')
    leaflets = assessor.get("/leaflets?scope=assessment")
    assert not LeafletsSchema().validate(leaflets.json)
    (leaflet,) = leaflets.json["items"]
    question = {"scope": "assessment", "leaflet_version": leaflet["version"]}
    asked = assessor.post(address + "/consents", json=question)
    assert (asked.status_code, asked.json["state"], asked.headers["ETag"]) == (201, "requested", '"1"')
    answer = {"answer": "given", "given_by": "self", "method": "paper", "document": WHERE}
    given = assessor.post(f"/consents/{asked.json['id']}/answer", json=answer, headers=at(1))
    assert (given.status_code, given.json["state"], given.json["version"]) == (200, "given", 2)
    assert not ConsentSchema().validate(given.json)
    assert "document" not in given.json
    listed = assessor.get(address + "/consents")
    assert not ConsentsSchema().validate(listed.json)
    assert [item["document"] for item in listed.json["items"]] == [WHERE]
    register = officer.get(f"/consents?state=given&scope=assessment&township_code={county.township}")
    assert not ConsentPageSchema().validate(register.json)
    assert [item["id"] for item in register.json["items"]] == [asked.json["id"]]
    left = assessor.post(address + "/withdrawal", json={"how": "person_said"}, headers=at(4))
    assert not LedgerEntrySchema().validate(left.json)
    assert (left.status_code, left.json["state"], left.json["closure_reason"]) == (200, "closed", "4")


def test_who_sees_the_log_masked_gets_no_document_key(client: FlaskClient, county: County) -> None:
    person = in_care(county)
    consent_id = a_consent(person, ConsentScope.CONTACT)
    coordinator = a_coordinator(client, county)
    for path in (f"/consents/{consent_id}", f"/ledger-entries/{person.entry_id}/consents", "/consents"):
        answer = coordinator.get(path)
        assert answer.status_code == 200
        assert "document" not in answer.text


def test_a_refusal_over_http_says_what_to_do(client: FlaskClient, county: County) -> None:
    assessor = an_assessor(client, county)
    person = in_care(county, carers=(assessor.user_id,))
    path = f"/ledger-entries/{person.entry_id}/consents"
    question = {"scope": "family_contact", "leaflet_version": "2026-1"}
    asked = assessor.post(path, json=question)
    no = {"answer": "refused", "given_by": "self", "method": "paper"}
    answer = assessor.post(f"/consents/{asked.json['id']}/answer", json=no, headers=at(1))
    again = assessor.post(path, json=question)
    assert refused(again) == (409, "consent_asked_too_soon")
    assert answer.json["ask_again_from"] in again.json["title"]
    assert assessor.post(path, json=question | {"person_asked": True}).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"scope": "photo", "leaflet_version": "2026-1"}, "field_choice"),
        ({"scope": "contact"}, "field_missing"),
        ({"scope": "contact", "leaflet_version": "2026-1", "photo": True}, "field_unknown"),
        ({"scope": "referral_share", "leaflet_version": "2026-1"}, "consent_agency_wrong"),
        ({"scope": "contact", "leaflet_version": "2019-1"}, "leaflet_unknown"),
    ],
)
def test_guardrail_g8_photographs_are_never_asked_for_and_bad_questions_are_refused(
    client: FlaskClient, county: County, body: dict[str, object], code: str
) -> None:
    assessor = an_assessor(client, county)
    person = in_care(county, carers=(assessor.user_id,))
    answer = assessor.post(f"/ledger-entries/{person.entry_id}/consents", json=body)
    assert answer.status_code == 422
    assert code in {answer.json["code"], *(each["code"] for each in answer.json.get("errors", []))}


def test_a_withdrawal_over_http_calls_the_visits_off(client: FlaskClient, county: County) -> None:
    assessor = an_assessor(client, county)
    person = in_care(county, LedgerState.PLAN_ACTIVE, carers=(assessor.user_id,))
    a_plan(person, visits=2)
    items = assessor.get(f"/ledger-entries/{person.entry_id}/consents").json["items"]
    (visiting,) = [item for item in items if item["scope"] == "plan_visit"]
    path = f"/consents/{visiting['id']}/withdrawal"
    assert refused(assessor.post(path, json={"how": "phone"})) == (428, "version_required")
    kept = assessor.post(path, json={"how": "phone", "keep_open": True}, headers=at(1))
    assert refused(kept) == (409, "consent_cannot_keep_open")
    assert assessor.post(path, json={"how": "phone"}, headers=at(1)).json["state"] == "withdrawn"
    assert {visit.state for visit in visits_of(person)} == {"cancelled"}


def test_guardrail_g6_the_way_of_an_act_without_consent_over_http(client: FlaskClient, county: County) -> None:
    assessor, officer = an_assessor(client, county), an_officer(client, county)
    person = in_care(county)
    path = f"/ledger-entries/{person.entry_id}/legal-basis-uses"
    never = assessor.post(path, json={"basis": "1", "done": "assessment", "reason": WHY})
    assert refused(never) == (409, "legal_basis_not_for_assessment")
    assert assessor.post(path, json={"basis": "1", "done": "contact", "reason": "急 急 急"}).status_code == 422
    used = assessor.post(path, json={"basis": "1", "done": "contact", "reason": WHY})
    assert used.status_code == 201
    assert "reason" not in used.json
    listed = officer.get("/legal-basis-uses?reviewed=false")
    assert not BasisPageSchema().validate(listed.json)
    address = f"/legal-basis-uses/{used.json['id']}"
    assert officer.get(address).json["reason"] == WHY
    assert refused(assessor.post(address + "/review", json={"finding": "upheld"}, headers=at(1))) == (
        403,
        "role_forbidden",
    )
    told = {"person_told_at": datetime.now(UTC).isoformat()}
    assert assessor.post(address + "/person-told", json=told, headers=at(1)).headers["ETag"] == '"2"'
    found = officer.post(address + "/review", json={"finding": "not_upheld"}, headers=at(2))
    assert not OpenedBasisSchema().validate(found.json)
    assert (found.json["finding"], found.json["person_told_at"] is not None) == ("not_upheld", True)
    assert officer.get("/legal-basis-uses?reviewed=false").json["items"] == []
