"""Consents: asking, answering, taking back, reading; and the leaflets given out before."""

from typing import Any
from uuid import UUID

from server.domain.consents import Answer, Question
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.consents import (
    CONSENT,
    LEAFLET,
    ConsentAnswerSchema,
    ConsentPageSchema,
    ConsentQuery,
    ConsentQuestionSchema,
    ConsentSchema,
    ConsentsSchema,
    ConsentWithdrawalSchema,
    LeafletQuery,
    LeafletsSchema,
    LeavingSchema,
    OpenedConsentSchema,
)
from server.schemas.ledger import LedgerEntrySchema
from server.schemas.ledger_examples import ENTRY
from server.services import consents, consents_asking, consents_reading
from server.services.consents_reading import ConsentFilter, ConsentView
from server.services.ledger_moves import EntryView

blueprint = Blueprint("consents", __name__, description="Consent, one scope at a time, and leaving.")

_OPENED = CONSENT | {"document": "试验镇综治中心档案柜2号盒第15页"}
_ASKED = CONSENT | {"state": "requested", "answered_at": None, "given_by": None, "method": None, "version": 1}
_SPEAKERS = (
    "consent_guardian_unknown",
    "consent_guardian_conflict",
    "consent_guardian_needed",
    "consent_person_needed",
    "consent_for_adult",
    "consent_conflict_not_recorded",
)


@blueprint.get("/leaflets")
@needs(Permission.AREA_READ)
@blueprint.arguments(LeafletQuery, location="query")
@blueprint.response(200, LeafletsSchema, example={"items": [LEAFLET]})
def list_leaflets(query: dict[str, Any]) -> dict[str, Any]:
    """List the leaflets given out today, in both languages; printing one needs nobody's data."""
    return {"items": consents_asking.list_leaflets(current_caller(), query.get("scope"))}


@blueprint.get("/consents")
@needs(Permission.CONSENT_READ)
@refuses("cursor_malformed")
@blueprint.arguments(ConsentQuery, location="query")
@blueprint.response(200, ConsentPageSchema, example={"items": [CONSENT], "next_cursor": None})
def list_register(query: dict[str, Any]) -> dict[str, Any]:
    """List the register of consents by id: no names, no documents."""
    asked = page_asked(query)
    return shown(consents_reading.list_register(current_caller(), ConsentFilter(**query), asked))


@blueprint.get("/consents/<uuid:consent_id>")
@needs(Permission.CONSENT_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, OpenedConsentSchema, example=_OPENED)
def read_consent(consent_id: UUID) -> tuple[ConsentView, dict[str, str]]:
    """Read one consent; its document only for whoever sees the log of consents in full."""
    return tagged(consents_reading.read_consent(current_caller(), consent_id))


@blueprint.get("/ledger-entries/<uuid:entry_id>/consents")
@needs(Permission.CONSENT_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, ConsentsSchema, example={"items": [_OPENED]})
def list_consents(entry_id: UUID) -> dict[str, Any]:
    """List everything one person was asked, oldest first."""
    return {"items": consents_reading.list_consents(current_caller(), entry_id)}


@blueprint.post("/ledger-entries/<uuid:entry_id>/consents")
@needs(Permission.CONSENT_RECORD)
@refuses("not_found", "consent_agency_wrong", "leaflet_unknown", "consent_scope_too_early", "consent_agency_unknown")
@refuses("consent_asked_too_soon", "consent_open", "record_exists")
@blueprint.arguments(ConsentQuestionSchema)
@blueprint.response(201, ConsentSchema, example=_ASKED)
def ask(question: Question, entry_id: UUID) -> tuple[ConsentView, dict[str, str]]:
    """Ask somebody one thing; the first question about the assessment tells them of the service."""
    return tagged(consents_asking.ask_consent(current_caller(), entry_id, question))


@blueprint.post("/consents/<uuid:consent_id>/answer")
@needs(Permission.CONSENT_RECORD)
@refuses("not_found", "consent_already_answered", *_SPEAKERS)
@refuses("consent_witness_needed", "consent_valid_to_wrong", "seal_broken")
@versioned
@blueprint.arguments(ConsentAnswerSchema)
@blueprint.response(200, ConsentSchema, example=CONSENT)
def answer(said: Answer, consent_id: UUID) -> tuple[ConsentView, dict[str, str]]:
    """Write down a yes or a no; to the assessment, a yes opens the way to it and a no closes the entry."""
    return tagged(consents_asking.answer_consent(current_caller(), consent_id, expected_version(), said))


@blueprint.post("/consents/<uuid:consent_id>/withdrawal")
@needs(Permission.CONSENT_WITHDRAW)
@refuses("not_found", "consent_not_given", "consent_cannot_keep_open")
@versioned
@blueprint.arguments(ConsentWithdrawalSchema)
@blueprint.response(200, ConsentSchema, example=CONSENT | {"state": "withdrawn", "version": 3})
def withdraw(body: dict[str, Any], consent_id: UUID) -> tuple[ConsentView, dict[str, str]]:
    """Take one consent back; what was planned on it is called off at once."""
    return tagged(consents.withdraw_consent(current_caller(), consent_id, expected_version(), **body))


@blueprint.post("/ledger-entries/<uuid:entry_id>/withdrawal")
@needs(Permission.CONSENT_WITHDRAW)
@refuses("not_found", "ledger_transition_forbidden")
@versioned
@blueprint.arguments(LeavingSchema)
@blueprint.response(200, LedgerEntrySchema, example=ENTRY | {"state": "closed", "closure_reason": "4"})
def leave(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Let somebody leave: the entry is closed at once, and nobody has to allow it."""
    return tagged(consents.withdraw_everything(current_caller(), entry_id, expected_version(), body["how"]))
