"""Case teams, summaries, rehabilitation, family schools and courses, for the contract tests."""

from collections.abc import Mapping

from server import clock
from server.domain.case_teams import NewMember, NewTeamTask
from server.domain.codes import LedgerState, Role
from server.domain.codes_smd import Stability
from server.domain.codes_teams import Discipline
from server.domain.rehab import NewEnrolment, NewSession
from server.domain.smd import Contact
from server.services.case_team_members import add_member
from server.services.case_team_work import add_task
from server.services.case_teams import constitute_team
from server.services.family_schools import hold_session
from server.services.rehab import enrol
from server.services.smd import open_summary
from tests.contract.scene import Arranger, Call, Scene, named
from tests.make_care import InCare, an_assessor, in_care
from tests.make_teams import MINUTE, TASK, Team, a_constituted_team, a_proposed_team, a_site

#: What a role is in a team that it reaches as a member alone.
_DISCIPLINES = {
    Role.GRID_WORKER: Discipline.GRID,
    Role.VILLAGE_OFFICER: Discipline.COMMITTEE,
    Role.CASE_MEMBER: Discipline.VOLUNTEER,
    Role.COUNSELLOR: Discipline.SOCIAL_WORKER,
    Role.ASSESSOR: Discipline.SOCIAL_WORKER,
    Role.CLINICIAN: Discipline.SMD_DOCTOR,
}


def _person(scene: Scene) -> InCare:
    """Somebody in care whom the caller looks after."""
    return in_care(scene.county, LedgerState.PLAN_ACTIVE, carers=(scene.user_id,))


def _joined(scene: Scene) -> Team:
    """A constituted team that the caller belongs to, where their role may."""
    team = a_proposed_team(scene.county, _person(scene) if scene.role is Role.COUNSELLOR else None)
    discipline = _DISCIPLINES.get(scene.role)
    inside = scene.county.grid.startswith(scene.area)
    if discipline and inside:
        add_member(team.person.coordinator, team.id, NewMember(discipline, scene.user_id))
    view = constitute_team(team.person.coordinator, team.id, team.view.version)
    return Team(team.person, view, team.doctor, team.grid, team.helper)


def _proposing(scene: Scene) -> Call:
    call = named(entry_id=_person(scene).entry_id)
    return Call(call.path, {"reason": "unstable"}, secrets=call.secrets)


def _team(scene: Scene) -> Call:
    team = _joined(scene)
    return named(team.view.version, team_id=team.id)


def _taking_in(scene: Scene) -> Call:
    call = named(team_id=_joined(scene).id)
    return Call(call.path, {"discipline": "volunteer", "name": "刘志愿"}, secrets=call.secrets)


def _letting_go(scene: Scene) -> Call:
    return named(member_id=_joined(scene).view.members[-1].id)


def _constituting(scene: Scene) -> Call:
    team = a_proposed_team(scene.county)
    return named(team.view.version, team_id=team.id)


def _standing_down(scene: Scene) -> Call:
    call = _constituting(scene)
    return Call(call.path, {"reason": "not_formed"}, version=call.version, secrets=call.secrets)


def _minute(scene: Scene) -> Call:
    call = named(team_id=a_constituted_team(scene.county, _person(scene)).id)
    body = {"held_on": clock.today().isoformat(), "present": ["grid"], "text": MINUTE}
    return Call(call.path, body, secrets=call.secrets)


def _giving_task(scene: Scene) -> Call:
    team = a_constituted_team(scene.county, _person(scene))
    body = {"assignee_id": str(team.grid.user_id), "text": TASK, "due_on": clock.today().isoformat()}
    call = named(team_id=team.id)
    return Call(call.path, body, secrets=call.secrets)


def _task(scene: Scene) -> Call:
    team = _joined(scene)
    mine = any(member.user_id == scene.user_id for member in team.view.members)
    assignee = scene.user_id if mine else team.grid.user_id
    task = add_task(team.person.coordinator, team.id, NewTeamTask(assignee, TASK, clock.today()))
    return named(task_id=task.id)


def _own_tasks(scene: Scene) -> Call:
    _task(scene)
    return Call(names=False)


def _teams(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_joined(scene).id),))


def _opening(scene: Scene) -> Call:
    call = named(entry_id=_person(scene).entry_id)
    body = {"registered": True, "stability": "2", "contacted_on": clock.today().isoformat(), "danger": 1}
    return Call(call.path, body, secrets=call.secrets)


