"""What a monthly return says, before it is a workbook or a page: titles, tables and hashes, in Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from server.domain.figures import Counts
from server.domain.releases import Told
from server.services.sheet_tables import code_entries

#: A count of nobody's, a count, or None for a hidden one.
Value = str | int | None

#: Group → the code list (one for each part of a cell's key) its cells are named by.
_LISTS: Mapping[str, tuple[str, ...]] = {
    "observations": ("ground",),
    "disputes": ("dispute_type", "dispute_outcome"),
    "assessments": ("result_band",),
    "referrals": ("referral_urgency",),
    "sites": ("site_type",),
}
_REASONS = {"returned": "return_reason", "declined": "decline_reason", "closed": "closure_reason"}
_GROUPS = (
    "observations", "disputes", "entries", "consents", "assessments", "visits", "referrals", "teams", "safety",
    "sites", "outreach",
)  # fmt: skip
#: Groups whose cells are parts of one whole; the others count different things.
_WHOLE = frozenset({"observations", "disputes", "assessments", "visits", "referrals", "sites"})
_SWEEPS = {"concern": "心理服务对象排查", "dispute": "矛盾纠纷排查"}
_RETURN_COLUMNS = (
    ("due", "应报网格"), ("returned", "已报"), ("nil", "零报告"), ("late", "迟报"), ("villages", "村（社区）"),
    ("confirmed", "已确认"),
)  # fmt: skip
_OPERATIONS = {"OP-1": "按时上报的排查表", "OP-7": "按时召开的分析研判会"}
#: One line for each township: heading, group, and the cell (the group's total without).
_OVERVIEW = (
    ("观察", "observations", None), ("新上报", "entries", "opened"), ("同意", "consents", "given"),
    ("评估", "assessments", None), ("走访完成", "visits", "done"), ("转介", "referrals", None),
    ("个案小组", "teams", "active"), ("安全事件", "safety", "raised"),
)  # fmt: skip


@dataclass(frozen=True)
class ReturnTable:
    """One table; the first column is text, the others counts."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class MonthlyReturn:
    """A return as it is written: nothing in it names a person, and None is written as hidden."""

    title: str
    place: str
    period: str
    made_on: date
    tables: Sequence[ReturnTable]


def tables_of(told: Told) -> list[ReturnTable]:
    """The tables of one area's month; groups that counted nothing are left out."""
    groups = [_group(group, told.groups[group]) for group in _GROUPS if told.groups[group].cells]
    return [_returns(told), *groups, _operations(told)]


def overview_of(townships: Mapping[str, Told]) -> ReturnTable:
    """A line for each township, by name."""
    headings = ["乡镇（街道）", "应报", "已报", "迟报", *(heading for heading, _, _ in _OVERVIEW)]
    rows: list[list[Value]] = [[name, *_sweeps(told), *_cells(told)] for name, told in townships.items()]
    return ReturnTable("各乡镇（街道）一览", headings, rows)


def digests_of(digests: Mapping[str, str]) -> ReturnTable:
    """The digest of each township's frozen figures, as its own access log has it."""
    return ReturnTable(
        "封存数据校验值（SHA-256）", ["乡镇（街道）", "校验值"], [list(item) for item in digests.items()]
    )


def _returns(told: Told) -> ReturnTable:
    rows: list[list[Value]] = [
        [_SWEEPS[kind], *(cells[name] for name, _ in _RETURN_COLUMNS)] for kind, cells in told.returns.items()
    ]
    return ReturnTable("排查上报", ["排查", *(heading for _, heading in _RETURN_COLUMNS)], rows)


def _group(group: str, counts: Counts) -> ReturnTable:
    rows: list[list[Value]] = [[cell_name(group, cell), count] for cell, count in sorted(counts.cells.items())]
    if len(rows) > 1 and group in _WHOLE:
        rows.append(["合计", counts.total])
    return ReturnTable(_names("month_group").get(group, group), ["项目", "数量"], rows)


def _operations(told: Told) -> ReturnTable:
    rows: list[list[Value]] = [[_OPERATIONS[name], num, den] for name, (num, den) in sorted(told.operations.items())]
    return ReturnTable("工作时效", ["指标", "按时", "应有"], rows)


def _sweeps(told: Told) -> list[Value]:
    return [sum(cells[name] or 0 for cells in told.returns.values()) for name in ("due", "returned", "late")]


def _cells(told: Told) -> list[Value]:
    return [_cell(told.groups[group], cell) for _, group, cell in _OVERVIEW]


def _cell(counts: Counts, cell: str | None) -> int | None:
    return counts.total if cell is None else counts.cells.get(cell, 0)


def cell_name(group: str, cell: str) -> str:
    """What people call a cell."""
    head, _, reason = cell.partition(":")
    if group in _LISTS:
        parts = cell.split(":")
        return " · ".join(_names(name).get(part, part) for name, part in zip(_LISTS[group], parts, strict=False))
    own = _names("month_cell")
    name = own.get("visit_declined", head) if group == "visits" and head == "declined" else own.get(head, head)
    return f"{name}：{_names(_REASONS[head]).get(reason, reason)}" if reason and head in _REASONS else name


@cache
def _names(list_name: str) -> Mapping[str, str]:
    return {entry.code: entry.zh for entry in code_entries() if entry.list == list_name}
