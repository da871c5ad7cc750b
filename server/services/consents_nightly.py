"""What time does to consents: one that was given until a day ends with that day."""

from datetime import datetime

from server.store.consents import end_past_everywhere
from server.store.events import AccessEvent
from server.store.transaction import Work


def end_past_consents(work: Work, now: datetime) -> int:
    """End one batch of consents whose last day has passed; how many."""
    ended = end_past_everywhere(work, now)
    if ended:
        work.note(AccessEvent("consent:expire", table="consent", count=ended))
    return ended
