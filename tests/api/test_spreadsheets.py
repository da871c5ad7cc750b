"""Spreadsheets over HTTP: a file in, a report out; a stamped workbook out, and what the log says of it."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import Engine, select, text

from server.domain.codes import Purpose, Role
from server.models.spreadsheet import ExportRecord
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.transaction import new_id, transaction
from tests.make import County, a_caller
from tests.sheets import FACT, HEADINGS, a_row, a_sheet, this_month
from tests.signed_in import Signed, sign_in

REASON = "十一月研判会使用，会后由综治中心销毁。"


@pytest.fixture
def officer(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.JUDICIAL_OFFICER, county.township, Purpose.IMPORT)


@pytest.fixture
def coordinator(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.EXPORT)


def sent(officer: Signed, county: County, content: bytes, **query: str) -> Any:
    asked = {"township_code": county.township, "period": this_month()} | query
    data = {"file": (io.BytesIO(content), "台账.xlsx")}
    return officer.post("/ledger-imports", query_string=asked, data=data, content_type="multipart/form-data")


def taken(coordinator: Signed, county: County, **changes: str) -> Any:
    body = {"township_code": county.township, "period": this_month(), "reason": REASON} | changes
    return coordinator.post("/ledger-exports", json=body)


def cells(content: bytes) -> list[tuple[object, ...]]:
    workbook = load_workbook(io.BytesIO(content))
    return list(workbook.worksheets[0].iter_rows(values_only=True))


def events(owner_engine: Engine, county: County) -> list[str]:
    with owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": county.code})
        return list(connection.scalars(text("SELECT convert_from(event, 'UTF8') FROM access_stage ORDER BY id")))


def test_a_sheet_is_rehearsed_then_read_in_then_looked_up(officer: Signed, county: County) -> None:
    content = a_sheet([a_row(county.village)])
    rehearsed = sent(officer, county, content)
    assert (rehearsed.status_code, rehearsed.json["applied"], rehearsed.json["entry_count"]) == (200, False, 1)
    done = sent(officer, county, content, dry_run="false")
    assert (done.status_code, done.json["applied"]) == (200, True)
    kept = officer.get(f"/ledger-imports/{done.json['id']}")
    assert kept.json == done.json
    assert sent(officer, county, content, dry_run="false").json["code"] == "file_already_imported"


def test_the_report_speaks_chinese_and_repeats_no_cell(officer: Signed, county: County) -> None:
    content = a_sheet([a_row(county.village, 观察日期="前几天金丝雀")])
    report = sent(officer, county, content)
    assert report.json["rows"] == [
        {
            "row": 3,
            "outcome": "refused",
            "codes": ["cell_date"],
            "messages_zh": ["观察日期：日期无法识别。请写成 2026-11-03、2026年11月3日 或 2026.11.3。"],
        }
    ]
    refused = sent(officer, county, content, dry_run="false")
    assert (refused.status_code, refused.json["code"]) == (422, "import_rows_refused")
    assert [(error["field"], error["code"]) for error in refused.json["errors"]] == [("3 观察日期", "cell_date")]
    assert "金丝雀" not in report.text + refused.text


def test_forbidden_columns_need_a_word_to_go_on_without_them(officer: Signed, county: County) -> None:
    content = a_sheet([a_row(county.village, 民族="金丝雀")], (*HEADINGS, "民族"))
    assert sent(officer, county, content).json["refused_columns"] == ["民族"]
    refused = sent(officer, county, content, dry_run="false")
    assert (refused.status_code, refused.json["code"], "民族" in refused.json["title"]) == (
        422,
        "forbidden_columns",
        True,
    )
    assert sent(officer, county, content, dry_run="false", drop_forbidden="true").json["applied"]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_workbook_is_refused(officer: Signed, county: County, content: bytes) -> None:
    answer = sent(officer, county, content)
    assert (answer.status_code, answer.json["code"].startswith("workbook_")) == (422, True)


def test_a_request_without_a_file_or_place_says_what_is_missing(officer: Signed, county: County) -> None:
    query = {"township_code": county.township, "period": this_month()}
    bare = officer.post("/ledger-imports", query_string=query, content_type="multipart/form-data")
    assert (bare.status_code, bare.json["field"]) == (422, "file")
    assert sent(officer, county, a_sheet([]), period="2026").status_code == 422
    assert sent(officer, county, a_sheet([]), township_code=county.other_township).status_code == 404
    assert officer.get(f"/ledger-imports/{new_id()}").status_code == 404


def test_another_role_or_purpose_reads_nothing_in_or_out(officer: Signed, coordinator: Signed, county: County) -> None:
    assert sent(coordinator.for_purpose(Purpose.IMPORT), county, b"").json["code"] == "role_forbidden"
    assert sent(officer.for_purpose(Purpose.SWEEP), county, b"").json["code"] == "purpose_forbidden"
    assert taken(officer.for_purpose(Purpose.EXPORT), county).json["code"] == "role_forbidden"
    assert taken(coordinator, county, township_code=county.other_township).status_code == 404
    assert taken(coordinator, county, reason="太短").status_code == 422
    assert taken(coordinator, county, reason=" " * 20).json["code"] == "export_reason_length"


def test_the_template_comes_back_in_once_it_is_filled(officer: Signed, county: County) -> None:
    workbook = load_workbook(io.BytesIO(officer.get("/ledger-imports/template.xlsx").data))
    sheet = workbook.worksheets[0]
    row = a_row(county.village)
    headings = [cell.value for cell in sheet[1]]
    for column, heading in enumerate(headings, start=1):
        if heading in row:
            sheet.cell(2, column, row[heading])
    stream = io.BytesIO()
    workbook.save(stream)
    assert sent(officer, county, stream.getvalue()).json["entry_count"] == 1


def test_an_export_says_who_when_and_why_on_every_page(officer: Signed, coordinator: Signed, county: County) -> None:
    sent(officer, county, a_sheet([a_row(county.village, 网格="1"), a_row(county.village, 2)]), dry_run="false")
    answer = taken(coordinator, county)
    assert answer.status_code == 200, answer.text
    assert f"linli-{county.township}-{this_month()}.xlsx" in answer.headers["Content-Disposition"]
    workbook = load_workbook(io.BytesIO(answer.data))
    login = coordinator.login.partition("@")[0]
    for sheet in workbook.worksheets:
        assert (sheet.protection.sheet, bool(sheet.protection.password)) == (True, True)
        assert login in sheet.oddHeader.center.text
        assert "内部资料" in sheet.oddFooter.center.text
    stamp = workbook.worksheets[0]["A1"].value
    for said in ("测试用户", login, REASON, "内部资料 · 用后销毁", "试验镇101"):
        assert said in stamp
        assert said in workbook.properties.description
    headings, first, _ = cells(answer.data)[1:]
    line = dict(zip(headings, first, strict=True))
    assert (line["姓名"], line["联系电话"], line["事实记录"], line["状态"]) == ("钱试1", "13800000001", FACT, "已上报")
    assert (line["村（社区）"], line["网格"]) == ("试验村201", "网格001")
    assert line["条目编号"] == f"{county.township}{this_month()[:4]}0001"
    assert "身份证号" not in headings


def test_what_was_taken_out_can_be_read_back(officer: Signed, coordinator: Signed, county: County) -> None:
    sent(officer, county, a_sheet([a_row(county.village)]), dry_run="false")
    report = sent(officer, county, taken(coordinator, county).data).json
    assert [row["outcome"] for row in report["rows"]] == ["possible_duplicate"]


def test_the_log_names_everybody_taken_out_and_keeps_the_reason_sealed(
    officer: Signed, coordinator: Signed, county: County, owner_engine: Engine
) -> None:
    sent(officer, county, a_sheet([a_row(county.village), a_row(county.village, 2)]), dry_run="false")
    assert taken(coordinator, county).status_code == 200
    exports = [event for event in events(owner_engine, county) if '"action":"spreadsheet:export"' in event]
    (told,) = [event for event in exports if "resident.name" in event]
    assert told.count("-") > 0
    assert '"count":2' in told
    for field in ("resident.name", "resident.phone", "resident.address", "observation.fact"):
        assert field in told
    assert not any(REASON in event for event in events(owner_engine, county))
    with transaction(a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township)) as work:
        (record,) = work.session.scalars(select(ExportRecord))
        keys = disclose(work, AccessEvent("test", fields=("statement.reason",)), [record.id])
        assert keys.open("statement.reason", record.id, record.id, record.sealed_reason) == REASON
    assert (record.entry_count, record.exported_by) == (2, coordinator.user_id)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_what_begins_like_a_formula_leaves_as_text(
    officer: Signed, coordinator: Signed, county: County, start: str
) -> None:
    evil = f'{start}HYPERLINK("http://x","y") 这是网格员当天上午在门口亲眼看到的情况记录'
    row = a_row(county.village, 现住址=evil)
    content = a_sheet([row])
    assert sent(officer, county, content, dry_run="false").status_code in {200, 422}
    for cell in load_workbook(io.BytesIO(taken(coordinator, county).data)).worksheets[0][3]:
        assert cell.data_type != "f"
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
            assert cell.quotePrefix


def test_an_export_can_be_read_on_paper_as_wide_as_the_page(coordinator: Signed, county: County) -> None:
    sheet = load_workbook(io.BytesIO(taken(coordinator, county).data)).worksheets[0]
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert all(cell.alignment.wrap_text for cell in sheet[2])


def test_an_export_of_an_empty_month_has_headings_only(coordinator: Signed, county: County) -> None:
    rows = cells(taken(coordinator, county).data)
    assert len(rows) == 2
    assert rows[1][1] == "姓名"
