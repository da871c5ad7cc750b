"""What is written down of community rehabilitation and of family schools, as values."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.domain.codes_teams import RehabActivity, RehabEndReason


@dataclass(frozen=True)
class NewEnrolment:
    """A place about to be given."""

    site_id: UUID
    started_on: date
    id: UUID | None = None


@dataclass(frozen=True)
class NewAttendance:
    """A day about to be written down."""

    attended_on: date
    activity: RehabActivity
    id: UUID | None = None


@dataclass(frozen=True)
class Ending:
    """The end of a place."""

    ended_on: date
    reason: RehabEndReason


@dataclass(frozen=True)
class NewSession:
    """A session about to be written down."""

    site_id: UUID
    held_on: date
    topic: str
    attendees: int
    id: UUID | None = None
