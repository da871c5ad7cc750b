"""What a tablet pulls: what changed in its user's feeds, as single reads would give it at this moment, and no more.

A feed says which records changed; what they hold is read anew (``feed_records.py``) under the policy of this moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.codes_sync import FeedState
from server.domain.devices import Health, is_too_old
from server.domain.feeds import (
    CHANGES_AT_MOST,
    FeedPosition,
    HeldRecord,
    PullAsked,
    RepairAsked,
    epoch_number,
    epoch_text,
    pull_prefixes,
)
from server.domain.identity import Identity
from server.errors import Forbidden, Unauthenticated
from server.services.feed_records import Told, gather, readable_sorts, tell
from server.services.leases import SealKeyView
from server.services.sync_library import library_hashes
from server.services.sync_load import Load
from server.services.tablet_budgets import count_pull
from server.store.device_users import lease_of
from server.store.devices import note_health
from server.store.feed_reading import (
    Asked,
    Change,
    OwnFeed,
    keep_positions,
    read_news,
    records_in_feed,
    tell_revoked,
)
from server.store.feeds import settle_reader
from server.store.seal_keys import current_seal_key
from server.store.transaction import Caller, Work, settling_of, transaction, widened

#: How many pulls this process is at.
_load = Load()
_NOTHING = "0" * 16
#: A village without grids is the largest area a feed of its own is told of before it holds anything.
_SMALLEST = 12


@dataclass(frozen=True)
class FeedView:
    """Where one feed stands after this answer, with what the tripwire is held to."""

    area_code: str
    epoch: str
    state: FeedState
    seq: int
    more: bool
    reset: bool
    count: int
    digest: str


@dataclass(frozen=True)
class PullAnswer:
    """One answer to a pull."""

    feeds: Sequence[FeedView]
    changes: Sequence[Told]
    library: Mapping[str, str]
    server_time: datetime
    backoff_s: int
    lease_expires_at: datetime | None
    seal_key: SealKeyView


@dataclass(frozen=True)
class RepairAnswer:
    """One feed after its repair, and what was missing, newer or not to be there."""

    feed: FeedView
    changes: Sequence[Told]


def pull(caller: Caller, asked: PullAsked) -> PullAnswer:
    """What changed in the user's feeds since the positions asked with, one event naming everybody of each kind.

    As many statements for one change as for a thousand. Raises Forbidden ``app_too_old``; Unauthenticated
    ``device_proof_invalid`` for another tablet's id; TooMany ``tablet_paused``.
    """
    with _load.one_more() as wait_s, transaction(caller) as work:
        check_tablet(work, asked.device_id)
        count_pull(work, asked.device_id)
        _hold_app(work, asked.health)
        # First, as a push does it: a tablet's row before its reader's lock, so that its calls never wait in a ring.
        note_health(work, asked.device_id, asked.health)
        own, changes = _settled_news(work, asked)
        page = gather(work, changes[: asked.limit])
        feeds = _feeds(work.identity, asked, own, changes, len(page.changes))
        told = tell(work, page, _fresh(asked, feeds))
        seal_key = SealKeyView(*current_seal_key(work))
        lease_expires_at = lease_of(work, asked.device_id, work.identity.user_id)
        library = library_hashes(work)
        _keep(work, asked, feeds)
        return PullAnswer(feeds, told, library, work.now, wait_s(), lease_expires_at, seal_key)


def repair(caller: Caller, asked: RepairAsked) -> RepairAnswer:
    """What one feed's records on a tablet lack, by comparing them all, and no more than a page; raises as ``pull``."""
    with transaction(caller) as work:
        check_tablet(work, asked.device_id)
        count_pull(work, asked.device_id)
        if not asked.area_code.startswith(pull_prefixes(work.identity)):
            return RepairAnswer(_revoked(asked.area_code, FeedPosition("", 0)), [])
        with widened(work):
            settle_reader(work.session, settling_of(work), work.identity.user_id)
        feed, records = records_in_feed(work, asked.area_code)
        own = feed or OwnFeed(asked.area_code, 1, 0, 0)
        lacking, gone = _differing(work.identity, own, records, asked.held)
        page = gather(work, lacking[:CHANGES_AT_MOST])
        more = len(page.changes) < len(lacking)
        return RepairAnswer(_view(work.identity, own, own.head, more=more), [*tell(work, page), *gone])


def check_tablet(work: Work, device_id: UUID) -> None:
    """Hold a request to the tablet that proved itself; raises Unauthenticated ``device_proof_invalid`` for another."""
    if work.identity.device_id != device_id:
        raise Unauthenticated("device_proof_invalid", field="device_id")


def _hold_app(work: Work, health: Health | None) -> None:
    at_least = work.caller.store.tablet_app_at_least
    if is_too_old(health.app_version if health else None, at_least):
        raise Forbidden("app_too_old", at_least=at_least)


def _settled_news(work: Work, asked: PullAsked) -> tuple[list[OwnFeed], list[Change]]:
    """The news, of feeds that are looked through for what time alone has changed.

    That look costs as much as the feeds are long. The first pages of many bring what there is, each record held to
    the policy of this moment; only the last one must end with feeds that are true.
    """
    own, changes = _news(work, asked)
    if len(changes) > asked.limit:
        return own, changes
    with widened(work):
        settled = settle_reader(work.session, settling_of(work), work.identity.user_id)
    return _news(work, asked) if settled else (own, changes)


