"""Guidance plans: drafted, agreed, looked back at; their tasks, and their rests."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.domain.plans import NewReview, PlanContent
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.ledger import LedgerEntrySchema
from server.schemas.ledger_examples import ENTRY
from server.schemas.plan_examples import AGREED, DETAIL, ITEM, PLAN
from server.schemas.plans import (
    AgreementSchema,
    NewPlanSchema,
    NewReviewSchema,
    OpenItemPageSchema,
    OpenItemQuery,
    PauseSchema,
    PlanContentSchema,
    PlanDetailSchema,
    PlanItemSchema,
    PlansSchema,
    ResumptionSchema,
)
from server.services import plan_items, plan_reading, plan_rests, plan_reviews, plans
from server.services.ledger_moves import EntryView
from server.services.plan_reading import ItemView, PlanDetail

blueprint = Blueprint("plans", __name__, description="Guidance plans, agreed with the person, and their tasks.")

_NOTES = ("note_too_long", "note_diagnosis", "note_character", "note_forbidden")
_CONTENT = (
    "plan_not_now", "quarterly_not_stable", "worker_unknown", "plan_lead_unknown", "medication_needs_clinician",
    "plan_item_day", "plan_goals_missing", *_NOTES,
)  # fmt: skip


@blueprint.get("/ledger-entries/<uuid:entry_id>/plans")
@needs(Permission.PLAN_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, PlansSchema, example={"items": [PLAN]})
def list_plans(entry_id: UUID) -> dict[str, Any]:
    """List the versions of a person's plan, the newest first."""
    return {"items": plan_reading.list_plans(current_caller(), entry_id)}


@blueprint.post("/ledger-entries/<uuid:entry_id>/plans")
@needs(Permission.PLAN_WRITE)
@refuses("not_found", "record_exists", "plan_draft_exists", *_CONTENT)
@blueprint.arguments(NewPlanSchema)
@blueprint.response(201, PlanDetailSchema, example=DETAIL)
def draft_plan(content: PlanContent, entry_id: UUID) -> tuple[PlanDetail, dict[str, str]]:
    """Draft the next version of a person's plan, to be talked over with them."""
    return tagged(plans.draft_plan(current_caller(), entry_id, content))


@blueprint.get("/plans/<uuid:plan_id>")
@needs(Permission.PLAN_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, PlanDetailSchema, example=DETAIL)
def read_plan(plan_id: UUID) -> tuple[PlanDetail, dict[str, str]]:
    """Read one version with its tasks and reviews."""
    return tagged(plan_reading.read_plan(current_caller(), plan_id))


@blueprint.patch("/plans/<uuid:plan_id>")
@needs(Permission.PLAN_WRITE)
@refuses("not_found", "plan_not_draft", *_CONTENT)
@versioned
@blueprint.arguments(PlanContentSchema)
@blueprint.response(200, PlanDetailSchema, example=DETAIL | {"version": 2})
def revise_plan(content: PlanContent, plan_id: UUID) -> tuple[PlanDetail, dict[str, str]]:
    """Put another content in a draft's place; what was agreed stands."""
    return tagged(plans.revise_plan(current_caller(), plan_id, expected_version(), content))


@blueprint.post("/plans/<uuid:plan_id>/agreement")
@needs(Permission.PLAN_WRITE)
@refuses("not_found", "plan_not_draft", "plan_not_now", "consent_missing", "quarterly_not_stable", "worker_unknown")
@refuses("plan_guardian_unknown")
@versioned
@blueprint.arguments(AgreementSchema)
@blueprint.response(200, PlanDetailSchema, example=AGREED)
def agree_plan(body: dict[str, Any], plan_id: UUID) -> tuple[PlanDetail, dict[str, str]]:
    """Begin a plan that the person agreed to and has a copy of; its visits are planned."""
    return tagged(plans.agree_plan(current_caller(), plan_id, expected_version(), body["agreed_by"]))


@blueprint.post("/plans/<uuid:plan_id>/reviews")
@needs(Permission.PLAN_WRITE)
@refuses("not_found", "record_exists", "plan_not_running", "plan_not_calm", "consent_missing")
@refuses("ledger_transition_forbidden", "review_day", "review_note_missing", *_NOTES)
@versioned
@blueprint.arguments(NewReviewSchema)
@blueprint.response(201, PlanDetailSchema, example=AGREED | {"version": 3})
def review_plan(review: NewReview, plan_id: UUID) -> tuple[PlanDetail, dict[str, str]]:
    """Sign a look back at a running plan; the next one is due in three months."""
    return tagged(plan_reviews.review_plan(current_caller(), plan_id, expected_version(), review))


@blueprint.post("/ledger-entries/<uuid:entry_id>/pause")
@needs(Permission.PLAN_PAUSE)
@refuses("not_found", "ledger_transition_forbidden", "pause_past", "pause_too_long")
@versioned
@blueprint.arguments(PauseSchema)
@blueprint.response(200, LedgerEntrySchema, example=ENTRY | {"state": "paused"})
def pause(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Let a plan rest, ninety days at most; its visits are called off."""
    return tagged(plan_rests.pause_plan(current_caller(), entry_id, expected_version(), **body))


@blueprint.post("/ledger-entries/<uuid:entry_id>/resumption")
@needs(Permission.PLAN_PAUSE)
@refuses("not_found", "ledger_transition_forbidden", "consent_missing", "plan_not_running")
@versioned
@blueprint.arguments(ResumptionSchema)
@blueprint.response(200, LedgerEntrySchema, example=ENTRY | {"state": "plan_active"})
def resume(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Go on after a rest, or because somebody stable got worse again; visits are planned anew."""
    return tagged(plan_rests.resume_plan(current_caller(), entry_id, expected_version(), body["reason"]))


@blueprint.get("/plan-items")
@needs(Permission.PLAN_ITEM_DO)
@refuses("cursor_malformed", "seal_broken")
@blueprint.arguments(OpenItemQuery, location="query")
@blueprint.response(200, OpenItemPageSchema, example={"items": [{"entry_id": PLAN["entry_id"], "item": ITEM}],
                                                      "next_cursor": None})  # fmt: skip
def list_items(query: dict[str, Any]) -> dict[str, Any]:
    """List the caller's own undone tasks of running plans."""
    return shown(plan_items.list_items(current_caller(), page_asked(query)))


@blueprint.post("/plan-items/<uuid:item_id>/done")
@needs(Permission.PLAN_ITEM_DO)
@refuses("not_found", "plan_item_done", "plan_not_running", "consent_missing")
@versioned
@blueprint.response(200, PlanItemSchema, example=ITEM | {"version": 2})
def do_item(item_id: UUID) -> tuple[ItemView, dict[str, str]]:
    """Say that a task is done."""
    return tagged(plan_items.do_item(current_caller(), item_id, expected_version()))
