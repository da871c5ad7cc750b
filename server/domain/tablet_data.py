"""The data of operations, kind by kind, and the drafts they become: the shapes of ``openapi.json``, read by msgspec.

Limits are those of the schemas in ``server/schemas``; the rules themselves work on the drafts, whichever way they came.
A member nobody knows is refused, not dropped: a newer client's work is laid aside whole rather than kept in part.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from uuid_utils.compat import uuid7

from server.domain.care_notes import NOTE_MAXIMUM
from server.domain.codes import (
    DisputeOutcome,
    DisputeType,
    Ground,
    GuardianRelation,
    IdType,
    LegalBasis,
    ObservationSource,
    Sex,
)
from server.domain.codes_care import SafetyKind
from server.domain.codes_plans import AdviceCode, FamilyReply, NotSeenReason, VisitOutcome, VisitType
from server.domain.codes_sync import FeedKind
from server.domain.crisis_reports import CrisisReport
from server.domain.facts import FACT_MAXIMUM
from server.domain.residents import ADDRESS_AT_MOST, NEED_AT_MOST, NewResident
from server.domain.returns import ITEMS_AT_MOST, DisputeDraft, LateReason, ObservationDraft, ReturnDraft
from server.domain.tablet_operations import UNREADABLE, Instant, Opened, reckonable
from server.domain.visits import VisitRecord
from server.errors import Invalid

T = TypeVar("T", bound=Struct)

_Short = Annotated[str, Meta(min_length=1, max_length=40)]
_Note = Annotated[str, Meta(min_length=1, max_length=4 * NOTE_MAXIMUM)] | None
_Told = Annotated[str, Meta(min_length=1, max_length=1000)]
_Area = Annotated[str, Meta(pattern=r"\A(?:[0-9]{12}|[0-9]{15})\Z")]
_AnyArea = Annotated[str, Meta(pattern=r"\A(?:[0-9]{9}|[0-9]{12}|[0-9]{15})\Z")]
_CENTURY = range(2000, 2100)


def read_data(opened: Opened, shape: type[T]) -> T:
    """The data of an operation; raises Invalid ``operation_malformed``."""
    try:
        return msgspec.json.decode(opened.written.data, type=shape)
    except UNREADABLE as error:
        raise Invalid("operation_malformed") from error


def given(data: Struct) -> dict[str, Any]:
    """The members that were sent, by name."""
    values = {name: getattr(data, name) for name in data.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


def instant(at: datetime) -> datetime:
    """An instant of this century, told in UTC; raises Invalid ``operation_malformed``."""
    if at.year not in _CENTURY:
        raise Invalid("operation_malformed")
    return at.astimezone(UTC)


class _Shape(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The root of every kind's data; has no readable ``repr``."""

    def __repr__(self) -> str:
        """Name the kind of thing, never its content."""
        return f"<{type(self).__name__}>"


class ResidentData(_Shape, frozen=True, kw_only=True):
    """Who an observation is about, when the registry does not know them yet."""

    name: _Short
    sex: Sex
    id: UUID | UnsetType = UNSET
    area_code: _Area | UnsetType = UNSET
    birth_date: date | UnsetType | None = UNSET
    birth_year: Annotated[int, Meta(ge=1850, le=2200)] | UnsetType | None = UNSET
    id_type: IdType | UnsetType = UNSET
    id_no: _Short | UnsetType | None = UNSET
    phone: _Short | UnsetType | None = UNSET
    address: Annotated[str, Meta(min_length=1, max_length=ADDRESS_AT_MOST)] | UnsetType | None = UNSET
    guardian_name: _Short | UnsetType | None = UNSET
    guardian_phone: _Short | UnsetType | None = UNSET
    guardian_relation: GuardianRelation | UnsetType | None = UNSET
    guardian_conflict: bool | UnsetType = UNSET
    language_need: Annotated[str, Meta(min_length=1, max_length=NEED_AT_MOST)] | UnsetType | None = UNSET
    address_protected: bool | UnsetType = UNSET

    def draft(self) -> NewResident:
        """The value the rules work on."""
        filled: dict[str, Any] = {"id": uuid7(), "area_code": ""} | given(self)
        return NewResident(**filled)


class ObservationData(_Shape, frozen=True, kw_only=True):
    """One fact, in a return."""

    observed_on: date
    ground: Ground
    fact: Annotated[str, Meta(min_length=1, max_length=4 * FACT_MAXIMUM)]
    source: ObservationSource
    urgent: bool = False
    resident: ResidentData | None = None
    resident_id: UUID | None = None
    id: UUID | None = None

    def draft(self, own_id: UUID | None = None) -> ObservationDraft:
        """The value the rules work on, under this id."""
        resident = self.resident.draft() if self.resident else None
        return ObservationDraft(
            self.observed_on, self.ground, self.fact, self.source, self.urgent, resident, self.resident_id,
            own_id or self.id,
        )  # fmt: skip