def _fresh(asked: PullAsked, feeds: Sequence[FeedView]) -> set[str]:
    """The areas of which the tablet holds nothing yet, or is to delete what it holds."""
    begun = {area for area, position in asked.feeds.items() if position.seq > 0}
    return {feed.area_code for feed in feeds if feed.reset or feed.area_code not in begun}


def _news(work: Work, asked: PullAsked) -> tuple[list[OwnFeed], list[Change]]:
    """The user's feeds, and their changes: one more than are asked for, where there are so many."""
    identity, mine = work.identity, _mine(work.identity, asked)
    positions = {area: (epoch_number(identity, area, one.epoch), one.seq) for area, one in mine.items()}
    return read_news(work, Asked(pull_prefixes(identity), positions, asked.limit + 1))


def _mine(identity: Identity, asked: PullAsked) -> dict[str, FeedPosition]:
    """The positions asked with in areas that are the user's."""
    prefixes = pull_prefixes(identity)
    return {area: position for area, position in asked.feeds.items() if area.startswith(prefixes)}


def _feeds(
    identity: Identity, asked: PullAsked, own: Sequence[OwnFeed], changes: Sequence[Change], shown: int
) -> list[FeedView]:
    """Every feed of the user and every feed asked for, after the first so many changes."""
    mine = _mine(identity, asked)
    overflow = changes[shown] if len(changes) > shown else None
    views = {area: _revoked(area, one) for area, one in asked.feeds.items()}
    empty = {*mine, *filter(_has_own_feed, pull_prefixes(identity))}
    views |= {area: _empty(identity, area, mine.get(area)) for area in empty}
    views |= {
        feed.area_code: _after(identity, feed, changes[:shown], overflow, mine.get(feed.area_code)) for feed in own
    }
    return [views[area] for area in sorted(views)]


def _after(
    identity: Identity, feed: OwnFeed, shown: Sequence[Change], overflow: Change | None, position: FeedPosition | None
) -> FeedView:
    """A feed after this answer. Changes come by area and number, so what does not fit begins in one feed."""
    reset = _is_reset(identity, feed.area_code, position, feed.epoch) or (
        position is not None and position.seq > feed.head
    )
    if overflow is None or feed.area_code < overflow.area_code or feed.after == feed.head:
        return _view(identity, feed, feed.head, reset=reset)
    last = max((one.seq for one in shown if one.area_code == feed.area_code), default=feed.after)
    return _view(identity, feed, last, reset=reset, more=True)


def _has_own_feed(prefix: str) -> bool:
    """Whether an area is so small that its feed is told of before it holds anything."""
    return len(prefix) >= _SMALLEST


def _empty(identity: Identity, area_code: str, position: FeedPosition | None) -> FeedView:
    """A feed of the user that never held anything."""
    return _view(identity, OwnFeed(area_code, 1, 0, 0), 0, reset=_is_reset(identity, area_code, position, 1))


def _is_reset(identity: Identity, area_code: str, position: FeedPosition | None, epoch: int) -> bool:
    return position is not None and position.epoch != epoch_text(identity, area_code, epoch)


def _view(identity: Identity, feed: OwnFeed, seq: int, *, reset: bool = False, more: bool = False) -> FeedView:
    count, digest = feed.tally(readable_sorts(identity, feed.area_code))
    epoch = epoch_text(identity, feed.area_code, feed.epoch)
    return FeedView(feed.area_code, epoch, FeedState.ACTIVE, seq, more, reset, count, digest)


def _revoked(area_code: str, position: FeedPosition) -> FeedView:
    """A feed that the user may not hold, or never had: either way nothing of it may stay."""
    return FeedView(area_code, position.epoch, FeedState.REVOKED, position.seq, False, False, 0, _NOTHING)


def _keep(work: Work, asked: PullAsked, feeds: Sequence[FeedView]) -> None:
    """Write down what this tablet holds now, as it says, and what it was told to delete."""
    first = FeedPosition("", 0)
    active = [feed.area_code for feed in feeds if feed.state is FeedState.ACTIVE]
    stated = {area: asked.feeds.get(area, first) for area in active}
    keep_positions(work, asked.device_id, {area: (one.epoch, one.seq) for area, one in stated.items()})
    tell_revoked(work, asked.device_id, [feed.area_code for feed in feeds if feed.state is FeedState.REVOKED])


def _differing(
    identity: Identity, feed: OwnFeed, records: Sequence[Change], held: Sequence[HeldRecord]
) -> tuple[list[Change], list[Told]]:
    """What is missing or newer, and that the rest is not to be there."""
    sorts = readable_sorts(identity, feed.area_code)
    stands = {(one.kind, one.record_id): one for one in records if (one.kind, one.cared) in sorts}
    versions = {(one.kind, one.id): one.version for one in held}
    lacking = [one for key, one in stands.items() if versions.get(key) != one.version]
    gone = [
        Told(feed.area_code, feed.head, one.kind, one.id, "remove", 0, "ended", None)
        for one in held
        if (one.kind, one.id) not in stands
    ]
    return lacking, gone
