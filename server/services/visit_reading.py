"""Reading visits: what a worker needs to make one, and what those who look after the person see beside it.

Two shapes, not one with holes: whoever makes visits as a task (grid workers, members of case teams) is given the
person's contact while the visit is still to be made, the agreed wishes, the safety note, and nothing clinical
(invariant 7). Assessors, clinicians, counsellors and the township see the record as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from server.clock import day_of
from server.domain.codes import FieldGroup
from server.domain.codes_care import ConsentScope, VisitState
from server.domain.codes_plans import VisitDue
from server.domain.identity import Identity
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.visibility import Sight, sight_of
from server.domain.visits import due_of
from server.models.plan import Visit
from server.store.consents import entries_in_agreement
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.plans import SAFETY_NOTE, WISHES
from server.store.residents import plain_of
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
_RECORD = ("plan_id", "resident_id", "reschedule_reason", "done_at", "done_by", "safety_event_id")


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
    opened = [row.visit.resident_id for row in rows if _opens(work.identity, row.visit)]
    keys = disclose(work, event, opened)
    agreed = entries_in_agreement(work, ConsentScope.FAMILY_CONTACT, {row.visit.entry_id for row in rows})
    return [_one(work, keys, row, agreed) for row in rows]


def _looks_after(identity: Identity, visit: Visit) -> bool:
    return sight_of(identity, FieldGroup.PLAN_VISITS, visit.area_code) is Sight.FULL


def _opens(identity: Identity, visit: Visit) -> bool:
    """A visit that was made or called off tells the worker nothing of the person any more."""
    return visit.state == VisitState.PLANNED or _looks_after(identity, visit)


def _one(work: Work, keys: SubjectKeys, row: VisitRow, agreed: frozenset[UUID]) -> "VisitTask":
    visit = row.visit
    task = {name: getattr(visit, name) for name in _TASK}
    task["due"] = due_of(visit.state, visit.due_from, visit.due_to, day_of(work.now))
    if _opens(work.identity, visit):
        task |= _contact(work, keys, row) | {"family_contact": visit.entry_id in agreed}
    else:
        task |= dict.fromkeys(_CONTACT_KEYS)
    if not _looks_after(work.identity, visit):
        return VisitTask(**task)
    mood_note = keys.open_optional(MOOD_NOTE, visit.id, visit.resident_id, visit.sealed_mood_note)
    record = {name: getattr(visit, name) for name in _RECORD}
    return VisitView(**task, **record, entry_no=row.entry_no, mood_note=mood_note)


def _contact(work: Work, keys: SubjectKeys, row: VisitRow) -> dict[str, Any]:
    """How to find and meet the person; a protected address stays hidden from all but assessors."""
    plan, person = row.plan, plain_of(work, keys, row.resident, _CONTACT)
    return {
        "name": person.name,
        "phone": person.phone,
        "address": person.address,
        "language_need": person.language_need,
        "contact_wishes": keys.open_optional(WISHES, plan.id, plan.resident_id, plan.sealed_contact_wishes),
        "safety_note": keys.open_optional(SAFETY_NOTE, plan.id, plan.resident_id, plan.sealed_safety_note),
    }


_CONTACT_KEYS = ("name", "phone", "address", "language_need", "contact_wishes", "family_contact", "safety_note")


@dataclass(frozen=True, repr=False, kw_only=True)
class VisitTask:
    """A visit as whoever is to make it sees it; has no readable ``repr``."""

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


@dataclass(frozen=True, repr=False, kw_only=True)
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
