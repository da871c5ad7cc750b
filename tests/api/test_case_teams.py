"""Case teams, summaries and courses over HTTP: which keys an answer has, for whom."""

import json

import pytest
from flask.testing import FlaskClient

from server import clock
from server.config import Config, ConfigRefused
from server.domain.case_teams import NewMember
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_teams import Discipline
from server.services.case_team_members import add_member
from tests.make import County
from tests.make_care import an_assessor, in_care
from tests.make_teams import Member, a_constituted_team, a_minute, a_proposed_team, a_task
from tests.signed_in import sign_in

MEMBERS = {
    Role.GRID_WORKER: (Discipline.GRID, "grid"),
    Role.VILLAGE_OFFICER: (Discipline.COMMITTEE, "village"),
    Role.CASE_MEMBER: (Discipline.VOLUNTEER, "village"),
}
FORBIDDEN_KEYS = {
    "assessment", "result_band", "recommendations", "narrative", "needs", "strengths", "answers", "total", "band",
    "screening", "danger", "diagnosis", "stability", "opened_reason", "stand_down_reason", "gaps",
}  # fmt: skip


def keys_in(value: object) -> set[str]:
    """Every key of a document, at any depth."""
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in keys_in(one)}
    return {key for one in value for key in keys_in(one)} if isinstance(value, list) else set()


@pytest.mark.parametrize("role", MEMBERS)
def test_invariant_7_answers_to_members_who_visit_hold_no_key_of_assessment_screening_or_reason(
    client: FlaskClient, county: County, role: Role
) -> None:
    discipline, area = MEMBERS[role]
    team = a_constituted_team(county)
    signed = sign_in(client, county, role, getattr(county, area), Purpose.CARE)
    add_member(team.person.coordinator, team.id, NewMember(discipline, signed.user_id))
    a_minute(team)
    a_task(team, Member(an_assessor(county, signed.user_id), discipline))
    address = f"/case-teams/{team.id}"
    for path in ("/case-teams", address, address + "/minutes", address + "/tasks", "/team-tasks"):
        answer = signed.get(path)
        assert answer.status_code == 200, answer.text
        assert not keys_in(answer.json) & FORBIDDEN_KEYS, path
    assert signed.get(address).json.keys() == {
        "id", "entry_id", "area_code", "state", "contact", "safety_note", "members", "version",
    }  # fmt: skip
    for path in ("smd-summary", "course"):
        method = signed.get if path == "smd-summary" else signed.post
        refused = method(
            f"/ledger-entries/{team.person.entry_id}/{path}",
            **({"json": {"with_identity": False}} if path == "course" else {}),
        )
        assert (refused.status_code, refused.json["code"]) == (403, "role_forbidden")


def test_a_team_over_http(client: FlaskClient, county: County) -> None:
    team = a_proposed_team(county)
    office = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    address = f"/case-teams/{team.id}"
    assert office.post(address + "/constitution").status_code == 428
    made = office.post(address + "/constitution", headers={"If-Match": '"1"'})
    assert (made.status_code, made.headers["ETag"], made.json["state"]) == (200, '"2"', "constituted")
    again = office.post(address + "/constitution", headers={"If-Match": '"2"'})
    assert (again.status_code, again.json["code"]) == (409, "team_transition_forbidden")
    both = {"discipline": "volunteer", "name": "刘某", "user_id": str(team.grid.user_id)}
    for body in (both, {"discipline": "volunteer"}):
        assert office.post(address + "/members", json=body).status_code == 422
    ended = office.post(address + "/stand-down", json={"reason": "entry_ended"}, headers={"If-Match": '"2"'})
    assert ended.status_code == 422


def test_a_danger_level_is_a_number_from_0_to_5_and_never_a_code_of_gb_t_31000(
    client: FlaskClient, county: County
) -> None:
    clinician = sign_in(client, county, Role.CLINICIAN, county.township, Purpose.CARE)
    person = in_care(county, LedgerState.PLAN_ACTIVE, carers=(clinician.user_id,))
    address = f"/ledger-entries/{person.entry_id}/smd-summary"
    body = {"registered": True, "stability": "1", "contacted_on": clock.today().isoformat()}
    for danger in (6, -1, "03", "3", 2.5):
        assert clinician.post(address, json=body | {"danger": danger}).status_code == 422, danger
    unsaid = {name: value for name, value in body.items() if name != "stability"}
    assert clinician.post(address, json=unsaid | {"danger": 3}).status_code == 422
    assert clinician.post(address, json=body | {"danger": 3, "diagnosis": "精神分裂症"}).status_code == 422
    made = clinician.post(address, json=body | {"danger": 3})
    assert (made.status_code, made.json["danger"], made.headers["ETag"]) == (201, 3, '"1"')
    office = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    assert office.get(address).json.keys() == {"entry_id", "next_contact_due_on", "version"}


def test_a_course_is_fhir_json_of_one_person(client: FlaskClient, county: County) -> None:
    assessor = sign_in(client, county, Role.ASSESSOR, county.township, Purpose.CARE)
    person = in_care(county, LedgerState.PLAN_ACTIVE, carers=(assessor.user_id,))
    address = f"/ledger-entries/{person.entry_id}/course"
    answer = assessor.post(address, json={"with_identity": False})
    assert (answer.status_code, answer.content_type) == (200, "application/fhir+json")
    assert json.loads(answer.data)["resourceType"] == "Bundle"
    unreasoned = assessor.post(address, json={"with_identity": True})
    assert (unreasoned.status_code, unreasoned.json["code"]) == (422, "course_reason_needed")
    several = assessor.post(address, json={"with_identity": False, "entry_ids": [str(person.entry_id)]})
    assert several.status_code == 422


def test_several_peoples_courses_cannot_be_asked_for(client: FlaskClient) -> None:
    rules = [rule for rule in client.application.url_map.iter_rules() if "course" in rule.rule]
    assert [rule.rule for rule in rules] == ["/api/v1/ledger-entries/<uuid:entry_id>/course"]


def test_the_strict_setting_is_yes_or_no() -> None:
    url = "postgresql://{}@db/linli"
    names = {"LINLI_DATABASE_URL": "owner", "LINLI_APP_DATABASE_URL": "app", "LINLI_JOBS_DATABASE_URL": "jobs"}
    given = {name: url.format(role) for name, role in names.items()} | {"LINLI_ENV_FILE": "/dev/null"}
    assert not Config.from_environment(given).strict_teams
    assert Config.from_environment(given | {"LINLI_STRICT_TEAMS": "yes"}).strict_teams
    with pytest.raises(ConfigRefused):
        Config.from_environment(given | {"LINLI_STRICT_TEAMS": "1"})
