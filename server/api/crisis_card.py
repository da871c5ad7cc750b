"""The crisis card: whom to call, for everybody on every screen."""

from typing import Any

from server.domain.crisis_card import CrisisNumber
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.crisis_card import (
    CARD,
    NUMBER,
    CrisisCardSchema,
    CrisisNumberSchema,
    NewNumberSchema,
    NumberEntrySchema,
)
from server.services import crisis_card
from server.services.crisis_card import NumberEntry

blueprint = Blueprint("crisis_card", __name__, url_prefix="/crisis-card", description="Whom to call in a crisis.")


@blueprint.get("")
@needs(Permission.CRISIS_CARD_READ)
@blueprint.response(200, CrisisCardSchema, example=CARD)
def read_card() -> dict[str, list[CrisisNumber]]:
    """Read the numbers to call: 12356, 110 and 120, then the county's own."""
    return {"items": crisis_card.read_card(current_caller())}


@blueprint.post("")
@needs(Permission.CRISIS_CARD_MANAGE)
@refuses("record_exists", "crisis_number_national", "access_log_unavailable")
@blueprint.arguments(NewNumberSchema)
@blueprint.response(201, CrisisNumberSchema, example=NUMBER)
def enter_number(body: dict[str, Any]) -> tuple[CrisisNumber, dict[str, str]]:
    """Put a number of the county on the card."""
    return tagged(crisis_card.enter_number(current_caller(), body.pop("code"), NumberEntry(**body)))


@blueprint.put("/<string:number_code>")
@needs(Permission.CRISIS_CARD_MANAGE)
@refuses("not_found", "access_log_unavailable")
@versioned
@blueprint.arguments(NumberEntrySchema)
@blueprint.response(200, CrisisNumberSchema, example=NUMBER)
def change_number(body: dict[str, Any], number_code: str) -> tuple[CrisisNumber, dict[str, str]]:
    """Change one of the county's numbers."""
    entry = NumberEntry(**body)
    return tagged(crisis_card.change_number(current_caller(), number_code, expected_version(), entry))


@blueprint.delete("/<string:number_code>")
@needs(Permission.CRISIS_CARD_MANAGE)
@refuses("not_found", "access_log_unavailable")
@versioned
@blueprint.response(204)
def take_off(number_code: str) -> None:
    """Take one of the county's numbers off the card; the national ones stay."""
    crisis_card.take_off_number(current_caller(), number_code, expected_version())
