"""Assessments and leaving over HTTP: what stands in an answer, and what never does."""

import json

from flask.testing import FlaskClient

from server import clock
from server.domain.codes import LedgerState, Purpose, Role
from server.schemas.assessments import AssessmentBriefSchema, AssessmentSchema
from server.schemas.ledger_leaving import EntryProposalSchema
from server.store.transaction import transaction
from tests.make import County
from tests.make_care import InCare, entry_of, in_care
from tests.signed_in import Signed, sign_in

NARRATIVE = "本人愿意谈失业后的打算，希望先把作息调回来。"
DIAGNOSED = "邻居说他得了精神分裂，常年不出门。"


def body(**changes: object) -> dict[str, object]:
    """An assessment as a client sends it."""
    return {
        "kind": "initial", "held_on": clock.today().isoformat(), "result_band": "moderate", "safety_concern": False,
        "recommendations": ["counselling"], "needs": ["work"], "strengths": "会种菜", "narrative": NARRATIVE,
    } | changes  # fmt: skip


def looked_after(client: FlaskClient, county: County, role: Role = Role.ASSESSOR) -> tuple[Signed, InCare]:
    """Somebody signed in, and a person they look after and answer for."""
    area = county.village if role is Role.CASE_MEMBER else county.township
    me = sign_in(client, county, role, area, Purpose.CARE)
    return me, in_care(county, carers=(me.user_id,), assessor_id=me.user_id)


def test_the_way_of_an_assessment_over_http(client: FlaskClient, county: County) -> None:
    me, person = looked_after(client, county)
    made = me.post(f"/ledger-entries/{person.entry_id}/assessments", json=body())
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert not AssessmentSchema().validate(made.json)
    address = f"/assessments/{made.json['id']}"
    changed = me.patch(address, json={"strengths": None}, headers={"If-Match": '"1"'})
    assert changed.json == made.json | {"strengths": None, "version": 2}
    assert me.post(address + "/signature").json["code"] == "version_required"
    signed = me.post(address + "/signature", headers={"If-Match": '"2"'})
    assert (signed.status_code, signed.json["closure_proposal_id"]) == (200, None)
    late = me.patch(address, json={"safety_concern": True}, headers={"If-Match": '"3"'})
    assert (late.status_code, late.json["code"]) == (409, "assessment_signed")
    copy = me.post(address + "/correction", json={"reason": "wrong_fact"}, headers={"If-Match": '"3"'})
    assert (copy.status_code, copy.json["number"], copy.json["narrative"]) == (201, 2, NARRATIVE)


def test_invariant_7_an_answer_to_the_township_has_no_key_of_the_text(client: FlaskClient, county: County) -> None:
    me, person = looked_after(client, county)
    made = me.post(f"/ledger-entries/{person.entry_id}/assessments", json=body())
    me.post(f"/assessments/{made.json['id']}/signature", headers={"If-Match": '"1"'})
    township = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    one = township.get(f"/assessments/{made.json['id']}")
    listed = township.get(f"/ledger-entries/{person.entry_id}/assessments")
    assert one.json == listed.json["items"][0]
    assert set(one.json) == set(AssessmentBriefSchema().fields)
    for answer in (one, listed):
        assert not {"narrative", "needs", "strengths", "inputs", "series_id"} & set(json.dumps(answer.json).split('"'))


def test_invariant_7_a_case_member_sees_no_key_of_an_assessment(client: FlaskClient, county: County) -> None:
    me, person = looked_after(client, county)
    member = sign_in(client, county, Role.CASE_MEMBER, county.village, Purpose.CARE)
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        entry.carer_ids = [*entry.carer_ids, member.user_id]
    made = me.post(f"/ledger-entries/{person.entry_id}/assessments", json=body())
    address = f"/assessments/{made.json['id']}"
    given = member.post(
        address + "/inputs",
        json={"discipline": "police", "given_on": clock.today().isoformat(), "text": "上月调解过一次邻里纠纷。"},
    )
    assert given.status_code == 201
    assert set(given.json) == {"id", "discipline", "given_on", "text", "created_by", "created_at", "version"}
    for path in (address, f"/ledger-entries/{person.entry_id}/assessments"):
        assert member.get(path).json["code"] == "role_forbidden"
    assert me.get(address).json["inputs"] == [given.json]


def test_guardrail_g4_a_word_of_diagnosis_comes_back_in_no_answer(client: FlaskClient, county: County) -> None:
    me, person = looked_after(client, county)
    address = f"/ledger-entries/{person.entry_id}/assessments"
    refused = me.post(address, json=body(narrative=DIAGNOSED, strengths="抑郁症好转后能干活"))
    assert (refused.status_code, refused.json["code"]) == (422, "medical_word_found")
    assert [error["field"] for error in refused.json["errors"]] == ["strengths", "narrative"]
    assert not any(word in refused.text for word in ("精神分裂", "抑郁", "邻居"))
    assert me.get(address).json == {"items": []}
    kept = me.post(address, json=body(narrative=DIAGNOSED, words_confirmed=True))
    assert (kept.status_code, kept.json["has_medical_word"]) == (201, True)


def test_no_shape_takes_a_diagnosis(client: FlaskClient, county: County) -> None:
    me, person = looked_after(client, county)
    answer = me.post(f"/ledger-entries/{person.entry_id}/assessments", json=body(diagnosis="F20"))
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} == {"diagnosis"}


def test_the_way_of_leaving_over_http(client: FlaskClient, county: County) -> None:
    me = sign_in(client, county, Role.ASSESSOR, county.township, Purpose.CARE)
    person = in_care(county, LedgerState.STABLE, carers=(me.user_id,))
    township = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    made = me.post(f"/ledger-entries/{person.entry_id}/closure-proposals", json={"reason": "1"})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert not EntryProposalSchema().validate(made.json)
    address = f"/entry-proposals/{made.json['id']}"
    assert township.get("/entry-proposals?state=open").json == {"items": [made.json], "next_cursor": None}
    own = me.post(address + "/agreement", headers={"If-Match": '"1"'})
    assert (own.status_code, own.json["code"]) == (403, "proposal_own")
    agreed = township.post(address + "/agreement", headers={"If-Match": '"1"'})
    assert (agreed.status_code, agreed.json["state"]) == (200, "agreed")
    assert me.get(f"/ledger-entries/{person.entry_id}").status_code == 404
    assert township.get(f"/ledger-entries/{person.entry_id}").json["entry"]["state"] == "closed"
