"""What time does with plans each night: visits planned on, looks back asked for, rests that are over told."""

from datetime import datetime, timedelta

from server.clock import day_of
from server.domain.codes import Role
from server.domain.workdays import Deadline, due_at
from server.models.plan import CarePlan
from server.store.plans import rests_over, reviews_due
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Work
from server.store.visit_laying import lay_further

#: How long a township has to take up a rest that is over.
_AFTER_REST = timedelta(days=7)


def plan_visits_ahead(work: Work, now: datetime) -> int:
    """Plan the visits of the next month for running plans; returns how many plans were planned on."""
    return lay_further(work, now)


def ask_for_reviews(work: Work, now: datetime) -> int:
    """Ask whoever leads a plan to look back at it with the person, a week before it is due."""
    due = reviews_due(work, day_of(now))
    insert_tasks(work, [_review_task(plan) for plan in due])
    return len(due)


def tell_rests_over(work: Work, now: datetime) -> int:
    """Tell the township that a plan has rested as long as was said: go on, or let the person leave."""
    over = rests_over(work, now)
    due = now + _AFTER_REST
    role = Role.TOWNSHIP_COORDINATOR
    insert_tasks(work, [NewTask(one.area_code, TaskKind.PAUSE_ENDED, role, due, one.id) for one in over])
    return len(over)


def _review_task(plan: CarePlan) -> NewTask:
    due = due_at(Deadline(plan.review_due_on, provisional=False)) if plan.review_due_on else plan.updated_at
    about = ("care_plan", plan.id)
    return NewTask(plan.area_code, TaskKind.PLAN_REVIEW, Role.ASSESSOR, due, plan.entry_id, plan.lead_id, about)
