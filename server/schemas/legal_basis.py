"""The shapes of acts without consent."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes import LegalBasis
from server.domain.codes_consents import BasisAct, BasisFinding
from server.domain.legal_basis import BasisReview, BasisSaid
from server.schemas.shape import PageQuery, Shape, of_this_century
from server.schemas.sweeps import code_field

_ID = "01936f3e-0000-7000-8000-00000000000"
_TOLD = {"description": "When the person was told of it.", "example": None}


class BasisSaidSchema(Shape):
    """What was done without asking, and why."""

    basis = fields.Enum(
        LegalBasis, by_value=True, required=True, metadata={"description": "The basis in law.", "example": "1"}
    )
    done = fields.Enum(
        BasisAct,
        by_value=True,
        required=True,
        metadata={"description": "What was done; assessment is always refused.", "example": "contact"},
    )
    reason = fields.String(
        required=True,
        validate=[validate.Length(1, 500), validate.Regexp(r"(?s)\A(\s*\S){10}", error="Ten characters at least.")],
        metadata={
            "description": "Why it could not wait for consent, in 10 to 500 characters. Sealed.",
            "example": "家属来电称本人留下告别的话后离家，已报警并立即上门寻找。",
        },
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> BasisSaid:
        """The value the rules work on."""
        return BasisSaid(**data)


class BasisReviewSchema(Shape):
    """What the privacy officer found."""

    finding = fields.Enum(
        BasisFinding, by_value=True, required=True, metadata={"description": "The finding.", "example": "upheld"}
    )
    person_told_at = fields.AwareDateTime(load_default=None, allow_none=True, validate=of_this_century, metadata=_TOLD)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> BasisReview:
        """The value the rules work on."""
        return BasisReview(**data)


class PersonToldSchema(Shape):
    """When the person was told afterwards."""

    person_told_at = fields.AwareDateTime(
        required=True, validate=of_this_century, metadata=_TOLD | {"example": "2026-11-21T02:00:00+00:00"}
    )


class BasisQuery(PageQuery):
    """Which acts without consent."""

    reviewed = fields.Boolean(metadata={"description": "Only those looked into, or only the others.", "example": False})
    overdue = fields.Boolean(
        load_default=False, metadata={"description": "Only those whose review is late.", "example": False}
    )


class BasisSchema(Shape):
    """One act without consent, without its reason."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True, allow_none=True)
    subject_id = fields.UUID(
        required=True, metadata={"description": "Whom it was about: a resident, or a safety event without one."}
    )
    area_code = fields.String(required=True)
    basis = code_field(LegalBasis)
    done = code_field(BasisAct)
    used_at = fields.AwareDateTime(required=True)
    created_by = fields.UUID(required=True, metadata={"description": "Who acted."})
    review_due_at = fields.AwareDateTime(required=True)
    overdue = fields.Boolean(required=True, metadata={"description": "Nobody looked into it in time."})
    reviewed_by = fields.UUID(required=True, allow_none=True)
    reviewed_at = fields.AwareDateTime(required=True, allow_none=True)
    finding = fields.String(required=True, allow_none=True)
    person_told_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class OpenedBasisSchema(BasisSchema):
    """One act without consent with its reason."""

    reason = fields.String(required=True)


class BasisPageSchema(Shape):
    """A page of acts without consent: those to be looked into first."""

    items = fields.List(fields.Nested(BasisSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


BASIS: dict[str, object] = {
    "id": _ID + "1",
    "entry_id": _ID + "2",
    "subject_id": _ID + "3",
    "area_code": "430903102203001",
    "basis": "1",
    "done": "contact",
    "used_at": "2026-11-20T02:15:00+00:00",
    "created_by": _ID + "4",
    "review_due_at": "2026-11-25T15:59:59+00:00",
    "overdue": False,
    "reviewed_by": None,
    "reviewed_at": None,
    "finding": None,
    "person_told_at": None,
    "version": 1,
}
OPENED: dict[str, object] = BASIS | {"reason": "家属来电称本人留下告别的话后离家，已报警并立即上门寻找。"}
