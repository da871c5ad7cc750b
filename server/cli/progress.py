"""Progress on a terminal, and silence everywhere else: a log or a pipe gets the figures at the end only."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """One bar: how many rows have passed, and what is being done."""

    def __init__(self, progress: Progress, total: int) -> None:
        """Begin at nothing of ``total``."""
        self._progress = progress
        self._task = progress.add_task("", total=total)

    def advance(self, rows: int) -> None:
        """So many more have passed."""
        self._progress.advance(self._task, rows)

    def reach(self, rows: int, total: int) -> None:
        """So many have passed, of so many; for a total that is known only once reading began."""
        self._progress.update(self._task, completed=rows, total=total)

    def say(self, words: str) -> None:
        """What is being done now."""
        self._progress.update(self._task, description=words)


@contextmanager
def bar(total: int) -> Iterator[Bar]:
    """A bar on the terminal, taken away at the end."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bar(progress, total)
