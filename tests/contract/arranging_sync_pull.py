"""What tablets fetch and hold, for the contract: the caller signed in on a tablet and has a visit to make."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from server.domain.codes import LedgerState
from server.models.user import LoginSession
from server.store.transaction import transaction
from tests.contract.scene import Arranger, Call, Scene, named
from tests.make_care import a_plan, in_care
from tests.make_devices import a_tablet, office
from tests.tablet_feeds import Tablet, on_a_tablet


def _device_of(scene: Scene) -> UUID | None:
    with transaction(office(scene.county)) as work:
        statement = select(LoginSession.device_id).where(LoginSession.user_id == scene.user_id)
        return work.session.scalar(statement)


def _with_a_visit(scene: Scene) -> Call:
    a_plan(in_care(scene.county, LedgerState.PLAN_ACTIVE), visitor_id=scene.user_id)
    return Call(body={"device_id": str(_device_of(scene))}, names=False)


def _to_repair(scene: Scene) -> Call:
    call = _with_a_visit(scene)
    return Call(body={**(call.body or {}), "area_code": scene.county.grid, "held": []}, names=False)


def _held(scene: Scene) -> Call:
    """A tablet on which somebody has pulled."""
    tablet = a_tablet(scene.county)
    a_plan(in_care(scene.county, LedgerState.PLAN_ACTIVE), visitor_id=scene.author.identity.user_id)
    Tablet(on_a_tablet(scene.author, tablet.id)).pull()
    return named(device_id=tablet.id)


def _holding(scene: Scene) -> Call:
    """Somebody whom the caller may see, before acceptance and after it."""
    return named(entry_id=in_care(scene.county, _state_for(scene), carers=(scene.user_id,)).entry_id)


def _state_for(scene: Scene) -> LedgerState:
    return LedgerState.REPORTED if scene.role in {"village_officer", "judicial_officer"} else LedgerState.PLAN_ACTIVE


RECORDS: Mapping[tuple[str, ...], Arranger] = {}

SPECIAL: Mapping[str, Arranger] = {
    "POST /sync/pull": _with_a_visit,
    "POST /sync/repair": _to_repair,
    "GET /sync/library/{name}": lambda _: Call({"name": "codes"}, names=False),
    "GET /devices/{device_id}/feeds": _held,
    "GET /ledger-entries/{entry_id}/tablets": _holding,
}
