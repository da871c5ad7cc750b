"""Case teams as rows: who reaches them, who belongs to them, and what a team still lacks.

The township and those who look after the person reach a team through its entry. A member reaches it by being one:
from their first day, while the team is constituted or active, and not a day longer.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Uuid,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
)

from server import clock
from server.domain.area_codes import contains
from server.domain.case_teams import gaps_of
from server.domain.codes import LedgerState, Role
from server.domain.codes_care import SafetyState
from server.domain.codes_smd import Stability
from server.domain.codes_teams import Discipline, TeamState
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Invalid
from server.models.ledger import LedgerEntry, LedgerStep
from server.models.safety import SafetyEvent
from server.models.team import CaseTeam, CaseTeamMember, SmdSummary, TeamMinute, TeamTask
from server.models.user import RoleGrant
from server.store.care import columns_of, lock_entry
from server.store.grants import standing_grants
from server.store.pages import records_page
from server.store.records import as_read, found
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work
from server.store.users import active_among

NAME, NOTE = "case_team_member.name", "case_team.safety_note"
_OPEN_TO_MEMBERS = (TeamState.CONSTITUTED.value, TeamState.ACTIVE.value)
_TEAM_OF = (LedgerEntry.county_code == CaseTeam.county_code) & (LedgerEntry.id == CaseTeam.entry_id)
P = TypeVar("P", TeamMinute, TeamTask)


def team_by_id(work: Work, permission: Permission, team_id: UUID) -> CaseTeam:
    """One team; raises NotFound ``not_found`` where there is none, or none the caller reaches."""
    return found(work.session.scalar(_teams(work, permission).where(CaseTeam.id == team_id)))


def team_for_change(work: Work, permission: Permission, team_id: UUID, version: int | None = None) -> CaseTeam:
    """One team with its entry locked; raises NotFound ``not_found``, Stale ``record_changed``."""
    lock_entry(work, team_by_id(work, permission, team_id).entry_id)
    statement = _teams(work, permission).where(CaseTeam.id == team_id)
    statement = statement.with_for_update(of=CaseTeam).execution_options(populate_existing=True)
    return as_read(work.session.scalar(statement), version)


def teams_page(work: Work, state: TeamState | None, asked: PageAsked) -> Page[CaseTeam]:
    """A page of the teams the caller reaches, oldest first."""
    statement = _teams(work, Permission.TEAM_READ)
    if state is not None:
        statement = statement.where(CaseTeam.state == state.value)
    return records_page(work.session, statement, CaseTeam.id, asked)


def members_of(work: Work, team_ids: Collection[UUID]) -> Sequence[CaseTeamMember]:
    """Everybody who is or was a member, by their first day; see that the caller reaches the teams first."""
    statement = select(CaseTeamMember).where(
        CaseTeamMember.county_code == work.county_code, CaseTeamMember.team_id == func.any(list(team_ids))
    )
    return work.session.scalars(statement.order_by(CaseTeamMember.since, CaseTeamMember.id)).all()


def members_today(work: Work, team: CaseTeam) -> list[CaseTeamMember]:
    """Who is a member today."""
    today = clock.day_of(work.now)
    return [member for member in members_of(work, [team.id]) if is_member(member, today)]


def is_member(member: CaseTeamMember, day: date) -> bool:
    """Whether somebody is a member on a day."""
    return member.since <= day and (member.until is None or day < member.until)


def gaps_in(work: Work, members: Iterable[CaseTeamMember]) -> tuple[str, ...]:
    """What these members still lack, by this deployment's setting."""
    disciplines = [Discipline(member.discipline) for member in members]
    return gaps_of(disciplines, strict=work.caller.store.strict_teams)


def parts_of(work: Work, model: type[P], team: CaseTeam) -> Select[P]:
    """The minutes or the tasks of one team, as a query; see that the caller reaches the team first."""
    return select(model).where(model.county_code == work.county_code, model.team_id == team.id)


def own_tasks(work: Work, *, undone: bool) -> Select[TeamTask]:
    """The caller's own tasks in teams they still belong to."""
    owner = ScopeColumns(LedgerEntry.area_code, TeamTask.assignee_id, LedgerEntry.state, LedgerEntry.carer_ids)
    statement = (
        select(TeamTask)
        .join(CaseTeam, (CaseTeam.county_code == TeamTask.county_code) & (CaseTeam.id == TeamTask.team_id))
        .join(LedgerEntry, _TEAM_OF)
        .where(
            TeamTask.county_code == work.county_code,
            within(work.identity, Permission.TEAM_TASK_DO, owner),
            CaseTeam.state.in_(_OPEN_TO_MEMBERS),
            TeamTask.assignee_id == func.any(_member_ids(clock.day_of(work.now))),
        )
    )
    return statement.where(TeamTask.done_at.is_(None)) if undone else statement


