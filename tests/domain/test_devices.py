"""Codes, check numbers and versions of tablets, and what about one needs a look."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import server.tablet
from server.domain.codes_devices import Attention, DeviceState
from server.domain.devices import (
    NEWEST_APP,
    TABLET_PERMISSIONS,
    Health,
    Standing,
    attention,
    check_number,
    is_too_old,
    is_version,
    new_code,
    parse_code,
    works_there,
)
from server.domain.permissions import purposes_of

NOW = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def test_a_code_names_its_county_and_is_read_back_as_typed() -> None:
    code = new_code("430902")
    assert re.fullmatch(r"430902-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code)
    plain = code.replace("-", "")
    assert parse_code(code) == parse_code(code.lower()) == parse_code(f" {plain} ") == ("430902", plain[6:])
    assert parse_code("430902-OIL0-1111") == ("430902", "01101111")


@pytest.mark.parametrize("text", ["", "430902", "030902-7K3M-9QXA", "430902-7K3M-9QX", "430902-7K3M-9QXU", "Ω" * 14])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert parse_code(text) is None


def test_codes_do_not_repeat() -> None:
    assert len({new_code("430902") for _ in range(2000)}) == 2000


@given(st.binary(min_size=65, max_size=65))
def test_a_check_number_is_the_first_twenty_bits_as_seven_digits(key: bytes) -> None:
    bits = "".join(f"{byte:08b}" for byte in sha256(key).digest())[:20]
    assert check_number(key) == str(int(bits, 2)).rjust(7, "0")
    assert len(check_number(key)) == 7


@pytest.mark.parametrize(("version", "least", "old"), [
    ("1.0.0", "1.0.0", False), ("1", "1.0.0", False), ("1.0.1", "1.1", True), ("1.10", "1.9", False),
    ("0.9", "1", True), (None, "9", False), ("dev", "1", True),
])  # fmt: skip
def test_versions_are_compared_by_their_numbers(version: str | None, least: str, old: bool) -> None:
    assert is_too_old(version, least) is old


def test_a_version_is_numbers_with_dots() -> None:
    assert [is_version(each) for each in ("1", "1.2.3.4", "", "1.", "1.2.3.4.5", "v1", "12345")] == [
        True, True, False, False, False, False, False,
    ]  # fmt: skip


def test_a_role_and_a_tablet_share_ground_up_and_down() -> None:
    township = "430902102"
    assert [works_there(area, township) for area in ("430902102201001", "430902102", "430902", "430902103", "430903")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_a_tablets_session_reaches_no_person_by_itself() -> None:
    assert all(not purposes_of(permission) for permission in TABLET_PERMISSIONS)


def standing(state: DeviceState = DeviceState.ACTIVE, **health: object) -> Standing:
    return Standing(state, unaccounted=False, heard_at=NOW, missing=0, health=Health(**health))  # type: ignore[arg-type]


@pytest.mark.parametrize(("health", "found"), [
    ({}, None),
    ({"oldest_waiting_at": NOW - timedelta(days=3)}, None),
    ({"oldest_waiting_at": NOW - timedelta(days=3, seconds=1)}, Attention.WORK_WAITS),
    ({"storage_free_mb": 200}, None),
    ({"storage_free_mb": 199}, Attention.STORAGE_SHORT),
    ({"storage_persisted": False}, Attention.STORAGE_SHORT),
    ({"clock_offset_ms": 7_200_000}, None),
    ({"clock_offset_ms": -7_200_001}, Attention.CLOCK_OFF),
    ({"app_version": "0.9.9"}, Attention.APP_OLD),
])  # fmt: skip
def test_what_needs_a_look(health: dict[str, object], found: Attention | None) -> None:
    assert attention(standing(**health), NOW, "1.0.0") == ((found,) if found else ())


def test_silence_is_counted_from_when_it_was_last_heard_of() -> None:
    assert attention(standing(), NOW + timedelta(days=7), "1") == ()
    assert attention(standing(), NOW + timedelta(days=7, seconds=1), "1") == (Attention.SILENT,)


def test_a_tablet_that_is_gone_needs_a_look_until_it_is_wiped() -> None:
    gone = Standing(DeviceState.REVOKED, unaccounted=True, heard_at=NOW, missing=9, health=Health())
    assert attention(gone, NOW, "1") == (Attention.UNACCOUNTED,)
    assert attention(standing(DeviceState.REVOKED), NOW, "1") == (Attention.NOT_WIPED,)
    assert attention(standing(DeviceState.PENDING), NOW, "1") == (Attention.TO_APPROVE,)
    assert attention(standing(DeviceState.WIPED, storage_free_mb=1), NOW, "1") == ()


def test_the_newest_app_is_the_one_that_this_server_gives_out() -> None:
    version = Path(server.tablet.__file__).parent / "app" / "js" / "core" / "version.js"
    assert f"APP_VERSION = '{NEWEST_APP}';" in version.read_text("utf-8")
