"""Looking areas up, drawing them, and asking which of them one stands in."""

import json
from dataclasses import dataclass
from typing import Any

from server import clock
from server.domain.area_codes import Level
from server.domain.area_shapes import is_in_china
from server.domain.pages import Page, PageAsked
from server.errors import Invalid
from server.store.area_shapes import Place, place_of, shown_children
from server.store.areas import AreaFilter, AreaRecord, area_by_code, areas_page
from server.store.transaction import Caller, transaction

__all__ = ["AreaFilter", "Located", "draw_areas", "list_areas", "locate", "read_area"]


@dataclass(frozen=True)
class Located:
    """The grid, village and township one stands in, as far as one works there; None where it cannot be told."""

    grid_code: str | None
    village_code: str | None
    township_code: str | None
    inside_own: bool
    #: One's own area has no outline yet: ``inside_own`` false then says nothing.
    own_unmapped: bool


def read_area(caller: Caller, code: str) -> AreaRecord:
    """One area, ended ones with their successor; raises NotFound."""
    with transaction(caller) as work:
        return area_by_code(work, code)


def list_areas(caller: Caller, wanted: AreaFilter, asked: PageAsked) -> Page[AreaRecord]:
    """A page of areas by code."""
    with transaction(caller) as work:
        return areas_page(work, wanted, asked)


def draw_areas(caller: Caller, parent: str, zoom: int) -> list[tuple[AreaRecord, dict[str, Any] | None]]:
    """The areas directly below one with their outlines as GeoJSON, None where unknown; raises NotFound."""
    with transaction(caller) as work:
        area_by_code(work, parent)
        shown = shown_children(work, parent, zoom, clock.day_of(work.now))
    return [(each.area, json.loads(each.geometry) if each.geometry else None) for each in shown]


def locate(caller: Caller, longitude: float, latitude: float) -> Located:
    """Which area one stands in. The point is used in one query and kept nowhere: no table, log or event has it.

    Raises:
        Invalid: ``location_outside_china``.
    """
    if not is_in_china(longitude, latitude):
        raise Invalid("location_outside_china", field="longitude")
    with transaction(caller) as work:
        place = place_of(work, longitude, latitude, clock.day_of(work.now))
    return _located(place)


def _located(place: Place) -> Located:
    smallest = place.codes[0] if place.codes else ""
    grid, village, township = (
        smallest[:digits] if len(smallest) >= digits else None for digits in (Level.GRID, Level.VILLAGE, Level.TOWNSHIP)
    )
    return Located(grid, village, township, place.inside_own, place.own_unmapped)
