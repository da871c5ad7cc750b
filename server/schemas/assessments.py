"""The shapes of assessments. No field takes a diagnosis; the short shape has no text, need or partner's input."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.assessments import INPUT_MAXIMUM, NARRATIVE_MAXIMUM, STRENGTHS_MAXIMUM, AssessmentDraft, PartnerInput
from server.domain.codes_assessments import (
    AssessmentKind,
    AssessmentNeed,
    AssessmentState,
    CorrectionReason,
    Recommendation,
    ResultBand,
)
from server.schemas.shape import Shape
from server.schemas.sweeps import code_field

_ID = "01936f3e-0000-7000-8000-00000000000"
_WHOLE_ONLY = "Only for those who assess and look after the person; elsewhere the key does not stand."
#: Who can give an input: codes of ``team_discipline``.
DISCIPLINES = (
    "committee", "grid", "smd_doctor", "police", "civil_affairs", "disability_helper", "volunteer", "social_worker",
    "family",
)  # fmt: skip


class AssessmentDraftSchema(Shape):
    """What an assessor writes."""

    id = fields.UUID(
        metadata={"description": "Made by the sender; left out, the server makes it.", "example": _ID + "1"}
    )
    kind = fields.Enum(
        AssessmentKind, by_value=True, required=True, metadata={"description": "What it is for.", "example": "initial"}
    )
    held_on = fields.Date(
        required=True,
        metadata={"description": "The day: not before the person agreed, not after today.", "example": "2026-11-20"},
    )
    result_band = fields.Enum(
        ResultBand, by_value=True, required=True, metadata={"description": "What it found.", "example": "light"}
    )
    safety_concern = fields.Boolean(
        required=True,
        metadata={"description": "Whether the assessor is worried for somebody's safety.", "example": False},
    )
    recommendations = fields.List(
        fields.Enum(Recommendation, by_value=True),
        required=True,
        validate=validate.Length(1, len(Recommendation)),
        metadata={"description": "What it recommends; no_service stands alone.", "example": ["guidance_plan"]},
    )
    needs = fields.List(
        fields.Enum(AssessmentNeed, by_value=True),
        load_default=list,
        validate=validate.Length(0, len(AssessmentNeed)),
        metadata={"description": "What the person needs help with; sealed.", "example": ["work", "grief"]},
    )
    strengths = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, STRENGTHS_MAXIMUM),
        metadata={
            "description": "What the person is good at and can rely on; sealed.",
            "example": "会种菜，女儿每周来电话。",
        },
    )
    narrative = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, NARRATIVE_MAXIMUM),
        metadata={
            "description": "What was talked about; sealed. No diagnosis.",
            "example": "本人愿意谈失业后的打算，希望先把作息调回来。",
        },
    )
    words_confirmed = fields.Boolean(
        load_default=False,
        metadata={
            "description": "A word of diagnosis in the text is told by the person, not found by the assessor.",
            "example": False,
        },
    )


class NewAssessmentSchema(AssessmentDraftSchema):
    """An assessment to be begun."""

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> AssessmentDraft:
        """The value the rules work on."""
        return AssessmentDraft(**_as_sets(data))


class AssessmentChangeSchema(AssessmentDraftSchema):
    """What changes in a draft; fields left out stay as they are."""

    class Meta(Shape.Meta):
        """The id never changes."""

        exclude = ("id",)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """The changed fields by name."""
        return _as_sets(data)


class PartnerInputSchema(Shape):
    """What another discipline knows."""

    id = fields.UUID(
        metadata={"description": "Made by the sender; left out, the server makes it.", "example": _ID + "1"}
    )
    discipline = fields.String(
        required=True,
        validate=validate.OneOf(DISCIPLINES),
        metadata={"description": "Code of team_discipline.", "example": "civil_affairs"},
    )
    given_on = fields.Date(required=True, metadata={"description": "The day it was said.", "example": "2026-11-20"})
    text = fields.String(
        required=True,
        validate=validate.Length(1, INPUT_MAXIMUM),
        metadata={
            "description": "What is known; sealed. No diagnosis.",
            "example": "低保申请已受理，家中老人需要照料。",
        },
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> PartnerInput:
        """The value the rules work on."""
        return PartnerInput(**data)


class AssessmentCorrectionSchema(Shape):
    """Why a signed assessment is written anew."""

    reason = fields.Enum(
        CorrectionReason, by_value=True, required=True, metadata={"description": "Code.", "example": "wrong_fact"}
    )


class GivenInputSchema(Shape):
    """What a partner gave."""

    id = fields.UUID(required=True)
    discipline = fields.String(required=True)
    given_on = fields.Date(required=True)
    text = fields.String(required=True)
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class AssessmentBriefSchema(Shape):
    """An assessment as the township and the counsellor see it: its band, and what it recommends."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    number = fields.Integer(required=True, metadata={"description": "1, then one more for every correction."})
    kind = code_field(AssessmentKind)
    state = code_field(AssessmentState)
    held_on = fields.Date(required=True)
    result_band = code_field(ResultBand)
    safety_concern = fields.Boolean(required=True)
    recommendations = fields.List(fields.String(), required=True)
    signed_by = fields.UUID(required=True, allow_none=True)
    signed_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class AssessmentSchema(AssessmentBriefSchema):
    """An assessment with everything in it."""

    series_id = fields.UUID(required=True, metadata={"description": "What all its versions share."})
    needs = fields.List(fields.String(), required=True)
    strengths = fields.String(required=True, allow_none=True)
    narrative = fields.String(required=True, allow_none=True)
    has_medical_word = fields.Boolean(
        required=True, metadata={"description": "The author kept a word of diagnosis that the person told."}
    )
    correction_reason = fields.String(required=True, allow_none=True)
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    inputs = fields.List(fields.Nested(GivenInputSchema), required=True)


