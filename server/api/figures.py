"""A month in counts."""

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.figures import FiguresQuery, FiguresSchema
from server.services.figures import Figures, read_figures

blueprint = Blueprint("figures", __name__, url_prefix="/figures", description="A month in counts.")

_FIGURES = {
    "area_code": "430903102",
    "period": "202611",
    "exact": False,
    "source": "released",
    "observations": {"cells": {"2": 12, "3": None, "6": None}, "total": None},
    "entries": {"cells": {"opened": 7, "declined:no_ground": 0}, "total": 7},
    "groups": {"assessments": {"cells": {"no_need": 6, "light": None, "moderate": None}, "total": None}},
    "returns": [{"kind": "concern", "due": 62, "returned": 62, "nil": 55, "with_items": 7, "late": 1}],
}


@blueprint.get("")
@needs(Permission.FIGURES_READ)
@refuses(
    "not_found",
    "figures_below_township",
    "area_code_invalid",
    "period_invalid",
    "figures_not_intact",
    "access_log_unavailable",
)
@blueprint.arguments(FiguresQuery, location="query")
@blueprint.response(200, FiguresSchema, example=_FIGURES)
def show_figures(query: dict[str, str]) -> Figures:
    """Read a month of one area in counts.

    At home it is counted now. Above the township only closed months are told, of all townships together and for good;
    cells below five are hidden, and others with them, so that none can be worked out.
    """
    return read_figures(current_caller(), query["area_code"], query["period"])
