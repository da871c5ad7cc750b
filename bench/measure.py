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
    of_path, of_floor = in_turns(rounds, path, floor)
    return of_path, of_floor


def in_turns(rounds: int, *acts: Callable[[], object]) -> tuple[float, ...]:
    """Best seconds of each act, all taken in turns; one round first, to warm up."""
    for act in acts:
        act()
    taken = [[_seconds(act) for act in acts] for _ in range(rounds)]
    return tuple(min(seconds) for seconds in zip(*taken, strict=True))


def _seconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start
