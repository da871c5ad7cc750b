"""Work from tablets for the contract: an operation that waits for the township, and a rescue file."""

import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from tests import make_devices
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make_devices import a_tablet
from tests.services.test_sync_push import a_fact
from tests.sweeping import a_month, sweep_id_of
from tests.tablets import Tablet, a_field_worker


def _waiting(scene: Scene) -> Call:
    """An operation of a kind that nobody knows yet, by the caller where only one's own is reached."""
    tablet = Tablet(scene.county)
    return _named(
        tablet.push(tablet.operation(scene.author.identity.user_id, "tea_ceremony", {"cups": 2}))[0].review_id
    )


def _to_decide(scene: Scene) -> Call:
    return replace(_waiting(scene), body=dict(example_body(scene.operation) or {}))


def _to_apply(scene: Scene) -> Call:
    """A fact from a grid that its author does not have, so that the township must lend it."""
    tablet, sweep_id = Tablet(scene.county), sweep_id_of(a_month(scene.county))
    data = a_fact(sweep_id, scene.county.village + "002")
    (receipt,) = tablet.push(tablet.operation(a_field_worker(scene.county), "observation", data))
    return _named(receipt.review_id)


def _named(review_id: UUID | None) -> Call:
    return named(1, review_id=review_id)


def _file(scene: Scene) -> Call:
    device, path = a_tablet(scene.county), "/api/v1/sync/rescue"
    operations = [dict(sorted(_work(scene, device).items()))]
    body = json.dumps(operations, ensure_ascii=False, separators=(",", ":")).encode()
    said = {"linli_rescue": 1, "device_id": str(device.id), "county_code": scene.county.code}
    return Call(body=said | {"operations": operations, "signature": device.proof("POST", path, body)})


def _work(scene: Scene, device: make_devices.Tablet) -> dict[str, object]:
    looked = {"kind": "visit", "viewed_at": "2026-11-19T08:30:00+00:00"}
    return Tablet(scene.county, device.id).operation(a_field_worker(scene.county), "view", looked)


RECORDS: Mapping[tuple[str, ...], Arranger] = {("review_id",): _waiting}

SPECIAL: Mapping[str, Arranger] = {
    "POST /sync/reviews/{review_id}/application": _to_apply,
    "POST /sync/reviews/{review_id}/keeping": _to_decide,
    "POST /sync/reviews/{review_id}/return": _to_decide,
    "GET /sync/reviews": lambda scene: Call(names=False, secrets=_waiting(scene).secrets),
    "POST /sync/rescue": _file,
}
