"""Indicators: what is measured, what should be reached, and what departments type in."""

import re
from typing import Any

from server.domain.permissions import Permission
from server.errors import NotFound
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.indicators import (
    BODIES,
    DEFINITION,
    TARGET,
    VALUE,
    BodiesListSchema,
    BodiesSchema,
    CatalogueSchema,
    NewBodiesSchema,
    TargetFactsSchema,
    TargetSchema,
    TypedValueSchema,
    ValueQuery,
    ValueSchema,
    ValuesSchema,
)
from server.services import indicators as service
from server.services.indicators import Catalogue, TypedTarget, TypedValue

blueprint = Blueprint("indicators", __name__, description="Indicators, their targets and values.")

_UNIT = ("not_found", "area_code_invalid", "indicator_unit_level")
_TYPED = (
    *("indicator_computed", "indicator_numerator_computed", "indicator_den_unwanted", "indicator_den_missing"),
    *("indicator_num_above_den", "indicator_rule_unknown"),
)


@blueprint.get("/indicators")
@needs(Permission.INDICATOR_READ)
@blueprint.response(200, CatalogueSchema, example={"definitions": [DEFINITION], "targets": [TARGET]})
def list_indicators() -> Catalogue:
    """List every indicator with what it counts, and the targets, the county's own among them."""
    return service.list_indicators(current_caller())


@blueprint.get("/indicator-values")
@needs(Permission.INDICATOR_READ)
@refuses(*_UNIT)
@blueprint.arguments(ValueQuery, location="query")
@blueprint.response(200, ValuesSchema, example={"items": [VALUE]})
def list_values(query: dict[str, Any]) -> dict[str, Any]:
    """List what was typed in of a unit's year."""
    return {"items": service.list_values(current_caller(), query["unit"], query["year"])}


@blueprint.put("/indicator-values/<string:unit>/<string:indicator>/<string:year>")
@needs(Permission.INDICATOR_WRITE)
@refuses(*_UNIT, *_TYPED, "indicator_year_invalid", "day_in_future", "access_log_unavailable")
@blueprint.arguments(TypedValueSchema)
@blueprint.response(200, ValueSchema, example=VALUE)
def enter_value(body: dict[str, Any], unit: str, indicator: str, year: str) -> Any:
    """Type in a figure with its evidence; what was said before stays behind it."""
    return service.enter_value(current_caller(), unit, indicator, year_of(year), TypedValue(**body))


@blueprint.put("/indicator-targets/<string:unit>/<string:indicator>/<string:year>")
@needs(Permission.TARGET_WRITE)
@refuses(*_UNIT, "area_level_wrong", "indicator_year_invalid", "access_log_unavailable")
@blueprint.arguments(TargetFactsSchema)
@blueprint.response(200, TargetSchema, example=TARGET)
def enter_target(body: dict[str, Any], unit: str, indicator: str, year: str) -> Any:
    """Set a county's own target from a year on; what was set before stays behind it."""
    return service.enter_target(current_caller(), unit, indicator, year_of(year), TypedTarget(**body))


@blueprint.get("/body-counts")
@needs(Permission.INDICATOR_READ)
@blueprint.response(200, BodiesListSchema, example={"items": [BODIES]})
def list_bodies() -> dict[str, Any]:
    """List how many bodies of each type the county has."""
    return {"items": service.list_bodies(current_caller())}


@blueprint.post("/body-counts")
@needs(Permission.INDICATOR_WRITE)
@refuses("day_in_future", "body_type_wrong", "access_log_unavailable")
@blueprint.arguments(NewBodiesSchema)
@blueprint.response(201, BodiesSchema, example=BODIES)
def enter_bodies(body: dict[str, Any]) -> Any:
    """Say how many bodies of one type the county has."""
    return service.enter_bodies(current_caller(), **body)


def year_of(written: str) -> int:
    """The year in an address, of four digits; raises NotFound for anything else."""
    if not re.fullmatch(r"20[0-9]{2}", written):
        raise NotFound("not_found")
    return int(written)
