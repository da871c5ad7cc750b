"""Meetings of a township, their decisions and action items; what was said is sealed under the meeting's own key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select

from server.crypto.canonical import canonical_bytes
from server.crypto.registry import Retention
from server.domain.agendas import Agenda, plain_agenda
from server.domain.codes_month import MeetingKind
from server.domain.meetings import Minutes
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.models.month import ActionItem, Meeting, MeetingDecision
from server.models.sweep import Month
from server.store.disclosure import SubjectKeys, refs_of, register_subjects
from server.store.pages import records_page
from server.store.records import as_read, count_up, found, note_written
from server.store.scope import ScopeColumns, within
from server.store.taken import insert_new
from server.store.transaction import Work, new_id

MINUTES, DECISION, ACTION = "meeting.minutes", "meeting_decision.text", "action_item.text"


@dataclass(frozen=True)
class MeetingFilter:
    """Which meetings; None leaves a column open."""

    township_code: str | None = None
    period: str | None = None
    kind: str | None = None


def add_meeting(work: Work, month: Month, kind: MeetingKind, due_on: date, agenda: Agenda) -> Meeting:
    """Call a meeting; a month has one of analysis. Raises Conflict ``record_exists``."""
    row = Meeting(
        county_code=work.county_code,
        id=new_id(),
        area_code=month.area_code,
        month_id=month.id,
        period=month.period,
        kind=str(kind),
        due_on=due_on,
        agenda=canonical_bytes(plain_agenda(agenda)).decode(),
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
        version=1,
    )
    insert_new(work, row)
    note_written(work, "meeting:call", row)
    return row


def meeting_by_id(work: Work, permission: Permission, meeting_id: UUID) -> Meeting:
    """One meeting; raises NotFound ``not_found``."""
    return found(work.session.scalar(select(Meeting).where(_reach(work, permission), Meeting.id == meeting_id)))


def meeting_for_change(work: Work, meeting_id: UUID, version: int) -> Meeting:
    """One meeting to be written into; raises NotFound, Stale ``record_changed``."""
    statement = select(Meeting).where(_reach(work, Permission.MEETING_WRITE), Meeting.id == meeting_id)
    return as_read(work.session.scalar(statement.with_for_update()), version)


def meetings_page(work: Work, wanted: MeetingFilter, asked: PageAsked) -> Page[Meeting]:
    """A page of the meetings the caller may see."""
    equal = {
        Meeting.area_code: wanted.township_code,
        Meeting.period: wanted.period,
        Meeting.kind: wanted.kind,
    }
    statement = select(Meeting).where(_reach(work, Permission.MEETING_READ))
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    return records_page(work.session, statement, Meeting.id, asked)


def analysis_of(work: Work, month_id: UUID) -> Meeting | None:
    """A month's analysis meeting, once it is called."""
    statement = select(Meeting).where(Meeting.county_code == work.county_code, Meeting.month_id == month_id)
    return work.session.scalar(statement.where(Meeting.kind == MeetingKind.ANALYSIS.value))


def write_minutes(work: Work, row: Meeting, minutes: Minutes) -> SubjectKeys:
    """Seal what a meeting came to and write it; nothing of it changes afterwards. Returns the keys it is read with."""
    keys = register_subjects(work, [row.id], (Retention.CASE,))
    row.held_on, row.recorded_by, row.recorded_at = minutes.held_on, work.identity.user_id, work.now
    people = {str(present.unit): present.people for present in minutes.attendance}
    row.attendance = canonical_bytes(people).decode()
    row.sealed_minutes = keys.seal(MINUTES, row.id, row.id, minutes.minutes)
    for position, text in enumerate(minutes.decisions, 1):
        work.session.add(_decision(work, row, keys, position, text))
    for position, action in enumerate(minutes.actions, 1):
        item = _action(work, row, position)
        item.owner_unit, item.due_on = str(action.owner_unit), action.due_on
        item.sealed_text = keys.seal(ACTION, item.id, row.id, action.text)
        work.session.add(item)
    count_up(work, row)
    note_written(work, "meeting:write", row, refs_of(work, [row.id]).values())
    work.session.flush()
    return keys


def decisions_of(work: Work, meeting_id: UUID) -> Sequence[MeetingDecision]:
    """A meeting's decisions in their order."""
    statement = select(MeetingDecision).where(
        MeetingDecision.county_code == work.county_code, MeetingDecision.meeting_id == meeting_id
    )
    return work.session.scalars(statement.order_by(MeetingDecision.position)).all()


def actions_of(work: Work, meeting_id: UUID) -> Sequence[ActionItem]:
    """A meeting's action items in their order."""
    statement = select(ActionItem).where(
        ActionItem.county_code == work.county_code, ActionItem.meeting_id == meeting_id
    )
    return work.session.scalars(statement.order_by(ActionItem.position)).all()


def action_for_change(work: Work, action_id: UUID, version: int) -> ActionItem:
    """One action item to be marked; raises NotFound, Stale ``record_changed``."""
    reach = within(work.identity, Permission.ACTION_ITEM_DO, ScopeColumns(ActionItem.area_code, ActionItem.created_by))
    statement = select(ActionItem).where(ActionItem.county_code == work.county_code, reach, ActionItem.id == action_id)
    return as_read(work.session.scalar(statement.with_for_update()), version)


def _reach(work: Work, permission: Permission) -> ColumnElement[bool]:
    mine = within(work.identity, permission, ScopeColumns(Meeting.area_code, Meeting.created_by))
    return (Meeting.county_code == work.county_code) & mine


def _decision(work: Work, row: Meeting, keys: SubjectKeys, position: int, text: str) -> MeetingDecision:
    id_ = new_id()
    return MeetingDecision(
        county_code=work.county_code,
        id=id_,
        area_code=row.area_code,
        meeting_id=row.id,
        position=position,
        sealed_text=keys.seal(DECISION, id_, row.id, text),
    )


def _action(work: Work, row: Meeting, position: int) -> ActionItem:
    return ActionItem(
        county_code=work.county_code,
        id=new_id(),
        area_code=row.area_code,
        meeting_id=row.id,
        position=position,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
        version=1,
    )