class AssessmentShownSchema(AssessmentBriefSchema):
    """An assessment as far as the reader may see it."""

    series_id = fields.UUID(metadata={"description": _WHOLE_ONLY})
    needs = fields.List(fields.String(), metadata={"description": _WHOLE_ONLY})
    strengths = fields.String(allow_none=True, metadata={"description": _WHOLE_ONLY})
    narrative = fields.String(allow_none=True, metadata={"description": _WHOLE_ONLY})
    has_medical_word = fields.Boolean(metadata={"description": _WHOLE_ONLY})
    correction_reason = fields.String(allow_none=True, metadata={"description": _WHOLE_ONLY})
    created_by = fields.UUID(metadata={"description": _WHOLE_ONLY})
    created_at = fields.AwareDateTime(metadata={"description": _WHOLE_ONLY})
    inputs = fields.List(fields.Nested(GivenInputSchema), metadata={"description": _WHOLE_ONLY})


class AssessmentsSchema(Shape):
    """An entry's assessments, oldest first."""

    items = fields.List(fields.Nested(AssessmentShownSchema), required=True)


class SignedAssessmentSchema(Shape):
    """A signed assessment."""

    assessment = fields.Nested(AssessmentSchema, required=True)
    closure_proposal_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "No need was found: this proposal asks the township to agree that the person leaves."},
    )


def _as_sets(data: dict[str, Any]) -> dict[str, Any]:
    return data | {name: frozenset(data[name]) for name in ("recommendations", "needs") if name in data}


BRIEF: dict[str, object] = {
    "id": _ID + "1",
    "entry_id": _ID + "2",
    "number": 1,
    "kind": "initial",
    "state": "signed",
    "held_on": "2026-11-20",
    "result_band": "light",
    "safety_concern": False,
    "recommendations": ["guidance_plan"],
    "signed_by": _ID + "3",
    "signed_at": "2026-11-20T08:00:00+00:00",
    "version": 2,
}
INPUT: dict[str, object] = {
    "id": _ID + "4",
    "discipline": "civil_affairs",
    "given_on": "2026-11-20",
    "text": "低保申请已受理，家中老人需要照料。",
    "created_by": _ID + "5",
    "created_at": "2026-11-20T03:00:00+00:00",
    "version": 1,
}
WHOLE: dict[str, object] = BRIEF | {
    "series_id": _ID + "1",
    "needs": ["grief", "work"],
    "strengths": "会种菜，女儿每周来电话。",
    "narrative": "本人愿意谈失业后的打算，希望先把作息调回来。",
    "has_medical_word": False,
    "correction_reason": None,
    "created_by": _ID + "3",
    "created_at": "2026-11-20T02:00:00+00:00",
    "inputs": [INPUT],
}
DRAFT: dict[str, object] = WHOLE | {"state": "draft", "signed_by": None, "signed_at": None, "version": 1}
SIGNED: dict[str, object] = {"assessment": WHOLE, "closure_proposal_id": None}
