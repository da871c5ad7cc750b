"""What must be true of a guidance plan: who works on it, how often, until when, and how long it may rest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from server.domain.codes import LedgerState, Role
from server.domain.codes_plans import ItemFrequency, ReviewOutcome, VisitFrequency
from server.domain.deadlines import PAUSE_AT_MOST
from server.errors import Conflict, Invalid

#: States in which a plan is written and agreed.
PLANNING_STATES = frozenset({LedgerState.ASSESSED, LedgerState.PLAN_ACTIVE, LedgerState.STABLE})
#: States in which visits are made.
VISITED_STATES = frozenset({LedgerState.PLAN_ACTIVE, LedgerState.STABLE})
#: Guidance on medicines is a clinician's (guardrail G4).
MEDICATION_GUIDANCE = "10"
_FIELD_ROLES = frozenset({Role.GRID_WORKER, Role.COUNSELLOR, Role.CASE_MEMBER})
_CARER_ROLES = frozenset({Role.ASSESSOR, Role.CLINICIAN})
WORKING_ROLES = _FIELD_ROLES | _CARER_ROLES


def check_state(state: str) -> None:
    """Raises Conflict ``plan_not_now`` where nothing can be planned: before assessment, in a rest, after the end."""
    if state not in PLANNING_STATES:
        raise Conflict("plan_not_now", state=state)


def check_frequency(frequency: VisitFrequency, state: str) -> None:
    """Quarterly visits are for people who are stable; raises Invalid ``quarterly_not_stable``."""
    if frequency is VisitFrequency.QUARTERLY and state != LedgerState.STABLE:
        raise Invalid("quarterly_not_stable", field="visit_frequency")


def check_items(items: "Collection[NewItem]", crew: "Crew", days: "Days") -> None:
    """Each task has somebody who can do it and a day within the entry's time.

    Raises Invalid: ``worker_unknown``, ``medication_needs_clinician``, ``plan_item_day``.
    """
    for place, item in enumerate(items):
        check_worker(item.owner_id, crew, field=f"items.{place}.owner_id")
        if item.service == MEDICATION_GUIDANCE and Role.CLINICIAN not in crew.roles[item.owner_id]:
            raise Invalid("medication_needs_clinician", field=f"items.{place}.owner_id")
        if not days.first <= item.due_on <= days.last:
            raise Invalid("plan_item_day", field=f"items.{place}.due_on")


def check_worker(user_id: UUID, crew: "Crew", field: str) -> None:
    """Whoever visits or has a task works where the person lives; an assessor must look after them besides.

    Raises Invalid ``worker_unknown``.
    """
    held = crew.roles.get(user_id, frozenset())
    if not held & _FIELD_ROLES and not (held & _CARER_ROLES and user_id in crew.carers):
        raise Invalid("worker_unknown", field=field)


def check_lead(user_id: UUID, crew: "Crew") -> None:
    """A plan is led by somebody who looks after the person; raises Invalid ``plan_lead_unknown``."""
    if user_id not in crew.carers:
        raise Invalid("plan_lead_unknown", field="lead_id")


def check_rest(until: date, today: date) -> None:
    """A plan rests until a day to come, ninety days away at most; raises ``pause_past``, ``pause_too_long``."""
    if until <= today:
        raise Invalid("pause_past", field="until")
    if until - today > PAUSE_AT_MOST:
        raise Invalid("pause_too_long", field="until", days=PAUSE_AT_MOST.days)


class Days(NamedTuple):
    """A stretch of days, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Crew:
    """Who could work for somebody: their roles over where the person lives, and who looks after the person."""

    roles: Mapping[UUID, frozenset[Role]]
    carers: frozenset[UUID]


@dataclass(frozen=True, repr=False)
class NewItem:
    """One thing somebody is to do; has no readable ``repr``."""

    service: str
    setting: str
    owner_id: UUID
    frequency: ItemFrequency
    due_on: date
    detail: str | None = None


@dataclass(frozen=True, repr=False)
class PlanContent:
    """What a plan says; has no readable ``repr``. Without a lead, whoever writes it leads."""

    goals: str
    items: tuple[NewItem, ...]
    visitor_id: UUID
    visit_frequency: VisitFrequency = VisitFrequency.MONTHLY
    lead_id: UUID | None = None
    contact_wishes: str | None = None
    safety_note: str | None = None
    #: Of a new version; left out, one is made.
    id: UUID | None = None


@dataclass(frozen=True, repr=False)
class NewReview:
    """A look back about to be signed; has no readable ``repr``."""

    held_on: date
    with_person: bool
    outcome: ReviewOutcome
    note: str
    id: UUID | None = None
