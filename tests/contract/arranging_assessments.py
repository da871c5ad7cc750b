"""Assessments of somebody the caller looks after, for the contract tests."""

from collections.abc import Mapping

from server import clock
from server.domain.codes import LedgerState
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make_assessments import drafted, signed
from tests.make_care import InCare, in_care


def _person(scene: Scene) -> InCare:
    """Somebody in care whom the caller looks after."""
    return in_care(scene.county, LedgerState.PLAN_ACTIVE, carers=(scene.user_id,))


def _today(scene: Scene, **days: str) -> Mapping[str, object]:
    body = {name: value for name, value in (example_body(scene.operation) or {}).items() if name != "id"}
    return body | {name: clock.today().isoformat() for name in days}


def _drafting(scene: Scene) -> Call:
    person = _person(scene)
    call = named(entry_id=person.entry_id)
    return Call(call.path, _today(scene, held_on=""), secrets=call.secrets)


def _of_entry(scene: Scene) -> Call:
    person = _person(scene)
    view = signed(person)
    return Call({"entry_id": str(person.entry_id)}, secrets=(str(view.id), str(person.entry_id)))


def _draft(scene: Scene) -> Call:
    view = drafted(_person(scene))
    return named(view.version, assessment_id=view.id)


def _signed(scene: Scene) -> Call:
    view = signed(_person(scene))
    return named(view.version, assessment_id=view.id)


def _correcting(scene: Scene) -> Call:
    call = _signed(scene)
    return Call(call.path, example_body(scene.operation), version=call.version, secrets=call.secrets)


def _changing(scene: Scene) -> Call:
    call = _draft(scene)
    return Call(call.path, {"result_band": "moderate"}, version=call.version, secrets=call.secrets)


def _giving(scene: Scene) -> Call:
    call = _draft(scene)
    return Call(call.path, _today(scene, given_on=""), secrets=call.secrets)


def _signing(scene: Scene) -> Call:
    """The caller answers for the entry."""
    person = in_care(scene.county, LedgerState.PLAN_ACTIVE, carers=(scene.user_id,), assessor_id=scene.user_id)
    view = drafted(person)
    return named(view.version, assessment_id=view.id)


RECORDS: Mapping[tuple[str, ...], Arranger] = {("assessment_id",): _signed}
SPECIAL: Mapping[str, Arranger] = {
    "POST /ledger-entries/{entry_id}/assessments": _drafting,
    "GET /ledger-entries/{entry_id}/assessments": _of_entry,
    "PATCH /assessments/{assessment_id}": _changing,
    "POST /assessments/{assessment_id}/inputs": _giving,
    "POST /assessments/{assessment_id}/signature": _signing,
    "POST /assessments/{assessment_id}/correction": _correcting,
}
