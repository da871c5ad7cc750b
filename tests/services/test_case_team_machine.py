"""A case team as a state machine: any order of acts, on the real services and database, keeps to §3.2 of the reference."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from server import clock
from server.domain.case_teams import NewMember, NewMinute, NewTeam
from server.domain.codes import LedgerState, Role
from server.domain.codes_teams import Discipline, StandDownReason, TeamReason, TeamState
from server.errors import Conflict, LinliError
from server.models.team import CaseTeam
from server.services.case_team_members import add_member, end_member
from server.services.case_team_work import add_minute
from server.services.case_teams import (
    TeamView,
    activate_team,
    constitute_team,
    propose_team,
    read_team,
    stand_down_team,
)
from server.store.transaction import Caller, Store, transaction
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_care import in_care
from tests.make_teams import MINUTE, a_member

S = TeamState
Act = Callable[[Caller, UUID, int], object]


def _minute(office: Caller, team_id: UUID, _version: int) -> object:
    return add_minute(office, team_id, NewMinute(clock.today(), frozenset({Discipline.GRID}), MINUTE))


def _standing_down(reason: StandDownReason) -> Act:
    return lambda office, team_id, version: stand_down_team(office, team_id, version, reason)


#: Each act with the moves it may make; every other state refuses it.
ACTS: dict[str, tuple[Act, dict[TeamState, TeamState]]] = {
    "constitute": (constitute_team, {S.PROPOSED: S.CONSTITUTED}),
    "activate": (activate_team, {S.CONSTITUTED: S.ACTIVE}),
    "minute": (_minute, {S.CONSTITUTED: S.ACTIVE, S.ACTIVE: S.ACTIVE}),
    "transferred": (_standing_down(StandDownReason.TRANSFERRED), {S.ACTIVE: S.STOOD_DOWN}),
    "stable": (_standing_down(StandDownReason.STABLE), {}),
    "not_formed": (
        _standing_down(StandDownReason.NOT_FORMED),
        {S.PROPOSED: S.STOOD_DOWN, S.CONSTITUTED: S.STOOD_DOWN},
    ),
}


MEMBERS = (Discipline.SMD_DOCTOR, Discipline.GRID, Discipline.VOLUNTEER)


class CaseTeams(RuleBasedStateMachine):
    """Everything that can be done to a team, in any order."""

    county: County
    users: dict[Discipline, UUID]

    @initialize()
    def begin(self) -> None:
        self.person = in_care(self.county, LedgerState.PLAN_ACTIVE)
        self.office = self.person.coordinator
        self.team = propose_team(self.office, self.person.entry_id, NewTeam(TeamReason.UNSTABLE))
        self.there: set[Discipline] = set()

    def read(self) -> TeamView:
        view = read_team(self.office, self.team.id)
        assert isinstance(view, TeamView)
        return view

    @rule(act=st.sampled_from(sorted(ACTS)))
    def move(self, act: str) -> None:
        """Any act in any state: either the table's move, or a refusal that changes nothing."""
        does, moves = ACTS[act]
        before = TeamState(self.team.state)
        expected = moves.get(before)
        if act == "constitute" and self.there != set(self.users):
            expected = None
        try:
            does(self.office, self.team.id, self.team.version)
        except LinliError:
            assert expected is None
            assert self.read() == self.team
        else:
            self.team = self.read()
            assert self.team.state == expected

    @rule(discipline=st.sampled_from(sorted(MEMBERS)))
    def take_in(self, discipline: Discipline) -> None:
        """Anybody may come while the team stands, once."""
        new = NewMember(discipline, self.users[discipline])
        if self.team.state == S.STOOD_DOWN or discipline in self.there:
            with pytest.raises(Conflict):
                add_member(self.office, self.team.id, new)
        else:
            self.team = add_member(self.office, self.team.id, new)
            self.there.add(discipline)

    @rule(discipline=st.sampled_from(sorted(MEMBERS)))
    def let_go(self, discipline: Discipline) -> None:
        """Anybody may go while the team stands."""
        here = [one for one in self.team.members if one.discipline == discipline and one.until is None]
        if not here:
            return
        if self.team.state == S.STOOD_DOWN:
            with pytest.raises(Conflict):
                end_member(self.office, here[0].id, here[0].version)
        else:
            self.team = end_member(self.office, here[0].id, here[0].version)
            self.there.discard(discipline)

    @rule()
    def propose_again(self) -> None:
        """Another team only when this one has stood down."""
        if self.team.state == S.STOOD_DOWN:
            self.team = propose_team(self.office, self.person.entry_id, NewTeam(TeamReason.RELAPSE))
            self.there = set()
        else:
            with pytest.raises(Conflict) as refused:
                propose_team(self.office, self.person.entry_id, NewTeam(TeamReason.RELAPSE))
            assert refused.value.code == "team_exists"

    @invariant()
    def holds(self) -> None:
        """Invariant 12 and the one open team, read from the table itself."""
        with transaction(self.office) as work:
            rows = work.session.scalars(select(CaseTeam).where(CaseTeam.entry_id == self.person.entry_id)).all()
        assert sum(row.state != S.STOOD_DOWN for row in rows) <= 1
        for row in rows:
            assert (row.constituted_at is None) == (row.constituted_by is None)
            assert (row.activated_at is None) == (row.activated_by is None)
            stood_down = row.state == S.STOOD_DOWN
            assert (row.stood_down_at is not None, row.stand_down_reason is not None) == (stood_down, stood_down)
            assert row.state not in (S.CONSTITUTED, S.ACTIVE) or row.constituted_at is not None
            assert row.activated_at is None or row.constituted_at <= row.activated_at


def test_any_order_of_acts_keeps_to_the_table(store: Store, owner_engine: Engine) -> None:
    shared = a_county(store, owner_engine, a_county_code())
    members = {
        Discipline.SMD_DOCTOR: a_member(shared, Discipline.SMD_DOCTOR, Role.CLINICIAN, shared.township).user_id,
        Discipline.GRID: a_member(shared, Discipline.GRID, Role.GRID_WORKER, shared.grid).user_id,
        Discipline.VOLUNTEER: a_member(shared, Discipline.VOLUNTEER, Role.CASE_MEMBER, shared.village).user_id,
    }
    CaseTeams.county, CaseTeams.users = shared, members
    few = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(CaseTeams, settings=few)
