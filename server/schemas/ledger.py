"""The shapes of the ledger: promoting, deciding, entries, facts, history."""

from enum import StrEnum

from marshmallow import fields, validate

from server.domain.codes import (
    ClosureReason,
    DeclineReason,
    Ground,
    LedgerState,
    ObservationSource,
    ReturnReason,
    Sex,
    Urgency,
)
from server.domain.visibility import Sight
from server.schemas.shape import PageQuery, Shape, area_code_field, period_field

OBSERVATIONS_AT_MOST = 20
_GROUNDS = [ground.value for ground in Ground if not ground.import_only]
_ID = "01936f3e-0000-7000-8000-00000000000"


def _code(codes: type[StrEnum], description: str | None = None) -> fields.String:
    """A code of a list, in an answer."""
    metadata = {"description": description or (codes.__doc__ or "").split("\n")[0]}
    return fields.String(required=True, validate=validate.OneOf([str(code) for code in codes]), metadata=metadata)


class PromotionSchema(Shape):
    """Observations about one resident, made into an entry."""

    id = fields.UUID(metadata={"description": "The entry's id, made by the client; left out, the server makes one.",
                               "example": _ID + "1"})  # fmt: skip
    resident_id = fields.UUID(required=True, metadata={"description": "Whom it is about.", "example": _ID + "2"})
    observation_ids = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, OBSERVATIONS_AT_MOST),
        metadata={"description": "What the entry rests on; all of this resident.", "example": [_ID + "3"]},
    )
    grounds = fields.List(
        fields.String(validate=validate.OneOf(_GROUNDS)),
        required=True,
        validate=validate.Length(1, len(_GROUNDS)),
        metadata={"description": "Grounds that the observations bear; 5 never is one.", "example": ["2"]},
    )
    urgency = fields.Enum(
        Urgency,
        by_value=True,
        load_default=None,
        metadata={
            "description": "urgent calls the township within two hours. Left out: urgent if an observation is.",
            "example": "routine",
        },
    )
    report = fields.Boolean(
        load_default=False, metadata={"description": "Hand it to the township at once.", "example": True}
    )


class ResubmissionSchema(Shape):
    """What a returned entry is bettered with."""

    observation_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(0, OBSERVATIONS_AT_MOST),
        metadata={"description": "Further observations of the same resident.", "example": [_ID + "4"]},
    )
    grounds = fields.List(
        fields.String(validate=validate.OneOf(_GROUNDS)),
        load_default=list,
        validate=validate.Length(0, len(_GROUNDS)),
        metadata={"description": "The grounds now; none leaves those that stand.", "example": ["3"]},
    )


class SendBackSchema(Shape):
    """Why an entry is sent back."""

    reason = fields.Enum(ReturnReason, by_value=True, required=True,
                         metadata={"description": "Code of the return reason.", "example": "needs_fact"})  # fmt: skip


class DeclineSchema(Shape):
    """Why an entry ends without service."""

    reason = fields.Enum(DeclineReason, by_value=True, required=True,
                         metadata={"description": "Code of the decline reason.", "example": "no_ground"})  # fmt: skip


class ClosureSchema(Shape):
    """Why an entry ends."""

    reason = fields.Enum(ClosureReason, by_value=True, required=True,
                         metadata={"description": "Code of the closure; not 7 or 10.", "example": "8"})  # fmt: skip


class AcceptanceSchema(Shape):
    """Who is to make the first contact."""

    assessor_id = fields.UUID(
        metadata={"description": "The assessor, where that is settled already.", "example": _ID + "5"}
    )


