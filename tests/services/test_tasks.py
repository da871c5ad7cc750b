"""Tasks: whom they are for, and who took them in hand."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from server import clock
from server.domain.codes import Purpose, ReturnReason, Role, Urgency
from server.domain.pages import PageAsked
from server.errors import Conflict, NotFound, Stale
from server.models.ledger import Task
from server.services.ledger_exit import purge_forbidden
from server.services.ledger_review import return_entry
from server.services.tasks import acknowledge_task, list_tasks
from server.store.transaction import Caller, transaction
from tests.make import County, a_caller, an_identity
from tests.make_ledger import a_coordinator, a_reported_entry, an_officer, an_opened_entry, refusal

FIRST = PageAsked(50)


def kinds(caller: Caller, *, overdue_only: bool = False) -> list[str]:
    return [task.kind for task in list_tasks(caller, FIRST, overdue_only=overdue_only).items]


def test_a_task_is_for_its_role_in_its_area(county: County) -> None:
    coordinator = a_coordinator(county)
    a_reported_entry(county, urgency=Urgency.URGENT)
    opened = an_opened_entry(county, coordinator)
    return_entry(coordinator, opened.id, opened.version, ReturnReason.NEEDS_FACT)
    assert kinds(coordinator) == ["urgent_report"]
    assert kinds(an_officer(county)) == ["returned_entry"]
    assert kinds(a_coordinator(county, county.other_township)) == []
    elsewhere = (Role.JUDICIAL_OFFICER, county.township), (Role.TOWNSHIP_COORDINATOR, county.other_township)
    assert kinds(Caller(an_identity(county, *elsewhere), county.store)) == ["returned_entry"]


def test_the_privacy_officer_learns_of_a_forbidden_ground_and_of_nobody(county: County) -> None:
    entry = a_reported_entry(county)
    purge_forbidden(a_coordinator(county), entry.id, entry.version)
    privacy = a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT)
    (task,) = list_tasks(privacy, FIRST, overdue_only=False).items
    assert (task.kind, task.entry_id, task.entry_no) == ("forbidden_ground", None, None)


def test_what_is_late_can_be_asked_for(county: County) -> None:
    coordinator = a_coordinator(county)
    a_reported_entry(county, urgency=Urgency.URGENT)
    assert kinds(coordinator, overdue_only=True) == []
    with transaction(coordinator) as work:
        work.session.execute(
            update(Task).where(Task.county_code == county.code).values(due_at=clock.now() - timedelta(minutes=1))
        )
    assert kinds(coordinator, overdue_only=True) == ["urgent_report"]


def test_a_task_is_taken_in_hand_once(county: County) -> None:
    coordinator = a_coordinator(county)
    a_reported_entry(county, urgency=Urgency.URGENT)
    (task,) = list_tasks(coordinator, FIRST, overdue_only=False).items
    done = acknowledge_task(coordinator, task.id, task.version)
    assert (done.done_by, done.version, done.overdue) == (coordinator.identity.user_id, 2, False)
    assert done.done_at is not None
    with refusal(Stale, "record_changed"):
        acknowledge_task(coordinator, task.id, task.version)
    with refusal(Conflict, "task_done"):
        acknowledge_task(coordinator, task.id, done.version)
    assert kinds(coordinator) == []


@pytest.mark.parametrize("role", [Role.JUDICIAL_OFFICER, Role.TOWNSHIP_COORDINATOR])
def test_another_role_or_area_does_not_find_it(county: County, role: Role) -> None:
    a_reported_entry(county, urgency=Urgency.URGENT)
    (task,) = list_tasks(a_coordinator(county), FIRST, overdue_only=False).items
    area = county.township if role is Role.JUDICIAL_OFFICER else county.other_township
    with refusal(NotFound, "not_found"):
        acknowledge_task(a_caller(county, role, area), task.id, task.version)