def own_task_for_change(work: Work, task_id: UUID, version: int) -> TeamTask:
    """One of the caller's own tasks with its entry locked; raises NotFound ``not_found``, Stale ``record_changed``."""
    wanted = own_tasks(work, undone=False).where(TeamTask.id == task_id)
    lock_entry(work, found(work.session.scalar(wanted)).entry_id)
    locked = wanted.with_for_update(of=TeamTask).execution_options(populate_existing=True)
    return as_read(work.session.scalar(locked), version)


def drop_tasks(work: Work, team_id: UUID, user_id: UUID) -> None:
    """Take away what somebody had yet to do in a team."""
    undone = delete(TeamTask).where(
        TeamTask.county_code == work.county_code,
        TeamTask.team_id == team_id,
        TeamTask.assignee_id == user_id,
        TeamTask.done_at.is_(None),
    )
    work.session.execute(undone)


def member_by_id(work: Work, member_id: UUID) -> CaseTeamMember:
    """One member, before anybody knows whether the caller may manage their team; raises NotFound ``not_found``."""
    wanted = select(CaseTeamMember).where(
        CaseTeamMember.county_code == work.county_code, CaseTeamMember.id == member_id
    )
    return found(work.session.scalar(wanted.execution_options(populate_existing=True)))


def part_columns(work: Work, team: CaseTeam, record_id: UUID | None) -> dict[str, Any]:
    """The columns every member, minute and task of a team has."""
    entry = work.session.get_one(LedgerEntry, (work.county_code, team.entry_id))
    return columns_of(work, entry, record_id) | {"team_id": team.id}


def check_user(work: Work, user_id: UUID, roles: Collection[Role], area_code: str) -> None:
    """Hold that an active user has one of these roles where the person lives; raises Invalid ``team_member_unfit``."""
    today = clock.day_of(work.now)
    fitting = [grant for grant in standing_grants(work, [user_id])[user_id] if _fits(grant, roles, area_code, today)]
    if not fitting or user_id not in active_among(work, fitting):
        raise Invalid("team_member_unfit", field="user_id")


def has_open_safety_event(work: Work, resident_id: UUID) -> bool:
    """Whether a safety event about somebody is still open."""
    open_events = select(SafetyEvent.id).where(
        SafetyEvent.county_code == work.county_code,
        SafetyEvent.resident_id == resident_id,
        SafetyEvent.state != SafetyState.CLOSED.value,
    )
    return bool(work.session.scalar(select(exists(open_events))))


def stable_since(work: Work, team: CaseTeam) -> date | None:
    """Since when somebody has been stable, by the clinician's summary, or where there is none by the ledger.

    A summary that says anything but stable, the unknown included, outweighs the ledger (invariant 20).
    """
    summary = work.session.scalar(
        select(SmdSummary).where(SmdSummary.county_code == work.county_code, SmdSummary.entry_id == team.entry_id)
    )
    if summary is not None:
        return summary.stability_since if summary.stability == Stability.STABLE else None
    entry = work.session.get_one(LedgerEntry, (work.county_code, team.entry_id))
    if entry.state != LedgerState.STABLE:
        return None
    steps = select(func.max(LedgerStep.at)).where(
        LedgerStep.county_code == work.county_code,
        LedgerStep.entry_id == entry.id,
        LedgerStep.to_state == LedgerState.STABLE.value,
    )
    at = work.session.scalar(steps)
    return clock.day_of(at) if at else None


def _teams(work: Work, permission: Permission) -> Select[CaseTeam]:
    columns = ScopeColumns(
        LedgerEntry.area_code,
        CaseTeam.created_by,
        LedgerEntry.state,
        func.array_cat(LedgerEntry.carer_ids, _member_ids(clock.day_of(work.now))),
    )
    statement = select(CaseTeam).join(LedgerEntry, _TEAM_OF)
    return statement.where(CaseTeam.county_code == work.county_code, within(work.identity, permission, columns))


def _member_ids(today: date) -> SQLColumnExpression[list[UUID]]:
    """The accounts of a team's members today, while it is open to them."""
    ids = (
        select(func.array_agg(CaseTeamMember.user_id, type_=ARRAY(Uuid())))
        .where(
            CaseTeamMember.county_code == CaseTeam.county_code,
            CaseTeamMember.team_id == CaseTeam.id,
            CaseTeamMember.user_id.is_not(None),
            CaseTeam.state.in_(_OPEN_TO_MEMBERS),
            _belongs(literal(today)),
        )
        .correlate(CaseTeam)
        .scalar_subquery()
    )
    return func.coalesce(ids, cast([], ARRAY(Uuid())))


def _belongs(day: ColumnElement[date]) -> ColumnElement[bool]:
    until = or_(CaseTeamMember.until.is_(None), day < CaseTeamMember.until)
    return (CaseTeamMember.since <= day) & until


def _fits(grant: RoleGrant, roles: Collection[Role], area_code: str, today: date) -> bool:
    return grant.role in roles and grant.valid_from <= today and contains(grant.granted_area, area_code)
