"""Definitions of instruments: what ships keeps every rule, and whatever breaks one is refused with its path."""

import copy
import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.domain.codes_instruments import InstrumentStatus, LicenceKind, ScreeningMode, TranslationStatus
from server.domain.instrument_rules import parse_definition, parse_loaded
from server.domain.word_lists import WordCategory
from server.errors import Invalid
from server.schemas.instrument_examples import DEFINITION
from server.store.word_lists import word_list
from tests.domain.seeds import code_entries
from tests.make_screenings import EDITIONS, the

FOLDER = Path(__file__).resolve().parents[2] / "seeds" / "instruments"
SHIPPED = sorted(path for path in FOLDER.glob("*.json") if path.name != "schema.json")
SCHEMA = Draft202012Validator(json.loads((FOLDER / "schema.json").read_text("utf-8")))

BUNDLED = {"phq-9", "gad-7", "k6", "k10", "srq-20", "gds-15"}
OPTIONAL = {"pcl-5", "audit", "audit-c", "who-5"}
#: The Chinese wording of PHQ-9 and GAD-7 as published, so that nobody betters it by the way.
PHQ_9 = (
    "做事时提不起劲或没有兴趣",
    "感到心情低落、沮丧或绝望",
    "入睡困难、睡不安稳或睡眠过多",
    "感觉疲倦或没有活力",
    "食欲不振或吃太多",
    "觉得自己很糟，或觉得自己很失败，或让自己或家人失望",
    "对事物专注有困难，例如阅读报纸或看电视时",
    "动作或说话速度缓慢到别人已经察觉，或正好相反，烦躁或坐立不安、动来动去的情况更胜于平常",
    "有不如死掉或用某种方式伤害自己的念头",
)
GAD_7 = (
    "感觉紧张、焦虑或急切",
    "不能够停止或控制担忧",
    "对各种各样的事情担忧过多",
    "很难放松下来",
    "由于不安而无法静坐",
    "变得容易烦恼或急躁",
    "感到似乎将有可怕的事情发生而害怕",
)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with one place changed; ``...`` takes the place away."""
    whole = copy.deepcopy(DEFINITION)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = whole
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return whole


def faults_of(value: object) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        parse_definition(value)
    assert refused.value.code == "instrument_definition_invalid"
    return [(fault.field, fault.code) for fault in refused.value.errors]


def test_exactly_the_instruments_we_may_ship_are_shipped():
    status = {code: the(code).status for code in EDITIONS}
    assert {code for code, one in status.items() if one is InstrumentStatus.BUNDLED} == BUNDLED
    assert {code for code, one in status.items() if one is InstrumentStatus.OPTIONAL} == OPTIONAL
    assert set(status) == BUNDLED | OPTIONAL


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_fits_the_schema_and_its_own_name(path: Path):
    value = json.loads(path.read_text("utf-8"))
    assert [error.json_path for error in SCHEMA.iter_errors(value)] == []
    assert path.stem == f"{value['code']}-{value['edition']}"


@pytest.mark.parametrize("code", sorted(EDITIONS))
def test_every_face_says_that_a_screening_is_no_diagnosis_and_names_none(code: str):
    definition = the(code)
    assert "筛查结果不是诊断" in definition.disclaimer.zh
    assert "Screening, not a diagnosis" in definition.disclaimer.en
    for band in definition.bands:
        said = f"{band.zh} {band.en} {band.advice.zh} {band.advice.en}"
        assert WordCategory.DIAGNOSIS not in word_list().categories_in(said), said


def test_the_chinese_of_phq_9_and_gad_7_is_the_published_one_word_by_word():
    for code, wording in (("phq-9", PHQ_9), ("gad-7", GAD_7)):
        items = the(code).items[: len(wording)]
        assert tuple(item.zh for item in items) == wording
        assert {item.translation_status.zh for item in items} == {TranslationStatus.REVIEWED}
        options = the(code).options["frequency"]
        assert [(one.zh, one.value) for one in options] == [
            ("完全不会", 0), ("好几天", 1), ("一半以上的天数", 2), ("几乎每天", 3),
        ]  # fmt: skip


@pytest.mark.parametrize("code", sorted(set(EDITIONS) - {"phq-9", "gad-7"}))
def test_every_other_chinese_wording_says_that_it_is_not_reviewed(code: str):
    definition = the(code)
    assert {item.translation_status.zh for item in definition.items} == {TranslationStatus.UNREVIEWED}
    assert "zh" in definition.unreviewed


@pytest.mark.parametrize(
    ("code", "items"),
    [("phq-9", [(9, 1)]), ("srq-20", [(17, 1)]), *[(code, []) for code in sorted(set(EDITIONS) - {"phq-9", "srq-20"})]],
)
def test_the_crisis_items_are_the_published_ones_at_any_frequency(code: str, items: list[tuple[int, int]]):
    assert [(one.item, one.at_least) for one in the(code).crisis_items] == items


def test_hopelessness_and_worthlessness_are_asked_about_and_are_no_crisis():
    asked = {code: [(one.item, one.at_least) for one in the(code).ask_items] for code in EDITIONS}
    assert {code: items for code, items in asked.items() if items} == {
        "gds-15": [(12, 1), (14, 1)], "k10": [(4, 5)], "k6": [(2, 4)],
    }  # fmt: skip
    assert "hopeless" in the("k10").items[3].en
    assert "hopeless" in the("k6").items[1].en


@pytest.mark.parametrize(
    ("code", "least", "who", "licence", "non_commercial"),
    [
        ("phq-9", 18, 3, LicenceKind.FREE, False),
        ("gad-7", 18, 3, LicenceKind.FREE, False),
        ("k6", 18, 3, LicenceKind.ATTRIBUTION, False),
        ("k10", 18, 3, LicenceKind.ATTRIBUTION, False),
        ("srq-20", 14, 3, LicenceKind.NON_COMMERCIAL, True),
        ("gds-15", 60, 3, LicenceKind.PUBLIC_DOMAIN, False),
        ("who-5", 9, 3, LicenceKind.NON_COMMERCIAL, True),
        ("pcl-5", 18, 2, LicenceKind.PUBLIC_DOMAIN, False),
        ("audit", 18, 3, LicenceKind.NON_COMMERCIAL, True),
        ("audit-c", 18, 3, LicenceKind.PUBLIC_DOMAIN, True),
    ],
)
def test_age_roles_and_licence_are_those_of_the_reference(
    code: str, least: int, who: int, licence: LicenceKind, non_commercial: bool
):
    one = the(code)
    assert (one.age.min, one.age.max, len(one.roles)) == (least, None, who)
    assert (one.licence.kind, one.licence.non_commercial) == (licence, non_commercial)
    assert one.licence.evidence
    assert set(one.modes) == set(ScreeningMode)


def test_the_example_is_a_good_definition():
    definition = parse_loaded(DEFINITION)
    assert (definition.code, definition.bounds, definition.unreviewed) == ("sleep-2", (0, 2), ())
    assert not list(SCHEMA.iter_errors(DEFINITION))


#: Where, what is put there, and what is told; the last says whether the schema finds it too.
BROKEN: list[tuple[str, Any, str, str, bool]] = [
    ("code", "Sleep 2", "code", "definition_code", True),
    ("code", "a" * 25, "code", "definition_code", True),
    ("code", ..., "code", "field_missing", True),
    ("edition", "", "edition", "field_length", True),
    ("name", "睡眠两问", "name", "field_object", True),
    ("name.en", ..., "name.en", "field_missing", True),
    ("name.en", 7, "name.en", "field_text", True),
    ("name.en", "a\x00b", "name.en", "field_text", False),
    ("source", "x" * 1001, "source", "field_length", True),
    ("licence.kind", "stolen", "licence.kind", "field_choice", True),
    ("licence.evidence", " ", "licence.evidence", "field_length", True),
    ("licence.non_commercial", "no", "licence.non_commercial", "field_yes_no", True),
    ("age.min", -1, "age.min", "field_range", True),
    ("age.max", 17, "age.max", "field_too_small", False),
    ("age.min", True, "age.min", "field_number", True),
    ("roles", [], "roles", "field_choice", True),
    ("roles", ["grid_worker"], "roles", "field_choice", True),
    ("roles.0", "nobody", "roles.0", "field_choice", True),
    ("modes", [], "modes", "field_missing", True),
    ("options", [], "options", "field_object", True),
    ("options.yes_no", [], "options.yes_no", "definition_options", True),
    ("options.yes_no.0.value", 1, "options.yes_no", "definition_options", False),
    ("options.yes_no.0.value", 0.5, "options.yes_no.0.value", "field_number", True),
    ("items", {}, "items", "field_list", True),
    ("items", [], "items", "definition_numbers", True),
    ("items.1.number", 3, "items", "definition_numbers", False),
    ("items.0.options", "often", "items.0.options", "definition_unknown_options", False),
    ("items.0.translation_status.zh", "good", "items.0.translation_status.zh", "field_choice", True),
    ("items.0.risk", 3, "items.0.risk", "field_unknown", True),
    ("uncounted_items", [1, 2], "items", "definition_numbers", False),
    ("uncounted_items", [3], "uncounted_items", "definition_unknown_item", False),
    ("reverse_items", [9], "reverse_items", "definition_unknown_item", False),
    ("total.multiplier", 0, "total.multiplier", "field_too_small", True),
    ("bands", [], "bands", "definition_bands", True),
    ("bands.1.min", 2, "bands", "definition_bands", False),
    ("bands.0.max", 1, "bands", "definition_bands", False),
    ("bands.1.max", 3, "bands", "definition_bands", False),
    ("bands.1.code", "fine", "bands", "definition_band_codes", False),
    ("cut_off", {"default": 2, "women": None, "least": 1, "most": 2}, "cut_off", "definition_cut_off", False),
    ("cut_off", {"default": 1, "women": 2, "least": 1, "most": 2}, "cut_off", "definition_cut_off", False),
    ("cut_off", {"default": 1, "women": None, "least": 0, "most": 1}, "cut_off", "definition_cut_off", False),
    ("cut_off", {"default": 1, "women": 0, "least": 1, "most": 1}, "cut_off", "definition_cut_off", False),
    ("cut_off", {"default": 1, "women": None, "least": 1, "most": 3}, "cut_off", "definition_cut_off", False),
    ("crisis_items", [{"item": 3, "at_least": 1}], "crisis_items.0", "definition_trigger", False),
    ("ask_items", [{"item": 1, "at_least": 2}], "ask_items.0", "definition_trigger", False),
    ("disclaimer.zh", "仅供参考", "disclaimer", "definition_disclaimer", True),
    ("disclaimer.en", "For your information", "disclaimer", "definition_disclaimer", True),
]


@pytest.mark.parametrize(("path", "value", "where", "code", "in_schema"), BROKEN)
def test_a_broken_definition_is_refused_with_the_fault_s_path(
    path: str, value: Any, where: str, code: str, in_schema: bool
):
    broken = changed(path, value)
    assert (where, code) in faults_of(broken)
    assert bool(list(SCHEMA.iter_errors(broken))) is in_schema


def test_all_faults_are_told_at_once():
    broken = changed("code", ...) | {"source": 1, "sum": 2}
    assert faults_of(broken) == [("sum", "field_unknown"), ("code", "field_missing"), ("source", "field_text")]


@pytest.mark.parametrize("value", [None, [], 7, "phq-9", {}])
def test_what_is_no_object_is_refused(value: object):
    assert faults_of(value)


@pytest.mark.parametrize("code", ["scl-90-r", "sds", "epds", "bdi", "cesd-r", "phq-9", "srq-20"])
def test_an_instrument_known_to_ask_about_death_cannot_be_stripped_of_that(code: str):
    assert ("crisis_items", "definition_crisis_missing") in faults_of(DEFINITION | {"code": code})


def test_a_crisis_item_counts_at_any_frequency():
    value = json.loads((FOLDER / "phq-9-1999.json").read_text("utf-8"))
    value["crisis_items"] = [{"item": 9, "at_least": 2}]
    assert faults_of(value) == [("crisis_items.0.at_least", "definition_crisis_frequency")]


@pytest.mark.parametrize("status", ["bundled", "optional"])
def test_a_county_s_own_instrument_cannot_call_itself_ours(status: str):
    with pytest.raises(Invalid) as refused:
        parse_loaded(DEFINITION | {"status": status})
    assert [(fault.field, fault.code) for fault in refused.value.errors] == [("status", "field_choice")]


@pytest.mark.parametrize(
    ("name", "enum"),
    [
        ("instrument_status", InstrumentStatus),
        ("instrument_licence", LicenceKind),
        ("translation_status", TranslationStatus),
        ("screening_mode", ScreeningMode),
    ],
)
def test_a_list_names_exactly_the_codes_the_rules_know(name: str, enum: type[StrEnum]):
    assert [entry.code for entry in code_entries() if entry.list == name] == [str(member) for member in enum]
