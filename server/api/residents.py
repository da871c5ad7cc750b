"""Who a resident is: reading, entering, correcting."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.domain.resident_views import ResidentView
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.residents import (
    EXAMPLE,
    ChangeResidentSchema,
    EnteredSchema,
    NewResidentSchema,
    ResidentSchema,
)
from server.services.residents import Entered, add_resident, correct_resident, read_resident

blueprint = Blueprint("residents", __name__, url_prefix="/residents", description="Who a resident is.")

_ENTERED = {"id": EXAMPLE["id"], "version": 1, "warnings": ["id_no_region_unknown"], "possible_duplicates": []}
_WRITING = (
    "area_code_invalid", "area_level_wrong", "resident_area_outside", "resident_area_unknown", "name_invalid",
    "phone_invalid", "id_no_length", "id_no_check", "id_no_date", "id_type_required", "document_invalid",
    "birth_date_invalid", "birth_year_invalid", "guardian_required", "resident_text_too_long",
    "resident_code_unknown", "field_not_for_role", "seal_broken",
)  # fmt: skip


@blueprint.get("/<uuid:resident_id>")
@needs(Permission.RESIDENT_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, ResidentSchema, example=EXAMPLE)
def read(resident_id: UUID) -> tuple[ResidentView, dict[str, str]]:
    """Read who a resident is.

    How much is shown depends on the role: all, shortened forms, or codes alone. A protected address is shown to
    assessors only.
    """
    return tagged(read_resident(current_caller(), resident_id))


@blueprint.post("")
@needs(Permission.RESIDENT_ENTER)
@refuses("record_exists", *_WRITING)
@blueprint.arguments(
    NewResidentSchema, example={"area_code": EXAMPLE["area_code"], "name": EXAMPLE["name"], "sex": "2"}
)
@blueprint.response(201, EnteredSchema, example=_ENTERED)
def add(body: dict[str, Any]) -> tuple[Entered, dict[str, str]]:
    """Enter a resident.

    Warnings never refuse. Whoever looks like somebody already there becomes a possible duplicate for a person to
    decide; nothing is merged.
    """
    return tagged(add_resident(current_caller(), body))


@blueprint.patch("/<uuid:resident_id>")
@needs(Permission.RESIDENT_WRITE)
@refuses("not_found", *_WRITING)
@versioned
@blueprint.arguments(ChangeResidentSchema, example={"phone": EXAMPLE["phone"], "language_need": None})
@blueprint.response(200, EnteredSchema, example=_ENTERED | {"version": 2})
def correct(body: dict[str, Any], resident_id: UUID) -> tuple[Entered, dict[str, str]]:
    """Correct what is known of a resident; fields left out stay as they are, null takes a value away."""
    return tagged(correct_resident(current_caller(), resident_id, expected_version(), body))
