"""The shapes of disputes."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes import DisputeOutcome, DisputeType
from server.domain.returns import DisputeDraft
from server.schemas.shape import PageQuery, Shape, area_code_field, period_field
from server.schemas.sweeps import code_field

_MEDIATION = {"description": "The body that mediates; no person's name.", "example": "镇人民调解委员会"}
_PARTIES = {"description": "Names of the parties, sealed when stored; may be left out.", "example": "张某、李某"}


class DisputeDraftSchema(Shape):
    """One dispute as filed."""

    id = fields.UUID(metadata={"description": "Made by the sender; left out, the server makes it."})
    dispute_type = fields.Enum(
        DisputeType, by_value=True, required=True, metadata={"description": "What it is about.", "example": "debt"}
    )
    party_count = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(2, 999),
        metadata={"description": "How many people or sides take part.", "example": 2},
    )
    mediation_body = fields.String(validate=validate.Length(1, 60), metadata=_MEDIATION)
    outcome = fields.Enum(
        DisputeOutcome, by_value=True, required=True, metadata={"description": "Where it stands.", "example": "ongoing"}
    )
    parties = fields.String(validate=validate.Length(1, 200), metadata=_PARTIES)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> DisputeDraft:
        """The value the rules work on."""
        return DisputeDraft(**data)


class DisputeChangeSchema(Shape):
    """How a dispute went on; what is left out stays as it is."""

    outcome = fields.Enum(
        DisputeOutcome, by_value=True, metadata={"description": "Where it stands now.", "example": "settled"}
    )
    mediation_body = fields.String(validate=validate.Length(1, 60), metadata=_MEDIATION)
    parties = fields.String(validate=validate.Length(1, 200), metadata=_PARTIES)


class DisputeQuery(PageQuery):
    """Which disputes to list."""

    sweep_id = fields.UUID(metadata={"description": "Only of this sweep."})
    township_code = area_code_field(required=False, digits="9")
    period = period_field(required=False)
    dispute_type = fields.Enum(DisputeType, by_value=True, metadata={"description": "Only about this."})
    outcome = fields.Enum(DisputeOutcome, by_value=True, metadata={"description": "Only those that stand here."})


class DisputeSchema(Shape):
    """A dispute with its parties' names."""

    id = fields.UUID(required=True)
    return_id = fields.UUID(required=True)
    area_code = area_code_field(digits="12,15")
    period = period_field()
    dispute_type = code_field(DisputeType)
    party_count = fields.Integer(required=True)
    mediation_body = fields.String(required=True, allow_none=True)
    outcome = code_field(DisputeOutcome)
    parties = fields.String(required=True, allow_none=True)
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class DisputePageSchema(Shape):
    """A page of disputes."""

    items = fields.List(fields.Nested(DisputeSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
