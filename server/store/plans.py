"""Guidance plans as rows: versions, tasks, reviews, and who could work for somebody."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, delete, exists, func, select

from server.clock import day_of
from server.domain.area_codes import contains
from server.domain.codes import LedgerState, Role
from server.domain.codes_care import PlanState
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.plans import VISITED_STATES, WORKING_ROLES, Crew
from server.errors import Conflict
from server.models.base import CareRecord
from server.models.ledger import LedgerEntry, Task
from server.models.plan import CarePlan, PlanItem, PlanReview
from server.models.user import RoleGrant
from server.store.care import records
from server.store.identities import grant_holds
from server.store.pages import records_page
from server.store.tasks import TaskKind
from server.store.transaction import Work

GOALS, WISHES, SAFETY_NOTE = "care_plan.goals", "care_plan.contact_wishes", "care_plan.safety_note"
DETAIL, NOTE = "plan_item.detail", "plan_review.note"
#: How long before its day a look back at a plan is asked for.
REVIEW_NOTICE = timedelta(days=7)
_BATCH = 500


def crew_of(work: Work, entry: LedgerEntry, user_ids: Collection[UUID]) -> Crew:
    """The roles these users hold today over where the person lives, and who looks after the person."""
    statement = select(RoleGrant.user_id, RoleGrant.role, RoleGrant.granted_area).where(
        RoleGrant.county_code == work.county_code,
        grant_holds(day_of(work.now)),
        RoleGrant.user_id == func.any(list(user_ids)),
        RoleGrant.role.in_(sorted(WORKING_ROLES)),
    )
    held: dict[UUID, frozenset[Role]] = {}
    for user_id, role, area in work.session.execute(statement):
        if contains(area, entry.area_code):
            held[user_id] = held.get(user_id, frozenset()) | {Role(role)}
    return Crew(held, frozenset(entry.carer_ids))


def plans_of(work: Work, entry_id: UUID) -> Sequence[CarePlan]:
    """Every version of a person's plan that the caller may read, the newest first."""
    statement = records(work, Permission.PLAN_READ, CarePlan).where(CarePlan.entry_id == entry_id)
    return work.session.scalars(statement.order_by(CarePlan.number.desc())).all()


def next_number(work: Work, entry_id: UUID) -> int:
    """The number of the next version; raises Conflict ``plan_draft_exists``. Lock the entry first."""
    known = work.session.execute(
        select(CarePlan.number, CarePlan.state).where(_of(work, CarePlan, CarePlan.entry_id, entry_id))
    ).all()
    if any(state == PlanState.DRAFT for _, state in known):
        raise Conflict("plan_draft_exists")
    return max((number for number, _ in known), default=0) + 1


def running_plan(work: Work, entry_id: UUID) -> CarePlan | None:
    """The version that is agreed and runs, if there is one. Lock the entry first."""
    statement = select(CarePlan).where(
        _of(work, CarePlan, CarePlan.entry_id, entry_id), CarePlan.state == PlanState.ACTIVE.value
    )
    return work.session.scalar(statement.with_for_update())


def items_of(work: Work, plan_id: UUID) -> Sequence[PlanItem]:
    """A plan's tasks, by their day; see that the caller may read the plan first."""
    statement = select(PlanItem).where(_of(work, PlanItem, PlanItem.plan_id, plan_id))
    return work.session.scalars(statement.order_by(PlanItem.due_on, PlanItem.id)).all()


def reviews_of(work: Work, plan_id: UUID) -> Sequence[PlanReview]:
    """A plan's signed reviews, the oldest first; see that the caller may read the plan first."""
    statement = select(PlanReview).where(_of(work, PlanReview, PlanReview.plan_id, plan_id))
    return work.session.scalars(statement.order_by(PlanReview.id)).all()


def open_items(work: Work, asked: PageAsked) -> Page[PlanItem]:
    """A page of the caller's own undone tasks of running plans."""
    return records_page(work.session, _open_items(work), PlanItem.id, asked)


def open_items_by_ids(work: Work, item_ids: Collection[UUID]) -> Sequence[PlanItem]:
    """Those of these that are the caller's own undone tasks of running plans, in no order."""
    return work.session.scalars(_open_items(work).where(PlanItem.id == func.any(list(item_ids)))).all()


def remove_items(work: Work, plan_id: UUID) -> None:
    """Take a draft's tasks out, to write others."""
    work.session.execute(delete(PlanItem).where(_of(work, PlanItem, PlanItem.plan_id, plan_id)))


def reviews_due(work: Work, today: date) -> Sequence[CarePlan]:
    """A batch of running plans to be looked back at within a week, of which nobody has been told yet."""
    statement = (
        _running(work)
        .where(CarePlan.review_due_on <= today + REVIEW_NOTICE, LedgerEntry.state.in_(sorted(VISITED_STATES)))
        .where(~_told(CarePlan.county_code, Task.about_id == CarePlan.id, TaskKind.PLAN_REVIEW))
    )
    statement = statement.order_by(CarePlan.id).limit(_BATCH).with_for_update(of=CarePlan, skip_locked=True)
    return work.session.scalars(statement).all()


def rests_over(work: Work, now: datetime) -> Sequence[LedgerEntry]:
    """A batch of entries that have rested longer than was said, of which nobody has been told yet."""
    statement = select(LedgerEntry).where(
        LedgerEntry.county_code == work.county_code,
        LedgerEntry.state == LedgerState.PAUSED.value,
        LedgerEntry.paused_until < now,
        ~_told(LedgerEntry.county_code, Task.entry_id == LedgerEntry.id, TaskKind.PAUSE_ENDED),
    )
    statement = statement.order_by(LedgerEntry.id).limit(_BATCH).with_for_update(skip_locked=True)
    return work.session.scalars(statement).all()


def _open_items(work: Work) -> Select[PlanItem]:
    statement = records(work, Permission.PLAN_ITEM_DO, PlanItem, PlanItem.owner_id)
    return statement.join(
        CarePlan, (CarePlan.county_code == PlanItem.county_code) & (CarePlan.id == PlanItem.plan_id)
    ).where(
        CarePlan.state == PlanState.ACTIVE.value,
        PlanItem.owner_id == work.identity.user_id,
        PlanItem.done_at.is_(None),
    )


def _running(work: Work) -> Select[CarePlan]:
    return (
        select(CarePlan)
        .join(LedgerEntry, (LedgerEntry.county_code == CarePlan.county_code) & (LedgerEntry.id == CarePlan.entry_id))
        .where(CarePlan.county_code == work.county_code, CarePlan.state == PlanState.ACTIVE.value)
    )


def _told(county_code: SQLColumnExpression[str], about: ColumnElement[bool], kind: TaskKind) -> ColumnElement[bool]:
    return exists().where(Task.county_code == county_code, about, Task.kind == kind, Task.done_at.is_(None))


def _of(work: Work, model: type[CareRecord], column: SQLColumnExpression[UUID], id_: UUID) -> ColumnElement[bool]:
    return (model.county_code == work.county_code) & (column == id_)
