"""The frozen list of everything that is stored sealed.

A field's number is bound into each of its ciphertexts, not its column's name, so a column may be renamed but
a number may never be changed, given to another field or reused: every sealed value of the field would become
unreadable. New fields take the next number of their noun's hundred.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Retention(StrEnum):
    """Which of a subject's data keys seals a field, and so what is erased together."""

    ID = "id"
    """Who someone is: names, numbers, addresses. Destroyed at the record's retention date."""
    CASE = "case"
    """What was seen, said and done. Destroyed when the service or the entry ends."""
    EVID = "evid"
    """Proof that a duty was met: stated reasons, consent. Kept for its limitation period."""


@dataclass(frozen=True, slots=True)
class SealedField:
    """One sealed field: its number for ever, its name, its retention class, how finely it is searched.

    ``searchable_bits`` is the width of the field's search bucket (``server/crypto/buckets.py``); 0 means the
    field has no index and is searched by opening what the caller may see.
    """

    number: int
    name: str
    retention: Retention
    searchable_bits: int = 0


def _registry(*fields: SealedField) -> Mapping[str, SealedField]:
    """Index fields by name; refuses a number or name given twice, or one that does not fit 16 bits."""
    numbers = {field.number for field in fields}
    names = {field.name: field for field in fields}
    if not len(numbers) == len(names) == len(fields) or not all(0 < number < 1 << 16 for number in numbers):
        raise ValueError("sealed fields need distinct names and distinct 16-bit numbers")
    return MappingProxyType(names)


FIELDS: Mapping[str, SealedField] = _registry(
    SealedField(100, "resident.name", Retention.ID, searchable_bits=3),
    SealedField(101, "resident.birth_date", Retention.ID),
    SealedField(102, "resident.id_no", Retention.ID, searchable_bits=5),
    SealedField(103, "resident.phone", Retention.ID),
    SealedField(104, "resident.address", Retention.ID),
    SealedField(105, "resident.guardian_name", Retention.ID),
    SealedField(106, "resident.guardian_phone", Retention.ID),
    SealedField(200, "observation.fact", Retention.CASE),
    SealedField(300, "dispute.parties", Retention.CASE),
    SealedField(400, "user.display_name", Retention.ID),
    SealedField(401, "user.phone", Retention.ID),
    SealedField(500, "statement.reason", Retention.EVID),
    SealedField(600, "consent.document", Retention.CASE),
    SealedField(601, "legal_basis_use.reason", Retention.CASE),
    SealedField(700, "assessment.needs", Retention.CASE),
    SealedField(701, "assessment.strengths", Retention.CASE),
    SealedField(702, "assessment.narrative", Retention.CASE),
    SealedField(703, "assessment_input.text", Retention.CASE),
    SealedField(710, "screening.answers", Retention.CASE),
    SealedField(711, "screening.result", Retention.CASE),
    SealedField(800, "care_plan.goals", Retention.CASE),
    SealedField(801, "plan_item.detail", Retention.CASE),
    SealedField(802, "plan_review.note", Retention.CASE),
    SealedField(803, "care_plan.contact_wishes", Retention.CASE),
    SealedField(804, "care_plan.safety_note", Retention.CASE),
    SealedField(810, "visit.mood_note", Retention.CASE),
    SealedField(820, "family_advice.narrative", Retention.CASE),
    SealedField(900, "safety_event.kind", Retention.CASE),
    SealedField(901, "safety_event.facts", Retention.CASE),
    SealedField(902, "safety_event.actions", Retention.CASE),
    SealedField(903, "safety_notice.note", Retention.CASE),
    SealedField(1000, "referral.packet", Retention.CASE),
    SealedField(1001, "referral.feedback", Retention.CASE),
    SealedField(1100, "case_team_member.name", Retention.CASE),
    SealedField(1101, "team_minute.text", Retention.CASE),
    SealedField(1102, "team_task.text", Retention.CASE),
    SealedField(1103, "case_team.safety_note", Retention.CASE),
    SealedField(1110, "smd_summary.danger", Retention.CASE),
    SealedField(1111, "smd_summary.adherence", Retention.CASE),
    SealedField(1112, "smd_summary.diagnosis", Retention.CASE),
    SealedField(1113, "smd_summary.document", Retention.CASE),
    SealedField(1200, "meeting.minutes", Retention.CASE),
    SealedField(1201, "meeting_decision.text", Retention.CASE),
    SealedField(1202, "action_item.text", Retention.CASE),
    SealedField(1300, "sync_review.payload", Retention.CASE),
    SealedField(1301, "sync_review.note", Retention.CASE),
)
