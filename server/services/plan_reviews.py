"""Looking back at a plan with the person: signed, it never changes; three calm months make somebody stable."""

from datetime import date
from uuid import UUID

from server.clock import day_of
from server.domain.care_notes import checked_notes
from server.domain.codes import Role
from server.domain.codes_care import ConsentScope, PlanState
from server.domain.codes_plans import ReviewOutcome, VisitFrequency
from server.domain.deadlines import plan_review_due
from server.domain.ledger_states import LedgerAct
from server.domain.plans import NewReview
from server.domain.visit_schedule import Schedule
from server.domain.visits import three_calm_months
from server.errors import Conflict, Invalid
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, PlanReview
from server.services.ledger_moves import move, roles_over
from server.services.plan_reading import PlanDetail, plan_detail
from server.services.plans import WRITING, entry_of_plan
from server.store.care import columns_of, note_care, record_for_change, sealing_keys
from server.store.care_stop import stop_visits
from server.store.consents import require_consent
from server.store.plans import NOTE
from server.store.records import count_up
from server.store.taken import insert_new
from server.store.tasks import TaskKind, finish_tasks_about
from server.store.transaction import Caller, Work, transaction
from server.store.visit_laying import lay_visits
from server.store.visits import contacts_of
from server.store.word_lists import word_list


def review_plan(caller: Caller, plan_id: UUID, version: int, review: NewReview) -> PlanDetail:
    """Sign a look back; the next one is due in three months. ``settle`` makes the person stable, if they are.

    Raises NotFound; Stale; Conflict ``plan_not_running``, ``plan_not_calm``, ``consent_missing``,
    ``ledger_transition_forbidden``, ``record_exists``; Invalid ``review_day`` or as ``checked_notes`` does.
    """
    with transaction(caller) as work:
        plan = record_for_change(work, WRITING, plan_id, version)
        if plan.state != PlanState.ACTIVE:
            raise Conflict("plan_not_running")
        entry = entry_of_plan(work, plan)
        _sign(work, entry, plan, review)
        plan.review_due_on = plan_review_due(review.held_on)
        if review.outcome is ReviewOutcome.SETTLE:
            _settle(work, entry, plan)
        count_up(work, plan)
        note_care(work, "plan:review", plan)
        finish_tasks_about(work, plan.id, TaskKind.PLAN_REVIEW)
        return plan_detail(work, plan)


def _sign(work: Work, entry: LedgerEntry, plan: CarePlan, review: NewReview) -> None:
    if not (plan.starts_on or date.max) <= review.held_on <= day_of(work.now):
        raise Invalid("review_day", field="held_on")
    clinical = Role.CLINICIAN in roles_over(work, entry.area_code)
    note = checked_notes({"note": review.note}, word_list(), clinical=clinical)["note"]
    if note is None:
        raise Invalid("review_note_missing", field="note")
    columns = columns_of(work, entry, review.id)
    keys = sealing_keys(work, "plan:review", entry.resident_id, NOTE)
    row = PlanReview(
        **columns, plan_id=plan.id, held_on=review.held_on, with_person=review.with_person,
        outcome=review.outcome.value, signed_at=work.now,
        sealed_note=keys.seal(NOTE, columns["id"], entry.resident_id, note),
    )  # fmt: skip
    insert_new(work, row)
    note_care(work, "plan:review", row)


def _settle(work: Work, entry: LedgerEntry, plan: CarePlan) -> None:
    """Three calm months and a signed review: from now on a visit every third month."""
    require_consent(work, entry, ConsentScope.PLAN_VISIT)
    if not three_calm_months(contacts_of(work, entry.id), day_of(work.now)):
        raise Conflict("plan_not_calm")
    move(work, entry, LedgerAct.SETTLE)
    plan.visit_frequency = VisitFrequency.QUARTERLY.value
    stop_visits(work, [entry.id], "replanned")
    lay_visits(work, entry, plan, Schedule(VisitFrequency.QUARTERLY, day_of(work.now)))
