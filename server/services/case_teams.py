"""Case teams: proposing one, finding its composition complete, letting it begin, standing it down, looking at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server import clock
from server.domain.care_notes import checked_notes
from server.domain.case_teams import NewTeam, police_allowed, stable_long_enough, transition
from server.domain.codes import FieldGroup
from server.domain.codes_teams import Discipline, StandDownReason, TeamAct, TeamState
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.resident_views import resident_view, shown_name
from server.domain.visibility import Sight, sight_of
from server.errors import Conflict, NotFound
from server.models.resident import Resident
from server.models.team import CaseTeam, CaseTeamMember
from server.store import case_teams as store
from server.store.care import columns_of, entry_for_care, note_care, sealing_keys
from server.store.case_teams import NAME, NOTE
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.records import count_up
from server.store.residents import plain_of
from server.store.taken import insert_new
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list

CONTACT = ("resident.name", "resident.phone", "resident.address")
_TAKEN = {"uq_case_team_one_open": "team_exists"}


def propose_team(caller: Caller, entry_id: UUID, new: NewTeam) -> "TeamView":
    """Propose a team around a person; at most one is open. Its note holds no diagnosis: grid workers read it.

    Raises NotFound; Conflict ``team_exists``, ``record_exists``; Invalid as ``checked_notes``.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.TEAM_MANAGE, entry_id)
        columns = columns_of(work, entry, new.id)
        row = CaseTeam(**columns, state=TeamState.PROPOSED.value, opened_reason=new.reason.value)
        note = checked_notes({"safety_note": new.safety_note}, word_list(), clinical=False)["safety_note"]
        if note is not None:
            keys = sealing_keys(work, Permission.TEAM_MANAGE, entry.resident_id, NOTE)
            row.sealed_safety_note = keys.seal(NOTE, row.id, entry.resident_id, note)
        insert_new(work, row, _TAKEN)
        note_care(work, Permission.TEAM_MANAGE, row)
        return team_view(work, row, Permission.TEAM_MANAGE)


def list_teams(caller: Caller, state: TeamState | None, asked: PageAsked) -> "Page[TeamLine]":
    """A page of the teams the caller reaches, nothing opened; one event names everybody they are for."""
    with transaction(caller) as work:
        page = store.teams_page(work, state, asked)
        event = AccessEvent(Permission.TEAM_READ, table="case_team")
        disclose(work, event, {row.resident_id for row in page.items})
        return page.of([TeamLine(row.id, row.entry_id, row.area_code, row.state, row.version) for row in page.items])


def read_team(caller: Caller, team_id: UUID) -> "MemberTeamView":
    """One team with its members and how to reach the person, as far as the caller sees; raises NotFound."""
    with transaction(caller) as work:
        row = store.team_by_id(work, Permission.TEAM_READ, team_id)
        view = team_view(work, row, Permission.TEAM_READ)
        return view if sees_everything(work, row) else view.for_members()


def constitute_team(caller: Caller, team_id: UUID, version: int) -> "TeamView":
    """Find the composition complete.

    Raises NotFound, Stale; Conflict ``team_incomplete``, ``team_police_without_event``, ``team_transition_forbidden``.
    """
    with transaction(caller) as work:
        row = store.team_for_change(work, Permission.TEAM_MANAGE, team_id, version)
        target = transition(TeamState(row.state), TeamAct.CONSTITUTE)
        members = store.members_today(work, row)
        gaps = store.gaps_in(work, members)
        if gaps:
            raise Conflict("team_incomplete", gaps="、".join(gaps))
        if any(member.discipline == Discipline.POLICE for member in members):
            check_police(work, row.resident_id)
        row.constituted_at, row.constituted_by = work.now, work.identity.user_id
        return _moved(work, row, target)


def activate_team(caller: Caller, team_id: UUID, version: int) -> "TeamView":
    """Let a constituted team begin without waiting for its first minute; raises as ``constitute_team``."""
    with transaction(caller) as work:
        row = store.team_for_change(work, Permission.TEAM_MANAGE, team_id, version)
        return _moved(work, row, activate(work, row))


def stand_down_team(caller: Caller, team_id: UUID, version: int, reason: StandDownReason) -> "TeamView":
    """End a team: the person has been stable for three months, somebody else looks after them, or it never began.

    Raises NotFound, Stale; Conflict ``team_transition_forbidden``, ``team_not_stable_long``.
    """
    with transaction(caller) as work:
        row = store.team_for_change(work, Permission.TEAM_MANAGE, team_id, version)
        target = transition(TeamState(row.state), TeamAct.STAND_DOWN, reason)
        today = clock.day_of(work.now)
        if reason is StandDownReason.STABLE and not stable_long_enough(store.stable_since(work, row), today):
            raise Conflict("team_not_stable_long")
        row.stood_down_at, row.stood_down_by = work.now, work.identity.user_id
        row.stand_down_reason = reason.value
        return _moved(work, row, target)


