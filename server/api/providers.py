"""Registered providers and their evaluations."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.places import PlaceQuery
from server.schemas.providers import (
    EVALUATION,
    PROVIDER,
    ChangeProviderSchema,
    EvaluationPageSchema,
    EvaluationSchema,
    NewEvaluationSchema,
    NewProviderSchema,
    ProviderPageSchema,
    ProviderSchema,
)
from server.schemas.shape import PageQuery
from server.services import providers as service

blueprint = Blueprint(
    "providers", __name__, url_prefix="/providers", description="Social institutions that offer counselling."
)


@blueprint.get("")
@needs(Permission.SITE_READ)
@refuses("cursor_malformed", "area_code_invalid")
@blueprint.arguments(PlaceQuery, location="query")
@blueprint.response(200, ProviderPageSchema, example={"items": [PROVIDER], "next_cursor": None})
def list_providers(query: dict[str, Any]) -> dict[str, Any]:
    """List providers, of the whole of one's area or under a part of it."""
    asked = page_asked(query)
    return shown(service.list_providers(current_caller(), query.get("area_code"), asked))


@blueprint.post("")
@needs(Permission.PROVIDER_WRITE)
@refuses(
    "not_found",
    "record_exists",
    "place_level_wrong",
    "area_code_invalid",
    "day_in_future",
    "day_before_start",
    "access_log_unavailable",
)
@blueprint.arguments(NewProviderSchema)
@blueprint.response(201, ProviderSchema, example=PROVIDER)
def enter_provider(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Enter a provider."""
    return tagged(service.enter_provider(current_caller(), body))


@blueprint.patch("/<uuid:provider_id>")
@needs(Permission.PROVIDER_WRITE)
@refuses("not_found", "day_in_future", "day_before_start", "access_log_unavailable")
@versioned
@blueprint.arguments(ChangeProviderSchema)
@blueprint.response(200, ProviderSchema, example=PROVIDER | {"version": 2})
def change_provider(body: dict[str, Any], provider_id: UUID) -> tuple[Any, dict[str, str]]:
    """Correct a provider; what is left out stays as it is."""
    return tagged(service.change_provider(current_caller(), provider_id, expected_version(), body))


@blueprint.get("/<uuid:provider_id>/evaluations")
@needs(Permission.SITE_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, EvaluationPageSchema, example={"items": [EVALUATION], "next_cursor": None})
def list_evaluations(query: dict[str, Any], provider_id: UUID) -> dict[str, Any]:
    """List one provider's evaluations."""
    return shown(service.list_evaluations(current_caller(), provider_id, page_asked(query)))


@blueprint.post("/<uuid:provider_id>/evaluations")
@needs(Permission.PROVIDER_WRITE)
@refuses("not_found", "record_exists", "day_in_future", "access_log_unavailable")
@blueprint.arguments(NewEvaluationSchema)
@blueprint.response(201, EvaluationSchema, example=EVALUATION)
def record_evaluation(body: dict[str, Any], provider_id: UUID) -> tuple[Any, dict[str, str]]:
    """Record an evaluation."""
    return tagged(service.record_evaluation(current_caller(), provider_id, body))
