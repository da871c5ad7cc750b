"""The month on paper: tables for a terminal."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from rich.box import SIMPLE
from rich.table import Table

from demo.api import Call, Json
from demo.crew import County
from demo.reading import NamedLine, TownshipMonth, per_cent
from demo.stage import Phase

_STATES = ("accepted", "returned", "declined")
#: Kinds of requests worth a line.
_KINDS_SHOWN = 8
_GROUNDS = ("1", "2", "3", "4", "6", "7")


def table_of_months(county: County, period: str, months: Sequence[TownshipMonth]) -> Table:
    """One line a township, and the county's sum."""
    table = empty_table(
        f"{county.name} {county.code} · {period} · returns of both sweeps, as each coordinator sees them"
    )
    table.add_column("township", no_wrap=True)
    for name in ("villages", "due", "filed", "nil", "late", "observed", "disputes", *_STATES, "other", "overdue"):
        table.add_column(name, justify="right")
    table.add_column("complete", justify="right")
    for month in months:
        table.add_row(
            f"{month.code[len(county.code) :]} {month.name}", *map(str, _counts(month)), f"{month.completeness} %"
        )
    total = [sum(column) for column in zip(*(_counts(month) for month in months), strict=True)]
    table.add_section()
    table.add_row("together", *map(str, total), f"{per_cent(total[2], total[1])} %")
    return table


def table_of_figures(county: County, figures: Sequence[Json]) -> Table:
    """The county's figures: hidden cells are shown as a dot."""
    table = empty_table(
        "Released figures, as the county's supervisor sees them · a dot hides fewer than five, or what would tell them"
    )
    table.add_column("area")
    for name in (*(f"ground {ground}" for ground in _GROUNDS), "observed", "entries", "due", "returned"):
        table.add_column(name, justify="right")
    names = {county.code: county.name} | county.townships
    for figure in figures:
        code = figure["area_code"]
        row = ["·" if number is None else str(number) for number in _figures(figure)]
        table.add_row(f"{code} {names[code]}", *row)
    return table


def table_of_names(county: County, township: str, lines: Sequence[NamedLine]) -> Table:
    """One township's ledger, with the name as each role is shown it; all of them invented."""
    table = empty_table(
        f"The ledger of {county.townships[township]} · invented people; – where a role is not shown the entry"
    )
    for name in ("entry", "state", "reason", "grounds", "urgency", "due", "coordinator", "judicial office", "village"):
        table.add_column(name)
    for line in lines:
        entry = line.entry
        names = [name or "–" for name in (line.coordinator, line.office, line.village)]
        table.add_row(
            entry["entry_no"],
            entry["state"],
            entry["decision_reason"] or "",
            " ".join(entry["grounds"]),
            entry["urgency"],
            _due(entry),
            *names,
        )
    return table


def table_of_phases(phases: Sequence[Phase]) -> Table:
    """What each phase cost, on all its days together: requests, seconds, and how long an answer took."""
    table = _table_of_costs("phase")
    for phase in _by_name(phases):
        table.add_row(phase.name, *_costs(phase))
    whole = Phase("", sum(phase.seconds for phase in phases), [call for phase in phases for call in phase.calls])
    table.add_section()
    table.add_row("together", *_costs(whole))
    return table


def table_of_calls(phases: Sequence[Phase]) -> Table:
    """What each kind of request cost, the costliest together first; seconds are those waited, on all threads."""
    by_kind: dict[str, list[Call]] = {}
    for phase in phases:
        for call in phase.calls:
            by_kind.setdefault(call.what, []).append(call)
    kinds = [Phase(what, sum(call.seconds for call in calls), calls) for what, calls in by_kind.items()]
    table = _table_of_costs("request")
    for kind in sorted(kinds, key=lambda kind: kind.seconds, reverse=True)[:_KINDS_SHOWN]:
        table.add_row(kind.name, *_costs(kind))
    return table


def _by_name(phases: Sequence[Phase]) -> list[Phase]:
    """One phase a name, in the order in which they were first played."""
    found: dict[str, Phase] = {}
    for phase in phases:
        before = found.get(phase.name, Phase(phase.name, 0.0, ()))
        found[phase.name] = Phase(phase.name, before.seconds + phase.seconds, [*before.calls, *phase.calls])
    return list(found.values())


def _table_of_costs(first: str) -> Table:
    table = empty_table("")
    table.add_column(first, no_wrap=True)
    for name in ("requests", "seconds", "req/s", "median ms", "slowest ms"):
        table.add_column(name, justify="right")
    return table


def empty_table(title: str) -> Table:
    """A table without lines, in the one style of them all."""
    return Table(title=title, title_justify="left", box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))


def _figures(figure: Json) -> list[int | None]:
    """Observations by ground and together, entries, and returns due and filed; None is hidden."""
    observed = figure["observations"]
    cells = [observed["cells"].get(ground, 0) for ground in _GROUNDS]
    returns = [sum(each[part] for each in figure["returns"]) for part in ("due", "returned")]
    return [*cells, observed["total"], figure["entries"]["total"], *returns]


def _counts(month: TownshipMonth) -> list[int]:
    entries = Counter(month.entries)
    known = [entries.pop(state, 0) for state in _STATES]
    returns = [month.due, month.returned, month.nil, month.late]
    return [month.villages, *returns, month.observations, month.disputes, *known, entries.total(), month.overdue]


def _due(entry: Json) -> str:
    """The day by which somebody must act next."""
    due = {"accepted": "first_contact_due_at", "returned": "resubmit_due_at", "reported": "review_due_at"}
    return str(entry.get(due.get(entry["state"], ""), None) or "")[:10]


def _costs(phase: Phase) -> list[str]:
    times = [call.seconds * 1000 for call in phase.calls] or [0.0]
    rate = len(phase.calls) / phase.seconds if phase.seconds else 0.0
    return [str(len(phase.calls)), f"{phase.seconds:.1f}", f"{rate:.0f}", f"{median(times):.0f}", f"{max(times):.0f}"]
