"""Rows of the division files, one by one."""

import pytest

from server.domain.area_codes import AreaCode
from server.domain.area_rows import TABLES, DivisionRow, RowFault, read_rows, standing

AREAS, STREETS, VILLAGES = TABLES
HEADER = "code,name,streetCode,provinceCode,cityCode,areaCode\n"
GOOD = "110101001001,多福巷社区居委会,110101001,11,1101,110101\n"


def read(*lines: str) -> list[DivisionRow | RowFault]:
    return list(read_rows(lines, VILLAGES))


def fault_of(row: str) -> tuple[int, str]:
    ((line, code, _),) = read(HEADER, row)
    return line, code


def test_a_row_is_a_code_and_a_name() -> None:
    assert read(HEADER, GOOD) == [DivisionRow(2, AreaCode("110101001001"), "多福巷社区居委会")]


def test_columns_are_found_by_name_in_any_order() -> None:
    rows = read("cityCode,areaCode,name,streetCode,extra,code\r\n", "0101,010101,村,010101001,x,010101001001\r\n")
    assert rows == [DivisionRow(2, AreaCode("010101001001"), "村")]


def test_a_leading_zero_is_kept() -> None:
    rows = read(HEADER, "010101001001,村,010101001,01,0101,010101\n")
    assert [row.code for row in rows] == ["010101001001"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("10101001001,村,010101001,01,0101,010101\n", "area_digits"),
        ("1.10101E+11,村,110101001,11,1101,110101\n", "area_digits"),
        ("110101001001.0,村,110101001,11,1101,110101\n", "area_digits"),
        ("１10101001001,村,110101001,11,1101,110101\n", "area_digits"),
        ("110101001001,村,110101002,11,1101,110101\n", "area_parent_differs"),
        ("110101001001,村,110101001,11,1101,110102\n", "area_parent_differs"),
        ("110101001001,村,110101001,11,1102,110101\n", "area_parent_differs"),
        ("110101001001, ,110101001,11,1101,110101\n", "area_name_length"),
        ("110101001001," + "村" * 81 + ",110101001,11,1101,110101\n", "area_name_length"),
        ("110101001001,村\u200b,110101001,11,1101,110101\n", "area_name_length"),
        ("110101001001,村\x07,110101001,11,1101,110101\n", "area_name_length"),
        ("110101001001,村\n", "area_row_unreadable"),
    ],
)
def test_a_row_that_cannot_be_believed_is_named_by_its_line(row: str, reason: str) -> None:
    assert fault_of(row) == (2, reason)


def test_a_name_may_have_a_character_without_a_code_point_of_its_own() -> None:
    assert read(HEADER, "450681101201,\ue08b尾村村委会,450681101,45,4506,450681\n") == [
        DivisionRow(2, AreaCode("450681101201"), "\ue08b尾村村委会")
    ]


def test_a_quoted_line_break_does_not_shift_what_the_line_is_called() -> None:
    rows = read(HEADER, '110101001001,"村\n', '",110101001,11,1101,110101\n', "1,村,110101001,11,1101,110101\n")
    assert [row.line for row in rows] == [3, 4]


def test_a_file_without_the_columns_has_one_fault() -> None:
    assert read("code,name,streetCode\n", GOOD, GOOD) == [
        RowFault(1, "area_column_missing", {"column": "areaCode, cityCode"})
    ]


def test_an_empty_file_lacks_its_columns() -> None:
    assert [row.line for row in read()] == [1]


def test_empty_lines_are_nothing() -> None:
    assert len(read(HEADER, "\n", GOOD, "\n")) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("430902", ("gb", "", True)),
        ("430971", ("stat_only", "", True)),
        ("430902001", ("gb", "street", True)),
        ("430902101", ("gb", "town", True)),
        ("430902201", ("gb", "township", True)),
        ("430902401", ("special", "special", False)),
        ("430902501", ("special", "special", False)),
        ("430971101", ("stat_only", "town", True)),
        ("430902001001", ("gb", "residents", True)),
        ("430902101201", ("gb", "villagers", True)),
        ("370687401498", ("special", "quasi", True)),
        ("430971405598", ("special", "quasi", True)),
    ],
)
def test_the_digits_say_what_an_area_is(code: str, expected: tuple[str, str, bool]) -> None:
    assert standing(AreaCode(code), {"430971"}) == expected
