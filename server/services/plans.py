"""Guidance plans: writing one, bettering the draft, and beginning it once the person agreed and has a copy.

A plan that was agreed stands (invariant 5): what changes is the next version, agreed anew.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from server.clock import day_of
from server.domain.care_notes import checked_notes
from server.domain.codes import LedgerState, Role
from server.domain.codes_care import ConsentScope, PlanState
from server.domain.codes_plans import AgreedBy, PlanEndReason, VisitFrequency
from server.domain.deadlines import plan_review_due
from server.domain.ledger_states import LedgerAct
from server.domain.permissions import Permission
from server.domain.plans import (
    Days,
    NewItem,
    PlanContent,
    check_frequency,
    check_items,
    check_lead,
    check_state,
    check_worker,
)
from server.domain.visit_schedule import Schedule
from server.errors import Conflict, Invalid
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, PlanItem
from server.models.resident import Resident
from server.services.ledger_moves import move, roles_over
from server.services.plan_reading import PlanDetail, plan_detail
from server.store import plans
from server.store.care import Reach, columns_of, entry_for_care, note_care, record_for_change, sealing_keys
from server.store.care_stop import stop_visits
from server.store.consents import require_consent
from server.store.plans import DETAIL, GOALS, SAFETY_NOTE, WISHES
from server.store.records import count_up
from server.store.taken import insert_new
from server.store.tasks import TaskKind, finish_tasks_about
from server.store.transaction import Caller, Work, transaction
from server.store.visit_laying import last_day_in_service, lay_visits
from server.store.word_lists import word_list

WRITING = Reach(Permission.PLAN_WRITE, CarePlan)
_SEALED = {"goals": GOALS, "contact_wishes": WISHES, "safety_note": SAFETY_NOTE}


def draft_plan(caller: Caller, entry_id: UUID, content: PlanContent) -> PlanDetail:
    """Write the next version of a person's plan, to be talked over with them.

    Raises NotFound; Conflict ``plan_not_now``, ``plan_draft_exists``, ``record_exists``; Invalid as ``_check``.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.PLAN_WRITE, entry_id)
        checked = _check(work, entry, content)
        number = plans.next_number(work, entry.id)
        plan = CarePlan(
            **columns_of(work, entry, content.id), number=number, state=PlanState.DRAFT.value, copy_given=False
        )
        _fill(work, plan, checked)
        insert_new(work, plan)
        _write_items(work, entry, plan, checked.items)
        note_care(work, "plan:write", plan)
        return plan_detail(work, plan)


def revise_plan(caller: Caller, plan_id: UUID, version: int, content: PlanContent) -> PlanDetail:
    """Put another content in a draft's place. Raises NotFound, Stale, Conflict ``plan_not_draft``, else as drafting."""
    with transaction(caller) as work:
        plan, entry = _draft(work, plan_id, version)
        checked = _check(work, entry, content)
        _fill(work, plan, checked)
        plans.remove_items(work, plan.id)
        _write_items(work, entry, plan, checked.items)
        count_up(work, plan)
        note_care(work, "plan:write", plan)
        return plan_detail(work, plan)


def agree_plan(caller: Caller, plan_id: UUID, version: int, agreed_by: AgreedBy) -> PlanDetail:
    """Begin a plan that the person agreed to and has a copy of: the one before ends, its visits are planned anew.

    Raises NotFound; Stale; Conflict ``plan_not_draft``, ``plan_not_now``, ``consent_missing``; Invalid
    ``quarterly_not_stable``, ``worker_unknown``, ``plan_guardian_unknown``.
    """
    with transaction(caller) as work:
        plan, entry = _draft(work, plan_id, version)
        require_consent(work, entry, ConsentScope.PLAN_VISIT)
        check_frequency(VisitFrequency(plan.visit_frequency), entry.state)
        check_worker(plan.visitor_id, plans.crew_of(work, entry, [plan.visitor_id]), field="visitor_id")
        _check_guardian(work, entry, agreed_by)
        _end_previous(work, entry)
        _begin(work, plan, agreed_by)
        first = entry.state == LedgerState.ASSESSED
        if first:
            move(work, entry, LedgerAct.START_PLAN)
        schedule = Schedule(VisitFrequency(plan.visit_frequency), day_of(work.now), spares_late_start=first)
        lay_visits(work, entry, plan, schedule)
        note_care(work, "plan:agree", plan)
        return plan_detail(work, plan)


def entry_of_plan(work: Work, plan: CarePlan) -> LedgerEntry:
    """The entry a plan belongs to; lock it first."""
    return work.session.get_one(LedgerEntry, (work.county_code, plan.entry_id))