class SingleObservationData(ObservationData, frozen=True, kw_only=True):
    """One fact by itself, and which return it belongs to."""

    sweep_id: UUID
    area_code: _Area
    late_reason: LateReason | None = None


class DisputeData(_Shape, frozen=True, kw_only=True):
    """One dispute, in a return."""

    dispute_type: DisputeType
    party_count: Annotated[int, Meta(ge=2, le=999)]
    outcome: DisputeOutcome
    mediation_body: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    parties: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    id: UUID | None = None

    def draft(self) -> DisputeDraft:
        """The value the rules work on."""
        return DisputeDraft(
            self.dispute_type, self.party_count, self.outcome, self.mediation_body, self.parties, self.id
        )


class ReturnData(_Shape, frozen=True, kw_only=True):
    """A grid's whole return."""

    sweep_id: UUID
    area_code: _Area
    nil: bool
    late_reason: LateReason | None = None
    captured_at: Instant | None = None
    observations: Annotated[list[ObservationData], Meta(max_length=ITEMS_AT_MOST)] = []
    disputes: Annotated[list[DisputeData], Meta(max_length=ITEMS_AT_MOST)] = []
    id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse an instant that no clock tells."""
        if self.captured_at is not None:
            reckonable(self.captured_at)

    def draft(self, own_id: UUID, captured_at: datetime) -> ReturnDraft:
        """The value the rules work on, under this id."""
        return ReturnDraft(
            self.area_code, self.nil, self.late_reason, captured_at,
            tuple(one.draft() for one in self.observations), tuple(one.draft() for one in self.disputes), own_id,
        )  # fmt: skip


class EmergencyData(_Shape, frozen=True, kw_only=True):
    """What happened at a visit that must be answered within two hours."""

    kind: SafetyKind
    facts: Annotated[str, Meta(min_length=1, max_length=2000)]
    actions: Annotated[str, Meta(min_length=1, max_length=2000)] | None = None


class VisitData(_Shape, frozen=True, kw_only=True):
    """How a visit went."""

    visit_type: VisitType
    visited_at: Instant
    outcome: VisitOutcome
    not_seen_reason: NotSeenReason | None = None
    mood_note: _Note = None
    minutes: Annotated[int, Meta(ge=1, le=720)] | None = None
    safety_event: EmergencyData | None = None

    def draft(self, visited_at: datetime) -> VisitRecord:
        """The value the rules work on."""
        told = self.safety_event
        return VisitRecord(
            self.visit_type, visited_at, self.outcome, self.not_seen_reason, self.mood_note, self.minutes,
            CrisisReport(told.kind, told.facts, told.actions) if told else None,
        )  # fmt: skip


class AdviceData(_Shape, frozen=True, kw_only=True):
    """What a family was told."""

    entry_id: UUID
    given_on: date
    relation: GuardianRelation
    advice: Annotated[list[AdviceCode], Meta(min_length=1, max_length=len(AdviceCode))]
    reply: FamilyReply
    leaflet_version: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z.-]{1,24}\Z")] | None = None
    narrative: _Note = None
    visit_id: UUID | None = None
    legal_basis_use_id: UUID | None = None
    id: UUID | None = None


class BasisData(_Shape, frozen=True, kw_only=True):
    """On which basis it is done without consent."""

    basis: LegalBasis
    reason: Annotated[str, Meta(min_length=5, max_length=1000)]


class SafetyData(_Shape, frozen=True, kw_only=True):
    """An emergency."""

    kind: SafetyKind
    facts: Annotated[str, Meta(min_length=5, max_length=1000)]
    actions: _Told | None = None
    area_code: _AnyArea | None = None
    resident_id: UUID | None = None
    entry_id: UUID | None = None
    legal_basis: BasisData | None = None
    id: UUID | None = None


class PlanItemData(_Shape, frozen=True, kw_only=True):
    """A task that was done."""

    done: bool

    def __post_init__(self) -> None:
        """Refuse anything but done: a task is not undone from a tablet."""
        if self.done is not True:
            raise ValueError("done is true")


class Change(_Shape, frozen=True, kw_only=True):
    """A value as the tablet showed it, and as the worker learnt it."""

    before: str | None = msgspec.field(name="from")
    after: Annotated[str, Meta(max_length=ADDRESS_AT_MOST)] | None = msgspec.field(name="to")


ContactField = Literal["phone", "address", "language_need"]


class ContactData(_Shape, frozen=True, kw_only=True):
    """How somebody is reached, field by field."""

    changes: Annotated[dict[ContactField, Change], Meta(min_length=1)]


class ViewData(_Shape, frozen=True, kw_only=True):
    """A look at a record."""

    kind: FeedKind
    viewed_at: Instant

    def __post_init__(self) -> None:
        """Refuse an instant that no clock tells."""
        reckonable(self.viewed_at)


class PurgeData(_Shape, frozen=True, kw_only=True):
    """What a tablet deleted."""

    area_code: _AnyArea
    epoch: Annotated[str, Meta(min_length=1, max_length=40)]
    rows: Annotated[int, Meta(ge=0, le=2**31 - 1)]
