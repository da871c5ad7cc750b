"""What a case team does: minutes of its meetings, and tasks of its members."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server import clock
from server.domain.case_teams import NewMinute, NewTeamTask, checked_text
from server.domain.codes_teams import TeamState
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Conflict, Invalid
from server.models.team import CaseTeam, TeamMinute, TeamTask
from server.services.case_teams import activate, sees_everything
from server.store import case_teams as store
from server.store.care import note_care, sealing_keys
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.pages import records_page
from server.store.records import count_up
from server.store.taken import insert_new
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list

MINUTE, TASK = "team_minute.text", "team_task.text"


def add_minute(caller: Caller, team_id: UUID, new: NewMinute) -> "MinuteView":
    """Keep what a meeting came to; the first minute of a constituted team lets it begin. A minute never changes.

    Raises NotFound; Conflict ``team_not_at_work``, ``record_exists``; Invalid ``team_minute_in_future``,
    ``team_text_empty``, and as ``checked_notes``.
    """
    with transaction(caller) as work:
        team = store.team_for_change(work, Permission.TEAM_MINUTE, team_id)
        text = checked_text(new.text, word_list())
        _check_working(team)
        if new.held_on > clock.day_of(work.now):
            raise Invalid("team_minute_in_future", field="held_on")
        _begin(work, team)
        columns = store.part_columns(work, team, new.id)
        present = sorted({discipline.value for discipline in new.present})
        keys = sealing_keys(work, Permission.TEAM_MINUTE, team.resident_id, MINUTE)
        sealed = keys.seal(MINUTE, columns["id"], team.resident_id, text)
        row = TeamMinute(**columns, held_on=new.held_on, present=present, sealed_text=sealed)
        insert_new(work, row)
        note_care(work, Permission.TEAM_MINUTE, row)
        return _minute(row, text)


def list_minutes(caller: Caller, team_id: UUID, asked: PageAsked) -> "Page[MinuteView]":
    """A page of a team's minutes; its members read them too."""
    with transaction(caller) as work:
        team = store.team_by_id(work, Permission.TEAM_READ, team_id)
        page = records_page(work.session, store.parts_of(work, TeamMinute, team), TeamMinute.id, asked)
        event = AccessEvent(Permission.TEAM_READ, fields=(MINUTE,), table="team_minute")
        keys = disclose(work, event, [team.resident_id])
        return page.of(
            [_minute(row, keys.open(MINUTE, row.id, row.resident_id, row.sealed_text)) for row in page.items]
        )


def add_task(caller: Caller, team_id: UUID, new: NewTeamTask) -> "TeamTaskView":
    """Give a task to a member who has an account.

    Raises NotFound; Conflict ``team_not_at_work``, ``record_exists``; Invalid ``team_assignee_no_member``,
    ``team_task_due_past``, ``team_text_empty``, and as ``checked_notes``.
    """
    with transaction(caller) as work:
        team = store.team_for_change(work, Permission.TEAM_MINUTE, team_id)
        text = checked_text(new.text, word_list())
        _check_working(team)
        if new.assignee_id not in {member.user_id for member in store.members_today(work, team)}:
            raise Invalid("team_assignee_no_member", field="assignee_id")
        if new.due_on < clock.day_of(work.now):
            raise Invalid("team_task_due_past", field="due_on")
        columns = store.part_columns(work, team, new.id)
        keys = sealing_keys(work, Permission.TEAM_MINUTE, team.resident_id, TASK)
        sealed = keys.seal(TASK, columns["id"], team.resident_id, text)
        row = TeamTask(**columns, assignee_id=new.assignee_id, sealed_text=sealed, due_on=new.due_on)
        insert_new(work, row)
        note_care(work, Permission.TEAM_MINUTE, row)
        return _task(row, text)


def list_tasks(caller: Caller, team_id: UUID, asked: PageAsked) -> "Page[TeamTaskView]":
    """A page of a team's tasks; a member who visits sees their own alone."""
    with transaction(caller) as work:
        team = store.team_by_id(work, Permission.TEAM_READ, team_id)
        statement = store.parts_of(work, TeamTask, team)
        if not sees_everything(work, team):
            statement = statement.where(TeamTask.assignee_id == work.identity.user_id)
        page = records_page(work.session, statement, TeamTask.id, asked)
        return page.of(_tasks(work, Permission.TEAM_READ, page.items, {team.resident_id}))


def list_own_tasks(caller: Caller, asked: PageAsked) -> "Page[TeamTaskView]":
    """A page of the caller's own undone tasks, of every team they belong to; one event names everybody in it."""
    with transaction(caller) as work:
        page = records_page(work.session, store.own_tasks(work, undone=True), TeamTask.id, asked)
        return page.of(_tasks(work, Permission.TEAM_TASK_DO, page.items, {row.resident_id for row in page.items}))


def finish_task(caller: Caller, task_id: UUID, version: int) -> "TeamTaskView":
    """Report one's own task as done; raises NotFound, Stale, Conflict ``team_task_done``."""
    with transaction(caller) as work:
        row = store.own_task_for_change(work, task_id, version)
        if row.done_at is not None:
            raise Conflict("team_task_done")
        row.done_at, row.done_by = work.now, work.identity.user_id
        count_up(work, row)
        work.session.flush()
        note_care(work, Permission.TEAM_TASK_DO, row)
        return _tasks(work, Permission.TEAM_TASK_DO, [row], {row.resident_id})[0]


def _check_working(team: CaseTeam) -> None:
    if team.state not in (TeamState.CONSTITUTED, TeamState.ACTIVE):
        raise Conflict("team_not_at_work", state=team.state)


def _begin(work: Work, team: CaseTeam) -> None:
    if team.state == TeamState.CONSTITUTED:
        team.state = activate(work, team).value
        count_up(work, team)
        work.session.flush()
        note_care(work, Permission.TEAM_MINUTE, team)


def _minute(row: TeamMinute, text: str) -> "MinuteView":
    return MinuteView(row.id, row.held_on, row.present, text, row.created_by, row.created_at)


def _tasks(
    work: Work, permission: Permission, rows: Sequence[TeamTask], about: Collection[UUID]
) -> "list[TeamTaskView]":
    event = AccessEvent(permission, fields=(TASK,), table="team_task")
    keys = disclose(work, event, about)
    return [_task(row, keys.open(TASK, row.id, row.resident_id, row.sealed_text)) for row in rows]


def _task(row: TeamTask, text: str) -> "TeamTaskView":
    return TeamTaskView(row.id, row.team_id, row.assignee_id, text, row.due_on, row.done_at, row.version)


@dataclass(frozen=True, repr=False)
class MinuteView:
    """A minute as opened; has no readable ``repr``."""

    id: UUID
    held_on: date
    present: list[str]
    text: str
    created_by: UUID
    created_at: datetime


@dataclass(frozen=True, repr=False)
class TeamTaskView:
    """A task as opened; has no readable ``repr``."""

    id: UUID
    team_id: UUID
    assignee_id: UUID
    text: str
    due_on: date
    done_at: datetime | None
    version: int
