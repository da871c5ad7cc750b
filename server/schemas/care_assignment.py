"""The shape of naming who looks after somebody."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.care_assignment import Assignment
from server.schemas.shape import Shape

CARERS_AT_MOST = 10
_ID = "01936f3e-0000-7000-8000-00000000000"


class AssignmentSchema(Shape):
    """Who answers for the entry, and who else looks after the person."""

    assessor_id = fields.UUID(
        required=True, metadata={"description": "The assessor or clinician who answers for it.", "example": _ID + "5"}
    )
    carer_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(0, CARERS_AT_MOST),
        metadata={"description": "Assessors, clinicians and counsellors beside them.", "example": []},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Assignment:
        """The value the rules work on."""
        return Assignment(data["assessor_id"], frozenset(data["carer_ids"]))
