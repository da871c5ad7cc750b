"""`linli ledger`: the clerk's sheet in and out by command, in a signed-in user's name."""

import io
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import load_workbook
from sqlalchemy import select

from server.config import Config
from server.domain.codes import Role
from server.models.ledger import LedgerEntry
from server.store.transaction import transaction
from tests.cli.linli import linli
from tests.make import County, a_caller
from tests.sheets import HEADINGS, a_row, a_sheet, this_month
from tests.signed_in import PASSWORD, a_user


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n", "utf-8")
    return path


def run(config: Config, county: County, password_file: Path, login: str, *words: str) -> Result:
    place = ("--township", county.township, "--period", this_month())
    return linli(config, "ledger", *words, *place, "--as", login, "--password-file", str(password_file))


def written(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(content)
    return str(path)


def entries(county: County) -> int:
    with transaction(a_caller(county, Role.JUDICIAL_OFFICER, county.township)) as work:
        return len(work.session.scalars(select(LedgerEntry)).all())


def test_a_sheet_is_rehearsed_unless_it_is_to_be_applied(
    config: Config, county: County, tmp_path: Path, password_file: Path
) -> None:
    _, login = a_user(county, (Role.JUDICIAL_OFFICER, county.township))
    file = written(tmp_path, a_sheet([a_row(county.village)]))
    dry = run(config, county, password_file, login, "import", file)
    assert (dry.exit_code, "试运行" in dry.output, entries(county)) == (0, True, 0)
    done = run(config, county, password_file, login, "import", file, "--apply")
    assert (done.exit_code, "已导入 imported: 1" in done.output, entries(county)) == (0, True, 1)
    again = run(config, county, password_file, login, "import", file, "--apply")
    assert (again.exit_code, "[file_already_imported]" in again.output) == (1, True)


def test_a_refused_row_is_named_and_nothing_comes_in(
    config: Config, county: County, tmp_path: Path, password_file: Path
) -> None:
    _, login = a_user(county, (Role.JUDICIAL_OFFICER, county.township))
    rows = [a_row(county.village), a_row(county.village, 2, 来源="金丝雀", 民族="金丝雀")]
    result = run(config, county, password_file, login, "import", written(tmp_path, a_sheet(rows, (*HEADINGS, "民族"))))
    assert (result.exit_code, entries(county)) == (1, 0)
    assert "不得采集 forbidden: 民族" in result.output
    assert "来源：此格内容不在可选范围内" in result.output.replace("\n", "")
    assert "…" not in result.output
    assert "金丝雀" not in result.output


def test_forbidden_columns_are_left_out_only_when_said(
    config: Config, county: County, tmp_path: Path, password_file: Path
) -> None:
    _, login = a_user(county, (Role.JUDICIAL_OFFICER, county.township))
    file = written(tmp_path, a_sheet([a_row(county.village, 民族="金丝雀")], (*HEADINGS, "民族")))
    assert "--drop-forbidden" in run(config, county, password_file, login, "import", file).output
    refused = run(config, county, password_file, login, "import", file, "--apply")
    assert (refused.exit_code, "[forbidden_columns]" in refused.output, entries(county)) == (1, True, 0)
    assert run(config, county, password_file, login, "import", file, "--apply", "--drop-forbidden").exit_code == 0
    assert entries(county) == 1


def test_an_export_is_for_this_account_alone_and_overwrites_nothing(
    config: Config, county: County, tmp_path: Path, password_file: Path
) -> None:
    _, login = a_user(county, (Role.TOWNSHIP_COORDINATOR, county.township))
    file = tmp_path / "out.xlsx"
    asked = ("export", str(file), "--reason", "十一月研判会使用，会后销毁。")
    assert run(config, county, password_file, login, *asked).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert "内部资料" in load_workbook(io.BytesIO(file.read_bytes())).worksheets[0]["A1"].value
    again = run(config, county, password_file, login, *asked)
    assert (again.exit_code, "exists already" in again.output) == (1, True)


def test_who_does_not_know_the_password_or_must_change_it_gets_nothing(
    config: Config, county: County, tmp_path: Path, password_file: Path
) -> None:
    file = written(tmp_path, a_sheet([a_row(county.village)]))
    _, fresh = a_user(county, (Role.JUDICIAL_OFFICER, county.township), must_change_password=True)
    assert "[password_change_required]" in run(config, county, password_file, fresh, "import", file).output
    _, login = a_user(county, (Role.JUDICIAL_OFFICER, county.township))
    password_file.write_text("another one entirely", "utf-8")
    refused = run(config, county, password_file, login, "import", file)
    assert (refused.exit_code, "[sign_in_refused]" in refused.output) == (1, True)


def test_the_template_needs_no_sign_in(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    assert linli(config, "ledger", "template", str(file)).exit_code == 0
    assert [sheet.title for sheet in load_workbook(file).worksheets] == ["台账", "填写说明"]
