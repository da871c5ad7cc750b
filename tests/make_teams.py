"""Case teams and rehabilitation sites for tests: teams with members who have accounts, in any state."""

from dataclasses import dataclass
from uuid import UUID

from server import clock
from server.domain.case_teams import NewMember, NewMinute, NewTeam, NewTeamTask
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import SafetyKind, SafetySource
from server.domain.codes_teams import Discipline, TeamReason
from server.domain.crisis_reports import CrisisReport
from server.models.site import ServiceSite
from server.services.case_team_members import add_member
from server.services.case_team_work import TeamTaskView, add_minute, add_task
from server.services.case_teams import TeamView, constitute_team, propose_team
from server.store.safety_events import NewSafetyEvent, raise_event
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, an_assessor, in_care
from tests.signed_in import a_user

MINUTE = "商定每周电话联系一次，网格员每两周上门一次。"
TASK = "本周内陪同本人去镇政府办理医疗救助申请。"


@dataclass(frozen=True)
class Member:
    """A member with an account, as they call."""

    caller: Caller
    discipline: Discipline

    @property
    def user_id(self) -> UUID:
        """Their user."""
        return self.caller.identity.user_id


@dataclass(frozen=True)
class Team:
    """A team, the person it is for, and its members with accounts."""

    person: InCare
    view: TeamView
    doctor: Member
    grid: Member
    helper: Member

    @property
    def id(self) -> UUID:
        """The team's id."""
        return self.view.id


def a_member(county: County, discipline: Discipline, role: Role, area: str) -> Member:
    """A user whose role fits a discipline."""
    user_id, _ = a_user(county, (role, area))
    return Member(an_assessor(county, user_id, role, area), discipline)


def a_proposed_team(county: County, person: InCare | None = None, note: str | None = "请两人同行。") -> Team:
    """A proposed team with a doctor, a grid worker and a helper for the disabled taken in."""
    person = person or in_care(county, LedgerState.PLAN_ACTIVE)
    doctor = a_member(county, Discipline.SMD_DOCTOR, Role.CLINICIAN, county.township)
    grid = a_member(county, Discipline.GRID, Role.GRID_WORKER, county.grid)
    helper = a_member(county, Discipline.DISABILITY_HELPER, Role.CASE_MEMBER, county.village)
    view = propose_team(person.coordinator, person.entry_id, NewTeam(TeamReason.UNSTABLE, note))
    for member in (doctor, grid, helper):
        view = add_member(person.coordinator, view.id, NewMember(member.discipline, member.user_id))
    return Team(person, view, doctor, grid, helper)


def a_constituted_team(county: County, person: InCare | None = None) -> Team:
    """The same, its composition found complete."""
    team = a_proposed_team(county, person)
    view = constitute_team(team.person.coordinator, team.id, team.view.version)
    return Team(team.person, view, team.doctor, team.grid, team.helper)


def a_minute(team: Team, caller: Caller | None = None) -> UUID:
    """A meeting held today."""
    new = NewMinute(clock.today(), frozenset({Discipline.GRID, Discipline.SMD_DOCTOR}), MINUTE)
    return add_minute(caller or team.person.coordinator, team.id, new).id


def a_task(team: Team, assignee: Member, text: str = TASK) -> TeamTaskView:
    """A task for a member, due today."""
    return add_task(team.person.coordinator, team.id, NewTeamTask(assignee.user_id, text, clock.today()))


def a_safety_event(person: InCare) -> None:
    """An open safety event about somebody."""
    new = NewSafetyEvent(
        area_code=person.area_code, source=SafetySource.STAFF,
        report=CrisisReport(SafetyKind.ACUTE_STATE, "在家砸东西，家属打电话求助。"), resident_id=person.resident_id, entry_id=person.entry_id,
    )  # fmt: skip
    with transaction(person.assessor) as work:
        raise_event(work, new)


def a_site(county: County, kind: str = "13", area: str = "") -> UUID:
    """A site that operates, for rehabilitation unless another kind is named."""
    admin = a_caller(county, Role.SITE_MANAGER, county.code, Purpose.CARE)
    with transaction(admin) as work:
        row = ServiceSite(
            county_code=county.code, id=new_id(), area_code=area or county.township, type=kind, name="试验康复之家",
            address="试验镇1号", hours="周一至周五 8:00-17:00", accessible=True, psychiatric=False,
            state="operating", version=1, created_by=admin.identity.user_id, created_at=work.now, updated_at=work.now,
        )  # fmt: skip
        work.session.add(row)
        return row.id
