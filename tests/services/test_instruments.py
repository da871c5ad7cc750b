"""A county's instruments: bundled ones from the start, the others by licence alone."""

import pytest

from server.domain.codes import Role
from server.errors import Conflict, Invalid, NotFound, Stale
from server.schemas.instrument_examples import DEFINITION
from server.services.instruments import (
    Enabling,
    disable_instrument,
    enable_instrument,
    list_instruments,
    load_instrument,
    read_instrument,
)
from server.store.transaction import Caller
from tests.make import County, a_caller
from tests.make_ledger import refusal
from tests.make_screenings import EDITIONS
from tests.sweeping import events_of

LICENCE = "县卫健委〔2026〕12号附件3"


def a_privacy_officer(county: County) -> Caller:
    return a_caller(county, Role.PRIVACY_OFFICER, county.code)


def an_admin(county: County) -> Caller:
    return a_caller(county, Role.SYSADMIN, county.code)


def test_bundled_instruments_are_enabled_from_the_start_and_the_others_are_not(county: County) -> None:
    views = list_instruments(a_privacy_officer(county))
    assert {one.definition.code: one.enabled for one in views} == {
        "audit": False, "audit-c": False, "gad-7": True, "gds-15": True, "k10": True, "k6": True,
        "pcl-5": False, "phq-9": True, "srq-20": True, "who-5": False,
    }  # fmt: skip
    assert {(one.version, one.licence_evidence, one.enabled_by) for one in views} == {(1, None, None)}


def test_an_optional_instrument_is_enabled_by_its_licence_alone(county: County) -> None:
    officer = a_privacy_officer(county)
    with refusal(Invalid, "instrument_licence_missing"):
        enable_instrument(officer, "who-5", 1, Enabling("1998"))
    enabled = enable_instrument(officer, "who-5", 1, Enabling("1998", LICENCE))
    assert (enabled.enabled, enabled.licence_evidence, enabled.version) == (True, LICENCE, 2)
    assert (enabled.enabled_by, enabled.cut_off) == (officer.identity.user_id, None)
    assert read_instrument(officer, "who-5", None) == enabled
    disabled = disable_instrument(officer, "who-5", 2, "1998")
    assert (disabled.enabled, disabled.enabled_by, disabled.licence_evidence) == (False, None, LICENCE)
    assert enable_instrument(officer, "who-5", 3, Enabling("1998")).licence_evidence == LICENCE
    told = [(one["action"], one.get("before"), one["after"]) for one in events_of(county) if "after" in one]
    assert told == [("instrument:enable", 1, 2), ("instrument:enable", 2, 3), ("instrument:enable", 3, 4)]


def test_a_bundled_instrument_can_be_disabled_and_needs_no_licence_to_come_back(county: County) -> None:
    officer = a_privacy_officer(county)
    assert not disable_instrument(officer, "phq-9", 1, "1999").enabled
    assert not read_instrument(officer, "phq-9", "1999").enabled
    assert enable_instrument(officer, "phq-9", 2, Enabling("1999")).enabled


def test_a_decision_rests_on_the_version_that_was_read(county: County) -> None:
    officer = a_privacy_officer(county)
    with refusal(Stale, "record_changed"):
        disable_instrument(officer, "phq-9", 2, "1999")
    disable_instrument(officer, "phq-9", 1, "1999")
    with refusal(Stale, "record_changed"):
        enable_instrument(officer, "phq-9", 1, Enabling("1999"))


@pytest.mark.parametrize(
    ("code", "cut_off", "refused"),
    [
        ("srq-20", 4, "instrument_cut_off"),
        ("srq-20", 12, "instrument_cut_off"),
        ("pcl-5", 30, "instrument_cut_off"),
        ("k6", 12, "instrument_cut_off"),
        ("phq-9", 10, "instrument_without_cut_off"),
    ],
)
def test_a_cut_off_keeps_to_what_is_published(county: County, code: str, cut_off: int, refused: str) -> None:
    with refusal(Invalid, refused):
        enable_instrument(a_privacy_officer(county), code, 1, Enabling(EDITIONS[code], LICENCE, cut_off))


def test_the_cut_off_of_srq_20_is_seven_unless_the_county_chose_another(county: County) -> None:
    officer = a_privacy_officer(county)
    assert read_instrument(officer, "srq-20", None).cut_off == 7
    assert enable_instrument(officer, "srq-20", 1, Enabling("1994", None, 8)).cut_off == 8
    assert enable_instrument(officer, "srq-20", 2, Enabling("1994")).cut_off == 7


def test_a_loaded_instrument_waits_for_its_licence(county: County) -> None:
    loaded = load_instrument(an_admin(county), DEFINITION, None)
    assert (loaded.enabled, loaded.version, loaded.definition.code) == (False, 1, "sleep-2")
    officer = a_privacy_officer(county)
    with refusal(Invalid, "instrument_licence_missing"):
        enable_instrument(officer, "sleep-2", 1, Enabling("2026"))
    assert enable_instrument(officer, "sleep-2", 1, Enabling("2026", LICENCE)).enabled
    with refusal(Conflict, "record_exists"):
        load_instrument(an_admin(county), DEFINITION, None)
    assert read_instrument(officer, "sleep-2", None).enabled


def test_the_edition_in_use_is_read_before_a_later_one_that_is_not(county: County) -> None:
    officer = a_privacy_officer(county)
    load_instrument(an_admin(county), DEFINITION, LICENCE)
    load_instrument(an_admin(county), DEFINITION | {"edition": "2027"}, LICENCE)
    assert read_instrument(officer, "sleep-2", None).definition.edition == "2027"
    enable_instrument(officer, "sleep-2", 1, Enabling("2026"))
    assert read_instrument(officer, "sleep-2", None).definition.edition == "2026"
    assert read_instrument(officer, "sleep-2", "2027").enabled is False


@pytest.mark.parametrize("code", ["sas", "sdq", "c-ssrs", "isi", "hads", "ies-r", "mmse", "moca"])
def test_what_may_not_be_copied_is_not_even_taken_in_without_a_licence(county: County, code: str) -> None:
    definition = DEFINITION | {"code": code}
    with refusal(Invalid, "instrument_licence_missing"):
        load_instrument(an_admin(county), definition, None)
    assert load_instrument(an_admin(county), definition, LICENCE).enabled is False


def test_nobody_loads_another_phq_9_without_its_ninth_item_or_with_it(county: County) -> None:
    with refusal(Invalid, "instrument_definition_invalid"):
        load_instrument(an_admin(county), DEFINITION | {"code": "phq-9"}, LICENCE)
    with refusal(Conflict, "instrument_shipped"):
        load_instrument(an_admin(county), DEFINITION | {"code": "gad-7", "edition": "2030"}, LICENCE)


def test_another_county_does_not_know_what_was_loaded(county: County, store, owner_engine) -> None:
    from tests.conftest import a_county_code  # noqa: PLC0415
    from tests.make import a_county  # noqa: PLC0415

    load_instrument(an_admin(county), DEFINITION, LICENCE)
    elsewhere = a_county(store, owner_engine, a_county_code())
    with refusal(NotFound, "not_found"):
        read_instrument(an_admin(elsewhere), "sleep-2", None)


@pytest.mark.parametrize(("code", "edition"), [("beck", None), ("phq-9", "1998"), ("phq-9\0", None), ("", "")])
def test_what_nobody_knows_is_not_found(county: County, code: str, edition: str | None) -> None:
    with refusal(NotFound, "not_found"):
        read_instrument(an_admin(county), code, edition)
