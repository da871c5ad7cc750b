"""Family schools of psychiatric institutions: sessions and how many came."""

from typing import Any

from server.domain.permissions import Permission
from server.domain.rehab import NewSession
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import needs, refuses
from server.schemas.rehab import (
    SESSION_EXAMPLE,
    FamilySchoolSessionSchema,
    NewSessionSchema,
    SessionPageSchema,
    SessionQuery,
)
from server.services import family_schools
from server.services.family_schools import SessionView

blueprint = Blueprint(
    "family_schools", __name__, url_prefix="/family-school-sessions", description="Family schools: counts, no person."
)


@blueprint.post("")
@needs(Permission.FAMILY_SCHOOL_WRITE)
@refuses(
    *("not_found", "service_site_unknown", "family_school_in_future", "family_school_topic_empty", "record_exists"),
    *("note_too_long", "note_diagnosis", "note_character", "note_forbidden", "access_log_unavailable"),
)
@blueprint.arguments(NewSessionSchema)
@blueprint.response(201, FamilySchoolSessionSchema, example=SESSION_EXAMPLE)
def hold_session(new: NewSession) -> SessionView:
    """Write down a session: its site, day, topic and how many came."""
    return family_schools.hold_session(current_caller(), new)


@blueprint.get("")
@needs(Permission.FAMILY_SCHOOL_READ)
@refuses("cursor_malformed")
@blueprint.arguments(SessionQuery, location="query")
@blueprint.response(200, SessionPageSchema, example={"items": [SESSION_EXAMPLE], "next_cursor": None})
def list_sessions(query: dict[str, Any]) -> dict[str, object]:
    """List sessions of family schools."""
    asked = page_asked(query)
    return shown(family_schools.list_sessions(current_caller(), query.get("site_id"), asked))
