"""What the demo's tests share: which month they play, and what was asked of the server."""

from collections import Counter

from demo.playing import Asked
from demo.stage import Stage
from server import clock
from server.domain.periods import Period, period_of, previous_period
from tests.make import County

PASSWORD = "one for all of them"
SHARE = 0.5
TODAY = clock.today()
#: Closed on the 3rd of a month that has certainly come.
PERIOD = previous_period(previous_period(period_of(TODAY)))


def asked_of(county: County, period: Period = PERIOD, share: float = SHARE, months: int = 1) -> Asked:
    """These months of a county."""
    return Asked(county.code, period, months, "seed", share)


def requests_of(stage: Stage) -> Counter[str]:
    """How often each kind of request was made."""
    return Counter(call.what for phase in stage.phases for call in phase.calls)


def written(stage: Stage) -> set[str]:
    """The kinds of requests that could have changed something."""
    return {what for what in requests_of(stage) if not what.startswith("GET ")}