def _draft(work: Work, plan_id: UUID, version: int) -> tuple[CarePlan, LedgerEntry]:
    plan = record_for_change(work, WRITING, plan_id, version)
    if plan.state != PlanState.DRAFT:
        raise Conflict("plan_not_draft", state=plan.state)
    entry = entry_of_plan(work, plan)
    check_state(entry.state)
    return plan, entry


def _check(work: Work, entry: LedgerEntry, content: PlanContent) -> PlanContent:
    """The content with its texts tidied.

    Raises Conflict ``plan_not_now``; Invalid ``quarterly_not_stable``, ``plan_lead_unknown``, ``worker_unknown``,
    ``medication_needs_clinician``, ``plan_item_day``, ``plan_goals_missing``, or as ``checked_notes`` does.
    """
    check_state(entry.state)
    check_frequency(content.visit_frequency, entry.state)
    crew = plans.crew_of(work, entry, {content.visitor_id, *(item.owner_id for item in content.items)})
    check_worker(content.visitor_id, crew, field="visitor_id")
    check_lead(content.lead_id or work.identity.user_id, crew)
    check_items(content.items, crew, Days(day_of(work.now), last_day_in_service(entry.expires_at)))
    return _tidied(work, entry, content)


def _tidied(work: Work, entry: LedgerEntry, content: PlanContent) -> PlanContent:
    clinical = Role.CLINICIAN in roles_over(work, entry.area_code)
    texts = checked_notes({name: getattr(content, name) for name in _SEALED}, word_list(), clinical=clinical)
    if texts["goals"] is None:
        raise Invalid("plan_goals_missing", field="goals")
    details = {f"items.{number}.detail": item.detail for number, item in enumerate(content.items)}
    tidy = checked_notes(details, word_list(), clinical=clinical)
    return replace(
        content,
        goals=texts["goals"],
        contact_wishes=texts["contact_wishes"],
        safety_note=texts["safety_note"],
        items=tuple(replace(item, detail=tidy[f"items.{number}.detail"]) for number, item in enumerate(content.items)),
    )


def _fill(work: Work, plan: CarePlan, content: PlanContent) -> None:
    plan.lead_id = content.lead_id or work.identity.user_id
    plan.visit_frequency, plan.visitor_id = content.visit_frequency.value, content.visitor_id
    keys = sealing_keys(work, "plan:write", plan.resident_id, *_SEALED.values())
    for name, field in _SEALED.items():
        text: str | None = getattr(content, name)
        setattr(plan, f"sealed_{name}", keys.seal_optional(field, plan.id, plan.resident_id, text))


def _write_items(work: Work, entry: LedgerEntry, plan: CarePlan, items: Sequence[NewItem]) -> None:
    keys = sealing_keys(work, "plan:write", plan.resident_id, DETAIL)
    for item in items:
        columns = columns_of(work, entry)
        detail = keys.seal_optional(DETAIL, columns["id"], plan.resident_id, item.detail)
        row = PlanItem(
            **columns, plan_id=plan.id, service=item.service, setting=item.setting, owner_id=item.owner_id,
            frequency=item.frequency.value, due_on=item.due_on, sealed_detail=detail,
        )  # fmt: skip
        work.session.add(row)


def _check_guardian(work: Work, entry: LedgerEntry, agreed_by: AgreedBy) -> None:
    """Nobody agrees for somebody who has no guardian; raises Invalid ``plan_guardian_unknown``."""
    resident = work.session.get_one(Resident, (work.county_code, entry.resident_id))
    if agreed_by is not AgreedBy.SELF and resident.guardian_relation is None:
        raise Invalid("plan_guardian_unknown", field="agreed_by")


def _end_previous(work: Work, entry: LedgerEntry) -> None:
    previous = plans.running_plan(work, entry.id)
    if previous is None:
        return
    previous.state, previous.end_reason = PlanState.ENDED.value, PlanEndReason.REPLACED.value
    previous.ended_on = day_of(work.now)
    count_up(work, previous)
    note_care(work, "plan:end", previous)
    stop_visits(work, [entry.id], "replanned")
    finish_tasks_about(work, previous.id, TaskKind.PLAN_REVIEW)
    # Before the next one begins: only one version may run.
    work.session.flush()


def _begin(work: Work, plan: CarePlan, agreed_by: AgreedBy) -> None:
    today: date = day_of(work.now)
    plan.state, plan.agreed_by, plan.agreed_at = PlanState.ACTIVE.value, agreed_by.value, work.now
    plan.copy_given, plan.starts_on, plan.review_due_on = True, today, plan_review_due(today)
    count_up(work, plan)
