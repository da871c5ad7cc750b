"""Reading visits: what a worker needs to make one, and what those who look after the person see beside it.

Two shapes, not one with holes: whoever makes visits as a task (grid workers, members of case teams) is given the
person's contact while the visit is still to be made, the agreed wishes, whether the family may be talked with, the
safety note, and nothing clinical (invariant 7). Assessors, clinicians, counsellors and the township see the record as
well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from server.clock import day_of
from server.domain.codes import FieldGroup
from server.domain.codes_care import ConsentScope, VisitState
from server.domain.codes_plans import VisitDue
from server.domain.identity import Identity
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.visibility import Sight, sees_protected_address, sight_of
from server.domain.visits import due_of
from server.models.plan import Visit
from server.store.consents import entries_in_agreement
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.plans import SAFETY_NOTE, WISHES
from server.store.transaction import Caller, Work, transaction
from server.store.visit_pages import VisitFilter, VisitRow, page_of_visits, row_of, visit_row_by_id
from server.store.visits import MOOD_NOTE

__all__ = ["VisitFilter", "VisitTask", "VisitView", "list_visits", "read_visit", "shown_visit", "visit_views"]

_CONTACT = ("resident.name", "resident.phone", "resident.address")
_FIELDS = (*_CONTACT, WISHES, SAFETY_NOTE, MOOD_NOTE)
_TASK = (
    "id", "entry_id", "period", "due_from", "due_to", "assignee_id", "state", "rescheduled", "visit_type",
    "visited_at", "minutes", "outcome", "not_seen_reason", "cancel_reason", "version",
)  # fmt: skip
_of_task = attrgetter(*_TASK)
_RECORD = ("plan_id", "resident_id", "entry_no", "reschedule_reason", "done_at", "done_by", "safety_event_id")


def list_visits(caller: Caller, wanted: VisitFilter, asked: PageAsked) -> "Page[VisitTask]":
    """A page of visits by the last day they are due; as many statements for one as for five hundred.

    One event names everybody on the page.
    """
    with transaction(caller) as work:
        page = page_of_visits(work, wanted, asked)
        return page.of(visit_views(work, page.items))


def read_visit(caller: Caller, visit_id: UUID) -> "VisitTask":
    """One visit; raises NotFound."""
    with transaction(caller) as work:
        return visit_views(work, [visit_row_by_id(work, visit_id)], visit_id)[0]


def shown_visit(work: Work, visit: Visit) -> "VisitTask":
    """A visit the caller has just written, as they are shown it."""
    return visit_views(work, [row_of(work, visit)], visit.id)[0]


def visit_views(work: Work, rows: Sequence[VisitRow], record_id: UUID | None = None) -> "list[VisitTask]":
    """These visits as far as the caller sees them, in the rows' order; one event names everybody whose are opened."""
    event = AccessEvent(Permission.VISIT_READ, table="visit", record_id=record_id, fields=_FIELDS)
    looks_after = _looks_after(work.identity)
    keys = disclose(work, event, [row.resident_id for row in rows if _opens(row, looks_after)])
    agreed = entries_in_agreement(work, ConsentScope.FAMILY_CONTACT, {row.entry_id for row in rows})
    seeing = _Seeing(work.identity, looks_after, keys, agreed, day_of(work.now))
    return [_one(seeing, row) for row in rows]


def _looks_after(identity: Identity) -> Callable[[str], bool]:
    """Whether the caller looks after the people of an area."""
    return cache(lambda area: sight_of(identity, FieldGroup.PLAN_VISITS, area) is Sight.FULL)


def _opens(row: VisitRow, looks_after: Callable[[str], bool]) -> bool:
    """A visit that was made or called off tells the worker nothing of the person any more."""
    return row.state == VisitState.PLANNED or looks_after(row.area_code)


@dataclass(frozen=True, repr=False)
class _Seeing:
    """What decides how much of a visit the caller is shown."""

    identity: Identity
    looks_after: Callable[[str], bool]
    keys: SubjectKeys
    #: Entries whose person agrees today that the family is talked with.
    agreed: frozenset[UUID]
    today: date


def _one(seeing: _Seeing, row: VisitRow) -> "VisitTask":
    due = due_of(row.state, row.due_from, row.due_to, seeing.today)
    contact = _contact(seeing, row) if _opens(row, seeing.looks_after) else _NO_CONTACT
    task = dict(zip(_TASK, _of_task(row), strict=True)) | contact
    if not seeing.looks_after(row.area_code):
        return VisitTask(**task, due=due)
    mood_note = seeing.keys.open_optional(MOOD_NOTE, row.id, row.resident_id, row.sealed_mood_note)
    record = {name: getattr(row, name) for name in _RECORD}
    return VisitView(**task, **record, due=due, mood_note=mood_note)


def _contact(seeing: _Seeing, row: VisitRow) -> dict[str, Any]:
    """How to find and meet the person; a protected address stays hidden from all but assessors."""
    opened, who, plan = seeing.keys.open_optional, row.resident_id, row.plan_id
    hidden = row.address_protected and not sees_protected_address(seeing.identity, row.home_area)
    return {
        "name": opened("resident.name", who, who, row.sealed_name),
        "phone": opened("resident.phone", who, who, row.sealed_phone),
        "address": None if hidden else opened("resident.address", who, who, row.sealed_address),
        "language_need": row.language_need,
        "contact_wishes": opened(WISHES, plan, who, row.sealed_contact_wishes),
        "family_contact": row.entry_id in seeing.agreed,
        "safety_note": opened(SAFETY_NOTE, plan, who, row.sealed_safety_note),
    }


_NO_CONTACT = dict.fromkeys(
    ("name", "phone", "address", "language_need", "contact_wishes", "family_contact", "safety_note")
)


@dataclass(repr=False, kw_only=True)
class VisitTask:
    """A visit as whoever is to make it sees it; has no readable ``repr``.

    Not frozen: they are made by the thousand, and freezing costs as much as opening.
    """

    id: UUID
    entry_id: UUID
    period: str
    due_from: date
    due_to: date
    due: VisitDue | None
    assignee_id: UUID
    state: str
    rescheduled: int
    visit_type: str | None
    visited_at: datetime | None
    minutes: int | None
    outcome: str | None
    not_seen_reason: str | None
    cancel_reason: str | None
    name: str | None
    phone: str | None
    address: str | None
    language_need: str | None
    contact_wishes: str | None
    family_contact: bool | None
    safety_note: str | None
    version: int


@dataclass(repr=False, kw_only=True)
class VisitView(VisitTask):
    """A visit as those who look after the person see it, with its record."""

    plan_id: UUID
    resident_id: UUID
    entry_no: str
    reschedule_reason: str | None
    done_at: datetime | None
    done_by: UUID | None
    mood_note: str | None
    safety_event_id: UUID | None
