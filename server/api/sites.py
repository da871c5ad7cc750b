"""Service sites, their moves and their checks."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.domain.site_states import Move
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.shape import PageQuery
from server.schemas.sites import (
    CHECK,
    SITE,
    ChangeSiteSchema,
    CheckPageSchema,
    CheckSchema,
    MoveSchema,
    NewCheckSchema,
    NewSiteSchema,
    SitePageSchema,
    SiteQuery,
    SiteSchema,
)
from server.services import sites as service
from server.services.sites import SiteFilter

blueprint = Blueprint("sites", __name__, url_prefix="/sites", description="Places where people are helped.")


@blueprint.get("")
@needs(Permission.SITE_READ)
@refuses("cursor_malformed", "area_code_invalid")
@blueprint.arguments(SiteQuery, location="query")
@blueprint.response(200, SitePageSchema, example={"items": [SITE], "next_cursor": None})
def list_sites(query: dict[str, Any]) -> dict[str, Any]:
    """List sites, of the whole of one's area or under a part of it."""
    asked = page_asked(query)
    return shown(service.list_sites(current_caller(), SiteFilter(**query), asked))


@blueprint.post("")
@needs(Permission.SITE_WRITE)
@refuses(
    *("not_found", "record_exists", "place_level_wrong", "area_code_invalid", "day_in_future"),
    "access_log_unavailable",
)
@blueprint.arguments(NewSiteSchema)
@blueprint.response(201, SiteSchema, example=SITE)
def enter_site(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Enter a site in the state it is found in."""
    return tagged(service.enter_site(current_caller(), body))


@blueprint.get("/<uuid:site_id>")
@needs(Permission.SITE_READ)
@refuses("not_found")
@blueprint.response(200, SiteSchema, example=SITE)
def read_site(site_id: UUID) -> tuple[Any, dict[str, str]]:
    """Read one site."""
    return tagged(service.read_site(current_caller(), site_id))


@blueprint.patch("/<uuid:site_id>")
@needs(Permission.SITE_WRITE)
@refuses("not_found", "access_log_unavailable")
@versioned
@blueprint.arguments(ChangeSiteSchema)
@blueprint.response(200, SiteSchema, example=SITE | {"version": 2})
def change_site(body: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
    """Correct a site's facts; its state moves by acts alone."""
    return tagged(service.change_site(current_caller(), site_id, expected_version(), body))


@blueprint.post("/<uuid:site_id>/moves")
@needs(Permission.SITE_WRITE)
@refuses(
    *("not_found", "site_transition_forbidden", "site_step_out_of_order", "day_in_future"),
    "access_log_unavailable",
)
@versioned
@blueprint.arguments(MoveSchema)
@blueprint.response(200, SiteSchema, example=SITE | {"state": "suspended", "version": 2})
def move_site(move: Move, site_id: UUID) -> tuple[Any, dict[str, str]]:
    """Move a site to its next state, from a day on and for a reason."""
    return tagged(service.move_site(current_caller(), site_id, expected_version(), move))


@blueprint.get("/<uuid:site_id>/checks")
@needs(Permission.SITE_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, CheckPageSchema, example={"items": [CHECK], "next_cursor": None})
def list_checks(query: dict[str, Any], site_id: UUID) -> dict[str, Any]:
    """List one site's checks."""
    return shown(service.list_checks(current_caller(), site_id, page_asked(query)))


@blueprint.post("/<uuid:site_id>/checks")
@needs(Permission.SITE_CHECK)
@refuses("not_found", "record_exists", "day_in_future", "access_log_unavailable")
@blueprint.arguments(NewCheckSchema)
@blueprint.response(201, CheckSchema, example=CHECK)
def record_check(body: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
    """Record that somebody looked at a site; no picture is taken."""
    return tagged(service.record_check(current_caller(), site_id, body))
