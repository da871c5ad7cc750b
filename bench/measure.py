"""Timing: interleaved rounds, best of each, so that a busy machine hurts path and floor alike."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Result:
    """One path against its floor."""

    name: str
    #: Records per call of the path and of the floor.
    records: int
    path_seconds: float
    floor_seconds: float
    #: "at most" times the floor's time, or "at least" of the floor's speed.
    target: str
    note: str = ""

    @property
    def time_ratio(self) -> float:
        """How many times the floor's time the path takes."""
        return self.path_seconds / self.floor_seconds

    @property
    def speed_ratio(self) -> float:
        """What part of the floor's speed the path reaches."""
        return self.floor_seconds / self.path_seconds


def best_of(rounds: int, path: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Best seconds of path and floor, taken in turns; one round of each first, to warm up."""
    path()
    floor()
    taken = [(_seconds(path), _seconds(floor)) for _ in range(rounds)]
    return min(path for path, _ in taken), min(floor for _, floor in taken)


def _seconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start
