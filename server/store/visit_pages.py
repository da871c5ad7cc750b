"""Visits as a list: with the person, the plan's wishes and the entry's number in one join, however long the page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_

from server.clock import day_of
from server.domain.codes_care import VisitState
from server.domain.codes_plans import VisitDue
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Malformed
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, Visit
from server.models.resident import Resident
from server.store.care import records
from server.store.records import found
from server.store.scope import under
from server.store.transaction import Work, widened


def page_of_visits(work: Work, wanted: "VisitFilter", asked: PageAsked) -> Page["VisitRow"]:
    """One page of the visits the caller may read, by the last day they are due."""
    statement = _visits(work).where(*_conditions(work, wanted))
    if asked.after is not None:
        statement = statement.where(tuple_(Visit.due_to, Visit.id) > _after(asked.after))
    rows = _rows(work, statement.order_by(Visit.due_to, Visit.id).limit(asked.limit + 1))
    shown = tuple(rows[: asked.limit])
    keys = (shown[-1].visit.due_to.isoformat(), str(shown[-1].visit.id)) if len(rows) > asked.limit else None
    return Page(shown, keys)


def visit_row_by_id(work: Work, visit_id: UUID) -> "VisitRow":
    """One visit; raises NotFound ``not_found`` where there is none, or none the caller may read."""
    return found(next(iter(_rows(work, _visits(work).where(Visit.id == visit_id))), None))


def visit_rows_by_ids(work: Work, visit_ids: Collection[UUID]) -> list["VisitRow"]:
    """Those of these visits that the caller may read, in no order."""
    return _rows(work, _visits(work).where(Visit.id == func.any(list(visit_ids))))


def row_of(work: Work, visit: Visit) -> "VisitRow":
    """A visit the caller has reached already, with what belongs to it."""
    county = work.county_code
    entry = work.session.get_one(LedgerEntry, (county, visit.entry_id))
    plan = work.session.get_one(CarePlan, (county, visit.plan_id))
    with widened(work):
        return VisitRow(visit, entry.entry_no, plan, work.session.get_one(Resident, (county, visit.resident_id)))


def _rows(work: Work, statement: "Select[Visit, str, CarePlan, Resident | None]") -> list["VisitRow"]:
    """What a query on ``_visits`` finds: one statement, unless somebody to be visited lives outside the caller's areas.

    Such a person has moved since; whose the visit is, the visit says, and who is to make it must find them.
    """
    rows = work.session.execute(statement).all()
    people = {visit.resident_id: resident for visit, _, _, resident in rows}
    elsewhere = [id_ for id_, resident in people.items() if resident is None]
    if elsewhere:
        people |= _residents(work, elsewhere)
    found = ((visit, number, plan, people[visit.resident_id]) for visit, number, plan, _ in rows)
    return [VisitRow(visit, number, plan, person) for visit, number, plan, person in found if person is not None]


def _residents(work: Work, ids: Collection[UUID]) -> dict[UUID, Resident | None]:
    statement = select(Resident).where(Resident.county_code == work.county_code, Resident.id == func.any(list(ids)))
    with widened(work):
        return {row.id: row for row in work.session.scalars(statement)}


def _visits(work: Work) -> "Select[Visit, str, CarePlan, Resident | None]":
    return (
        records(work, Permission.VISIT_READ, Visit, Visit.assignee_id)
        .join(CarePlan, (CarePlan.county_code == Visit.county_code) & (CarePlan.id == Visit.plan_id))
        .outerjoin(Resident, (Resident.county_code == Visit.county_code) & (Resident.id == Visit.resident_id))
        .add_columns(LedgerEntry.entry_no, CarePlan, Resident)
    )


def _conditions(work: Work, wanted: "VisitFilter") -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.mine:
        conditions.append(Visit.assignee_id == work.identity.user_id)
    if wanted.township_code is not None:
        conditions.append(under(Visit.area_code, wanted.township_code))
    if wanted.period is not None:
        conditions.append(Visit.period == wanted.period)
    if wanted.state is not None:
        conditions.append(Visit.state == wanted.state)
    if wanted.entry_id is not None:
        conditions.append(Visit.entry_id == wanted.entry_id)
    if wanted.due is not None:
        conditions.append(_stands(wanted.due, day_of(work.now)))
    return conditions


def _stands(due: VisitDue, today: date) -> ColumnElement[bool]:
    """As ``due_of`` of the rules."""
    planned = Visit.state == VisitState.PLANNED.value
    match due:
        case VisitDue.UPCOMING:
            return and_(planned, Visit.due_from > today)
        case VisitDue.DUE:
            return and_(planned, Visit.due_from <= today, Visit.due_to >= today)
        case VisitDue.OVERDUE:
            return and_(planned, Visit.due_to < today)


def _after(keys: tuple[str, ...]) -> tuple[date, UUID]:
    """The last visit of the page before; raises Malformed ``cursor_malformed`` for keys of another list."""
    try:
        day, id_ = keys
        return date.fromisoformat(day), UUID(id_)
    except ValueError:
        raise Malformed("cursor_malformed", field="cursor") from None


class VisitRow(NamedTuple):
    """A visit with its entry's number, its plan and the person, still sealed."""

    visit: Visit
    entry_no: str
    plan: CarePlan
    resident: Resident


@dataclass(frozen=True)
class VisitFilter:
    """Which visits; None leaves a column open."""

    mine: bool = False
    township_code: str | None = None
    period: str | None = None
    state: str | None = None
    entry_id: UUID | None = None
    due: VisitDue | None = None
