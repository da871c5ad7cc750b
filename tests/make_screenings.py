"""Forms filled in, for tests."""

from collections.abc import Mapping
from typing import Any

from server import clock
from server.domain.codes_instruments import ScreeningMode
from server.domain.instruments import Definition
from server.services.screenings import NewScreening
from server.store.instruments import shipped

EDITIONS = dict(shipped().keys())


def the(code: str) -> Definition:
    """The definition that ships."""
    return shipped()[code, EDITIONS[code]]


def answers_of(code: str, value: int = 0, **changes: int) -> dict[int, int]:
    """Every counted item answered alike; ``i9=1`` changes item 9."""
    changed = {int(item[1:]): answer for item, answer in changes.items()}
    return {item.number: value for item in the(code).counted} | changed


def a_form(code: str = "gad-7", answers: Mapping[int, int] | None = None, **changes: Any) -> NewScreening:
    """A form filled in a moment ago, in an interview, with the age asked for."""
    said: dict[str, Any] = {
        "instrument": code,
        "edition": EDITIONS.get(code, ""),
        "mode": ScreeningMode.INTERVIEW,
        "held_at": clock.now(),
        "answers": answers_of(code) if answers is None else answers,
        "disclaimer_shown": True,
        "age_confirmed": True,
    } | changes
    return NewScreening(**said)


def body_of(form: NewScreening) -> dict[str, Any]:
    """The form as a client sends it."""
    return {
        "instrument": form.instrument,
        "edition": form.edition,
        "mode": form.mode.value,
        "held_at": form.held_at.isoformat(),
        "answers": {str(item): value for item, value in form.answers.items()},
        "disclaimer_shown": form.disclaimer_shown,
        "age_confirmed": form.age_confirmed,
    }
