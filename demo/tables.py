"""The month on paper: tables for a terminal, and progress while it is being played."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import TypeVar

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from demo.api import Api, Call, Json
from demo.crew import County
from demo.reading import NamedLine, TownshipMonth

THREADS = 6
_STATES = ("accepted", "returned", "declined")
_GROUNDS = ("1", "2", "3", "4", "6", "7")

T = TypeVar("T")


@dataclass
class Stage:
    """Plays the month's phases one after another, each on a few threads, with a bar and a stopwatch."""

    api: Api
    phases: "list[Phase]" = field(default_factory=list)

    def play(self, name: str, act: Callable[[T], object], parts: Iterable[T]) -> None:
        """Do ``act`` to every part; the first refusal ends the phase and is raised, parts not begun are left."""
        todo = list(parts)
        with self._timed(name), _bar(name, len(todo)) as advance, ThreadPoolExecutor(THREADS) as threads:
            begun = [threads.submit(act, part) for part in todo]
            try:
                for done in as_completed(begun):
                    done.result()
                    advance()
            finally:
                threads.shutdown(wait=True, cancel_futures=True)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        first, started = len(self.api.calls), perf_counter()
        yield
        self.phases.append(Phase(name, perf_counter() - started, self.api.calls[first:]))


@dataclass(frozen=True)
class Phase:
    """One phase that was played: how long it took in seconds, and its requests."""

    name: str
    seconds: float
    calls: Sequence[Call]


@contextmanager
def _bar(name: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, silence elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn(f"{name:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=total)
        yield lambda: progress.advance(task)


def table_of_months(county: County, period: str, months: Sequence[TownshipMonth]) -> Table:
    """One line a township, and the county's sum."""
    table = _table(f"{county.name} {county.code} · {period} · returns of both sweeps, as each coordinator sees them")
    table.add_column("township")
    for name in ("villages", "due", "returned", "nil", "late", "observed", "disputes", *_STATES, "other", "overdue"):
        table.add_column(name, justify="right")
    table.add_column("complete", justify="right")
    for month in months:
        table.add_row(f"{month.code} {month.name}", *_numbers(month), f"{month.completeness} %")
    total = [sum(column) for column in zip(*(_counts(month) for month in months), strict=True)]
    share = 100 * total[2] // total[1] if total[1] else 100
    table.add_section()
    table.add_row("together", *(str(number) for number in total), f"{share} %")
    return table


def table_of_figures(county: County, figures: Sequence[Json]) -> Table:
    """The county's figures: hidden cells are shown as a dot."""
    table = _table(
        "Figures as the county's supervisor sees them · a dot hides fewer than five, or what would tell them"
    )
    table.add_column("area")
    for name in (*(f"ground {ground}" for ground in _GROUNDS), "observed", "entries", "due", "returned"):
        table.add_column(name, justify="right")
    names = {county.code: county.name} | county.townships
    for figure in figures:
        observed = figure["observations"]
        cells = [observed["cells"].get(ground, 0) for ground in _GROUNDS]
        counts = [*cells, observed["total"], figure["entries"]["total"]]
        returns = [sum(each[part] for each in figure["returns"]) for part in ("due", "returned")]
        row = ["·" if number is None else str(number) for number in (*counts, *returns)]
        table.add_row(f"{figure['area_code']} {names[figure['area_code']]}", *row)
    return table


def table_of_names(county: County, township: str, lines: Sequence[NamedLine]) -> Table:
    """One township's ledger, with the name as each role is shown it; all of them invented."""
    table = _table(
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
    """What each phase cost: requests, seconds, and how long an answer took."""
    table = _table("Requests")
    table.add_column("phase")
    for name in ("requests", "seconds", "req/s", "median ms", "slowest ms"):
        table.add_column(name, justify="right")
    for phase in phases:
        table.add_row(phase.name, *_costs(phase))
    whole = Phase("", sum(phase.seconds for phase in phases), [call for phase in phases for call in phase.calls])
    table.add_section()
    table.add_row("together", *_costs(whole))
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE, pad_edge=False)


def _counts(month: TownshipMonth) -> list[int]:
    entries = Counter(month.entries)
    known = [entries.pop(state, 0) for state in _STATES]
    returns = [month.due, month.returned, month.nil, month.late]
    return [month.villages, *returns, month.observations, month.disputes, *known, entries.total(), month.overdue]


def _numbers(month: TownshipMonth) -> list[str]:
    return [str(number) for number in _counts(month)]


def _due(entry: Json) -> str:
    """The day by which somebody must act next."""
    due = {"accepted": "first_contact_due_at", "returned": "resubmit_due_at", "reported": "review_due_at"}
    return str(entry.get(due.get(entry["state"], ""), None) or "")[:10]


def _costs(phase: Phase) -> list[str]:
    times = [call.seconds * 1000 for call in phase.calls] or [0.0]
    rate = len(phase.calls) / phase.seconds if phase.seconds else 0.0
    return [str(len(phase.calls)), f"{phase.seconds:.1f}", f"{rate:.0f}", f"{median(times):.0f}", f"{max(times):.0f}"]
