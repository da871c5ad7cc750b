"""The eight operations indicators: is the work done in time? Counted from timestamps, never typed in (OP-1…8).

A refusal is as valid as a visit: nobody's indicator is better for pressing somebody. None of them counts people found
(G12). Above the township only those of no person are told: numerator and denominator of the others are small counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

#: Numerator and denominator; a denominator of 0 means that there is no value.
Pair = tuple[int, int]

OF_NO_PERSON = frozenset({"OP-1", "OP-7"})


@dataclass(frozen=True)
class Operation:
    """One indicator: what it counts, and what it should reach, in percent."""

    id: str
    numerator: str
    denominator: str
    target_percent: int


OPERATIONS: tuple[Operation, ...] = (
    Operation("OP-1", "returns filed within the window", "returns due", 95),
    Operation("OP-2", "decided by the due day", "reviews due in the month", 95),
    Operation("OP-3", "first contact by the due day", "first contacts due in the month", 95),
    Operation("OP-4", "plan agreed, or the person left, by the due day", "plans due in the month", 95),
    Operation("OP-5", "visits done, declined, or tried in vain", "visits of the month that were not called off", 95),
    Operation("OP-6", "feedback by the due day", "referral feedback due in the month", 90),
    Operation("OP-7", "analysis meetings held by the 10th", "analysis meetings due in the month", 100),
    Operation("OP-8", "open entries past their expiry", "entries in service", 0),
)


def told_above(pairs: Mapping[str, Pair]) -> dict[str, Pair]:
    """What of the operations may leave the township."""
    return {name: pair for name, pair in pairs.items() if name in OF_NO_PERSON}
