"""What an agenda is made of: a constant number of statements over one township, numbers of entries and counts only."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, select

from server import clock
from server.domain.agendas import EXPIRING_WITHIN_DAYS, Agenda, OpenAction, Overdue, Waiting, days_between
from server.domain.codes import LedgerState, Urgency
from server.domain.codes_care import PlanState, SafetyState, VisitState
from server.domain.codes_sites import SiteState
from server.domain.ledger_states import IN_SERVICE_STATES, OPEN_STATES
from server.models.ledger import LedgerEntry
from server.models.month import ActionItem
from server.models.plan import CarePlan, PlanItem, Visit
from server.models.referral import Referral
from server.models.safety import SafetyEvent
from server.models.site import ServiceSite, SiteStaff
from server.store.scope import under
from server.store.transaction import Work

_S = LedgerState
#: Where an entry waits → what is due there, and the column that says by when.
_STAGES = {
    _S.REPORTED: ("review", LedgerEntry.review_due_at),
    _S.IN_REVIEW: ("review", LedgerEntry.review_due_at),
    _S.ACCEPTED: ("first_contact", LedgerEntry.first_contact_due_at),
    _S.CONSENTED: ("assessment", LedgerEntry.assessment_due_at),
    _S.ASSESSED: ("plan", LedgerEntry.plan_due_at),
}


def agenda_of(work: Work, township: str) -> Agenda:
    """The township's agenda at this moment."""
    today = clock.day_of(work.now)
    return Agenda(
        overdue=[*_waiting_entries(work, township), *_visits(work, township, today), *_reviews(work, township, today)],
        urgent_entries=_urgent(work, township),
        safety_events=_safety(work, township),
        unmet_need=_unmet(work, township, today),
        sites_not_operating=_sites(work, township, operating=False),
        sites_without_staff=_sites(work, township, operating=True),
        feedback_outstanding=_feedback(work, township, today),
        expiring=_expiring(work, township, today),
        actions_open=_actions(work, township, today),
    )


def _waiting_entries(work: Work, township: str) -> list[Overdue]:
    columns = [column for _, column in _STAGES.values()]
    statement = (
        _entries(work, township, LedgerEntry.entry_no, LedgerEntry.state, *columns)
        .where(LedgerEntry.state.in_([state.value for state in _STAGES]))
        .order_by(LedgerEntry.entry_no)
    )
    found = []
    for entry_no, state, *dues in work.session.execute(statement):
        due = dict(zip(_STAGES, dues, strict=True))[LedgerState(state)]
        if due is not None and due < work.now:
            days = days_between(clock.day_of(due), clock.day_of(work.now))
            found.append(Overdue(entry_no, _STAGES[LedgerState(state)][0], days))
    return found


def _visits(work: Work, township: str, today: date) -> list[Overdue]:
    statement = (
        _entries(work, township, LedgerEntry.entry_no, Visit.due_to)
        .join(Visit, and_(Visit.county_code == LedgerEntry.county_code, Visit.entry_id == LedgerEntry.id))
        .where(Visit.state == VisitState.PLANNED.value, Visit.due_to < today)
        .order_by(LedgerEntry.entry_no, Visit.due_to)
    )
    return [Overdue(number, "visit", days_between(due, today)) for number, due in work.session.execute(statement)]


def _reviews(work: Work, township: str, today: date) -> list[Overdue]:
    statement = (
        _entries(work, township, LedgerEntry.entry_no, CarePlan.review_due_on)
        .join(CarePlan, and_(CarePlan.county_code == LedgerEntry.county_code, CarePlan.entry_id == LedgerEntry.id))
        .where(CarePlan.state == PlanState.ACTIVE.value, CarePlan.review_due_on < today)
        .order_by(LedgerEntry.entry_no)
    )
    return [Overdue(number, "plan_review", days_between(due, today)) for number, due in work.session.execute(statement)]


