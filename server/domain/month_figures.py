"""What is frozen of a township's month: counts by group and cell, in one canonical form (design §8).

A group is a set of cells; nothing in it names a person. Within the township every cell is seen as it is. Above it, only
``RELEASED`` is, with small counts hidden: groups whose cells are disjoint and whose sums are told by nothing else. That
is why totals, subsets ("due" beside "done"), medians and the operations of people stay at home: whoever has a sum and
all but one of its parts has the last one (guardrail G11, invariant 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORM = 1

Cells = Mapping[str, int]

#: Group → the cells shown above the township with small counts hidden; None: all of the group's.
RELEASED: Mapping[str, frozenset[str] | None] = {
    "observations": None,
    "disputes": None,
    "entries": None,
    "consents": None,
    "assessments": None,
    "visits": frozenset({"done", "not_seen", "declined", "overdue"}),
    "referrals": None,
    "teams": None,
    "safety": frozenset({"raised"}),
}
#: Groups that count places and activities, no person: shown as they are.
PUBLIC_GROUPS = ("sites", "outreach")
#: Whom a sweep's returns found: where one of the group's counts is hidden, so is how many places found somebody.
FOUND_BY = {"concern": "observations", "dispute": "disputes"}


@dataclass(frozen=True)
class MonthFigures:
    """A township's month in counts."""

    township: str
    period: str
    #: Random, so that the digest, which others see, confirms no guess at a small count.
    nonce: str
    #: Sweep kind → due, returned, nil, late (in places), items, villages and confirmed villages.
    returns: Mapping[str, Cells]
    #: Group → cell → count.
    groups: Mapping[str, Cells]
    #: Median days from sending to feedback, of the referrals whose feedback came in the month.
    feedback_median_days: int | None
    #: Earlier month → kind → what came after it was closed.
    late: Mapping[str, Cells]
    #: Operations indicator → numerator and denominator.
    operations: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def figures_said(said: Mapping[str, Any]) -> MonthFigures:
    """The figures that a plain value holds."""
    return MonthFigures(
        township=said["township"],
        period=said["period"],
        nonce=said["nonce"],
        returns=said["returns"],
        groups=said["groups"],
        feedback_median_days=said["feedback_median_days"],
        late=said["late"],
        operations={name: (num, den) for name, (num, den) in said["operations"].items()},
    )


def plain(figures: MonthFigures) -> dict[str, Any]:
    """The figures as a plain value of texts, numbers, lists and mappings, in a known form."""
    return {
        "v": FORM,
        "township": figures.township,
        "period": figures.period,
        "nonce": figures.nonce,
        "returns": {kind: dict(cells) for kind, cells in figures.returns.items()},
        "groups": {group: dict(cells) for group, cells in figures.groups.items()},
        "feedback_median_days": figures.feedback_median_days,
        "late": {period: dict(cells) for period, cells in figures.late.items()},
        "operations": {name: list(pair) for name, pair in figures.operations.items()},
    }
