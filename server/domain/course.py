"""One person's course as it is told to another system, as plain values: nothing is opened and nothing stored here.

Ids in a copy are pseudonyms, made of the person's random pseudonym of the access log: the same in every copy of one
person, and leading nobody back who has not that log. Free text may name people, so it stands in a copy only where
identity was asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from server.domain.facts import tidy_fact
from server.errors import Invalid

REASON_LEAST, REASON_MOST = 10, 200


@dataclass(frozen=True, repr=False)
class Asked:
    """What is asked for: whether the copy names the person, and what for; has no readable ``repr``."""

    with_identity: bool = False
    reason: str | None = None

    @property
    def tidy_reason(self) -> str | None:
        """The reason as it is kept, always one where the person is named; raises Invalid ``course_reason_needed``."""
        reason = tidy_fact(self.reason or "")
        needed = self.with_identity or bool(reason)
        if needed and not REASON_LEAST <= len(reason) <= REASON_MOST:
            raise Invalid("course_reason_needed", field="reason", least=REASON_LEAST, most=REASON_MOST)
        return reason or None


@dataclass(frozen=True)
class Pseudonyms:
    """Makes the ids of one person's copy of what ``root`` hides."""

    root: UUID

    def of(self, record_id: UUID) -> str:
        """The id that stands for a record, or a member of staff, in copies of this person's course."""
        return str(uuid5(self.root, str(record_id)))

    @property
    def patient(self) -> str:
        """The id that stands for the person."""
        return str(uuid5(self.root, "patient"))

    def signing(self, record_id: UUID) -> str:
        """The id that stands for somebody's signing for a record."""
        return str(uuid5(self.root, f"signed {record_id}"))


@dataclass(frozen=True, repr=False)
class Person:
    """Who somebody is, as far as a copy tells; without identity, sex and year of birth alone."""

    sex: str
    birth_year: int | None
    name: str | None = None
    birth_date: date | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class ConsentSaid:
    """One question and its answer; the days are None for who is told the state alone."""

    id: UUID
    scope: str
    state: str
    on: date | None = None
    until: date | None = None


@dataclass(frozen=True, repr=False)
class ScreeningSaid:
    """One form that was filled in; has no readable ``repr``."""

    id: UUID
    instrument: str
    edition: str
    held_at: datetime
    answers: Mapping[int, int]
    total: int
    band: str


@dataclass(frozen=True, repr=False)
class ItemSaid:
    """One task of a plan."""

    id: UUID
    service: str
    due_on: date
    done_at: datetime | None
    detail: str | None


@dataclass(frozen=True, repr=False)
class PlanSaid:
    """One version of a plan with its tasks; goals and details only where identity is asked for."""

    id: UUID
    state: str
    starts_on: date | None
    ended_on: date | None
    goals: str | None
    items: Sequence[ItemSaid]


@dataclass(frozen=True)
class VisitSaid:
    """One visit: when it was due, how it went."""

    id: UUID
    state: str
    due_from: date
    due_to: date
    visit_type: str | None
    visited_at: datetime | None
    outcome: str | None


@dataclass(frozen=True)
class ReferralSaid:
    """One referral; reason, agency and appointment are None for who is told the state alone."""

    id: UUID
    state: str
    urgency: str
    authored_at: datetime
    reason: str | None = None
    agency: str | None = None
    appointment_at: datetime | None = None


@dataclass(frozen=True)
class Signed:
    """That somebody signed for a record: who, and when."""

    record_id: UUID
    by: UUID
    at: datetime
