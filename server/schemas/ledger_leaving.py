"""The shapes of what two sides settle about an entry."""

from marshmallow import fields, validate

from server.domain.codes import ClosureReason
from server.domain.codes_leaving import ProposalAct, ProposalState, Side
from server.domain.leaving import BY_OTHER_ACTS
from server.schemas.shape import PageQuery, Shape
from server.schemas.sweeps import code_field

_ID = "01936f3e-0000-7000-8000-00000000000"
_MADE = {"description": "Made by the sender; left out, the server makes it.", "example": _ID + "1"}
_RESERVED = ", ".join(sorted((reason.value for reason in BY_OTHER_ACTS), key=int))


class ClosureProposalSchema(Shape):
    """Why somebody is to leave."""

    id = fields.UUID(metadata=_MADE)
    reason = fields.Enum(
        ClosureReason,
        by_value=True,
        required=True,
        metadata={"description": f"Code of the closure; not {_RESERVED}.", "example": "5"},
    )


class RenewalProposalSchema(Shape):
    """What a renewal rests on."""

    id = fields.UUID(metadata=_MADE)
    observation_id = fields.UUID(
        required=True,
        metadata={"description": "A noted observation of this person, seen in this term and within 31 days.",
                  "example": _ID + "4"},
    )  # fmt: skip


class ProposalQuery(PageQuery):
    """Which proposals to list."""

    state = fields.Enum(
        ProposalState, by_value=True, metadata={"description": "Only those that stand here.", "example": "open"}
    )


class EntryProposalSchema(Shape):
    """What one side proposed about an entry."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    act = code_field(ProposalAct)
    reason = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([reason.value for reason in ClosureReason]),
        metadata={"description": "Of a closure; none for a renewal."},
    )
    observation_id = fields.UUID(required=True, allow_none=True)
    side = code_field(Side)
    state = code_field(ProposalState)
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class EntryProposalPageSchema(Shape):
    """A page of proposals."""

    items = fields.List(fields.Nested(EntryProposalSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


PROPOSAL: dict[str, object] = {
    "id": _ID + "1",
    "entry_id": _ID + "2",
    "act": "close",
    "reason": "5",
    "observation_id": None,
    "side": "assessor",
    "state": "open",
    "created_by": _ID + "3",
    "created_at": "2026-11-20T03:00:00+00:00",
    "decided_by": None,
    "decided_at": None,
    "version": 1,
}
RENEWAL = PROPOSAL | {"act": "renew", "reason": None, "observation_id": _ID + "4"}
_DECIDED = {"decided_by": _ID + "5", "decided_at": "2026-11-21T03:00:00+00:00", "version": 2}
AGREED, REFUSED, TAKEN_BACK = (PROPOSAL | _DECIDED | {"state": state} for state in ("agreed", "refused", "taken_back"))
