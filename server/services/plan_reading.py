"""Reading plans: a person's versions as a list, and one with its goals, tasks and reviews."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.models.plan import CarePlan, PlanItem, PlanReview
from server.store.care import record_by_id
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.plans import DETAIL, GOALS, NOTE, SAFETY_NOTE, WISHES, items_of, plans_of, reviews_of
from server.store.transaction import Caller, Work, transaction

_FIELDS = (GOALS, WISHES, SAFETY_NOTE, DETAIL, NOTE)
#: Columns of a plan that its answer carries under their own names.
_PLAIN = (
    "id", "entry_id", "number", "state", "lead_id", "visit_frequency", "visitor_id", "starts_on", "review_due_on",
    "agreed_at", "agreed_by", "copy_given", "ended_on", "end_reason", "created_by", "created_at", "version",
)  # fmt: skip


def list_plans(caller: Caller, entry_id: UUID) -> "list[PlanView]":
    """Every version of a person's plan, the newest first, with its goals; raises NotFound."""
    with transaction(caller) as work:
        entry = entry_by_id(work, Permission.PLAN_READ, entry_id)
        event = AccessEvent(Permission.PLAN_READ, table="care_plan", fields=_FIELDS[:3])
        keys = disclose(work, event, [entry.resident_id])
        return [PlanView(**_shown(keys, plan)) for plan in plans_of(work, entry.id)]


def read_plan(caller: Caller, plan_id: UUID) -> "PlanDetail":
    """One version with its tasks and reviews; raises NotFound."""
    with transaction(caller) as work:
        return plan_detail(work, record_by_id(work, Permission.PLAN_READ, CarePlan, plan_id))


def plan_detail(work: Work, plan: CarePlan) -> "PlanDetail":
    """A plan that the caller has reached, opened for them."""
    work.session.flush()
    event = AccessEvent(Permission.PLAN_READ, table="care_plan", record_id=plan.id, fields=_FIELDS)
    keys = disclose(work, event, [plan.resident_id])
    items = tuple(item_view(keys, item) for item in items_of(work, plan.id))
    return PlanDetail(**_shown(keys, plan), items=items, reviews=_reviews(work, keys, plan))


def _shown(keys: SubjectKeys, plan: CarePlan) -> dict[str, Any]:
    def opened(field: str, sealed: bytes | None) -> str | None:
        return keys.open_optional(field, plan.id, plan.resident_id, sealed)

    return {
        **{name: getattr(plan, name) for name in _PLAIN},
        "goals": opened(GOALS, plan.sealed_goals),
        "contact_wishes": opened(WISHES, plan.sealed_contact_wishes),
        "safety_note": opened(SAFETY_NOTE, plan.sealed_safety_note),
    }


def item_view(keys: SubjectKeys, item: PlanItem) -> "ItemView":
    """A task with its detail opened."""
    return ItemView(
        id=item.id,
        service=item.service,
        setting=item.setting,
        owner_id=item.owner_id,
        frequency=item.frequency,
        due_on=item.due_on,
        detail=keys.open_optional(DETAIL, item.id, item.resident_id, item.sealed_detail),
        done_at=item.done_at,
        done_by=item.done_by,
        version=item.version,
    )


def _reviews(work: Work, keys: SubjectKeys, plan: CarePlan) -> "tuple[ReviewView, ...]":
    return tuple(_review(keys, review) for review in reviews_of(work, plan.id))


def _review(keys: SubjectKeys, review: PlanReview) -> "ReviewView":
    return ReviewView(
        id=review.id,
        held_on=review.held_on,
        with_person=review.with_person,
        outcome=review.outcome,
        note=keys.open(NOTE, review.id, review.resident_id, review.sealed_note),
        signed_at=review.signed_at,
        signed_by=review.created_by,
    )


@dataclass(frozen=True, repr=False, kw_only=True)
class PlanView:
    """One version of a plan; has no readable ``repr``."""

    id: UUID
    entry_id: UUID
    number: int
    state: str
    lead_id: UUID
    goals: str
    contact_wishes: str | None
    safety_note: str | None
    visit_frequency: str
    visitor_id: UUID
    starts_on: date | None
    review_due_on: date | None
    agreed_at: datetime | None
    agreed_by: str | None
    copy_given: bool
    ended_on: date | None
    end_reason: str | None
    created_by: UUID
    created_at: datetime
    version: int


@dataclass(frozen=True, repr=False, kw_only=True)
class ItemView:
    """One task of a plan; has no readable ``repr``."""

    id: UUID
    service: str
    setting: str
    owner_id: UUID
    frequency: str
    due_on: date
    detail: str | None
    done_at: datetime | None
    done_by: UUID | None
    version: int


@dataclass(frozen=True, repr=False, kw_only=True)
class ReviewView:
    """One signed look back; has no readable ``repr``."""

    id: UUID
    held_on: date
    with_person: bool
    outcome: str
    note: str
    signed_at: datetime
    signed_by: UUID


@dataclass(frozen=True, repr=False, kw_only=True)
class PlanDetail(PlanView):
    """A plan with its tasks and reviews."""

    items: tuple[ItemView, ...]
    reviews: tuple[ReviewView, ...]
