"""The operations indicators of an area's month (OP-1…8), numerator and denominator, from timestamps.

A constant number of statements. Rows are found by area; whoever asks for more than their own areas widens first and
lets no more out than ``server/domain/operations.py`` says.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, func, or_, select

from server.domain.codes import LedgerState, SweepKind
from server.domain.codes_care import VisitState
from server.domain.codes_month import MeetingKind
from server.domain.completeness import places_of
from server.domain.ledger_states import IN_SERVICE_STATES
from server.domain.operations import Pair
from server.domain.periods import Period, next_period, previous_period
from server.models.ledger import LedgerEntry, LedgerStep
from server.models.month import Meeting
from server.models.plan import CarePlan, Visit
from server.models.referral import Referral
from server.models.sweep import Month, Sweep, SweepReturn
from server.store.completeness import areas_in
from server.store.month_windows import begins, within_month
from server.store.scope import under
from server.store.transaction import Work


def operations_of(work: Work, area_code: str, period: str) -> dict[str, Pair]:
    """Indicator → numerator and denominator, of a township or any area above it in the county."""
    return {
        "OP-1": _returns(work, area_code, period),
        **_entries(work, area_code, period),
        "OP-5": _visits(work, area_code, period),
        "OP-6": _feedback(work, area_code, period),
        "OP-7": _meetings(work, area_code, period),
    }


def _returns(work: Work, area_code: str, period: str) -> Pair:
    """Every place owes both sweeps a return; a nil return is as good as any other."""
    places = places_of(areas_in(work, (area_code,), Period(period)))
    due = sum(len(found) for found in places.values()) * len(SweepKind)
    statement = (
        select(func.count())
        .select_from(SweepReturn)
        .join(Sweep, (Sweep.county_code == SweepReturn.county_code) & (Sweep.id == SweepReturn.sweep_id))
        .where(SweepReturn.county_code == work.county_code, under(SweepReturn.area_code, area_code))
        .where(Sweep.period == period, ~SweepReturn.late)
    )
    return min(work.session.execute(statement).scalar_one(), due), due


def _entries(work: Work, area_code: str, period: str) -> dict[str, Pair]:
    """Review, first contact, plan and expiry, of the entries for which they fell due in the month."""
    entry = LedgerEntry
    statement = select(
        *_pair(within_month(entry.review_due_at, period), entry.decided_at <= entry.review_due_at),
        *_pair(within_month(entry.first_contact_due_at, period), _contacted()),
        *_pair(within_month(entry.plan_due_at, period), _planned_or_left()),
        *_pair(_in_service(period), entry.expires_at < work.now),
    ).where(entry.county_code == work.county_code, under(entry.area_code, area_code))
    counts = list(work.session.execute(statement).one())
    names = ("OP-2", "OP-3", "OP-4", "OP-8")
    return {name: (counts[2 * place], counts[2 * place + 1]) for place, name in enumerate(names)}


def _visits(work: Work, area_code: str, period: str) -> Pair:
    made = Visit.state.in_([VisitState.DONE.value, VisitState.DECLINED.value, VisitState.NOT_SEEN.value])
    statement = select(*_pair(and_(Visit.period == period, Visit.state != VisitState.CANCELLED.value), made))
    return _one(work, statement.where(Visit.county_code == work.county_code, under(Visit.area_code, area_code)))


def _feedback(work: Work, area_code: str, period: str) -> Pair:
    statement = select(
        *_pair(within_month(Referral.feedback_due_at, period), Referral.feedback_at <= Referral.feedback_due_at)
    )
    return _one(work, statement.where(Referral.county_code == work.county_code, under(Referral.area_code, area_code)))


def _meetings(work: Work, area_code: str, period: str) -> Pair:
    """The meetings due in this month look at the month before."""
    looked_at = previous_period(Period(period))
    held = exists().where(
        Meeting.county_code == Month.county_code,
        Meeting.month_id == Month.id,
        Meeting.kind == MeetingKind.ANALYSIS.value,
        Meeting.held_on <= Meeting.due_on,
    )
    statement = select(*_pair(Month.period == looked_at, held))
    return _one(work, statement.where(Month.county_code == work.county_code, under(Month.area_code, area_code)))


def _contacted() -> ColumnElement[bool]:
    """The first step out of acceptance was made in time, whatever the person then said."""
    return exists().where(
        LedgerStep.county_code == LedgerEntry.county_code,
        LedgerStep.entry_id == LedgerEntry.id,
        LedgerStep.from_state == LedgerState.ACCEPTED.value,
        LedgerStep.at <= LedgerEntry.first_contact_due_at,
    )


def _planned_or_left() -> ColumnElement[bool]:
    agreed = exists().where(
        CarePlan.county_code == LedgerEntry.county_code,
        CarePlan.entry_id == LedgerEntry.id,
        CarePlan.agreed_at <= LedgerEntry.plan_due_at,
    )
    return or_(agreed, LedgerEntry.closed_at <= LedgerEntry.plan_due_at)


def _in_service(period: str) -> ColumnElement[bool]:
    states = sorted(state.value for state in IN_SERVICE_STATES)
    return and_(LedgerEntry.state.in_(states), LedgerEntry.accepted_at < begins(next_period(Period(period))))


def _pair(among: ColumnElement[bool], met: ColumnElement[bool]) -> tuple[SQLColumnExpression[int], ...]:
    """How many of those among meet the rule, and how many they are."""
    return func.count().filter(and_(among, met)), func.count().filter(among)


def _one(work: Work, statement: Select[*tuple[Any, ...]]) -> Pair:
    numerator, denominator = work.session.execute(statement).one()
    return numerator, denominator
