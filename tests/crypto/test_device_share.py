"""A tablet's share of its storage key opens for one user on one tablet of one county, and nowhere else."""

from dataclasses import replace
from uuid import uuid4

import pytest

from server.crypto.device_share import ShareName, new_share, open_share
from server.crypto.errors import SealBroken
from server.crypto.kek import SealedFileKek
from server.crypto.secret import Secret

NAME = ShareName("deployment", "430999", uuid4(), uuid4())


def test_a_share_is_32_fresh_bytes_that_open_again() -> None:
    provider = SealedFileKek(Secret.random())
    wrapped = [new_share(provider, NAME) for _ in range(2)]
    shares = [open_share(provider, each, NAME) for each in wrapped]
    assert [len(share) for share in shares] == [32, 32]
    assert shares[0] != shares[1]
    assert shares[0] not in wrapped[0]
    assert open_share(provider, wrapped[0], NAME) == shares[0]


@pytest.mark.parametrize(
    "changed", [{"deployment": "another"}, {"county_code": "370699"}, {"device_id": uuid4()}, {"user_id": uuid4()}]
)
def test_a_share_does_not_open_in_anothers_name(changed: dict[str, object]) -> None:
    provider = SealedFileKek(Secret.random())
    with pytest.raises(SealBroken):
        open_share(provider, new_share(provider, NAME), replace(NAME, **changed))  # type: ignore[arg-type]


def test_tablet_and_user_cannot_change_places() -> None:
    provider = SealedFileKek(Secret.random())
    turned = replace(NAME, device_id=NAME.user_id, user_id=NAME.device_id)
    with pytest.raises(SealBroken):
        open_share(provider, new_share(provider, NAME), turned)


def test_another_key_provider_and_a_changed_share_open_nothing() -> None:
    provider = SealedFileKek(Secret.random())
    wrapped = new_share(provider, NAME)
    with pytest.raises(SealBroken):
        open_share(SealedFileKek(Secret.random()), wrapped, NAME)
    for broken in (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b"", wrapped[:12]):
        with pytest.raises(SealBroken):
            open_share(provider, broken, NAME)