def activate(work: Work, row: CaseTeam) -> TeamState:
    """Stamp the beginning of a team's work; raises Conflict ``team_transition_forbidden``."""
    target = transition(TeamState(row.state), TeamAct.ACTIVATE)
    row.activated_at, row.activated_by = work.now, work.identity.user_id
    return target


def check_police(work: Work, resident_id: UUID) -> None:
    """Raises Conflict ``team_police_without_event``: no safety event about this person is open."""
    open_event = store.has_open_safety_event(work, resident_id)
    if not police_allowed(safety_event_open=open_event, strict=work.caller.store.strict_teams):
        raise Conflict("team_police_without_event")


def sees_everything(work: Work, row: CaseTeam) -> bool:
    """Whether the caller is told more than a member who visits needs."""
    return sight_of(work.identity, FieldGroup.PLAN_VISITS, row.area_code) is Sight.FULL


def team_view(work: Work, row: CaseTeam, permission: Permission) -> "TeamView":
    """The team as opened for the caller, after the event that names the person."""
    resident = work.session.get(Resident, (work.county_code, row.resident_id))
    if resident is None:
        raise NotFound("not_found")
    members = store.members_of(work, [row.id])
    event = AccessEvent(permission, fields=(*CONTACT, NAME, NOTE), table="case_team", record_id=row.id)
    keys = disclose(work, event, [row.resident_id])
    shown = resident_view(work.identity, plain_of(work, keys, resident, CONTACT))
    today = clock.day_of(work.now)
    present = [member for member in members if store.is_member(member, today)]
    return TeamView(
        id=row.id, entry_id=row.entry_id, area_code=row.area_code, state=row.state,
        contact=ContactView(shown.name, shown.phone, shown.address, shown.language_need),
        safety_note=keys.open_optional(NOTE, row.id, row.resident_id, row.sealed_safety_note),
        members=[_member(work, keys, member) for member in members],
        version=row.version, opened_reason=row.opened_reason, gaps=store.gaps_in(work, present),
        created_by=row.created_by, created_at=row.created_at,
        constituted_at=row.constituted_at, constituted_by=row.constituted_by,
        activated_at=row.activated_at, activated_by=row.activated_by,
        stood_down_at=row.stood_down_at, stood_down_by=row.stood_down_by, stand_down_reason=row.stand_down_reason,
    )  # fmt: skip


def _moved(work: Work, row: CaseTeam, target: TeamState) -> "TeamView":
    row.state = target.value
    count_up(work, row)
    work.session.flush()
    note_care(work, Permission.TEAM_MANAGE, row)
    return team_view(work, row, Permission.TEAM_MANAGE)


def _member(work: Work, keys: SubjectKeys, member: CaseTeamMember) -> "MemberView":
    name = keys.open_optional(NAME, member.id, member.resident_id, member.sealed_name)
    shown = shown_name(work.identity, member.area_code, name) if name else None
    return MemberView(member.id, member.discipline, member.user_id, shown, member.since, member.until, member.version)


@dataclass(frozen=True)
class TeamLine:
    """A team in a list: no person, no member."""

    id: UUID
    entry_id: UUID
    area_code: str
    state: str
    version: int


@dataclass(frozen=True, repr=False)
class ContactView:
    """How to reach the person, as the caller is shown it; has no readable ``repr``."""

    name: str | None
    phone: str | None
    address: str | None
    language_need: str | None


@dataclass(frozen=True, repr=False)
class MemberView:
    """One member: a user by id, or somebody named; has no readable ``repr``."""

    id: UUID
    discipline: str
    user_id: UUID | None
    name: str | None
    since: date
    until: date | None
    version: int


@dataclass(frozen=True, repr=False, kw_only=True)
class MemberTeamView:
    """What a member who visits is told: who else is there, how to reach the person, and what to mind."""

    id: UUID
    entry_id: UUID
    area_code: str
    state: str
    contact: ContactView
    safety_note: str | None
    members: Sequence[MemberView]
    version: int


@dataclass(frozen=True, repr=False, kw_only=True)
class TeamView(MemberTeamView):
    """What the township and those who look after the person are told besides."""

    opened_reason: str
    gaps: tuple[str, ...]
    created_by: UUID
    created_at: datetime
    constituted_at: datetime | None
    constituted_by: UUID | None
    activated_at: datetime | None
    activated_by: UUID | None
    stood_down_at: datetime | None
    stood_down_by: UUID | None
    stand_down_reason: str | None

    def for_members(self) -> MemberTeamView:
        """The same without why, and without who decided."""
        return MemberTeamView(**{name: getattr(self, name) for name in MemberTeamView.__dataclass_fields__})
