"""How much one tablet may ask within a quarter of an hour: far more than work makes, and far less than a flood.

Counted as tries at signing in are (``server/store/attempts.py``), once the tablet has proven itself and before anything
is opened or read for it. A call that meets the pause is not counted, so a pause ends with its quarter of an hour.
"""

from uuid import UUID

from server.errors import TooMany
from server.services.sessions import seconds_until
from server.store.attempts import count_try, counter
from server.store.transaction import Work

#: Two colleagues' fortnight offline, a look at every person on every day with it, makes 3,000; then half as much again.
OPERATIONS_IN_WINDOW = 5000
#: Pulls and repairs together. A first pull of the most people that a tablet may hold takes 20, and the clock starts one
#: a minute at most.
PULLS_IN_WINDOW = 300


def take_turn(work: Work, device_id: UUID, operations: int) -> None:
    """Let one push of a tablet at a time into the registry, and count so many operations; none never pauses.

    One statement does both: the row of the count stays locked until the transaction ends, so an answer that was lost
    may be asked for again at once. Raises TooMany ``tablet_paused``.
    """
    _count(work, "push", device_id, operations, OPERATIONS_IN_WINDOW)


def count_pull(work: Work, device_id: UUID) -> None:
    """Count one pull or repair of a tablet; raises TooMany ``tablet_paused``."""
    _count(work, "pull", device_id, 1, PULLS_IN_WINDOW)


def _count(work: Work, kind: str, device_id: UUID, amount: int, limit: int) -> None:
    pause = count_try(work, (counter(work, kind, str(device_id), limit, joined=True),), amount)
    if pause is not None:
        raise TooMany("tablet_paused", retry_after_s=seconds_until(pause.until))
