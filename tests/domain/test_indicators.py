"""Indicators as data: what they count, when they are met, and what they must never be."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from server.domain.dashboard import counts_told, shares_told
from server.domain.indicator_seeds import parse_definitions, parse_targets, parse_universe
from server.domain.indicators import (
    HIDDEN,
    UNKNOWN,
    Comparison,
    Figure,
    Kind,
    Met,
    Source,
    Target,
    Typed,
    Universe,
    as_of_year,
    check_typed,
    is_met,
    sum_of,
    target_of,
    value_of,
)
from server.domain.operations import OPERATIONS
from server.errors import Invalid, LinliError, Malformed
from tests.make_ledger import refusal

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "indicators"
TEXT = (SEEDS / "definitions.csv").read_text("utf-8")
DEFINITIONS = parse_definitions(TEXT)
TARGETS = parse_targets((SEEDS / "targets.csv").read_text("utf-8"), DEFINITIONS)


def refused(code: str) -> AbstractContextManager[object]:
    return refusal(LinliError, code)


def test_every_indicator_of_both_plans_and_of_operations_is_there() -> None:
    yantai = [f"YT-I{number}" for number in range(1, 23)]
    yiyang = [
        "1",
        "2A",
        "2B",
        "3",
        "4",
        "5A",
        "5B",
        "6A",
        "6B",
        "7",
        "8",
        "9",
        "10",
        "11A",
        "11B",
        "12",
        "13",
        "14",
        "15",
        "16",
    ]
    operations = [f"OP-{number}" for number in range(1, 9)]
    assert list(DEFINITIONS) == [*yantai, *(f"YY-I{number}" for number in yiyang), *operations]


def test_three_target_sets_are_shipped_beside_the_product_s_own() -> None:
    assert {target.set for target in TARGETS} == {"yantai-2020", "yiyang-2019", "yiyang-2020", "product"}
    assert {target.indicator for target in TARGETS} == set(DEFINITIONS)
    percent = {operation.id: Decimal(operation.target_percent) / 100 for operation in OPERATIONS}
    assert {target.indicator: target.value for target in TARGETS if target.set == "product"} == percent


def test_g12_no_indicator_counts_people_found_nor_sets_units_in_an_order() -> None:
    words = ("发现", "排查出", "台账人数", "found", "reported person", "rank", "排名", "entries opened", "observations")
    for definition in DEFINITIONS.values():
        texts = [text for text in vars(definition).values() if isinstance(text, str)]
        assert [(definition.id, word) for word in words for text in texts if word in text.lower()] == []
    assert [each.id for each in DEFINITIONS.values() if each.kind is Kind.COUNT] == ["YT-I22"]


def test_what_is_computed_cannot_be_typed_in_and_what_is_reported_can() -> None:
    for definition in DEFINITIONS.values():
        assert (definition.typed is Typed.BOTH) == (definition.source is Source.REPORT), definition.id
    assert [each.id for each in DEFINITIONS.values() if each.typed is Typed.DENOMINATOR] == ["YY-I16"]


@pytest.mark.parametrize(
    ("indicator", "figure", "rule", "code"),
    [
        ("YY-I1", Figure(1, 2), None, "indicator_computed"),
        ("YT-I2", Figure(1, 2), None, "indicator_computed"),
        ("OP-1", Figure(1, 2), None, "indicator_computed"),
        ("YY-I16", Figure(1, 2), None, "indicator_numerator_computed"),
        ("YY-I8", Figure(3, 2), None, "indicator_num_above_den"),
        ("YY-I8", Figure(3, None), None, "indicator_den_missing"),
        ("YT-I22", Figure(3, 9), None, "indicator_den_unwanted"),
        ("YY-I12", Figure(1, 2), None, "indicator_rule_unknown"),
        ("YY-I12", Figure(1, 2), "managed", "indicator_rule_unknown"),
        ("YY-I8", Figure(1, 2), "managed", "indicator_rule_unknown"),
    ],
)
def test_invariant_14_parts_that_do_not_fit_are_refused(
    indicator: str, figure: Figure, rule: str | None, code: str
) -> None:
    with refused(code):
        check_typed(DEFINITIONS[indicator], figure, rule)


@pytest.mark.parametrize(
    ("indicator", "figure", "rule"),
    [
        ("YY-I8", Figure(2, 2), None),
        ("YY-I8", UNKNOWN, None),
        ("YY-I12", Figure(1, 2), "gap_3_months"),
        ("YY-I14", Figure(1, 2), "managed"),
        ("YT-I22", Figure(120, None), None),
        ("YY-I16", Figure(None, 40), None),
    ],
)
def test_parts_that_fit_are_taken(indicator: str, figure: Figure, rule: str | None) -> None:
    check_typed(DEFINITIONS[indicator], figure, rule)


def test_invariant_14_without_a_denominator_above_zero_there_is_no_value() -> None:
    none = [Figure(1, None), Figure(None, 5), Figure(0, 0), UNKNOWN, HIDDEN, Figure(6, 5)]
    assert [figure.value for figure in none] == [None] * 6
    assert Figure(3, 4).value == Fraction(3, 4)
    assert value_of(Kind.COUNT, Figure(7)) == 7


def target(comparison: Comparison, value: str, **changes: object) -> Target:
    return replace(Target("county", "430903", "YY-I1", 2026, comparison, Decimal(value)), **changes)  # type: ignore[arg-type]


def test_a_target_is_held_against_the_exact_quotient() -> None:
    exactly = target(Comparison.AT_LEAST, "0.85")
    assert is_met(Fraction(17, 20), exactly) is Met.YES
    assert is_met(Fraction(169_999, 200_000), exactly) is Met.NO
    assert is_met(Fraction(1, 4000), target(Comparison.AT_LEAST, "0.00025")) is Met.YES
    assert is_met(Fraction(1, 4001), target(Comparison.AT_LEAST, "0.00025")) is Met.NO
    assert is_met(Fraction(0), target(Comparison.AT_MOST, "0")) is Met.YES
    assert is_met(Fraction(1, 9), target(Comparison.AT_MOST, "0")) is Met.NO
    assert is_met(None, exactly) is Met.UNKNOWN
    assert is_met(Fraction(1), None) is Met.UNKNOWN


def test_the_latest_target_begun_holds_and_a_county_s_own_goes_first() -> None:
    shipped = target(Comparison.AT_LEAST, "1", set="yiyang-2019", area="4309", year=2019)
    own = target(Comparison.AT_LEAST, "0.9")
    assert target_of([shipped, own], "YY-I1", "430903102", 2026) == own
    assert target_of([own, shipped], "YY-I1", "430903", 2025) == shipped
    assert target_of([shipped, own], "YY-I1", "430902", 2026) == shipped
    assert target_of([shipped, own], "YY-I1", "370602", 2026) is None
    assert target_of([shipped, own], "YY-I1", "430903", 2018) is None


def test_several_units_add_up_what_is_known_whole_and_one_hidden_hides_all() -> None:
    assert sum_of([Figure(1, 2), Figure(None, 9), UNKNOWN, Figure(3, 4)]) == Figure(4, 6)
    assert sum_of([Figure(3), Figure(4), UNKNOWN]) == Figure(7)
    assert sum_of([UNKNOWN]) == UNKNOWN
    assert sum_of([Figure(1, 2), HIDDEN]) == HIDDEN


@pytest.mark.parametrize(("year", "day"), [(2025, date(2025, 12, 31)), (2026, date(2026, 11, 22))])
def test_a_year_is_reckoned_to_its_end_or_to_today(year: int, day: date) -> None:
    assert as_of_year(year, date(2026, 11, 22)) == day


@pytest.mark.parametrize("year", [1999, 2027])
def test_no_year_before_the_century_or_after_today_is_reckoned(year: int) -> None:
    with pytest.raises(Invalid):
        as_of_year(year, date(2026, 11, 22))


def test_g11_small_shares_are_told_at_home_alone() -> None:
    table = {"990101101": (3, 20), "990101102": (9, 30)}
    assert shares_told(table, "990101101", exact=True) == Figure(3, 20)
    assert shares_told(table, "990101101", exact=False) == HIDDEN
    whole, other = (shares_told(table, unit, exact=False) for unit in ("990101", "990101102"))
    assert HIDDEN in {whole, other}, "the county less the one township would tell the other"
    assert shares_told({"990101101": (9, 20), "990101102": (9, 30)}, "990101", exact=False) == Figure(18, 50)
    assert shares_told(table, "990101103", exact=True) == UNKNOWN
    assert shares_told({}, "990101", exact=False) == UNKNOWN


@pytest.mark.parametrize("few", [1, 2, 3, 4])
def test_g11_no_denominator_typed_in_finds_out_a_small_count(few: int) -> None:
    def told(den: int | None) -> list[Figure]:
        table = {"990101101": (few, den), "990101102": (9, 30), "990101103": (12, 50), "990101104": (8, 40)}
        return [shares_told(table, unit, exact=False) for unit in table]

    assert {told(den)[0] for den in range(60)} == {HIDDEN}
    assert len({tuple(told(den)[1:]) for den in (None, *range(60))}) == 1


def test_g11_a_county_is_told_of_once_every_township_has_a_denominator() -> None:
    whole = {"990101101": (9, 20), "990101102": (9, 30)}
    for den in (None, 8):
        assert shares_told(whole | {"990101103": (9, den)}, "990101", exact=False) == UNKNOWN
    assert shares_told(whole | {"990101103": (9, 10)}, "990101", exact=False) == Figure(27, 60)
    assert shares_told({"990101101": (9, 12)}, "990101", exact=False) == HIDDEN


def test_g11_few_people_are_not_what_is_left_of_everybody_and_the_parts() -> None:
    names = ("all", "children", "elders")
    table = {"990101101": {"all": 14, "children": 6, "elders": 7}, "990101102": {"all": 20, "children": 8, "elders": 5}}
    assert counts_told(table, "990101101", names, exact=False) == {"all": None, "children": 6, "elders": 7}
    assert counts_told(table, "990101101", names, exact=True) == table["990101101"]
    assert counts_told({"990101101": {"all": 13, "children": 6, "elders": 7}}, "990101", names, exact=False) == {
        "all": 13, "children": 6, "elders": 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "YY-I1,又一个,Twice,rate,甲,a,乙,b,report,both,county,1,",
        "YY-X,,No title,rate,甲,a,乙,b,report,both,county,1,",
        "YY-X,名,Name,share,甲,a,乙,b,report,both,county,1,",
        "YY-X,名,Name,rate,甲,a,,,report,both,county,1,",
        "YY-X,名,Name,count,甲,a,乙,b,report,both,county,1,",
        "YY-X,名,Name,rate,甲,a,乙,b,computed,both,county,1,",
        "YY-X,名,Name,rate,甲,a,乙,b,report,both,county,one,",
        "YY-X,名,Name,rate",
    ],
)
def test_a_definition_that_does_not_hold_is_refused_with_its_line(line: str) -> None:
    with refused("indicator_seed_invalid"):
        parse_definitions(TEXT + line + "\n")


@pytest.mark.parametrize("line", ["s,4309,YY-I99,2020,at_least,1", "s,4309,YY-I1,2020,more,1", "s,4309,YY-I1,x,equal,1",
                                  "s,4309,YY-I1,2020,equal,many"])  # fmt: skip
def test_a_target_that_does_not_hold_is_refused(line: str) -> None:
    with refused("indicator_seed_invalid"):
        parse_targets("set,area,indicator,year,comparison,value\n" + line + "\n", DEFINITIONS)


def test_which_units_count_is_a_setting() -> None:
    assert parse_universe((SEEDS / "universe.csv").read_text("utf-8")) == Universe(False, True)
    assert parse_universe("setting,value\nspecial_units,yes\n") == Universe(special_units=True)
    for wrong in ("special_units,maybe", "villages,yes"):
        with pytest.raises(Malformed):
            parse_universe(f"setting,value\n{wrong}\n")
