"""Case teams: composing one, its work, who is told what, and when it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server import clock
from server.domain.case_teams import NewMember, NewMinute, NewTeam, NewTeamTask
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_plans import PlanEndReason
from server.domain.codes_teams import Discipline, StandDownReason, TeamReason, TeamState
from server.domain.pages import PageAsked
from server.errors import Conflict, Forbidden, LinliError, Stale
from server.models.safety import SafetyEvent
from server.models.team import CaseTeam, TeamTask
from server.services.case_team_members import add_member, end_member
from server.services.case_team_work import (
    add_minute,
    add_task,
    finish_task,
    list_minutes,
    list_own_tasks,
    list_tasks,
)
from server.services.case_teams import (
    MemberTeamView,
    activate_team,
    constitute_team,
    list_teams,
    propose_team,
    read_team,
    stand_down_team,
)
from server.store.care_stop import stop_care
from server.store.ledger import Step, insert_steps
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, a_consent, an_assessor, entry_of, in_care
from tests.make_teams import (
    MINUTE,
    TASK,
    Team,
    a_constituted_team,
    a_member,
    a_minute,
    a_proposed_team,
    a_safety_event,
    a_task,
)
from tests.services.test_ledger_reading import statements
from tests.signed_in import a_user
from tests.sweeping import DIAGNOSIS_FACT, events_of

PAGE = PageAsked(50)


def refusal(act: object, *arguments: object) -> str:
    with pytest.raises(LinliError) as refused:
        act(*arguments)  # type: ignore[operator]
    return refused.value.code


def office(team: Team) -> Caller:
    return team.person.coordinator


def member_of(team: Team, discipline: Discipline):
    return next(one for one in read_team(office(team), team.id).members if one.discipline == discipline)


def test_a_team_goes_from_the_proposal_to_standing_down_and_says_who_when_and_why(county: County) -> None:
    """Invariant 12."""
    team = a_proposed_team(county)
    assert (team.view.state, team.view.gaps, team.view.opened_reason) == ("proposed", (), "unstable")
    made = constitute_team(office(team), team.id, team.view.version)
    begun = activate_team(office(team), team.id, made.version)
    ended = stand_down_team(office(team), team.id, begun.version, StandDownReason.TRANSFERRED)
    assert [one.state for one in (made, begun, ended)] == ["constituted", "active", "stood_down"]
    assert (ended.stand_down_reason, ended.version) == ("transferred", begun.version + 1)
    assert None not in (ended.constituted_at, ended.constituted_by, ended.activated_at, ended.activated_by)
    assert None not in (ended.stood_down_at, ended.stood_down_by)
    logged = [
        one for one in events_of(county) if one["action"] == "case_team:manage" and one.get("table") == "case_team"
    ]
    written = [(one.get("before"), one["after"]) for one in logged if "after" in one]
    assert written == [(None, 1), (1, 2), (2, 3), (3, 4)]


def test_a_team_without_its_composition_is_not_constituted(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    view = propose_team(person.coordinator, person.entry_id, NewTeam(TeamReason.MANY_NEEDS))
    assert view.gaps == ("smd_doctor", "village_or_grid", "one_more")
    with pytest.raises(Conflict) as refused:
        constitute_team(person.coordinator, view.id, view.version)
    assert (refused.value.code, refused.value.params["gaps"]) == (
        "team_incomplete",
        "smd_doctor、village_or_grid、one_more",
    )


def test_the_strict_setting_asks_for_all_seven(county: County) -> None:
    team = a_proposed_team(county)
    strict = replace(office(team), store=replace(county.store, strict_teams=True))
    with pytest.raises(Conflict) as refused:
        constitute_team(strict, team.id, team.view.version)
    assert refused.value.params["gaps"] == "committee、police、civil_affairs、volunteer"
    for discipline in (Discipline.COMMITTEE, Discipline.POLICE, Discipline.CIVIL_AFFAIRS, Discipline.VOLUNTEER):
        add_member(strict, team.id, NewMember(discipline, name="李某"))
    assert constitute_team(strict, team.id, team.view.version).state == "constituted"


def test_one_team_is_open_for_an_entry_and_another_may_follow(county: County) -> None:
    team = a_proposed_team(county)
    new = NewTeam(TeamReason.RELAPSE)
    assert refusal(propose_team, office(team), team.person.entry_id, new) == "team_exists"
    stand_down_team(office(team), team.id, team.view.version, StandDownReason.NOT_FORMED)
    assert propose_team(office(team), team.person.entry_id, new).state == "proposed"
    assert refusal(propose_team, office(team), team.person.entry_id, replace(new, id=team.id)) in {
        "record_exists",
        "team_exists",
    }


def test_police_belong_to_a_team_only_while_a_safety_event_is_open(county: County) -> None:
    team = a_proposed_team(county)
    police = NewMember(Discipline.POLICE, name="张某")
    assert refusal(add_member, office(team), team.id, police) == "team_police_without_event"
    a_safety_event(team.person)
    view = add_member(office(team), team.id, police)
    assert view.members[-1].discipline == "police"


def test_police_taken_in_hold_up_a_team_once_the_event_is_closed(county: County) -> None:
    team = a_proposed_team(county)
    a_safety_event(team.person)
    add_member(office(team), team.id, NewMember(Discipline.POLICE, name="张某"))
    with transaction(team.person.assessor) as work:
        work.session.execute(
            update(SafetyEvent)
            .where(SafetyEvent.resident_id == team.person.resident_id)
            .values(state="closed", closed_at=work.now)
        )
    assert refusal(constitute_team, office(team), team.id, team.view.version) == "team_police_without_event"


def test_a_members_role_must_fit_the_discipline_where_the_person_lives(county: County) -> None:
    team = a_proposed_team(county)
    elsewhere, _ = a_user(county, (Role.CLINICIAN, county.other_township))
    worker, _ = a_user(county, (Role.GRID_WORKER, county.grid))
    for discipline, user_id in ((Discipline.SMD_DOCTOR, elsewhere), (Discipline.SMD_DOCTOR, worker),
                                (Discipline.POLICE, worker), (Discipline.GRID, new_id())):  # fmt: skip
        assert refusal(add_member, office(team), team.id, NewMember(discipline, user_id)) == "team_member_unfit"
    known = NewMember(Discipline.GRID, team.grid.user_id)
    assert refusal(add_member, office(team), team.id, known) == "team_member_known"


def test_the_family_is_taken_in_with_consent_and_without_an_account(county: County) -> None:
    team = a_proposed_team(county)
    family = NewMember(Discipline.FAMILY, name="王家人")
    assert refusal(add_member, office(team), team.id, family) == "consent_missing"
    a_consent(team.person, ConsentScope.FAMILY_CONTACT)
    assert add_member(office(team), team.id, family).members[-1].name == "王家人"
    user_id, _ = a_user(county, (Role.CASE_MEMBER, county.village))
    with_account = NewMember(Discipline.FAMILY, user_id)
    assert refusal(add_member, office(team), team.id, with_account) == "team_member_family_account"


def test_the_first_minute_lets_a_team_begin(county: County) -> None:
    proposed = a_proposed_team(county)
    new = NewMinute(clock.today(), frozenset({Discipline.GRID}), MINUTE)
    assert refusal(add_minute, office(proposed), proposed.id, new) == "team_not_at_work"
    constitute_team(office(proposed), proposed.id, proposed.view.version)
    first = add_minute(office(proposed), proposed.id, new)
    view = read_team(office(proposed), proposed.id)
    assert (view.state, first.present, first.text) == ("active", ["grid"], MINUTE)
    a_minute(proposed)
    assert read_team(office(proposed), proposed.id).version == view.version
    tomorrow = replace(new, held_on=clock.today() + timedelta(days=1))
    assert refusal(add_minute, office(proposed), proposed.id, tomorrow) == "team_minute_in_future"


def test_guardrail_g4_a_minute_a_task_and_a_note_hold_no_diagnosis_not_even_a_clinicians(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    note = NewTeam(TeamReason.UNSTABLE, DIAGNOSIS_FACT)
    assert refusal(propose_team, person.coordinator, person.entry_id, note) == "note_diagnosis"
    doctor = an_assessor(county, role=Role.CLINICIAN)
    team = a_constituted_team(county, in_care(county, LedgerState.PLAN_ACTIVE, carers=(doctor.identity.user_id,)))
    new = NewMinute(clock.today(), frozenset({Discipline.GRID}), DIAGNOSIS_FACT)
    assert refusal(add_minute, doctor, team.id, new) == "note_diagnosis"
    task = NewTeamTask(team.grid.user_id, DIAGNOSIS_FACT, clock.today())
    assert refusal(add_task, doctor, team.id, task) == "note_diagnosis"


def test_members_who_visit_are_told_the_contact_the_note_and_nothing_of_why(county: County) -> None:
    team = a_constituted_team(county)
    for member in (team.grid, team.helper):
        view = read_team(member.caller, team.id)
        assert type(view) is MemberTeamView
        assert (view.contact.name, view.safety_note) == ("欧阳**", "请两人同行。")
        assert [one.discipline for one in view.members] == ["smd_doctor", "grid", "disability_helper"]
    whole = read_team(team.doctor.caller, team.id)
    assert (whole.contact.name, whole.opened_reason) == ("欧阳试验", "unstable")
    assert read_team(team.person.assessor, team.id).contact.name == "欧阳试验"


def test_a_team_is_open_to_its_members_from_its_constitution_until_it_stands_down_and_to_nobody_else(
    county: County,
) -> None:
    team = a_proposed_team(county)
    stranger = a_member(county, Discipline.GRID, Role.GRID_WORKER, county.grid)
    assert refusal(read_team, team.grid.caller, team.id) == "not_found"
    assert list_teams(team.grid.caller, None, PAGE).items == ()
    made = constitute_team(office(team), team.id, team.view.version)
    assert [line.id for line in list_teams(team.grid.caller, TeamState.CONSTITUTED, PAGE).items] == [team.id]
    assert read_team(team.grid.caller, team.id).id == team.id
    for other in (stranger.caller, a_caller(county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.REVIEW)):
        assert refusal(read_team, other, team.id) == "not_found"
        assert list_teams(other, None, PAGE).items == ()
    begun = activate_team(office(team), team.id, made.version)
    stand_down_team(office(team), team.id, begun.version, StandDownReason.TRANSFERRED)
    assert refusal(read_team, team.grid.caller, team.id) == "not_found"
    assert read_team(office(team), team.id).state == "stood_down"


def test_who_has_left_is_told_nothing_more_and_has_nothing_more_to_do(county: County) -> None:
    team = a_constituted_team(county)
    done, open_task = a_task(team, team.grid), a_task(team, team.grid)
    finish_task(team.grid.caller, done.id, done.version)
    view = end_member(office(team), member_of(team, Discipline.GRID).id, 1)
    assert view.gaps == ("village_or_grid",)
    assert refusal(read_team, team.grid.caller, team.id) == "not_found"
    assert refusal(list_minutes, team.grid.caller, team.id, PAGE) == "not_found"
    assert list_own_tasks(team.grid.caller, PAGE).items == ()
    assert refusal(finish_task, team.grid.caller, open_task.id, 1) == "not_found"
    assert [one.id for one in list_tasks(office(team), team.id, PAGE).items] == [done.id]
    gone = member_of(team, Discipline.GRID)
    assert refusal(end_member, office(team), gone.id, gone.version) == "team_member_gone"
    with pytest.raises(Stale):
        end_member(office(team), gone.id, gone.version - 1)


def test_members_read_the_minutes_and_their_own_tasks(county: County) -> None:
    team = a_constituted_team(county)
    a_minute(team)
    own, others = a_task(team, team.grid), a_task(team, team.helper)
    assert [one.text for one in list_minutes(team.grid.caller, team.id, PAGE).items] == [MINUTE]
    assert [one.id for one in list_tasks(team.grid.caller, team.id, PAGE).items] == [own.id]
    assert [one.id for one in list_own_tasks(team.grid.caller, PAGE).items] == [own.id]
    assert {one.id for one in list_tasks(team.person.assessor, team.id, PAGE).items} == {own.id, others.id}
    assert refusal(finish_task, team.grid.caller, others.id, 1) == "not_found"


def test_a_task_is_done_once_by_whom_it_was_given_to(county: County) -> None:
    team = a_constituted_team(county)
    task = a_task(team, team.helper)
    assert refusal(finish_task, team.grid.caller, task.id, 1) == "not_found"
    with pytest.raises(Forbidden):
        finish_task(office(team), task.id, 1)
    done = finish_task(team.helper.caller, task.id, 1)
    assert (done.text, done.version, done.done_at is not None) == (TASK, 2, True)
    assert refusal(finish_task, team.helper.caller, task.id, 2) == "team_task_done"
    assert list_own_tasks(team.helper.caller, PAGE).items == ()


def test_a_task_goes_to_a_member_with_an_account_and_is_not_due_before_today(county: County) -> None:
    team = a_constituted_team(county)
    stranger = NewTeamTask(new_id(), TASK, clock.today())
    past = NewTeamTask(team.grid.user_id, TASK, clock.today() - timedelta(days=1))
    assert refusal(add_task, office(team), team.id, stranger) == "team_assignee_no_member"
    assert refusal(add_task, office(team), team.id, past) == "team_task_due_past"


def test_managing_and_minutes_are_not_for_members(county: County) -> None:
    team = a_constituted_team(county)
    for caller in (team.grid.caller, team.helper.caller):
        with pytest.raises(Forbidden):
            constitute_team(caller, team.id, 1)
        with pytest.raises(Forbidden):
            a_minute(team, caller)


def test_the_doctor_in_a_team_may_keep_its_minutes_and_another_doctor_may_not(county: County) -> None:
    team = a_constituted_team(county)
    other = a_member(county, Discipline.SMD_DOCTOR, Role.CLINICIAN, county.township)
    assert refusal(a_minute, team, other.caller) == "not_found"
    a_minute(team, team.doctor.caller)
    assert read_team(team.doctor.caller, team.id).state == "active"


def made_stable(person: InCare, days: int) -> None:
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        at = work.now - timedelta(days=days)
        insert_steps(
            work,
            [Step(entry.id, entry.area_code, "stabilise", LedgerState.PLAN_ACTIVE, LedgerState.STABLE, new_id(), at)],
        )


@pytest.mark.parametrize(("days", "ends"), [(93, True), (80, False)])
def test_a_team_stands_down_after_three_stable_months(county: County, days: int, ends: bool) -> None:
    person = in_care(county, LedgerState.STABLE)
    made_stable(person, days)
    team = a_constituted_team(county, person)
    a_minute(team)
    version = read_team(office(team), team.id).version
    if ends:
        assert stand_down_team(office(team), team.id, version, StandDownReason.STABLE).state == "stood_down"
    else:
        assert (
            refusal(stand_down_team, office(team), team.id, version, StandDownReason.STABLE) == "team_not_stable_long"
        )


def test_a_team_that_began_is_not_given_up_as_never_formed(county: County) -> None:
    team = a_constituted_team(county)
    begun = activate_team(office(team), team.id, team.view.version)
    code = refusal(stand_down_team, office(team), team.id, begun.version, StandDownReason.NOT_FORMED)
    assert code == "team_transition_forbidden"


def test_a_team_ends_with_the_entry(county: County) -> None:
    team = a_constituted_team(county)
    with transaction(team.person.assessor) as work:
        stop_care(work, [team.person.entry_id], PlanEndReason.CLOSED)
    with transaction(office(team)) as work:
        row = work.session.get_one(CaseTeam, (county.code, team.id))
    assert (row.state, row.stand_down_reason, row.stood_down_by) == ("stood_down", "entry_ended", None)
    assert refusal(add_member, office(team), team.id, NewMember(Discipline.VOLUNTEER, name="李某")) == "team_ended"


def test_of_two_who_act_at_once_one_is_told(county: County) -> None:
    team = a_proposed_team(county)
    constitute_team(office(team), team.id, team.view.version)
    with pytest.raises(Stale):
        constitute_team(office(team), team.id, team.view.version)


def test_invariant_6_reading_names_the_person_and_the_fields(county: County) -> None:
    team = a_constituted_team(county)
    a_minute(team)
    a_task(team, team.grid)
    read_team(team.grid.caller, team.id)
    list_minutes(team.grid.caller, team.id, PAGE)
    list_own_tasks(team.grid.caller, PAGE)
    actor = str(team.grid.user_id)
    read = [one for one in events_of(county) if one["actor"] == actor and one.get("fields")]
    assert [(one["table"], len(one["subjects"])) for one in read] == [
        ("case_team", 1),
        ("team_minute", 1),
        ("team_task", 1),
    ]
    assert MINUTE not in str(events_of(county))


def test_a_list_of_tasks_takes_as_many_statements_for_one_as_for_ten(county: County) -> None:
    team = a_constituted_team(county)
    a_task(team, team.grid)
    one = statements_of(county, team)
    for _ in range(9):
        a_task(team, team.grid)
    assert statements_of(county, team) == one
    with transaction(office(team)) as work:
        assert len(work.session.scalars(select(TeamTask).where(TeamTask.team_id == team.id)).all()) == 10


def statements_of(county: County, team: Team) -> int:
    with statements(county.store) as sent:
        list_own_tasks(team.grid.caller, PAGE)
    return len(sent)
