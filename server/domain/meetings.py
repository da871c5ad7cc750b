"""What a meeting's minutes are held to. They name units, never persons; the form asks for no names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.codes_month import MeetingUnit
from server.errors import Invalid

TEXT_AT_MOST = 4000
DECISION_AT_MOST = 1000
LISTED_AT_MOST = 50


@dataclass(frozen=True)
class Present:
    """How many people of a unit came."""

    unit: MeetingUnit
    people: int


@dataclass(frozen=True, repr=False)
class NewAction:
    """An action item: which unit does what by when; has no readable ``repr``."""

    owner_unit: MeetingUnit
    text: str
    due_on: date


@dataclass(frozen=True, repr=False)
class Minutes:
    """What a meeting came to; has no readable ``repr``."""

    held_on: date
    attendance: Sequence[Present]
    minutes: str
    decisions: Sequence[str]
    actions: Sequence[NewAction]


def check_minutes(minutes: Minutes, today: date) -> None:
    """Raises Invalid ``held_in_future``, ``unit_twice`` or ``action_due_before_meeting``."""
    if minutes.held_on > today:
        raise Invalid("held_in_future", field="held_on")
    units = [present.unit for present in minutes.attendance]
    if len(units) != len(set(units)):
        raise Invalid("unit_twice", field="attendance")
    for place, action in enumerate(minutes.actions):
        if action.due_on < minutes.held_on:
            raise Invalid("action_due_before_meeting", field=f"action_items.{place}.due_on")
