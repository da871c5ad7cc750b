"""Small counts hidden from supervisors (guardrail G11): no cell below k can be worked out from what is shown.

A count of 1 to k−1 is hidden. Zero is shown: it says that nobody is there, and the rules below hold even
for a reader who subtracts it. When the total stays, a hidden cell must not be what is left over, so further
cells are hidden until the hidden ones leave room: for a reader who knows k, the total, and even which hidden
cells were the small ones, every small cell may still hold each of several values. Further cells are taken in
the list's order, never by size, for an order by size would itself say something. When no cell is left to
take, the total is hidden too. Two tables over the same people must be suppressed as one list, or by the
same cells; this function sees one list only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

K = 5


def suppress(counts: Mapping[str, int], k: int = K) -> "Suppressed":
    """The table as it may leave the township: None where hidden; counts are not negative, ``k`` at least 3."""
    small = [key for key, count in counts.items() if 0 < count < k]
    total = sum(counts.values())
    if not small:
        return Suppressed(dict(counts), total)
    hidden = list(small)
    spare = [key for key, count in counts.items() if count >= k]
    while not _leaves_room(counts, small, hidden, k):
        if not spare:
            return Suppressed(_without(counts, hidden), None)
        hidden.append(spare.pop(0))
    return Suppressed(_without(counts, hidden), total)


def _leaves_room(counts: Mapping[str, int], small: list[str], hidden: list[str], k: int) -> bool:
    """Whether the hidden cells' known sum is far enough from its least (and its most) possible value.

    Each small cell is at least 1 and at most k−1, each other hidden cell at least k without upper bound. A
    distance of k−2 lets a small cell take every value; it also keeps the choice to stop from telling any.
    """
    others = len(hidden) - len(small)
    known_sum = sum(counts[key] for key in hidden)
    margin = k - 2
    if known_sum < len(small) + others * k + margin:
        return False
    return others > 0 or known_sum <= len(small) * (k - 1) - margin


def _without(counts: Mapping[str, int], hidden: list[str]) -> dict[str, int | None]:
    return {key: None if key in hidden else count for key, count in counts.items()}


@dataclass(frozen=True)
class Suppressed:
    """Counts with None for hidden cells; the total is None where it would give a hidden cell away."""

    cells: dict[str, int | None]
    total: int | None
