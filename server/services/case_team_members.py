"""Members of a case team: taking one in, and letting one go."""

from uuid import UUID

from server import clock
from server.domain.case_teams import ROLES_OF, NewMember, check_member
from server.domain.codes_care import ConsentScope
from server.domain.codes_teams import Discipline, TeamState
from server.domain.permissions import Permission
from server.errors import Conflict, Invalid
from server.models.team import CaseTeam, CaseTeamMember
from server.services.case_teams import TeamView, check_police, team_view
from server.store import case_teams as store
from server.store.care import entry_for_care, note_care, sealing_keys
from server.store.case_teams import NAME
from server.store.consents import require_consent
from server.store.records import as_read, count_up
from server.store.taken import insert_new
from server.store.transaction import Caller, Work, new_id, transaction


def add_member(caller: Caller, team_id: UUID, new: NewMember) -> TeamView:
    """Take somebody into a team that has not ended: a user whose role fits, or somebody by name.

    Raises NotFound; Conflict ``team_ended``, ``team_member_known``, ``team_police_without_event``,
    ``consent_missing`` (for the family), ``record_exists``; Invalid ``team_member_unfit``,
    ``team_member_family_account``, ``team_member_name_empty``.
    """
    with transaction(caller) as work:
        team = store.team_for_change(work, Permission.TEAM_MANAGE, team_id)
        _check(work, team, new)
        row = _row(work, team, new)
        insert_new(work, row)
        note_care(work, Permission.TEAM_MANAGE, row)
        return team_view(work, team, Permission.TEAM_MANAGE)


def end_member(caller: Caller, member_id: UUID, version: int) -> TeamView:
    """Let a member go, from today; their undone tasks in the team go with them.

    Raises NotFound, Stale; Conflict ``team_ended``, ``team_member_gone``.
    """
    with transaction(caller) as work:
        team = store.team_for_change(work, Permission.TEAM_MANAGE, store.member_by_id(work, member_id).team_id)
        member = as_read(store.member_by_id(work, member_id), version)
        _check_running(team)
        today = clock.day_of(work.now)
        if member.until is not None and member.until <= today:
            raise Conflict("team_member_gone")
        member.until = max(today, member.since)
        count_up(work, member)
        if member.user_id is not None:
            store.drop_tasks(work, team.id, member.user_id)
        work.session.flush()
        note_care(work, Permission.TEAM_MANAGE, member)
        return team_view(work, team, Permission.TEAM_MANAGE)


def _check(work: Work, team: CaseTeam, new: NewMember) -> None:
    _check_running(team)
    check_member(new.discipline, has_account=new.user_id is not None)
    if new.user_id is not None:
        store.check_user(work, new.user_id, ROLES_OF[new.discipline], team.area_code)
        if any(member.user_id == new.user_id for member in store.members_today(work, team)):
            raise Conflict("team_member_known")
    if new.discipline is Discipline.POLICE:
        check_police(work, team.resident_id)
    if new.discipline is Discipline.FAMILY:
        entry = entry_for_care(work, Permission.TEAM_MANAGE, team.entry_id)
        require_consent(work, entry, ConsentScope.FAMILY_CONTACT)


def _check_running(team: CaseTeam) -> None:
    if team.state == TeamState.STOOD_DOWN:
        raise Conflict("team_ended")


def _row(work: Work, team: CaseTeam, new: NewMember) -> CaseTeamMember:
    id_ = new.id or new_id()
    sealed = None
    if new.name is not None:
        name = " ".join(new.name.split())
        if not name:
            raise Invalid("team_member_name_empty", field="name")
        sealed = sealing_keys(work, Permission.TEAM_MANAGE, team.resident_id, NAME).seal(
            NAME, id_, team.resident_id, name
        )
    return CaseTeamMember(
        **store.part_columns(work, team, id_),
        discipline=new.discipline.value,
        user_id=new.user_id,
        sealed_name=sealed,
        since=new.since or clock.day_of(work.now),
    )