def _summary(scene: Scene) -> Call:
    clinician = an_assessor(scene.county, role=Role.CLINICIAN)
    carers = (scene.user_id, clinician.identity.user_id)
    person = in_care(scene.county, LedgerState.PLAN_ACTIVE, carers=carers)
    open_summary(clinician, person.entry_id, Contact(True, Stability.UNSTABLE, clock.today(), 3))
    return named(entry_id=person.entry_id)


def _contacting(scene: Scene) -> Call:
    call = _summary(scene)
    body = {"registered": True, "stability": "not_seen", "contacted_on": clock.today().isoformat()}
    return Call(call.path, body, version=1, secrets=call.secrets)


def _enrolling(scene: Scene) -> Call:
    call = named(entry_id=_person(scene).entry_id)
    body = {"site_id": str(a_site(scene.county)), "started_on": clock.today().isoformat()}
    return Call(call.path, body, secrets=call.secrets)


def _enrolled(scene: Scene) -> Call:
    person = _person(scene)
    place = enrol(person.assessor, person.entry_id, NewEnrolment(a_site(scene.county), clock.today()))
    return named(enrolment_id=place.id)


def _places(scene: Scene) -> Call:
    return named(entry_id=_person(scene).entry_id)


def _attending(scene: Scene) -> Call:
    call = _enrolled(scene)
    return Call(call.path, {"attended_on": clock.today().isoformat(), "activity": "social"}, secrets=call.secrets)


def _ending(scene: Scene) -> Call:
    call = _enrolled(scene)
    body = {"ended_on": clock.today().isoformat(), "reason": "completed"}
    return Call(call.path, body, version=1, secrets=call.secrets)


def _session(scene: Scene) -> Call:
    body = {"site_id": str(a_site(scene.county, kind="14")), "held_on": clock.today().isoformat()}
    return Call(body=body | {"topic": "家属互助", "attendees": 12})


def _sessions(scene: Scene) -> Call:
    """A session at a site of the township; to somebody of another it is not listed."""
    doctor = an_assessor(scene.county, role=Role.CLINICIAN)
    new = NewSession(a_site(scene.county, kind="14"), clock.today(), "家属互助", 12)
    return Call(names=False, secrets=(str(hold_session(doctor, new).id),))


def _course(scene: Scene) -> Call:
    call = named(entry_id=_person(scene).entry_id)
    return Call(call.path, {"with_identity": False}, secrets=call.secrets)


RECORDS: Mapping[tuple[str, ...], Arranger] = {}
SPECIAL: Mapping[str, Arranger] = {
    "POST /ledger-entries/{entry_id}/case-teams": _proposing,
    "GET /case-teams": _teams,
    "GET /case-teams/{team_id}": _team,
    "GET /case-teams/{team_id}/minutes": _team,
    "GET /case-teams/{team_id}/tasks": _team,
    "POST /case-teams/{team_id}/members": _taking_in,
    "POST /team-members/{member_id}/end": _letting_go,
    "POST /case-teams/{team_id}/constitution": _constituting,
    "POST /case-teams/{team_id}/activation": _team,
    "POST /case-teams/{team_id}/stand-down": _standing_down,
    "POST /case-teams/{team_id}/minutes": _minute,
    "POST /case-teams/{team_id}/tasks": _giving_task,
    "GET /team-tasks": _own_tasks,
    "POST /team-tasks/{task_id}/done": _task,
    "GET /ledger-entries/{entry_id}/smd-summary": _summary,
    "POST /ledger-entries/{entry_id}/smd-summary": _opening,
    "PUT /ledger-entries/{entry_id}/smd-summary": _contacting,
    "POST /ledger-entries/{entry_id}/rehab-enrolments": _enrolling,
    "GET /ledger-entries/{entry_id}/rehab-enrolments": _places,
    "POST /rehab-enrolments/{enrolment_id}/attendance": _attending,
    "GET /rehab-enrolments/{enrolment_id}/attendance": _enrolled,
    "POST /rehab-enrolments/{enrolment_id}/end": _ending,
    "POST /family-school-sessions": _session,
    "GET /family-school-sessions": _sessions,
    "POST /ledger-entries/{entry_id}/course": _course,
}
