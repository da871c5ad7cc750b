"""Attacks on the tablet's edge: proofs that no clock or key makes, and what they must never lead to."""

import pytest
from flask.testing import FlaskClient

from tests.make import County
from tests.make_devices import Tablet, a_tablet

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
