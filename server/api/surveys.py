"""Surveys and their anonymous answers."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import needs, refuses, tagged
from server.schemas.places import PlaceQuery
from server.schemas.surveys import SURVEY, AnsweredSchema, NewSurveySchema, SheetsSchema, SurveyPageSchema, SurveySchema
from server.services import surveys as service

blueprint = Blueprint("surveys", __name__, url_prefix="/surveys", description="What people know, asked without a name.")


@blueprint.get("")
@needs(Permission.SITE_READ)
@refuses("cursor_malformed", "area_code_invalid")
@blueprint.arguments(PlaceQuery, location="query")
@blueprint.response(200, SurveyPageSchema, example={"items": [SURVEY], "next_cursor": None})
def list_surveys(query: dict[str, Any]) -> dict[str, Any]:
    """List surveys, of the whole of one's area or under a part of it."""
    asked = page_asked(query)
    return shown(service.list_surveys(current_caller(), query.get("area_code"), asked))


@blueprint.post("")
@needs(Permission.SURVEY_WRITE)
@refuses(
    "not_found", "record_exists", "place_level_wrong", "area_code_invalid", "day_in_future", "access_log_unavailable"
)
@blueprint.arguments(NewSurveySchema)
@blueprint.response(201, SurveySchema, example=SURVEY)
def enter_survey(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Enter a survey."""
    return tagged(service.enter_survey(current_caller(), body))


@blueprint.post("/<uuid:survey_id>/answers")
@needs(Permission.SURVEY_WRITE)
@refuses("not_found", "survey_correct_above_total", "access_log_unavailable")
@blueprint.arguments(SheetsSchema)
@blueprint.response(201, AnsweredSchema, example={"survey_id": SURVEY["id"], "added": 1, "answers": 41})
def add_answers(body: dict[str, Any], survey_id: UUID) -> service.Answered:
    """Add sheets; none can be read back, corrected or traced."""
    return service.add_answers(current_caller(), survey_id, body["answers"])
