"""Plans and visits for tests: workers with real roles, a plan agreed through the services, a visit as recorded."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from server import clock
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_plans import AgreedBy, NotSeenReason, VisitOutcome, VisitType
from server.domain.identity import Grant, Identity
from server.domain.plans import PlanContent
from server.domain.visits import VisitRecord
from server.models.ledger import LedgerEntry, Task
from server.models.plan import Visit
from server.services.plan_reading import PlanDetail
from server.services.plans import agree_plan, draft_plan
from server.store.transaction import Caller, new_id, transaction
from tests.make import County
from tests.make_care import InCare, in_care
from tests.signed_in import a_user


def set_clock(monkeypatch: pytest.MonkeyPatch, year: int, month: int, day: int, hour: int = 12) -> None:
    """Let it be this hour in China from now on."""
    now = datetime(year, month, day, hour, tzinfo=clock.CHINA).astimezone(UTC)
    monkeypatch.setattr(clock, "now", lambda: now)


def a_worker(county: County, role: Role = Role.GRID_WORKER, area: str | None = None) -> Caller:
    """Somebody with a role given in earnest, at care."""
    area = area or (county.grid if role is Role.GRID_WORKER else county.township)
    user_id, _ = a_user(county, (role, area))
    grants = (Grant(new_id(), role, area),)
    return Caller(Identity(user_id, county.code, new_id(), new_id(), grants, Purpose.CARE), county.store)


def content(visitor: Caller, **changes: object) -> PlanContent:
    """What a plan says, with this visitor."""
    values: dict[str, object] = {
        "goals": "每天出门走一走，夜里能睡着。",
        "items": (),
        "visitor_id": visitor.identity.user_id,
        "contact_wishes": "下午来，先打电话。",
        "safety_note": "院里有狗，先在门口喊人。",
    }
    return PlanContent(**values | changes)  # type: ignore[arg-type]


def visited(county: County, visitor: Caller, state: LedgerState = LedgerState.ASSESSED, **changes: object) -> InCare:
    """Somebody whose plan was agreed today, with this visitor."""
    person = in_care(county, state)
    agreed(person, visitor, **changes)
    return person


def agreed(person: InCare, visitor: Caller, **changes: object) -> PlanDetail:
    """The person's next version, drafted by their assessor and agreed by them."""
    drafted = draft_plan(person.assessor, person.entry_id, content(visitor, **changes))
    return agree_plan(person.assessor, drafted.id, drafted.version, AgreedBy.SELF)


def entry_row(person: InCare) -> LedgerEntry:
    """The entry as it stands."""
    with transaction(person.coordinator) as work:
        return work.session.get_one(LedgerEntry, (person.county.code, person.entry_id))


def visit_rows(person: InCare) -> list[Visit]:
    """Every visit, by the last day it is due."""
    with transaction(person.coordinator) as work:
        statement = select(Visit).where(Visit.county_code == person.county.code, Visit.entry_id == person.entry_id)
        return list(work.session.scalars(statement.order_by(Visit.due_to, Visit.id)))


def planned(person: InCare) -> list[Visit]:
    """The visits still to be made."""
    return [visit for visit in visit_rows(person) if visit.state == "planned"]


def open_tasks_of(person: InCare, kind: str) -> list[Task]:
    """The undone tasks of one kind about a person."""
    with transaction(person.coordinator) as work:
        statement = select(Task).where(Task.entry_id == person.entry_id, Task.kind == kind, Task.done_at.is_(None))
        return list(work.session.scalars(statement))


def a_record(outcome: VisitOutcome = VisitOutcome.STABLE, **changes: object) -> VisitRecord:
    """A visit at home just now."""
    reason = NotSeenReason.NOT_HOME if outcome is VisitOutcome.NOT_SEEN else None
    record = VisitRecord(VisitType.HOME, clock.now(), outcome, reason, minutes=30)
    return replace(record, **changes)  # type: ignore[arg-type]


def some_id() -> UUID:
    """An id nobody has."""
    return new_id()
