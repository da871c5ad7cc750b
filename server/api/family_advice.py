"""Advice given to families: with the person's consent, or on a basis the law gives."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import needs, refuses, tagged
from server.schemas.family_advice import AdvicePageSchema, AdviceQuery, AdviceSchema, NewAdviceSchema
from server.schemas.plan_examples import ADVICE
from server.services import family_advice
from server.services.family_advice import AdviceView, NewAdvice

blueprint = Blueprint("family_advice", __name__, description="What families were told, and what they answered.")


@blueprint.get("/ledger-entries/<uuid:entry_id>/family-advice")
@needs(Permission.ADVICE_READ)
@refuses("not_found", "cursor_malformed", "seal_broken")
@blueprint.arguments(AdviceQuery, location="query")
@blueprint.response(200, AdvicePageSchema, example={"items": [ADVICE], "next_cursor": None})
def list_advice(query: dict[str, Any], entry_id: UUID) -> dict[str, Any]:
    """List what a person's family was told; workers who only visit see what they wrote."""
    return shown(family_advice.list_advice(current_caller(), entry_id, page_asked(query)))


@blueprint.post("/ledger-entries/<uuid:entry_id>/family-advice")
@needs(Permission.ADVICE_RECORD)
@refuses("not_found", "record_exists", "consent_missing", "legal_basis_unknown", "advice_in_future")
@refuses("note_too_long", "note_diagnosis", "note_character", "note_forbidden")
@blueprint.arguments(NewAdviceSchema)
@blueprint.response(201, AdviceSchema, example=ADVICE)
def give_advice(body: dict[str, Any], entry_id: UUID) -> tuple[AdviceView, dict[str, str]]:
    """Write down what a family was told and what it answered; it is written once."""
    return tagged(family_advice.give_advice(current_caller(), entry_id, NewAdvice(**body)))
