"""The analysis meeting's agenda, generated: numbers of entries, days and counts, never a name or a list by risk.

"Risk" at this meeting means what the service has left undone: overdue work, unmet need, sites without staff, feedback
that did not come. People are not ranked (guardrail G5).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

FORM = 1
#: Entries that end within so many days stand on the agenda.
EXPIRING_WITHIN_DAYS = 30


@dataclass(frozen=True)
class Overdue:
    """A piece of work that is past its day."""

    entry_no: str
    #: review, first_contact, assessment, plan, plan_review or visit.
    what: str
    days: int


@dataclass(frozen=True)
class Waiting:
    """An entry and a number of days: since when feedback is due, or until the entry ends."""

    entry_no: str
    days: int


@dataclass(frozen=True)
class OpenAction:
    """An action item of an earlier meeting that is not done; what it says is read in that meeting."""

    id: str
    owner_unit: str
    due_on: str
    days_over: int


@dataclass(frozen=True)
class Agenda:
    """What the meeting looks at."""

    overdue: Sequence[Overdue]
    urgent_entries: Sequence[str]
    #: Ids of safety events that are not closed, by state.
    safety_events: Mapping[str, Sequence[str]]
    #: Service type → tasks of running plans past their day.
    unmet_need: Mapping[str, int]
    #: Site type → sites that do not operate.
    sites_not_operating: Mapping[str, int]
    #: Site type → operating sites without staff.
    sites_without_staff: Mapping[str, int]
    feedback_outstanding: Sequence[Waiting]
    expiring: Sequence[Waiting]
    actions_open: Sequence[OpenAction]


def plain_agenda(agenda: Agenda) -> dict[str, Any]:
    """The agenda as a plain value, as kept with the meeting."""
    return {"v": FORM, **asdict(agenda)}


def read_agenda(text: str) -> dict[str, Any]:
    """What a kept agenda says, as shown."""
    said: dict[str, Any] = json.loads(text)
    return {name: value for name, value in said.items() if name != "v"}


def days_between(earlier: date, later: date) -> int:
    """Whole days, never less than none."""
    return max((later - earlier).days, 0)
