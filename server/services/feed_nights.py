"""The night's part in feeds: what only time changed, what was written past the application, and what all have heard."""

from dataclasses import replace
from datetime import datetime

from server.store.feed_reading import forget_removals
from server.store.feeds import settle_left, settle_untrue
from server.store.transaction import Work, settling_of


def settle_feeds(work: Work, now: datetime) -> int:
    """Settle a batch: marks that were left over, then readers whose feeds are not what they may hold; how many."""
    settling = replace(settling_of(work), now=now)
    return settle_left(work.session, settling) or settle_untrue(work.session, settling)


def forget_heard_removals(work: Work, _now: datetime) -> int:
    """Forget a batch of removals that no tablet is still to be told of; how many."""
    return forget_removals(work)