def _urgent(work: Work, township: str) -> list[str]:
    statement = _entries(work, township, LedgerEntry.entry_no).where(
        LedgerEntry.urgency == Urgency.URGENT.value,
        LedgerEntry.state.in_(sorted(OPEN_STATES - {_S.DRAFT, _S.STABLE})),
    )
    return list(work.session.scalars(statement.order_by(LedgerEntry.entry_no)))


def _safety(work: Work, township: str) -> dict[str, list[str]]:
    statement = (
        select(SafetyEvent.state, SafetyEvent.id)
        .where(SafetyEvent.county_code == work.county_code, under(SafetyEvent.area_code, township))
        .where(SafetyEvent.state != SafetyState.CLOSED.value)
        .order_by(SafetyEvent.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for state, event_id in work.session.execute(statement):
        found[state].append(str(event_id))
    return dict(found)


def _unmet(work: Work, township: str, today: date) -> dict[str, int]:
    statement = (
        select(PlanItem.service, func.count())
        .select_from(PlanItem)
        .join(CarePlan, and_(CarePlan.county_code == PlanItem.county_code, CarePlan.id == PlanItem.plan_id))
        .where(PlanItem.county_code == work.county_code, under(PlanItem.area_code, township))
        .where(CarePlan.state == PlanState.ACTIVE.value, PlanItem.done_at.is_(None), PlanItem.due_on < today)
        .group_by(PlanItem.service)
    )
    return _counts(work, statement)


def _sites(work: Work, township: str, *, operating: bool) -> dict[str, int]:
    """Site type → sites that do not operate, or (of those that do) that nobody works in."""
    staffed = exists().where(
        SiteStaff.county_code == ServiceSite.county_code,
        SiteStaff.site_id == ServiceSite.id,
        SiteStaff.until.is_(None),
    )
    at_work = ServiceSite.state == SiteState.OPERATING.value
    idle = ServiceSite.state.in_([SiteState.BUILT.value, SiteState.SUSPENDED.value])
    gap = at_work & ~staffed if operating else idle
    statement = (
        select(ServiceSite.type, func.count())
        .where(ServiceSite.county_code == work.county_code, under(ServiceSite.area_code, township), gap)
        .group_by(ServiceSite.type)
    )
    return _counts(work, statement)


def _feedback(work: Work, township: str, today: date) -> list[Waiting]:
    statement = (
        _entries(work, township, LedgerEntry.entry_no, Referral.feedback_due_at)
        .join(Referral, and_(Referral.county_code == LedgerEntry.county_code, Referral.entry_id == LedgerEntry.id))
        .where(Referral.feedback_at.is_(None), Referral.feedback_due_at < work.now, Referral.closed_at.is_(None))
        .order_by(LedgerEntry.entry_no)
    )
    rows = work.session.execute(statement)
    return [Waiting(number, days_between(clock.day_of(due), today)) for number, due in rows]


def _expiring(work: Work, township: str, today: date) -> list[Waiting]:
    until = work.now + timedelta(days=EXPIRING_WITHIN_DAYS)
    statement = (
        _entries(work, township, LedgerEntry.entry_no, LedgerEntry.expires_at)
        .where(LedgerEntry.state.in_(sorted(IN_SERVICE_STATES)), LedgerEntry.expires_at <= until)
        .order_by(LedgerEntry.entry_no)
    )
    rows = work.session.execute(statement)
    return [Waiting(number, days_between(today, clock.day_of(ends))) for number, ends in rows]


def _actions(work: Work, township: str, today: date) -> list[OpenAction]:
    statement = (
        select(ActionItem)
        .where(ActionItem.county_code == work.county_code, under(ActionItem.area_code, township))
        .where(ActionItem.done_at.is_(None))
        .order_by(ActionItem.due_on, ActionItem.id)
    )
    return [
        OpenAction(str(row.id), row.owner_unit, row.due_on.isoformat(), days_between(row.due_on, today))
        for row in work.session.scalars(statement)
    ]


def _entries(work: Work, township: str, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(LedgerEntry)
        .where(LedgerEntry.county_code == work.county_code, under(LedgerEntry.area_code, township))
    )


def _counts(work: Work, statement: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in work.session.execute(statement)}
