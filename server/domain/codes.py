"""Every code the registry's rules know, gathered; the lists people read are data under ``seeds/codes``.

A member's value is what tables and the API carry. A value is never renamed or reused.
"""

from server.domain.codes_people import FieldGroup, LegalBasis, Purpose, Role
from server.domain.codes_resident import CareCategory, GuardianRelation, IdType, Sex
from server.domain.codes_sweep import (
    ClosureReason,
    DeclineReason,
    DisputeOutcome,
    DisputeType,
    Ground,
    LedgerState,
    ObservationSource,
    PeriodState,
    ReturnReason,
    SweepKind,
    SweepState,
    Urgency,
)

__all__ = [
    "CareCategory",
    "ClosureReason",
    "DeclineReason",
    "DisputeOutcome",
    "DisputeType",
    "FieldGroup",
    "Ground",
    "GuardianRelation",
    "IdType",
    "LedgerState",
    "LegalBasis",
    "ObservationSource",
    "PeriodState",
    "Purpose",
    "ReturnReason",
    "Role",
    "Sex",
    "SweepKind",
    "SweepState",
    "Urgency",
]
