"""Visits as a list: with the person, the plan's wishes and the entry's number in one join, however long the page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, select, tuple_

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
    keys = (shown[-1].due_to.isoformat(), str(shown[-1].id)) if len(rows) > asked.limit else None
    return Page(shown, keys)


def visit_row_by_id(work: Work, visit_id: UUID) -> "VisitRow":
    """One visit; raises NotFound ``not_found`` where there is none, or none the caller may read."""
    return found(next(iter(_rows(work, _visits(work).where(Visit.id == visit_id))), None))


def visit_rows_by_ids(work: Work, visit_ids: Collection[UUID]) -> list["VisitRow"]:
    """Those of these visits that the caller may read, in no order."""
    return _rows(work, _visits(work).where(Visit.id == func.any(list(visit_ids))))


def row_of(work: Work, visit: Visit) -> "VisitRow":
    """A visit the caller has just written, with what belongs to it."""
    work.session.flush()
    entry = (LedgerEntry.county_code == Visit.county_code) & (LedgerEntry.id == Visit.entry_id)
    statement = select(Visit).join(LedgerEntry, entry)
    statement = statement.where(Visit.county_code == work.county_code, Visit.id == visit.id)
    return _rows(work, _with_person(statement))[0]


def _rows(work: Work, statement: Select[Any]) -> "list[VisitRow]":
    """What a query of such rows finds: one statement, unless somebody to be visited lives outside the caller's areas.

    Such a person has moved since; whose the visit is, the visit says, and who is to make it must find them.
    """
    # Past the ORM, which has nothing to do with bare columns but would look at each row.
    rows = [VisitRow._make(row) for row in work.session.connection().execute(statement)]
    elsewhere = {row.resident_id for row in rows if row.sealed_name is None}
    if not elsewhere:
        return rows
    people = _people(work, elsewhere)
    known = (row for row in rows if row.sealed_name is not None or row.resident_id in people)
    return [row if row.sealed_name is not None else row._replace(**people[row.resident_id]) for row in known]


def _people(work: Work, resident_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What ``VisitRow`` holds of people, wherever they live in the county."""
    columns = (Resident.id.label("resident_id"), *(column.label(name) for name, column in _OF_PERSON.items()))
    statement = select(*columns).where(
        Resident.county_code == work.county_code, Resident.id == func.any(list(resident_ids))
    )
    with widened(work):
        rows = work.session.execute(statement).mappings().all()
    return {row["resident_id"]: {name: row[name] for name in _OF_PERSON} for row in rows}


def _visits(work: Work) -> Select[Any]:
    return _with_person(records(work, Permission.VISIT_READ, Visit, Visit.assignee_id))


def _with_person(statement: Select[Visit]) -> Select[Any]:
    """The columns of ``VisitRow``, and no others: whole rows of three tables cost as much as opening them."""
    return (
        statement.join(CarePlan, (CarePlan.county_code == Visit.county_code) & (CarePlan.id == Visit.plan_id))
        .outerjoin(Resident, (Resident.county_code == Visit.county_code) & (Resident.id == Visit.resident_id))
        .with_only_columns(*(_column(name) for name in VisitRow._fields), maintain_column_froms=True)
    )


def _column(name: str) -> SQLColumnExpression[Any]:
    elsewhere = _OF_PERSON | _OF_CARE
    return elsewhere[name] if name in elsewhere else getattr(Visit, name)


_OF_CARE: dict[str, SQLColumnExpression[Any]] = {
    "entry_no": LedgerEntry.entry_no,
    "sealed_contact_wishes": CarePlan.sealed_contact_wishes,
    "sealed_safety_note": CarePlan.sealed_safety_note,
}
_OF_PERSON: dict[str, SQLColumnExpression[Any]] = {
    "sealed_name": Resident.sealed_name,
    "sealed_phone": Resident.sealed_phone,
    "sealed_address": Resident.sealed_address,
    "address_protected": Resident.address_protected,
    "home_area": Resident.area_code,
    "language_need": Resident.language_need,
}


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
    """A visit with its entry's number, its plan's wishes and the person, still sealed."""

    id: UUID
    area_code: str
    entry_id: UUID
    plan_id: UUID
    resident_id: UUID
    period: str
    due_from: date
    due_to: date
    assignee_id: UUID
    state: str
    rescheduled: int
    reschedule_reason: str | None
    visit_type: str | None
    visited_at: datetime | None
    done_at: datetime | None
    done_by: UUID | None
    minutes: int | None
    outcome: str | None
    not_seen_reason: str | None
    cancel_reason: str | None
    sealed_mood_note: bytes | None
    safety_event_id: UUID | None
    version: int
    entry_no: str
    sealed_contact_wishes: bytes | None
    sealed_safety_note: bytes | None
    sealed_name: bytes | None
    sealed_phone: bytes | None
    sealed_address: bytes | None
    address_protected: bool
    home_area: str
    language_need: str | None


@dataclass(frozen=True)
class VisitFilter:
    """Which visits; None leaves a column open."""

    mine: bool = False
    township_code: str | None = None
    period: str | None = None
    state: str | None = None
    entry_id: UUID | None = None
    due: VisitDue | None = None
