"""Plans, visits and family advice, as the contract's requests need them."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from server import clock
from server.domain.codes import LedgerState, Role
from server.domain.codes_care import ConsentScope
from server.models.plan import FamilyAdvice, PlanItem
from server.store.care import columns_of
from server.store.transaction import new_id, transaction
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make_care import InCare, a_consent, a_plan, entry_of, in_care, visits_of
from tests.make_plans import entry_row
from tests.signed_in import a_user

#: Whoever reaches a person by their own visits and tasks alone.
_VISITING = frozenset({Role.GRID_WORKER, Role.CASE_MEMBER})


def _person(scene: Scene, state: LedgerState = LedgerState.PLAN_ACTIVE) -> InCare:
    """Somebody looked after by the caller, unless the caller only visits."""
    return in_care(scene.county, state, carers=() if scene.role in _VISITING else (scene.user_id,))


def _with_plan(scene: Scene, **changes: object) -> tuple[InCare, UUID]:
    """The same with a running plan, whose visit is the caller's to make."""
    person = _person(scene)
    return person, a_plan(person, visitor_id=scene.user_id, **changes)


def _days(first: int, last: int) -> dict[str, str]:
    today = clock.today()
    return {
        "due_from": (today + timedelta(days=first)).isoformat(),
        "due_to": (today + timedelta(days=last)).isoformat(),
    }


def _content(scene: Scene) -> dict[str, object]:
    return {"goals": "每天出门走一走。", "items": [], "visitor_id": str(scene.user_id)}


def _entry(scene: Scene) -> Call:
    person, _ = _with_plan(scene)
    return named(None, entry_id=person.entry_id)


def _plan(scene: Scene) -> Call:
    person, plan_id = _with_plan(scene)
    return Call({"plan_id": str(plan_id)}, version=1, secrets=(str(plan_id), str(person.entry_id)))


def _draft(scene: Scene, body: Mapping[str, object]) -> Call:
    person = _person(scene, LedgerState.ASSESSED)
    unset = dict.fromkeys(("agreed_at", "agreed_by", "starts_on", "review_due_on"))
    plan_id = a_plan(person, visitor_id=scene.user_id, visits=0, state="draft", copy_given=False, **unset)
    return Call({"plan_id": str(plan_id)}, body, version=1)


def _plan_to_review(scene: Scene) -> Call:
    body = dict(example_body(scene.operation) or {}) | {"held_on": clock.today().isoformat(), "id": str(new_id())}
    return Call({"plan_id": str(_with_plan(scene)[1])}, body, version=1)


def _plan_to_draft(scene: Scene) -> Call:
    person = _person(scene, LedgerState.ASSESSED)
    return Call({"entry_id": str(person.entry_id)}, _content(scene))


def _entry_to_rest(scene: Scene) -> Call:
    person, _ = _with_plan(scene)
    body = {"reason": "hospital", "until": (clock.today() + timedelta(days=9)).isoformat()}
    return Call({"entry_id": str(person.entry_id)}, body, version=entry_row(person).version)


def _entry_to_resume(scene: Scene) -> Call:
    person = _person(scene, LedgerState.PAUSED)
    a_plan(person, visitor_id=scene.user_id, visits=0)
    return Call({"entry_id": str(person.entry_id)}, {"reason": "back"}, version=entry_row(person).version)


def _item(scene: Scene) -> UUID:
    person, plan_id = _with_plan(scene)
    with transaction(person.assessor) as work:
        columns = columns_of(work, entry_of(work, person))
        item = PlanItem(
            **columns, plan_id=plan_id, service="01", setting="individual", owner_id=scene.user_id,
            frequency="once", due_on=clock.today(),
        )  # fmt: skip
        work.session.add(item)
        return item.id


def _items(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_item(scene)),))


def _visit(scene: Scene) -> UUID:
    person, _ = _with_plan(scene)
    (visit,) = visits_of(person)
    return visit.id


def _visits(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_visit(scene)),))


def _visit_to_record(scene: Scene) -> Call:
    body = {"visit_type": "1", "visited_at": clock.now().isoformat(), "outcome": "1", "minutes": 30}
    return Call({"visit_id": str(_visit(scene))}, body, version=1)


def _visit_to_move(scene: Scene) -> Call:
    return Call({"visit_id": str(_visit(scene))}, _days(1, 2) | {"reason": "person_asked"}, version=1)


def _visit_to_give(scene: Scene) -> Call:
    other, _ = a_user(scene.county, (Role.GRID_WORKER, scene.county.grid))
    return Call({"visit_id": str(_visit(scene))}, {"assignee_id": str(other)}, version=1)


def _visit_to_add(scene: Scene) -> Call:
    other, _ = a_user(scene.county, (Role.GRID_WORKER, scene.county.grid))
    person, _ = _with_plan(scene)
    return Call({"entry_id": str(person.entry_id)}, _days(1, 2) | {"assignee_id": str(other)})


def _advised(scene: Scene) -> Call:
    person, _ = _with_plan(scene)
    consent_id = a_consent(person, ConsentScope.FAMILY_CONTACT)
    with transaction(person.assessor) as work:
        columns = columns_of(work, entry_of(work, person)) | {"created_by": scene.user_id}
        row = FamilyAdvice(
            **columns, given_on=clock.today(), relation="1", consent_id=consent_id, advice=["see_doctor"],
            reply="will_do",
        )  # fmt: skip
        work.session.add(row)
    return named(None, entry_id=person.entry_id)


def _family_to_advise(scene: Scene) -> Call:
    person, _ = _with_plan(scene)
    a_consent(person, ConsentScope.FAMILY_CONTACT)
    (visit,) = visits_of(person)
    body = {"given_on": clock.today().isoformat(), "relation": "1", "advice": ["see_doctor"], "reply": "will_do"}
    return Call({"entry_id": str(person.entry_id)}, body | {"visit_id": str(visit.id)})


RECORDS: Mapping[tuple[str, ...], Arranger] = {
    ("plan_id",): _plan,
    ("item_id",): lambda scene: named(item_id=_item(scene)),
    ("visit_id",): lambda scene: named(visit_id=_visit(scene)),
}
SPECIAL: Mapping[str, Arranger] = {
    "GET /ledger-entries/{entry_id}/plans": _entry,
    "POST /ledger-entries/{entry_id}/plans": _plan_to_draft,
    "PATCH /plans/{plan_id}": lambda scene: _draft(scene, _content(scene)),
    "POST /plans/{plan_id}/agreement": lambda scene: _draft(scene, {"agreed_by": "self", "copy_given": True}),
    "POST /plans/{plan_id}/reviews": _plan_to_review,
    "POST /ledger-entries/{entry_id}/pause": _entry_to_rest,
    "POST /ledger-entries/{entry_id}/resumption": _entry_to_resume,
    "GET /plan-items": _items,
    "GET /visits": _visits,
    "POST /visits/{visit_id}/record": _visit_to_record,
    "POST /visits/{visit_id}/rescheduling": _visit_to_move,
    "POST /visits/{visit_id}/assignment": _visit_to_give,
    "POST /ledger-entries/{entry_id}/visits": _visit_to_add,
    "GET /ledger-entries/{entry_id}/family-advice": _advised,
    "POST /ledger-entries/{entry_id}/family-advice": _family_to_advise,
}
