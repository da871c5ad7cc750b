"""A township's month counted group by group, one statement each: no person leaves the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, select

from server import clock
from server.domain.codes import LedgerState
from server.domain.codes_care import ConsentState, SafetyState, VisitState
from server.domain.codes_month import LateKind
from server.domain.codes_sites import SiteState
from server.domain.codes_teams import TeamState
from server.domain.completeness import places_of
from server.domain.periods import Period, first_day, last_day, next_period
from server.models.assessment import Assessment
from server.models.consent import Consent
from server.models.ledger import LedgerStep
from server.models.month import MonthClose
from server.models.plan import Visit
from server.models.referral import Referral
from server.models.safety import SafetyEvent
from server.models.site import OutreachActivity, ServiceSite
from server.models.sweep import Dispute, Observation, Sweep, SweepReturn, VillageConfirmation
from server.models.team import CaseTeam
from server.store.completeness import areas_in
from server.store.month_windows import begins, within_month
from server.store.scope import under
from server.store.transaction import Work

_OPENED, _ENDED = LedgerState.REPORTED.value, (LedgerState.RETURNED.value, LedgerState.DECLINED.value)
_COUNTED_STEPS = (_OPENED, *_ENDED, LedgerState.CLOSED.value, LedgerState.EXPIRED.value)


def returns_of(work: Work, township: str, period: str) -> dict[str, dict[str, int]]:
    """Sweep kind → due, returned, nil, late and items of its places, and villages due and confirmed."""
    places = places_of(areas_in(work, (township,), Period(period)))
    due = {"due": sum(len(found) for found in places.values()), "villages": len(places)}
    confirmed = _confirmed_villages(work, township, period)
    statement = (
        select(
            Sweep.kind,
            func.count(SweepReturn.id),
            func.count(SweepReturn.id).filter(SweepReturn.nil),
            func.count(SweepReturn.id).filter(SweepReturn.late),
            func.coalesce(func.sum(SweepReturn.item_count), 0),
        )
        .outerjoin(SweepReturn, and_(SweepReturn.county_code == Sweep.county_code, SweepReturn.sweep_id == Sweep.id))
        .where(Sweep.county_code == work.county_code, Sweep.area_code == township, Sweep.period == period)
        .group_by(Sweep.kind)
    )
    names = ("returned", "nil", "late", "items")
    return {
        kind: due | {"confirmed": confirmed.get(kind, 0)} | dict(zip(names, map(int, counts), strict=True))
        for kind, *counts in work.session.execute(statement)
    }


def groups_of(work: Work, township: str, period: str) -> dict[str, dict[str, int]]:
    """Group → cell → count, of everything that belongs to the month."""
    return {
        "observations": _by(work, Observation, township, Observation.period == period, [Observation.ground]),
        "disputes": _by(work, Dispute, township, Dispute.period == period, [Dispute.dispute_type, Dispute.outcome]),
        "entries": _entries(work, township, period),
        "consents": _consents(work, township, period),
        "assessments": _by(work, Assessment, township, _first_signed(period), [Assessment.result_band]),
        "visits": _visits(work, township, period),
        "referrals": _by(work, Referral, township, within_month(Referral.sent_at, period), [Referral.urgency]),
        "teams": _filtered(work, CaseTeam, township, {"active": CaseTeam.state == TeamState.ACTIVE.value}),
        "safety": _safety(work, township, period),
        "sites": _by(work, ServiceSite, township, ServiceSite.state == SiteState.OPERATING.value, [ServiceSite.type]),
        "outreach": _outreach(work, township, period),
    }


def feedback_median_days(work: Work, township: str, period: str) -> int | None:
    """The median of whole days from sending to feedback; none where no feedback came in the month."""
    days = func.ceil(func.extract("epoch", Referral.feedback_at - Referral.sent_at) / 86400)
    middle = func.percentile_disc(0.5).within_group(days)
    statement = _of(work, Referral, township, middle).where(
        within_month(Referral.feedback_at, period), Referral.sent_at.is_not(None)
    )
    found = work.session.scalar(statement)
    return None if found is None else int(found)


def late_in(work: Work, township: str, period: str) -> dict[str, dict[str, int]]:
    """Earlier month → kind → what this month brought that belongs there by its own date."""
    seen_in = func.to_char(Observation.observed_on, "YYYYMM")
    observed = _by(
        work,
        Observation,
        township,
        and_(Observation.period == period, Observation.observed_on < first_day(Period(period))),
        [seen_in],
    )
    closed_at = (
        select(func.max(MonthClose.closed_at))
        .where(MonthClose.county_code == work.county_code, MonthClose.area_code == township)
        .where(MonthClose.period == Visit.period, MonthClose.reopened_at.is_(None))
        .scalar_subquery()
    )
    visited = _by(
        work,
        Visit,
        township,
        and_(Visit.period < period, within_month(Visit.done_at, period), Visit.done_at > closed_at),
        [Visit.period],
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, counts in ((LateKind.OBSERVATIONS, observed), (LateKind.VISITS, visited)):
        for month, count in counts.items():
            found[month][str(kind)] = count
    return dict(found)


def late_for(work: Work, close: MonthClose) -> dict[str, int]:
    """Kind → what came for a closed month after its figures were frozen: they stay as they are."""
    month = Period(close.period)
    observed = _of(work, Observation, close.area_code, func.count()).where(
        Observation.period > close.period, Observation.observed_on.between(first_day(month), last_day(month))
    )
    visited = _of(work, Visit, close.area_code, func.count()).where(
        Visit.period == close.period, Visit.done_at > close.closed_at
    )
    counted = ((LateKind.OBSERVATIONS, observed), (LateKind.VISITS, visited))
    return {str(kind): work.session.execute(statement).scalar_one() for kind, statement in counted}


def _confirmed_villages(work: Work, township: str, period: str) -> dict[str, int]:
    matching = and_(VillageConfirmation.county_code == Sweep.county_code, VillageConfirmation.sweep_id == Sweep.id)
    statement = (
        select(Sweep.kind, func.count())
        .select_from(Sweep)
        .join(VillageConfirmation, matching)
        .where(Sweep.county_code == work.county_code, Sweep.area_code == township, Sweep.period == period)
        .group_by(Sweep.kind)
    )
    return {row[0]: row[1] for row in work.session.execute(statement)}


def _entries(work: Work, township: str, period: str) -> dict[str, int]:
    """Steps of the ledger made in the month: opened once for an entry, the others with their reason."""
    statement = (
        _of(work, LedgerStep, township, LedgerStep.to_state, LedgerStep.reason, func.count())
        .where(within_month(LedgerStep.at, period), LedgerStep.to_state.in_(_COUNTED_STEPS))
        .where((LedgerStep.to_state != _OPENED) | (LedgerStep.from_state == LedgerState.DRAFT.value))
        .group_by(LedgerStep.to_state, LedgerStep.reason)
    )
    cells: dict[str, int] = defaultdict(int)
    for state, reason, count in work.session.execute(statement):
        cells[_entry_cell(state, reason)] += count
    return dict(cells)


def _entry_cell(state: str, reason: str) -> str:
    if state == _OPENED:
        return "opened"
    return f"{state}:{reason}" if reason and state != LedgerState.EXPIRED.value else state


def _consents(work: Work, township: str, period: str) -> dict[str, int]:
    answered = within_month(Consent.answered_at, period)
    refused = Consent.state == ConsentState.REFUSED.value
    return _filtered(
        work,
        Consent,
        township,
        {
            "given": answered & ~refused,
            "refused": answered & refused,
            "withdrawn": within_month(Consent.withdrawn_at, period),
        },
    )


def _first_signed(period: str) -> ColumnElement[bool]:
    """An assessment counts once, in the month and with the band in which it was first signed."""
    return and_(Assessment.number == 1, within_month(Assessment.signed_at, period))


def _visits(work: Work, township: str, period: str) -> dict[str, int]:
    of_month, planned = Visit.period == period, Visit.state == VisitState.PLANNED.value
    today = clock.day_of(work.now)
    return _filtered(
        work,
        Visit,
        township,
        {
            "due": of_month & (Visit.state != VisitState.CANCELLED.value),
            "overdue": of_month & planned & (Visit.due_to < today),
            "planned": of_month & planned & (Visit.due_to >= today),
        }
        | {
            state.value: of_month & (Visit.state == state.value)
            for state in VisitState
            if state is not VisitState.PLANNED
        },
    )


def _safety(work: Work, township: str, period: str) -> dict[str, int]:
    raised = within_month(SafetyEvent.raised_at, period)
    open_still = (SafetyEvent.raised_at < begins(next_period(Period(period)))) & (
        SafetyEvent.state != SafetyState.CLOSED.value
    )
    return _filtered(
        work,
        SafetyEvent,
        township,
        {
            "raised": raised,
            "acknowledged_in_time": raised & (SafetyEvent.acknowledged_at <= SafetyEvent.ack_due_at),
            "reviewed": raised & SafetyEvent.reviewed_at.is_not(None),
            "open": open_still,
        },
    )


def _outreach(work: Work, township: str, period: str) -> dict[str, int]:
    month = Period(period)
    statement = _of(
        work, OutreachActivity, township, func.count(), func.coalesce(func.sum(OutreachActivity.reach), 0)
    ).where(OutreachActivity.held_on.between(first_day(month), last_day(month)))
    activities, reach = work.session.execute(statement).one()
    return {"activities": activities, "reach": int(reach)}


def _of(work: Work, model: Any, township: str, *columns: SQLColumnExpression[Any]) -> Select[Any]:
    """Columns of one table's rows in the township."""
    return select(*columns).where(model.county_code == work.county_code, under(model.area_code, township))


def _by(
    work: Work,
    model: Any,
    township: str,
    condition: ColumnElement[bool],
    keys: Sequence[SQLColumnExpression[Any]],
) -> dict[str, int]:
    """Key (several joined by a colon) → how many rows of the township meet the condition."""
    statement = _of(work, model, township, *keys, func.count()).where(condition).group_by(*keys)
    return {":".join(map(str, row[:-1])): row[-1] for row in work.session.execute(statement)}


def _filtered(work: Work, model: Any, township: str, conditions: Mapping[str, ColumnElement[bool]]) -> dict[str, int]:
    """Cell → how many rows of the township meet its condition, in one statement."""
    counts = [func.count().filter(condition) for condition in conditions.values()]
    row = work.session.execute(_of(work, model, township, *counts)).one()
    return dict(zip(conditions, row, strict=True))
