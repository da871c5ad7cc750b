"""The ledger as the judicial office and readers use it."""

from typing import Any
from uuid import UUID

from flask import Response

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import encode_cursor, page_asked
from server.http.routes import expected_version, needs, refuses, tagged, versioned, with_version
from server.schemas.ledger import (
    ClosureSchema,
    EntryDetailSchema,
    EntryStepsSchema,
    LedgerEntrySchema,
    LedgerPageSchema,
    LedgerQuery,
    PromotionSchema,
    ResubmissionSchema,
)
from server.schemas.ledger_examples import DETAIL, ENTRY, PAGE, STEPS
from server.schemas.page_bytes import page_bytes
from server.services.ledger import Bettered, Promotion, promote_observations, report_entry, resubmit_entry
from server.services.ledger_exit import close_entry
from server.services.ledger_moves import EntryView
from server.services.ledger_reading import LedgerFilter, list_ledger, read_entry, read_steps

blueprint = Blueprint(
    "ledger", __name__, url_prefix="/ledger-entries", description="The township's ledger: who is reported, and why."
)

_REPORTING = ("observation_missing", "ground_missing", "ground_import_only", "ground_without_fact")
_WAITING = ("word_review_open", "guardian_required")


@blueprint.get("")
@needs(Permission.LEDGER_READ)
@refuses("cursor_malformed")
@blueprint.arguments(LedgerQuery, location="query")
@blueprint.response(200, LedgerPageSchema, example=PAGE)
def show_ledger(query: dict[str, Any]) -> Response:
    """Read a township's ledger of a month, a page at a time.

    Everybody on the page is named in the access log. Filters narrow what your role and area let you see.
    """
    asked = page_asked(query)
    state = query.pop("state", None)
    page = list_ledger(current_caller(), LedgerFilter(state=state and str(state), **query), asked)
    return Response(page_bytes(page.items, encode_cursor(page.next_keys)), content_type="application/json")


@blueprint.post("")
@needs(Permission.LEDGER_REPORT)
@refuses("not_found", "record_exists", "open_entry_exists", "observation_not_open", "observation_of_other_resident")
@refuses(*_REPORTING, *_WAITING, "declined_recently")
@blueprint.arguments(PromotionSchema)
@blueprint.response(201, LedgerEntrySchema, example=ENTRY)
def add_entry(body: dict[str, Any]) -> tuple[EntryView, dict[str, str]]:
    """Make observations of one resident an entry, as a draft or reported at once."""
    body["observation_ids"] = frozenset(body["observation_ids"])
    body["grounds"] = frozenset(body["grounds"])
    return tagged(promote_observations(current_caller(), Promotion(**body)))


@blueprint.get("/<uuid:entry_id>")
@needs(Permission.LEDGER_READ)
@refuses("not_found")
@blueprint.response(200, EntryDetailSchema, example=DETAIL)
def show_entry(entry_id: UUID) -> tuple[object, dict[str, str]]:
    """Read one entry with the person and the facts it rests on."""
    detail = read_entry(current_caller(), entry_id)
    return detail, with_version(detail.entry.version)


@blueprint.get("/<uuid:entry_id>/steps")
@needs(Permission.LEDGER_READ)
@refuses("not_found")
@blueprint.response(200, EntryStepsSchema, example=STEPS)
def show_steps(entry_id: UUID) -> dict[str, object]:
    """Read everything that was done to an entry: who, when and why."""
    return {"items": read_steps(current_caller(), entry_id)}


@blueprint.post("/<uuid:entry_id>/report")
@needs(Permission.LEDGER_REPORT)
@refuses("not_found", "ledger_transition_forbidden", *_REPORTING, *_WAITING)
@versioned
@blueprint.response(200, LedgerEntrySchema, example=ENTRY)
def report(entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Hand a draft to the township, which has three working days."""
    return tagged(report_entry(current_caller(), entry_id, expected_version()))


@blueprint.post("/<uuid:entry_id>/resubmission")
@needs(Permission.LEDGER_REPORT)
@refuses("not_found", "ledger_transition_forbidden", "resubmission_needs_fact")
@refuses("observation_not_open", "observation_of_other_resident")
@refuses(*_REPORTING, *_WAITING)
@versioned
@blueprint.arguments(ResubmissionSchema)
@blueprint.response(200, LedgerEntrySchema, example=ENTRY)
def resubmit(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Hand a returned entry in again, with further observations or other grounds."""
    bettered = Bettered(frozenset(body["observation_ids"]), frozenset(body["grounds"]))
    return tagged(resubmit_entry(current_caller(), entry_id, expected_version(), bettered))


@blueprint.post("/<uuid:entry_id>/closure")
@needs(Permission.LEDGER_CLOSE)
@refuses("not_found", "ledger_transition_forbidden", "closure_reason_reserved", "entry_closure_needs_assessor")
@versioned
@blueprint.arguments(ClosureSchema)
@blueprint.response(200, LedgerEntrySchema, example=ENTRY)
def close(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """End an entry with a reason: a draft by its office, before acceptance by the township."""
    return tagged(close_entry(current_caller(), entry_id, expected_version(), body["reason"]))
