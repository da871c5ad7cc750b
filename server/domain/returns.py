"""What one grid's return is held to: when it may come, what it may hold, and which days its facts may bear."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from server.domain.area_codes import AreaCode, Level, level_of
from server.domain.codes import DisputeOutcome, DisputeType, Ground, ObservationSource, SweepKind
from server.domain.deadlines import observed_from, sweep_window
from server.domain.facts import FactFlags, check_fact
from server.domain.periods import Period, last_day, next_period, period_of, previous_period
from server.domain.residents import NewResident
from server.domain.sweep_states import check_return
from server.domain.word_lists import WordList
from server.errors import Conflict, Invalid

#: Most observations or disputes in one return.
ITEMS_AT_MOST = 200
#: A month is opened at most this many months after it began.
MONTHS_BACK = 3


def check_openable(period: Period, today: date) -> None:
    """A month is opened from three months back to the next one; raises ``period_out_of_range``."""
    _check_between(period, today, latest=next_period(period_of(today)))


def check_importable(period: Period, today: date) -> None:
    """A sheet tells what was seen: of this month or of the three before; raises ``period_out_of_range``."""
    _check_between(period, today, latest=period_of(today))


def _check_between(period: Period, today: date, latest: Period) -> None:
    earliest = period_of(today)
    for _ in range(MONTHS_BACK):
        earliest = previous_period(earliest)
    if not earliest <= period <= latest:
        raise Invalid("period_out_of_range", field="period", earliest=earliest, latest=latest)


def check_over(period: Period, today: date) -> None:
    """A month is closed on its last day at the earliest; raises ``month_not_over``."""
    if today < last_day(period):
        raise Conflict("month_not_over", day=last_day(period).isoformat())


def checked_lateness(period: Period, today: date, reason: "LateReason | None") -> "LateReason | None":
    """The reason to keep: the one given for a return after the 20th, none for one in time.

    Raises Conflict ``sweep_not_begun`` before the month's first day, Invalid ``late_reason_missing``.
    """
    begins, ends = sweep_window(period)
    if today < begins:
        raise Conflict("sweep_not_begun", day=begins.isoformat())
    if today <= ends:
        return None
    if reason is None:
        raise Invalid("late_reason_missing", field="late_reason", day=ends.isoformat())
    return reason


def reason_offline(period: Period, written_on: date) -> "LateReason | None":
    """Why a return that a tablet brings is late: no network, if it was written in time; else nothing is presumed."""
    return LateReason.OFFLINE if written_on <= sweep_window(period)[1] else None


def check_observed_on(period: Period, today: date, observed_on: date) -> None:
    """A fact is of today at the latest, and of 31 days before the month at the earliest.

    Raises ``observed_in_future`` or ``observed_too_early``, on field ``observed_on``.
    """
    if observed_on > today:
        raise Invalid("observed_in_future", field="observed_on")
    if observed_on < observed_from(period):
        raise Invalid("observed_too_early", field="observed_on", day=observed_from(period).isoformat())


def check_items(kind: SweepKind, draft: "ReturnDraft") -> None:
    """Observations belong to the concern sweep, disputes to the dispute sweep, and nil means neither.

    Raises ``return_items_wrong`` beside the codes of ``check_return``.
    """
    wrong = draft.disputes if kind is SweepKind.CONCERN else draft.observations
    check_return(nil=draft.nil, item_count=len(draft.observations) + len(draft.disputes))
    if wrong:
        raise Invalid("return_items_wrong", field="observations" if kind is SweepKind.DISPUTE else "disputes")


def check_observation(period: Period, today: date, draft: "ObservationDraft", words: WordList) -> FactFlags:
    """Hold one observation to the rules of day, person and fact, as written by anybody but a clinician.

    Raises as ``check_observed_on`` and ``check_fact``; ``resident_one_of`` unless a resident is named in one way.
    """
    if (draft.resident is None) == (draft.resident_id is None):
        raise Invalid("resident_one_of", field="resident")
    check_observed_on(period, today, draft.observed_on)
    return check_fact(draft.fact, words)


def check_place(area_code: AreaCode, grids: int) -> None:
    """A return comes from a grid, or from a village that has none; raises ``return_by_grid`` on ``area_code``."""
    if level_of(area_code) is Level.VILLAGE and grids:
        raise Invalid("return_by_grid", field="area_code", grids=grids)


class LateReason(StrEnum):
    """Why a return came after the sweep's window."""

    OFFLINE = "offline"
    """No network, or a broken device."""
    ABSENCE = "absence"
    """The worker was away and nobody stood in."""
    WEATHER = "weather"
    """Weather or a disaster kept the worker from the grid."""
    OTHER = "other"
    """Anything else."""


class ReopenReason(StrEnum):
    """Why a submitted sweep was opened again."""

    LATE_RETURN = "late_return"
    """A return came that belongs to this month."""
    CORRECTION = "correction"
    """Something in it has to be corrected."""
    AREA_CHANGE = "area_change"
    """Grids or villages were changed after it was submitted."""
    OTHER = "other"
    """Anything else."""


class WordDecision(StrEnum):
    """What a person found who looked at a fact with a forbidden-ground word."""

    CLEARED = "cleared"
    """The word does not make a forbidden ground here."""
    FORBIDDEN_GROUND = "forbidden_ground"
    """It does: the observation is returned and never leads to an entry."""


class ObservationState(StrEnum):
    """Where an observation stands."""

    NOTED = "noted"
    """Filed; the judicial office may promote it."""
    PROMOTED = "promoted"
    """A ledger entry rests on it."""
    RETURNED = "returned"
    """Sent back with a return reason."""
    LAPSED = "lapsed"
    """Its time is over."""


@dataclass(frozen=True, repr=False)
class DisputeDraft:
    """One dispute as filed. ``parties`` names people, is sealed and may be left out; has no readable ``repr``."""

    dispute_type: DisputeType
    party_count: int
    outcome: DisputeOutcome
    mediation_body: str | None = None
    parties: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, repr=False)
class ObservationDraft:
    """One fact as filed, about a resident registered with it or already known; has no readable ``repr``."""

    observed_on: date
    ground: Ground
    fact: str
    source: ObservationSource
    urgent: bool = False
    resident: NewResident | None = None
    resident_id: UUID | None = None
    id: UUID | None = None


@dataclass(frozen=True, repr=False)
class ReturnDraft:
    """A grid's whole return as filed. ``captured_at`` is the worker's own clock: evidence, never order."""

    area_code: str
    nil: bool
    late_reason: LateReason | None = None
    captured_at: datetime | None = None
    observations: tuple[ObservationDraft, ...] = ()
    disputes: tuple[DisputeDraft, ...] = ()
    id: UUID | None = None
