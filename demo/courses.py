"""What becomes of somebody who was taken on: one course each, dealt out in the order of the entries' numbers."""

from collections.abc import Iterable
from enum import StrEnum
from itertools import cycle

from demo.api import Json


class Course(StrEnum):
    """How a person's care goes in the demo."""

    PLAN = "plan"
    """Agrees, is assessed, has a plan, and is met at each visit."""
    REFUSES = "refuses"
    """Says no when asked; the entry ends there, and nothing is held against anybody."""
    SAFETY = "safety"
    """At the first visit something serious comes up; it is answered within the hour, and the family is advised."""
    NO_NEED = "no_need"
    """The assessment finds no need; township and assessor close the entry together."""
    GREEN = "green"
    """Fills in a form, is referred to the clinic by the green channel, and the clinic tells what came of it."""
    MISSED = "missed"
    """Is not at home once, and the next visit is forgotten: it is overdue until somebody goes in the next month."""
    RESTS = "rests"
    """Is away for some weeks; the plan rests, and goes on in the next month."""
    LEAVES = "leaves"
    """Takes everything back after the first visit, and is out at once."""


_DEALT = (
    Course.PLAN, Course.REFUSES, Course.SAFETY, Course.NO_NEED, Course.GREEN, Course.MISSED, Course.RESTS,
    Course.LEAVES, Course.PLAN,
)  # fmt: skip


def courses_of(lines: Iterable[Json]) -> dict[str, Course]:
    """Entry id → its course; the same entries get the same courses at every run."""
    ordered = sorted(lines, key=lambda line: str(line["entry_no"]))
    return {line["id"]: course for line, course in zip(ordered, cycle(_DEALT), strict=False)}
