"""Hotline contacts, which lead to nobody."""

from typing import Any

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import needs, refuses, tagged
from server.schemas.hotline import CONTACT, HotlineContactPageSchema, HotlineContactSchema, NewHotlineContactSchema
from server.schemas.shape import PageQuery
from server.services import hotline as service

blueprint = Blueprint(
    "hotline", __name__, url_prefix="/hotline-contacts", description="Contacts of the hotline; nobody who called."
)


@blueprint.get("")
@needs(Permission.HOTLINE_READ)
@refuses("cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, HotlineContactPageSchema, example={"items": [CONTACT], "next_cursor": None})
def list_contacts(query: dict[str, Any]) -> dict[str, Any]:
    """List one's own contacts, in no order of time."""
    return shown(service.list_contacts(current_caller(), page_asked(query)))


@blueprint.post("")
@needs(Permission.HOTLINE_WRITE)
@refuses("not_found", "day_in_future", "hotline_hand_over_not_crisis", "area_code_invalid", "diagnosis_in_text")
@blueprint.arguments(NewHotlineContactSchema)
@blueprint.response(201, HotlineContactSchema, example=CONTACT)
def record_contact(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Record a contact; a crisis may be handed over as a safety event, which the contact never names."""
    hand_over = body.pop("hand_over")
    return tagged(service.record_contact(current_caller(), body, hand_over))
