"""Playing phases one after another, each on a few threads, with a bar on the terminal and a stopwatch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from demo.api import Call

THREADS = 6

T = TypeVar("T")


@dataclass
class Stage:
    """Plays the month's phases one after another, each on a few threads, with a bar and a stopwatch.

    ``calls`` is the tally that every server's ``Api`` writes to.
    """

    calls: list[Call] = field(default_factory=list)
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

    def announce(self, today: date | None) -> None:
        """Tell on a terminal which day is played next; None is today, when everything is read."""
        console = Console(stderr=True)
        if console.is_terminal:
            console.print(today.isoformat() if today else "today")

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        first, started = len(self.calls), perf_counter()
        yield
        self.phases.append(Phase(name, perf_counter() - started, self.calls[first:]))


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
    columns = (TextColumn(f"{name:<36}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=total)
        yield lambda: progress.advance(task)
