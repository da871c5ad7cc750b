"""`linli ledger`: a township's month in from a spreadsheet and out again, as a signed-in user would do it.

Whoever runs it gives the login and password of the officer in whose name it is done; the rules, the access log and
the records are those of the API.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from server.cli.progress import bar
from server.cli.stores import opened_store
from server.config import Config
from server.domain.codes import Purpose
from server.domain.sheet_asked import SheetExport, SheetImport
from server.domain.sheet_report import BLOCKING, Outcome
from server.errors import Forbidden
from server.services.access import Caller, Request, SessionClaim, identify
from server.services.sessions import Attempt, sign_in, sign_out
from server.services.spreadsheet_export import export_month
from server.services.spreadsheet_report import ReportView, report_view
from server.services.spreadsheets import import_month
from server.services.workbook_writing import template
from server.store.transaction import new_id

F = TypeVar("F", bound=Callable[..., object])

FILE_IN = click.Path(path_type=Path, exists=True, dir_okay=False)
FILE_OUT = click.Path(path_type=Path, dir_okay=False)
#: Where a command's sign-in comes from, as the log shows it.
ADDRESS = "127.0.0.1"
_OUTCOMES = {
    Outcome.NEW: "新增",
    Outcome.POSSIBLE_DUPLICATE: "疑似重复",
    Outcome.RETURNED: "退回补充事实",
    Outcome.DUPLICATE_IN_FILE: "文件内重复",
    Outcome.OPEN_ENTRY_EXISTS: "已有未结条目",
    Outcome.REFUSED: "不能导入",
}
#: A file with such columns is refused on --apply; whoever rehearses should know before.
_FORBIDDEN = (
    "文件中有不得采集的列：请删除，或加 --drop-forbidden 不读取这些列 / "
    "delete the forbidden columns, or add --drop-forbidden to leave them unread"
)


class Said(TypedDict):
    """What every command that opens the ledger is told."""

    township: str
    period: str
    login: str
    password_file: Path | None


def signed(command: F) -> F:
    """The options that say in whose name a command acts, and on which month."""
    for option in (
        click.option("--password-file", type=FILE_IN, help="File holding the password.  [default: ask for it]"),
        click.option("--as", "login", required=True, metavar="NAME@COUNTY", help="In whose name."),
        click.option("--period", required=True, metavar="YYYYMM", help="Which month."),
        click.option("--township", required=True, metavar="CODE", help="Which township, nine digits."),
    ):
        command = option(command)
    return command


@click.group()
def ledger() -> None:
    """Import and export a township's month as a spreadsheet."""


@ledger.command("import")
@click.argument("file", type=FILE_IN)
@signed
@click.option("--apply", "applying", is_flag=True, help="Read it in, if every row may come in.  [default: dry run]")
@click.option("--drop-forbidden", is_flag=True, help="Go on without forbidden columns; their content is never read.")
def import_file(file: Path, *, applying: bool, drop_forbidden: bool, **said: Unpack[Said]) -> None:
    """Report row by row what FILE.xlsx would bring in; with --apply, read it in: all of it, or nothing.

    Exit code 1 when any row keeps the file out.
    """
    wanted = SheetImport(said["township"], said["period"], drop_forbidden=drop_forbidden)
    content = file.read_bytes()
    with acting_as(said, Purpose.IMPORT) as caller:
        rehearsed = read(caller, wanted, content)
        show(rehearsed)
        if rehearsed.refused_columns and not drop_forbidden:
            click.echo(_FORBIDDEN)
        if rehearsed.refused_count:
            raise click.ClickException(f"{rehearsed.refused_count} 行不能导入，整个文件未导入 / nothing imported")
        if applying:
            applied = SheetImport(said["township"], said["period"], dry_run=False, drop_forbidden=drop_forbidden)
            report = read(caller, applied, content)
            click.echo(f"已导入 imported: {report.entry_count} 条 entries  ({report.id})")
        else:
            click.echo("试运行，未作任何更改；加 --apply 正式导入 / dry run: nothing changed, add --apply to import")


@ledger.command("template")
@click.argument("file", type=FILE_OUT)
def write_template(file: Path) -> None:
    """Write an empty sheet with every heading and an explanation of each column to FILE.xlsx."""
    file.write_bytes(template())
    click.echo(f"{file}")


@ledger.command("export")
@click.argument("file", type=FILE_OUT)
@signed
@click.option("--reason", required=True, help="What for, 10 to 200 characters; stands in the file.")
def export_file(file: Path, *, reason: str, **said: Unpack[Said]) -> None:
    """Write the own township's month to FILE.xlsx, stamped with who, when and why; readable by this account alone."""
    if file.exists():
        raise click.ClickException(f"{file} 已存在 / exists already")
    with acting_as(said, Purpose.EXPORT) as caller:
        exported = export_month(caller, SheetExport(said["township"], said["period"], reason))
    keep_private(file, exported.content)
    click.echo(f"{file}  ({exported.id})")


def read(caller: Caller, wanted: SheetImport, content: bytes) -> ReportView:
    """Read or rehearse a file behind a bar over its rows."""
    with bar(0) as shown:
        shown.say("读取 reading" if wanted.dry_run else "写入 writing")
        return report_view(import_month(caller, wanted, content, shown.reach))


def show(report: ReportView) -> None:
    """The rows that need a look, the columns left aside, and the figures."""
    table = Table("行 row", "结果 outcome", Column("说明 what to do", overflow="fold"), box=SIMPLE)
    for row in report.rows:
        if row.outcome is not Outcome.NEW or row.messages_zh:
            style = "red" if row.outcome in BLOCKING else None
            table.add_row(str(row.row), _OUTCOMES[row.outcome], "\n".join(row.messages_zh), style=style)
    if table.row_count:
        Console().print(table)
    for name, columns in (("不得采集 forbidden", report.refused_columns), ("未读取 ignored", report.ignored_columns)):
        if columns:
            click.echo(f"{name}: {'、'.join(columns)}")
    click.echo(
        f"{report.row_count} 行 rows: {report.entry_count} 新增 new, {report.returned_count} 退回 returned, "
        f"{report.possible_duplicate_count} 疑似重复 possible duplicates, {report.refused_count} 不能导入 refused"
    )


@contextmanager
def acting_as(said: Said, purpose: Purpose) -> Iterator[Caller]:
    """The user whose login and password were given, signed in for the length of the command.

    Raises Unauthenticated ``sign_in_refused``, Forbidden ``password_change_required``.
    """
    with opened_store(Config.from_environment()) as store:
        request = Request(new_id(), purpose, ADDRESS)
        opened = sign_in(store, Attempt(said["login"], password_of(said), ADDRESS), request)
        caller = identify(store, SessionClaim(opened.county_code, opened.user_id, opened.session_id), request)
        try:
            if opened.must_change_password:
                raise Forbidden("password_change_required")
            yield caller
        finally:
            sign_out(caller)


def password_of(said: Said) -> str:
    """The password from its file, or as typed, unseen."""
    if said["password_file"] is not None:
        return said["password_file"].read_text("utf-8").strip()
    return str(click.prompt("密码 password", hide_input=True, err=True))


def keep_private(path: Path, content: bytes) -> None:
    """Write a new file that this account alone can read; a file that is there already is left alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{path} 已存在 / exists already") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
