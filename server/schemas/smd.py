"""The shapes of the summary of a severe mental disorder. Its class is always said, never filled in (invariant 20)."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_smd import Adherence, SmdDiagnosis, SmdSign, Stability
from server.domain.smd import DOCUMENT_AT_MOST, MOST_DANGEROUS, Contact
from server.schemas.shape import Shape


class SmdContactSchema(Shape):
    """What a clinician writes down after a contact, or after trying."""

    registered = fields.Boolean(
        required=True,
        metadata={"description": "Whether the national system has the person on its register.", "example": True},
    )
    stability = fields.Enum(
        Stability,
        by_value=True,
        required=True,
        metadata={"description": "1 unstable, 2 basically stable, 3 stable, not_seen. Always said.", "example": "2"},
    )
    contacted_on = fields.Date(
        required=True,
        metadata={
            "description": "Day of the contact, or of the attempt; today at the latest.",
            "example": "2026-11-20",
        },
    )
    danger = fields.Integer(
        strict=True,
        validate=validate.Range(0, MOST_DANGEROUS),
        metadata={
            "description": "0 to 5 as the follow-up form counts (not 01 to 06 of GB/T 31000); left out for not_seen.",
            "example": 1,
        },
    )
    signs = fields.List(
        fields.Enum(SmdSign, by_value=True),
        load_default=list,
        validate=validate.Length(0, len(SmdSign)),
        metadata={"description": "Findings that hold the class to the form; they are not kept.", "example": []},
    )
    settling = fields.Boolean(
        metadata={"description": "Basically stable and seen again: whether things settle. Three months, else one."}
    )
    next_contact_due_on = fields.Date(
        metadata={"description": "Left out, the last day the class allows.", "example": "2026-12-04"}
    )
    adherence = fields.Enum(Adherence, by_value=True, metadata={"description": "Whether medicine is taken."})
    diagnosis = fields.Enum(SmdDiagnosis, by_value=True, metadata={"description": "A code; words are never taken."})
    document = fields.String(
        validate=validate.Length(1, DOCUMENT_AT_MOST),
        metadata={"description": "The document a diagnosis was copied from, by its number."},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Contact:
        """The value the rules work on."""
        return Contact(**data | {"signs": frozenset(data["signs"])})


class DueSchema(Shape):
    """That there is a summary, and by when the person is to be contacted."""

    entry_id = fields.UUID(required=True)
    next_contact_due_on = fields.Date(required=True, allow_none=True)
    version = fields.Integer(required=True)


class SummarySchema(DueSchema):
    """The whole summary; the keys added here are absent for everybody but the clinician who looks after the person."""

    registered = fields.Boolean()
    stability = fields.String()
    stability_since = fields.Date(allow_none=True)
    last_contact_on = fields.Date(allow_none=True)
    contact_interval = fields.String()
    danger = fields.Integer(allow_none=True)
    adherence = fields.String(allow_none=True)
    diagnosis = fields.String(allow_none=True)
    document = fields.String(allow_none=True)


CONTACT_EXAMPLE = {
    "registered": True,
    "stability": "2",
    "contacted_on": "2026-11-20",
    "danger": 1,
    "adherence": "1",
}
SUMMARY_EXAMPLE = {
    "entry_id": "01936f3e-0000-7000-8000-000000000001",
    "next_contact_due_on": "2026-12-04",
    "version": 1,
    "registered": True,
    "stability": "2",
    "stability_since": "2026-11-20",
    "last_contact_on": "2026-11-20",
    "contact_interval": "two_weeks",
    "danger": 1,
    "adherence": "1",
    "diagnosis": None,
    "document": None,
}
