"""An import's report as people read it: per row codes, and in Chinese the column, what is wrong, what to do."""

from dataclasses import dataclass
from uuid import UUID

from server.domain.sheet_report import Outcome, RowReport
from server.errors import FieldError
from server.messages import message_for
from server.services.spreadsheets import ImportReport


def report_view(report: ImportReport) -> "ReportView":
    """The report with its sentences."""
    return ReportView(
        id=report.id,
        township_code=report.township_code,
        period=report.period,
        applied=report.applied,
        row_count=report.row_count,
        entry_count=report.entry_count,
        returned_count=report.returned_count,
        possible_duplicate_count=report.possible_duplicate_count,
        refused_count=report.refused_count,
        refused_columns=report.refused_columns,
        ignored_columns=report.ignored_columns,
        rows=tuple(RowView(row.row, row.outcome, row.codes, sentences(row)) for row in report.rows),
    )


def sentences(row: RowReport) -> tuple[str, ...]:
    """What is said of a row, in Chinese."""
    return tuple(_sentence(note) for note in row.notes)


def _sentence(note: FieldError) -> str:
    message = message_for(note.code)
    said = message.title("zh", **note.params) + message.todo("zh", **note.params)
    return f"{note.field}：{said}" if note.field else said


@dataclass(frozen=True)
class RowView:
    """One row as shown."""

    row: int
    outcome: Outcome
    codes: tuple[str, ...]
    messages_zh: tuple[str, ...]


@dataclass(frozen=True)
class ReportView:
    """A report as shown."""

    id: UUID | None
    township_code: str
    period: str
    applied: bool
    row_count: int
    entry_count: int
    returned_count: int
    possible_duplicate_count: int
    refused_count: int
    refused_columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    rows: tuple[RowView, ...]
