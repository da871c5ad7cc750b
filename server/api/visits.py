"""Home visits: whose they are, when they are due, how they went."""

from typing import Any
from uuid import UUID

from flask import Response

from server.domain.permissions import Permission
from server.domain.visits import VisitRecord
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import encode_cursor, page_asked
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.page_bytes import page_bytes
from server.schemas.plan_examples import RECORDED, VISIT_TASK
from server.schemas.visits import (
    NewVisitSchema,
    ReschedulingSchema,
    VisitAssignmentSchema,
    VisitPageSchema,
    VisitQuery,
    VisitRecordSchema,
    VisitSchema,
)
from server.services import visit_planning, visit_reading, visits
from server.services.visit_planning import NewDays, NewVisit
from server.services.visit_reading import VisitFilter, VisitTask

blueprint = Blueprint("visits", __name__, description="Visits under a plan, and what became of them.")

_RULES = (
    "not_seen_reason_missing", "not_seen_reason_without", "safety_event_missing", "safety_event_without",
    "visit_in_future", "visit_too_early", "visit_before_plan",
)  # fmt: skip
_NOTES = ("note_too_long", "note_diagnosis", "note_character", "note_forbidden")
_DAYS = ("visit_days_reversed", "visit_days_past", "visit_after_entry")


@blueprint.get("/visits")
@needs(Permission.VISIT_READ)
@refuses("cursor_malformed", "seal_broken")
@blueprint.arguments(VisitQuery, location="query")
@blueprint.response(200, VisitPageSchema, example={"items": [VISIT_TASK], "next_cursor": None})
def list_visits(query: dict[str, Any]) -> Response:
    """List visits by the day they are due, with what the caller needs to make them or to look after the person."""
    asked = page_asked(query)
    page = visit_reading.list_visits(current_caller(), VisitFilter(**query), asked)
    lines = [vars(visit) for visit in page.items]
    return Response(page_bytes(lines, encode_cursor(page.next_keys)), content_type="application/json")


@blueprint.get("/visits/<uuid:visit_id>")
@needs(Permission.VISIT_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, VisitSchema, example=VISIT_TASK)
def read_visit(visit_id: UUID) -> tuple[VisitTask, dict[str, str]]:
    """Read one visit."""
    return tagged(visit_reading.read_visit(current_caller(), visit_id))


@blueprint.post("/visits/<uuid:visit_id>/record")
@needs(Permission.VISIT_RECORD)
@refuses("not_found", "consent_missing", "visit_not_planned", "diagnosis_in_text", *_RULES, *_NOTES)
@versioned
@blueprint.arguments(VisitRecordSchema)
@blueprint.response(200, VisitSchema, example=RECORDED)
def record_visit(record: VisitRecord, visit_id: UUID) -> tuple[VisitTask, dict[str, str]]:
    """Record how a visit went; it then stands. Declining that day is an answer like any other."""
    return tagged(visits.record_visit(current_caller(), visit_id, expected_version(), record))


@blueprint.post("/visits/<uuid:visit_id>/rescheduling")
@needs(Permission.VISIT_PLAN)
@refuses("not_found", "consent_missing", "visit_not_planned", "visit_moved_twice", "visit_moved_too_far", *_DAYS)
@versioned
@blueprint.arguments(ReschedulingSchema)
@blueprint.response(200, VisitSchema, example=VISIT_TASK | {"rescheduled": 1, "version": 2})
def reschedule(body: dict[str, Any], visit_id: UUID) -> tuple[VisitTask, dict[str, str]]:
    """Move a visit, twice at most, within its month or fourteen days later."""
    return tagged(visit_planning.reschedule_visit(current_caller(), visit_id, expected_version(), NewDays(**body)))


@blueprint.post("/visits/<uuid:visit_id>/assignment")
@needs(Permission.VISIT_PLAN)
@refuses("not_found", "consent_missing", "visit_not_planned", "worker_unknown")
@versioned
@blueprint.arguments(VisitAssignmentSchema)
@blueprint.response(200, VisitSchema, example=VISIT_TASK | {"version": 2})
def assign(body: dict[str, Any], visit_id: UUID) -> tuple[VisitTask, dict[str, str]]:
    """Give a visit to somebody else who works where the person lives."""
    return tagged(visit_planning.assign_visit(current_caller(), visit_id, expected_version(), body["assignee_id"]))


@blueprint.post("/ledger-entries/<uuid:entry_id>/visits")
@needs(Permission.VISIT_PLAN)
@refuses("not_found", "record_exists", "consent_missing", "plan_not_running", "worker_unknown", *_DAYS)
@blueprint.arguments(NewVisitSchema)
@blueprint.response(201, VisitSchema, example=VISIT_TASK)
def add_visit(body: dict[str, Any], entry_id: UUID) -> tuple[VisitTask, dict[str, str]]:
    """Plan a visit beside the regular ones."""
    return tagged(visit_planning.add_visit(current_caller(), entry_id, NewVisit(**body)))
