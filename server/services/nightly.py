"""What time does in every county, beside ending entries: each part by its name, repeatable without harm.

A part finds its rows by their due dates, works in batches of a transaction each (``in_batches``), and tells how many
it did. A task it gives is not given again while an undone one about the same record stands.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from server.services.consents_nightly import end_past_consents
from server.services.device_nights import call_for_unaccounted, forget_shares
from server.services.expiry import in_batches, system_caller
from server.services.feed_nights import forget_heard_removals, settle_feeds
from server.services.ledger_renewal import warn_of_expiry
from server.services.plan_nights import ask_for_reviews, plan_visits_ahead, tell_rests_over
from server.services.referral_clock import ask_for_feedback, forget_referred_in, mark_unanswered
from server.services.releases import release_figures
from server.services.safety_acts import forget_unknown_events
from server.store.sync_receipts import forget_receipts
from server.store.sync_reviews import forget_reviews
from server.store.transaction import Store, Work

Part = Callable[[Work, datetime], int]

#: Name in the log's counts → what it does with one batch; 0 means that nothing is left.
PARTS: Mapping[str, Part] = {
    "consents_past": end_past_consents,
    "expires_soon": warn_of_expiry,
    "plan_reviews_due": ask_for_reviews,
    "figures_released": release_figures,
    "rests_over": tell_rests_over,
    "referrals_unanswered": mark_unanswered,
    "feedback_missing": ask_for_feedback,
    "referred_in_forgotten": forget_referred_in,
    "unknown_events_forgotten": forget_unknown_events,
    "sync_reviews_forgotten": forget_reviews,
    "sync_receipts_forgotten": forget_receipts,
    "visits_planned": plan_visits_ahead,
    "feeds_settled": settle_feeds,
    "removals_forgotten": forget_heard_removals,
    "devices_unaccounted": call_for_unaccounted,
    "shares_forgotten": forget_shares,
}
#: Parts that cannot wait for the night: an agency has two hours to answer the green channel.
URGENT = ("referrals_unanswered",)


def do_parts(store: Store, county_code: str, now: datetime, names: Collection[str] = tuple(PARTS)) -> dict[str, int]:
    """Do these parts, or all, for one county; returns counts by name."""
    caller = system_caller(store, county_code)
    parts = {name: PARTS[name] for name in names}
    return {name: in_batches(caller, lambda work, part=part: part(work, now)) for name, part in parts.items()}  # type: ignore[misc]
