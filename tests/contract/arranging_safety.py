"""Safety events and the crisis card, for the contract tests."""

from collections.abc import Mapping
from dataclasses import replace

from server import clock
from server.domain.codes import Purpose, Role
from server.domain.codes_care import SafetyKind
from server.services.crisis_card import NumberEntry, enter_number
from server.services.safety import SafetyReport, SafetyStatus, raise_safety_event
from server.services.safety_acts import acknowledge_event, review_event
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make import a_caller, same_caller


def _raised(scene: Scene) -> SafetyStatus:
    """Raised by the caller where only one's own is reached, else by the grid's worker."""
    report = SafetyReport(SafetyKind.ACUTE_STATE, "路边有人喊救命", scene.county.grid)
    return raise_safety_event(same_caller(scene.author, Purpose.SWEEP), report)


def _event(scene: Scene) -> Call:
    view = _raised(scene)
    return named(view.version, event_id=view.id)


def _listed(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_raised(scene).id),))


def _raising(scene: Scene) -> Call:
    return Call(body={"area_code": scene.county.grid, "kind": "acute_state", "facts": "路边有人喊救命"})


def _telling(scene: Scene) -> Call:
    body = {"recipient": "ambulance_120", "told_at": clock.now().isoformat()}
    return replace(_event(scene), body=body)


def _in_hand(scene: Scene) -> SafetyStatus:
    view = _raised(scene)
    coordinator = a_caller(scene.county, Role.TOWNSHIP_COORDINATOR, scene.county.township, Purpose.REVIEW)
    return acknowledge_event(coordinator, view.id, view.version)


def _reviewing(scene: Scene) -> Call:
    view = _in_hand(scene)
    return Call({"event_id": str(view.id)}, {}, version=view.version)


def _closing(scene: Scene) -> Call:
    view = _in_hand(scene)
    reviewer = a_caller(scene.county, Role.ASSESSOR, scene.county.township, Purpose.CARE)
    view = review_event(reviewer, view.id, view.version, None)
    return named(view.version, event_id=view.id)


def _number(scene: Scene) -> Call:
    admin = a_caller(scene.county, Role.SYSADMIN, scene.county.code)
    code = f"line_{scene.user_id.hex[-8:]}"
    enter_number(admin, code, NumberEntry("试验热线", "Trial line", "0000-12345", "全天", "always"))
    body = example_body(scene.operation) if scene.operation.method == "PUT" else None
    return Call({"number_code": code}, body, version=1)


RECORDS: Mapping[tuple[str, ...], Arranger] = {("event_id",): _event, ("number_code",): _number}
SPECIAL: Mapping[str, Arranger] = {
    "POST /safety-events": _raising,
    "GET /safety-events": _listed,
    "POST /safety-events/{event_id}/notices": _telling,
    "POST /safety-events/{event_id}/review": _reviewing,
    "POST /safety-events/{event_id}/closure": _closing,
    "GET /crisis-card": lambda _: Call(names=False),
    "POST /crisis-card": lambda scene: Call(body=example_body(scene.operation), names=False),
}