class LedgerEntrySchema(Shape):
    """A ledger entry without the person."""

    id = fields.UUID(required=True)
    entry_no = fields.String(required=True, metadata={"example": "43090310220260001"})
    resident_id = fields.UUID(required=True)
    area_code = fields.String(required=True, metadata={"description": "Village or grid of residence."})
    township_code = fields.String(required=True)
    period = fields.String(required=True, metadata={"example": "202611"})
    state = _code(LedgerState)
    urgency = _code(Urgency)
    grounds = fields.List(fields.String(), required=True)
    reporter_id = fields.UUID(required=True)
    reviewer_id = fields.UUID(required=True, allow_none=True)
    assessor_id = fields.UUID(allow_none=True)
    carer_ids = fields.List(
        fields.UUID(),
        metadata={"description": "Everybody who looks after the person. Nothing of care is told to village officers."},
    )
    reported_at = fields.AwareDateTime(required=True, allow_none=True)
    review_due_at = fields.AwareDateTime(required=True, allow_none=True)
    resubmit_due_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decision_reason = fields.String(required=True, allow_none=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    first_contact_due_at = fields.AwareDateTime(required=True, allow_none=True)
    consented_at = fields.AwareDateTime(allow_none=True)
    assessment_due_at = fields.AwareDateTime(allow_none=True)
    assessed_at = fields.AwareDateTime(allow_none=True)
    plan_due_at = fields.AwareDateTime(allow_none=True)
    paused_until = fields.AwareDateTime(allow_none=True)
    renewed_at = fields.AwareDateTime(allow_none=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    closure_reason = fields.String(required=True, allow_none=True)
    due_provisional = fields.Boolean(
        required=True, metadata={"description": "A due date was counted without that year's holidays."}
    )
    version = fields.Integer(required=True)


class LedgerLineSchema(LedgerEntrySchema):
    """One line of the ledger: the entry with the person's name as the reader is shown it."""

    village_name = fields.String(required=True, allow_none=True, metadata={"example": "试验村村民委员会"})
    name = fields.String(required=True, allow_none=True, metadata={"description": "Whole, or a surname with stars."})
    sex = _code(Sex)
    birth_year = fields.Integer(required=True, allow_none=True)
    overdue = fields.List(
        fields.String(validate=validate.OneOf(["review", "resubmission", "first_contact", "assessment", "plan"])),
        required=True,
    )


class LedgerPageSchema(Shape):
    """A page of the ledger."""

    items = fields.List(fields.Nested(LedgerLineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class LedgerQuery(PageQuery):
    """Which lines of the ledger."""

    township_code = area_code_field(required=False, digits="9")
    period = period_field(required=False)
    state = fields.Enum(LedgerState, by_value=True, metadata={"description": "One state.", "example": "reported"})
    ground = fields.String(validate=validate.OneOf(_GROUNDS), metadata={"description": "One ground.", "example": "2"})
    village_code = area_code_field(required=False, digits="12")
    overdue = fields.Boolean(
        metadata={"description": "Only those past a deadline, or only the others.", "example": True}
    )


class EntryResidentSchema(Shape):
    """The person an entry is about, as the reader is shown them."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    sex = _code(Sex)
    birth_year = fields.Integer(required=True, allow_none=True)
    birth_date = fields.Date(required=True, allow_none=True)
    id_no = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    guardian_name = fields.String(required=True, allow_none=True)
    guardian_phone = fields.String(required=True, allow_none=True)
    guardian_relation = fields.String(required=True, allow_none=True)
    guardian_conflict = fields.Boolean(required=True)
    language_need = fields.String(required=True, allow_none=True)
    sight = _code(Sight, "How whole the values are.")


class EntryFactSchema(Shape):
    """One observation an entry rests on."""

    id = fields.UUID(required=True)
    observed_on = fields.Date(required=True)
    ground = fields.String(required=True)
    source = _code(ObservationSource)
    urgent = fields.Boolean(required=True)
    fact = fields.String(required=True, allow_none=True, metadata={"description": "What was seen or said."})


class EntryDetailSchema(Shape):
    """An entry with the person and the facts."""

    entry = fields.Nested(LedgerEntrySchema, required=True)
    overdue = fields.List(fields.String(), required=True)
    resident = fields.Nested(EntryResidentSchema, required=True)
    facts = fields.List(fields.Nested(EntryFactSchema), required=True)


class EntryStepSchema(Shape):
    """One transition of an entry."""

    act = fields.String(required=True, metadata={"example": "report"})
    from_state = fields.String(required=True, allow_none=True)
    to_state = _code(LedgerState)
    actor_id = fields.UUID(required=True, metadata={"description": "All zeros: the system's own clockwork."})
    at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)


class EntryStepsSchema(Shape):
    """An entry's history, oldest first."""

    items = fields.List(fields.Nested(EntryStepSchema), required=True)
