"""Screenings of one person at a time. No route lists, counts or compares them across people (guardrail G5)."""

from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses, tagged
from server.schemas.instrument_examples import SCREENING, SCREENING_BODY
from server.schemas.screenings import NewScreeningSchema, ScreeningSchema, ScreeningsSchema
from server.services import screenings
from server.services.screenings import NewScreening, ScreeningView

blueprint = Blueprint("screenings", __name__, description="Forms filled in by one person; a result is no diagnosis.")

_FORM = (
    *("instrument_not_enabled", "instrument_role", "instrument_mode", "instrument_age_unfit", "instrument_age_unknown"),
    *("screening_answers_invalid", "screening_in_future", "screening_before_consent", "disclaimer_not_shown"),
)


@blueprint.get("/ledger-entries/<uuid:entry_id>/screenings")
@needs(Permission.SCREENING_READ)
@refuses("not_found")
@blueprint.response(200, ScreeningsSchema, example={"items": [SCREENING]})
def list_screenings(entry_id: UUID) -> dict[str, list[ScreeningView]]:
    """List one person's screenings, oldest first; a counsellor sees those they recorded."""
    return {"items": screenings.list_screenings(current_caller(), entry_id)}


@blueprint.post("/ledger-entries/<uuid:entry_id>/screenings")
@needs(Permission.SCREENING_RECORD)
@refuses("not_found", "consent_missing", "record_exists", *_FORM)
@refuses("crisis_open", "safety_event_twice", "safety_event_unfit", "diagnosis_in_text")
@blueprint.arguments(NewScreeningSchema, example=SCREENING_BODY)
@blueprint.response(201, ScreeningSchema, example=SCREENING)
def record_screening(body: NewScreening, entry_id: UUID) -> tuple[ScreeningView, dict[str, str]]:
    """Record a form; a crisis item answered yes is saved only together with a safety event."""
    return tagged(screenings.record_screening(current_caller(), entry_id, body))


@blueprint.get("/screenings/<uuid:screening_id>")
@needs(Permission.SCREENING_READ)
@refuses("not_found")
@blueprint.response(200, ScreeningSchema, example=SCREENING)
def read_screening(screening_id: UUID) -> tuple[ScreeningView, dict[str, str]]:
    """Read one screening with its answers and what they come to, in plain words."""
    return tagged(screenings.read_screening(current_caller(), screening_id))
