"""What is asked for when one person's course is taken to another system."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.course import REASON_LEAST, REASON_MOST, Asked
from server.schemas.shape import Shape

#: What the answer's body is, in the document; FHIR itself says the rest.
BUNDLE = {"type": "object", "description": "A FHIR R5 Bundle of type collection, about one person."}


class AskedSchema(Shape):
    """Whether the copy names the person, and what for."""

    with_identity = fields.Boolean(
        required=True,
        metadata={"description": "Name, contact and free text too; only with a reason.", "example": False},
    )
    reason = fields.String(
        validate=validate.Length(1, 4 * REASON_MOST),
        metadata={"description": f"To whom it goes and what for, {REASON_LEAST} to {REASON_MOST} characters.",
                  "example": "转入县人民医院住院，随同转诊单提供。"},
    )  # fmt: skip

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Asked:
        """The value the rules work on."""
        return Asked(**data)
