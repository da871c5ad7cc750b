"""What must be true before an entry moves, and the times each move sets.

The moves themselves are in ``ledger_states.py``. Everything here is decided from values already read; the services
load them inside the transaction that makes the move, so that what was checked is what is written.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from server.clock import CHINA, day_of
from server.domain import deadlines
from server.domain.ages import is_minor
from server.domain.codes import ClosureReason, Ground, LedgerState
from server.domain.ledger_states import LedgerAct
from server.domain.returns import ObservationState
from server.domain.workdays import Deadline, WorkCalendar, due_at
from server.errors import Conflict, Forbidden, Invalid

#: States in which the township owes a decision.
UNDECIDED_STATES = frozenset({LedgerState.REPORTED, LedgerState.IN_REVIEW})
#: Closure reasons that only another act may give: time, or the finding of a forbidden ground.
RESERVED_CLOSURES = frozenset({ClosureReason.EXPIRED, ClosureReason.FORBIDDEN_GROUND})
#: States of an observation that no entry may rest on.
_SENT_BACK = frozenset({ObservationState.RETURNED, ObservationState.LAPSED})
#: State → the deadline that runs in it, by its name in ``Due``.
_WAITING: dict[str, str] = {
    LedgerState.REPORTED: "review",
    LedgerState.IN_REVIEW: "review",
    LedgerState.RETURNED: "resubmission",
    LedgerState.ACCEPTED: "first_contact",
    LedgerState.CONSENTED: "assessment",
    LedgerState.ASSESSED: "plan",
}


def check_grounds(grounds: Collection[str], borne: Collection[str]) -> None:
    """Each ground needs a fact that bears it (guardrail G1), and character is none.

    Raises:
        Invalid: ``ground_missing``, ``ground_import_only`` or ``ground_without_fact``, on field ``grounds``.
    """
    if not grounds:
        raise Invalid("ground_missing", field="grounds")
    for ground in sorted(grounds):
        if Ground(ground).import_only:
            raise Invalid("ground_import_only", field="grounds")
        if ground not in borne:
            raise Invalid("ground_without_fact", field="grounds", ground=ground)


def check_basis(basis: "Collection[Basis]", resident_id: UUID) -> None:
    """Observations an entry may rest on: noted, not yet used, all of one person.

    Raises:
        Invalid: ``observation_of_other_resident``. Conflict: ``observation_not_open``.
    """
    if any(each.resident_id != resident_id for each in basis):
        raise Invalid("observation_of_other_resident", field="observation_ids")
    if any(each.state != ObservationState.NOTED for each in basis):
        raise Conflict("observation_not_open", field="observation_ids")


def check_reportable(basis: "Collection[Basis]", grounds: Collection[str], person: "Person", today: date) -> None:
    """Everything that must be true when an entry is handed to the township.

    Raises:
        Invalid: as ``check_grounds``; ``observation_missing``; ``guardian_required``.
        Conflict: ``word_review_open``, a forbidden word waits for a person's decision; ``observation_not_open``, an
            observation was returned since, as one on a forbidden ground is.
    """
    if not basis:
        raise Invalid("observation_missing", field="observation_ids")
    check_grounds(grounds, {each.ground for each in basis})
    if any(each.word_review_open for each in basis):
        raise Conflict("word_review_open", field="observation_ids")
    if any(each.state in _SENT_BACK for each in basis):
        raise Conflict("observation_not_open", field="observation_ids")
    if needs_guardian(person, today):
        raise Invalid("guardian_required", field="resident_id")


def needs_guardian(person: "Person", today: date) -> bool:
    """Whether a minor has neither a guardian nor a stated conflict of interest (invariant 19)."""
    return is_minor(today, person.born, person.birth_year) and not (person.has_guardian or person.guardian_conflict)


def check_reviewer(reviewer: UUID, authors: Collection[UUID]) -> None:
    """Nobody reviews what they observed, wrote or reported (invariant 16); raises ``entry_of_own_report``."""
    if reviewer in authors:
        raise Forbidden("entry_of_own_report")


def check_closure(reason: ClosureReason) -> None:
    """Refuse reasons that other acts give; raises ``closure_reason_reserved``."""
    if reason in RESERVED_CLOSURES:
        raise Invalid("closure_reason_reserved", field="reason", reason=reason.value)


def entry_number(township_code: str, year: int, number: int) -> str:
    """Township, year and at least four digits: ``43090310220260001``."""
    return f"{township_code}{year:04d}{number:04d}"


def times_after(act: LedgerAct, now: datetime, calendar: WorkCalendar) -> "Times":
    """The deadlines and stamps an act sets; those it does not name keep their value."""
    today = day_of(now)
    match act:
        case LedgerAct.REPORT | LedgerAct.RESUBMIT:
            due = deadlines.review_due(calendar, today)
            return Times(now, due.provisional, reported_at=now, review_due_at=due_at(due))
        case LedgerAct.RETURN:
            due = deadlines.resubmit_due(calendar, today)
            return Times(now, due.provisional, decided_at=now, resubmit_due_at=due_at(due))
        case LedgerAct.ACCEPT:
            return _times_of_acceptance(now, deadlines.first_contact_due(calendar, today))
        case LedgerAct.CONSENT:
            due = deadlines.assessment_due(calendar, today)
            return Times(now, due.provisional, consented_at=now, assessment_due_at=due_at(due))
        case LedgerAct.ASSESS:
            due = deadlines.plan_due(calendar, today)
            return Times(now, due.provisional, assessed_at=now, plan_due_at=due_at(due))
        case LedgerAct.DECLINE:
            return Times(now, decided_at=now, closed_at=now, purge_due_at=start_of(deadlines.purge_declined(today)))
        case _:
            return Times(now)


def times_of_leaving(now: datetime, *, accepted: bool, act: LedgerAct = LedgerAct.CLOSE) -> "Times":
    """Stamps of an end.

    Whoever was never taken on is forgotten in thirty days, whoever said no when the lock on reporting them again is
    over (guardrail G3: a refusal is no mark), others in twenty-four months.
    """
    today = day_of(now)
    if not accepted:
        forget = deadlines.purge_declined(today)
    elif act is LedgerAct.REFUSE:
        forget = deadlines.forget_refused(today)
    else:
        forget = deadlines.anonymise_closed(today)
    return Times(now, closed_at=now, purge_due_at=start_of(forget))


def term_end(now: datetime) -> datetime:
    """Twelve months after now (invariant 9), never later than the database, which counts in its own zone, allows."""
    utc = now.astimezone(UTC)
    bound = datetime.combine(deadlines.entry_expiry(utc.date()), utc.timetz())
    return min(start_of(deadlines.entry_expiry(day_of(now))), bound)


def start_of(day: date) -> datetime:
    """The first instant of a day in China, in UTC like every stamp."""
    return datetime.combine(day, time.min, CHINA).astimezone(UTC)


def overdue(state: str, due: "Due", now: datetime) -> tuple[str, ...]:
    """Which deadline has passed in this state: review, resubmission, first contact, assessment or plan."""
    what = _WAITING.get(state)
    at = getattr(due, what) if what else None
    return (what,) if what and at is not None and at < now else ()


def borne_by(basis: "Iterable[Basis]") -> set[str]:
    """The grounds that observations bear, character left out."""
    return {each.ground for each in basis if not Ground(each.ground).import_only}


def _times_of_acceptance(now: datetime, contact: Deadline) -> "Times":
    return Times(
        now,
        contact.provisional,
        decided_at=now,
        accepted_at=now,
        first_contact_due_at=due_at(contact),
        expires_at=term_end(now),
    )


@dataclass(frozen=True)
class Times:
    """What an act stamps; None leaves the column as it is."""

    at: datetime
    due_provisional: bool | None = None
    reported_at: datetime | None = None
    review_due_at: datetime | None = None
    resubmit_due_at: datetime | None = None
    decided_at: datetime | None = None
    accepted_at: datetime | None = None
    first_contact_due_at: datetime | None = None
    consented_at: datetime | None = None
    assessment_due_at: datetime | None = None
    assessed_at: datetime | None = None
    plan_due_at: datetime | None = None
    expires_at: datetime | None = None
    closed_at: datetime | None = None
    purge_due_at: datetime | None = None

    def stamps(self) -> dict[str, datetime | bool]:
        """The columns to set."""
        return {name: value for name, value in vars(self).items() if name != "at" and value is not None}


@dataclass(frozen=True)
class Due:
    """The deadlines that can pass."""

    review: datetime | None = None
    resubmission: datetime | None = None
    first_contact: datetime | None = None
    assessment: datetime | None = None
    plan: datetime | None = None


@dataclass(frozen=True)
class Basis:
    """What the rules look at in one observation; the sealed fact is not among it."""

    id: UUID
    resident_id: UUID
    ground: str
    state: str
    period: str
    urgent: bool
    word_review_open: bool


@dataclass(frozen=True)
class Person:
    """What the rules look at in one resident: whether somebody must speak for them."""

    born: date | None
    birth_year: int | None
    has_guardian: bool
    guardian_conflict: bool
    #: Whether it is recorded what the guardian is to the person.
    guardian_related: bool = False
