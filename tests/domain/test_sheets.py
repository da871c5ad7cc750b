"""Headings, cells and places of a month's sheet, in the ways that spreadsheets and people write them."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.forbidden_columns import match_heading, parse_forbidden_columns
from server.domain.sheet_cells import Labels, birth_of, date_of, number_of, parse_labels, short_of, text_of
from server.domain.sheet_columns import (
    Field,
    Headings,
    HeadingTables,
    find_headings,
    parse_sheet_columns,
    shown_heading,
)
from server.domain.sheet_places import Places
from server.domain.sheet_report import Outcome, outcome_of
from server.errors import Invalid, LinliError, Malformed
from tests.domain.seeds import SEEDS, code_entries

TABLES = HeadingTables(
    parse_sheet_columns((SEEDS / "sheet-columns.csv").read_text("utf-8")),
    parse_forbidden_columns((SEEDS / "forbidden-columns.csv").read_text("utf-8")),
)
NEEDED = ("姓名", "村", "纳入情形", "事实记录", "观察日期", "来源")


def labels() -> Labels:
    return parse_labels(code_entries(), (SEEDS / "sheet-values.csv").read_text("utf-8"))


def found(*headings: str) -> Headings:
    read = find_headings([list(headings)], TABLES)
    assert read is not None
    return read


def code(call: object, *arguments: object) -> str:
    with pytest.raises(LinliError) as refused:
        call(*arguments)  # type: ignore[operator]
    return refused.value.code


def test_no_heading_of_ours_is_forbidden_or_has_two_meanings() -> None:
    names = [name for column in TABLES.columns for name in column.names]
    assert len(names) == len(set(names))
    assert [name for name in names if match_heading(name, TABLES.forbidden)] == []


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓 名*", Field.NAME), ("姓名（必填）", Field.NAME), ("村(社区)代码", Field.VILLAGE), ("村（社区）", Field.VILLAGE),
        ("身份证号码（文本格式）", Field.ID_NO), ("性别(男/女)", Field.SEX), ("监护人\n姓名", Field.GUARDIAN_NAME),
        ("联系电话：", Field.PHONE), ("观察日期(年-月-日)", Field.OBSERVED_ON), ("ＮＡＭＥ", Field.NAME),
    ],
)  # fmt: skip
def test_headings_are_known_as_townships_write_them(heading: str, field: Field) -> None:
    others = [
        name
        for name in NEEDED
        if field not in found(*NEEDED).columns or found(*NEEDED).columns[field] != NEEDED.index(name)
    ]
    assert found(heading, *others).columns[field] == 0


def test_a_bracket_that_changes_the_meaning_is_not_cut_off() -> None:
    assert "姓名(监护人)" in found(*NEEDED, "姓名(监护人)").unknown


def test_the_heading_row_may_stand_below_titles_and_notes() -> None:
    rows = [["试验镇排查表", "", ""], ["填表说明：姓名据实填写"], list(NEEDED)]
    read = find_headings(rows, TABLES)
    assert read is not None
    assert (read.row, read.columns[Field.SOURCE]) == (3, 5)
    assert find_headings([["甲", "乙", "丙"]], TABLES) is None


def test_forbidden_and_unknown_headings_are_kept_apart() -> None:
    read = found("序号", *NEEDED, "民族", "是否信教", "宗教信仰", "备注", "  ")
    assert (read.forbidden, read.unknown) == (("民族", "宗教信仰"), ("备注",))


def test_missing_and_repeated_columns_are_named() -> None:
    with pytest.raises(Invalid) as missing:
        found("姓名", "村", "来源")
    assert (missing.value.code, missing.value.params) == (
        "sheet_columns_missing",
        {"columns": "纳入情形、事实记录、观察日期"},
    )
    with pytest.raises(Invalid) as twice:
        found(*NEEDED, "名字")
    assert (twice.value.code, twice.value.params) == ("sheet_heading_twice", {"columns": "姓名"})


def test_a_heading_that_looks_like_data_is_not_repeated() -> None:
    assert shown_heading("430999199003070023") == "（含数字，已隐藏）"
    assert shown_heading("１３８００００１２３４") == "（含数字，已隐藏）"
    assert shown_heading("备注\x07 说明" + "长" * 60) == ("备注 说明" + "长" * 60)[:40]


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 11, 3), datetime.fromisoformat("2026-11-03T09:30"), 46329, 46329.0, "46329", "2026-11-03", "2026/11/3",
        "2026.11.3", "2026年11月3日", "２０２６年１１月３日", "20261103", 20261103, "2026-11-03 09:30:00", " 2026 - 11 - 3 ",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_kept(cell: object) -> None:
    assert date_of(cell) == date(2026, 11, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell", ["2026-13-01", "2026-02-30", "11月3日", "26.11.3", "昨天", 9e9, -5, True, "2026年11月", "1e400"]
)
def test_what_is_no_day_is_refused(cell: object) -> None:
    assert code(date_of, cell) == "cell_date"


def test_a_workbook_counting_from_1904_is_read_by_its_own_count() -> None:
    assert date_of(44867, date(1904, 1, 1)) == date(2026, 11, 3)


def test_a_birth_may_be_a_year_alone() -> None:
    assert birth_of(1990) == birth_of("1990年") == birth_of(1990.0) == (None, 1990)
    assert birth_of("1990-03-07") == birth_of(datetime.fromisoformat("1990-03-07")) == (date(1990, 3, 7), None)
    assert birth_of(None) == (None, None)


def test_a_document_number_kept_as_a_number_has_lost_digits() -> None:
    for cell in (430999199003070023, 4.30999199003070e17, "4.30999E+17"):
        assert code(number_of, cell) == "cell_number_lost"
    assert number_of(" ４３０９９９１９９００３０７００２３ ") == "430999199003070023"


def test_numbers_and_full_width_digits_become_plain_text() -> None:
    assert (short_of(13800001234), short_of(13800001234.0), short_of("１３８")) == ("13800001234", "13800001234", "138")


def test_error_values_and_what_cannot_be_kept_are_refused() -> None:
    assert [code(text_of, cell) for cell in ("#N/A", "#REF!", "#DIV/0!", "\ud800", "a\x00b", "长" * 2001)] == [
        "cell_error", "cell_error", "cell_error", "cell_unreadable", "cell_unreadable", "cell_too_long",
    ]  # fmt: skip
    assert text_of("#3号楼") == "#3号楼"


@pytest.mark.parametrize(
    ("name", "cell", "meant"),
    [
        ("ground", 2, "2"), ("ground", "２", "2"), ("ground", "生活失意", "2"), ("ground", "2 生活失意", "2"),
        ("ground", "2.生活失意", "2"), ("ground", "性格偏执", "5"), ("sex", "女性", "2"), ("sex", 1.0, "1"),
        ("guardian_relation", "父亲", "51"), ("guardian_relation", "G1", "G1"), ("observation_source", "亲眼所见", "seen"),
        ("yes_no", "√", "yes"), ("yes_no", True, "yes"), ("yes_no", "否", "no"), ("ground", " ", None),
    ],
)  # fmt: skip
def test_words_and_codes_mean_the_same(name: str, cell: object, meant: str | None) -> None:
    assert labels().code_of(name, cell) == meant  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["信访", "8", "1、3", "2 矛盾突出", "不知道"])
def test_what_is_not_on_the_list_is_refused(cell: str) -> None:
    assert code(labels().code_of, "ground", cell) == "cell_choice"


def test_villages_and_grids_are_known_by_code_name_and_number() -> None:
    town = "430999101"
    places = Places([(town + "001", "东风社区"), (town + "201", "东风村"), (town + "202", "试验村"),
                           (town + "202001", "河东网格"), (town + "202002", "河西网格")])  # fmt: skip
    assert places.village_of("东风村") == town + "201"
    assert places.village_of("试验") == places.village_of("试验村村民委员会"[:3]) == town + "202"
    assert code(places.village_of, "东风") == "village_ambiguous"
    assert [code(places.village_of, text) for text in ("别的村", "430999102201", "430999101999")] == [
        "village_unknown"
    ] * 3
    village = town + "202"
    assert [places.grid_of(village, text) for text in ("1", "001", "第1网格", "河东网格", village + "001")] == [
        village + "001"
    ] * 5
    assert [code(places.grid_of, town + "201", text) for text in ("1", village + "001", "河东网格")] == [
        "grid_unknown"
    ] * 3


def test_the_gravest_outcome_is_told() -> None:
    assert outcome_of((), returned=False) is Outcome.NEW
    assert outcome_of(("possible_duplicate",), returned=False) is Outcome.POSSIBLE_DUPLICATE
    assert outcome_of(("possible_duplicate",), returned=True) is Outcome.RETURNED
    assert outcome_of(("open_entry_exists", "duplicate_in_file"), returned=True) is Outcome.DUPLICATE_IN_FILE


@pytest.mark.parametrize(
    ("parse", "expected"),
    [(parse_sheet_columns, "sheet_columns_invalid"), (lambda text: parse_labels((), text), "sheet_values_invalid")],
)
def test_tables_of_the_wrong_shape_are_refused(parse: object, expected: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse("a,b\n1,2\n")  # type: ignore[operator]
    assert refused.value.code == expected


CELLS = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(CELLS)
def test_any_cell_is_read_or_refused_with_a_code(cell: object) -> None:
    for read in (text_of, short_of, number_of, date_of, birth_of, lambda each: labels().code_of("ground", each)):
        with suppress(Invalid):
            read(cell)
