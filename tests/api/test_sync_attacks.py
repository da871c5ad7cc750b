"""Attacks on the tablet's edge: proofs that no clock or key makes, and what they must never lead to."""

import json
import logging

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from structlog.testing import capture_logs

from server.domain.codes import LedgerState, Purpose, Role
from tests.api.test_residents import everything_stored
from tests.api.test_sync_push import body_of, post
from tests.make import County, user_id_of
from tests.make_care import a_plan, in_care
from tests.make_devices import Tablet, a_tablet
from tests.make_plans import a_worker
from tests.services.test_sync_push import a_fact
from tests.services.test_sync_push_care import a_contact, set_contact
from tests.signed_in import sign_in
from tests.sweeping import CHARACTER_FACT, FACT, a_month, sweep_id_of
from tests.tablets import Tablet as Sealing

STANDING = "/api/v1/sync/standing"


@pytest.fixture
def device(county: County) -> Tablet:
    """An active tablet with its key."""
    return a_tablet(county)


@pytest.mark.parametrize("number", [10**400, -(10**400), 2**53 + 1])
def test_a_proof_of_a_time_beyond_reckoning_is_refused_and_no_fault(
    client: FlaskClient, device: Tablet, number: int
) -> None:
    """Anybody may send one to ``POST /devices``, so it must not reach the log as a fault of ours."""
    answer = client.get(STANDING, headers={"DPoP": device.proof("GET", STANDING, iat=number)})
    assert (answer.status_code, answer.json["code"]) == (401, "device_proof_invalid")


def test_what_tablets_deliver_stands_nowhere_readable(
    client: FlaskClient, county: County, device: Tablet, owner_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Applied, laid aside, in conflict, turned away, decided: no text, no number and no token of it is left behind."""
    caplog.set_level(logging.DEBUG)
    author, person = a_worker(county), in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visitor_id=user_id_of(author), visits=2)
    set_contact(person, phone="13877776601", address="试验村暗号路一号")
    tablet, author_id, sweep_id = Sealing(county, device.id), user_id_of(author), sweep_id_of(a_month(county))
    told = a_fact(sweep_id, county.grid, fact=FACT + "暗号甲")
    told["resident"] |= {"name": "暗号名", "phone": "13877776602", "address": "暗号巷二号"}
    operations = [
        tablet.operation(author_id, "observation", told),
        tablet.operation(author_id, "observation", told | {"fact": CHARACTER_FACT + "暗号乙"}),
        tablet.operation(author_id, "observation", told | {"fact": FACT + "暗号丙"}, token="x" * 43),
        tablet.operation(author_id, "tea", {"cups": "暗号丁"}),
        tablet.operation(author_id, "safety_event", {"kind": "暗号戊", "facts": "暗号己", "area_code": county.grid}),
        tablet.operation(author_id, "contact", a_contact(phone=("13877776603", "13877776604")),
                         record_id=person.entry_id),
        tablet.operation(author_id, "contact", a_contact(address=("试验村暗号路一号", "暗号街三号")),
                         record_id=person.entry_id),
    ]  # fmt: skip
    with capture_logs() as logs:
        answer = post(client, device, body_of(device, operations))
        office = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
        reviews = [one["review_id"] for one in answer.json["receipts"] if one["review_id"]]
        for review_id in reviews:
            office.get(f"/sync/reviews/{review_id}")
            office.post(f"/sync/reviews/{review_id}/application", headers={"If-Match": '"1"'})
        listed = office.get("/sync/reviews").text
    assert [one["result"] for one in answer.json["receipts"]] == [
        "applied", "quarantined", "rejected", "quarantined", "quarantined", "conflict", "applied",
    ]  # fmt: skip
    left = everything_stored(owner_engine, county) + caplog.text + str(logs) + answer.text + listed
    assert all(review_id in left for review_id in reviews)
    for secret in ("暗号", "138777766", tablet.token(author_id)):
        assert secret not in left
        assert secret.encode().hex() not in left
        assert json.dumps(secret)[1:-1] not in left
