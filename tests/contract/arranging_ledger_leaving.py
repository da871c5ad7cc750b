"""Proposals about somebody the caller may let leave, for the contract tests."""

from collections.abc import Mapping
from datetime import timedelta

from server import clock
from server.domain.codes import ClosureReason, LedgerState, Role
from server.services.entry_proposals import propose_closure
from tests.contract.scene import Arranger, Call, Scene, named
from tests.make_care import InCare, in_care
from tests.make_leaving import a_new_fact


def _person(scene: Scene, **changes: object) -> InCare:
    carers = () if scene.role is Role.TOWNSHIP_COORDINATOR else (scene.user_id,)
    return in_care(scene.county, LedgerState.PLAN_ACTIVE, carers=carers, **changes)


def _closing(scene: Scene) -> Call:
    call = named(entry_id=_person(scene).entry_id)
    return Call(call.path, {"reason": "5"}, secrets=call.secrets)


def _renewing(scene: Scene) -> Call:
    person = _person(scene, expires_at=clock.now() + timedelta(days=30))
    call = named(entry_id=person.entry_id)
    return Call(call.path, {"observation_id": str(a_new_fact(person))}, secrets=call.secrets)


def _by(scene: Scene, *, own_side: bool) -> Call:
    """A proposal by the caller's own side, or by the other one."""
    person = _person(scene)
    of_township = (scene.role is Role.TOWNSHIP_COORDINATOR) is own_side
    proposer = person.coordinator if of_township else person.assessor
    view = propose_closure(proposer, person.entry_id, ClosureReason.MOVED)
    return named(view.version, proposal_id=view.id)


def _listing(scene: Scene) -> Call:
    call = _by(scene, own_side=True)
    return Call(query={"state": "open"}, names=False, secrets=call.secrets)


RECORDS: Mapping[tuple[str, ...], Arranger] = {("proposal_id",): lambda scene: _by(scene, own_side=False)}
SPECIAL: Mapping[str, Arranger] = {
    "POST /ledger-entries/{entry_id}/closure-proposals": _closing,
    "POST /ledger-entries/{entry_id}/renewal-proposals": _renewing,
    "GET /entry-proposals": _listing,
    "POST /entry-proposals/{proposal_id}/taking-back": lambda scene: _by(scene, own_side=True),
}
