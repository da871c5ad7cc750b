"""Tablets for the contract: enrolled by the office of the first township."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from server.domain.codes_devices import DeviceState
from server.domain.devices import check_number
from server.services.device_enrolments import give_code
from server.services.devices import read_device
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.transaction import transaction
from tests import residents
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make_devices import Tablet, a_pending_tablet, a_tablet, office
from tests.sweeping import judicial


def _tablet(scene: Scene, state: DeviceState = DeviceState.ACTIVE) -> Tablet:
    return a_tablet(scene.county, state=state)


def _named(scene: Scene) -> Call:
    tablet = _tablet(scene)
    return named(read_device(office(scene.county), tablet.id).version, device_id=tablet.id)


def _enrolment(scene: Scene) -> UUID:
    return give_code(office(scene.county), scene.county.township, "一号平板").enrolment.id


def _to_approve(scene: Scene) -> Call:
    tablet = a_pending_tablet(scene.county)
    return replace(named(device_id=tablet.id), body={"check_number": check_number(tablet.public_key)})


def _to_revoke(scene: Scene) -> Call:
    return replace(_named(scene), body={"reason": "lost"})


def _held(scene: Scene) -> Call:
    """Somebody's name was opened on the tablet."""
    tablet = _tablet(scene)
    (resident_id,) = residents.registered(judicial(scene.county), residents.a_resident(scene.county.grid))
    on_it = replace(scene.author, identity=replace(scene.author.identity, device_id=tablet.id))
    with transaction(on_it) as work:
        event = AccessEvent("sync:pull", fields=("resident.name",), table="resident")
        disclose(work, event, (resident_id,))
    return named(device_id=tablet.id)


def _listed(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_tablet(scene).id),))


def _codes(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_enrolment(scene)),))


def _to_enrol(scene: Scene) -> Call:
    return Call(body=dict(example_body(scene.operation) or {}) | {"area_code": scene.county.township})


RECORDS: Mapping[tuple[str, ...], Arranger] = {
    ("device_id",): _named,
    ("enrolment_id",): lambda scene: named(enrolment_id=_enrolment(scene)),
}

SPECIAL: Mapping[str, Arranger] = {
    "GET /devices": _listed,
    "GET /devices/enrolments": _codes,
    "POST /devices/enrolments": _to_enrol,
    "POST /devices/{device_id}/approval": _to_approve,
    "POST /devices/{device_id}/revocation": _to_revoke,
    "GET /devices/{device_id}/held": _held,
    "POST /sync/lease": lambda scene: Call(body={}, names=False),
}
