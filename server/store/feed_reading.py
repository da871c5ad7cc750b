"""Feeds as a tablet asks for them: its own positions, what changed since, and what each feed holds, at one instant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, text, union

from server.domain.codes_sync import FeedKind
from server.models.device import Device
from server.models.plan import PlanItem, Visit
from server.models.sync import DeviceFeed, Feed, FeedChange
from server.store.transaction import Work

_UNSIGNED = 2**64 - 1
#: How many removals are forgotten in one transaction.
_BATCH = 5000
#: One statement, so that what is counted is what is told. A removal is of no use to whoever holds nothing yet.
_NEWS = text("""
    WITH asked AS (
        SELECT * FROM unnest(CAST(:areas AS text[]), CAST(:epochs AS integer[]), CAST(:seqs AS bigint[]))
            AS position (area_code, epoch, seq)
    ), own AS (
        SELECT f.area_code, f.epoch, f.head,
               CASE WHEN a.epoch = f.epoch AND a.seq <= f.head THEN a.seq ELSE 0 END AS after
          FROM feed f LEFT JOIN asked a ON a.area_code = f.area_code
         WHERE f.county_code = :county AND f.reader_id = :reader AND f.area_code ^@ ANY (CAST(:prefixes AS text[]))
    ), news AS (
        SELECT o.area_code, n.* FROM own o CROSS JOIN LATERAL (
                   SELECT c.seq, c.version, c.kind, c.record_id, c.op, c.cared, c.reason
                     FROM feed_change c
                    WHERE c.county_code = :county AND c.reader_id = :reader AND c.area_code = o.area_code
                      AND c.seq > o.after AND (c.op = 'put' OR o.after > 0)
                    ORDER BY c.seq LIMIT :limit) n
         WHERE o.after < o.head
         ORDER BY o.area_code, n.seq LIMIT :limit
    )
    SELECT 'feed' AS part, area_code, epoch::bigint AS first, head AS second, after AS third,
           NULL AS kind, NULL::uuid AS record_id, NULL AS op, NULL::boolean AS cared, NULL AS reason
      FROM own
     UNION ALL
    SELECT 'held', c.area_code, count(*), bit_xor(c.mark), 0, c.kind, NULL, NULL, c.cared, NULL
      FROM feed_change c JOIN own o ON o.area_code = c.area_code
     WHERE c.county_code = :county AND c.reader_id = :reader AND c.op = 'put'
     GROUP BY c.area_code, c.kind, c.cared
     UNION ALL
    SELECT 'news', area_code, seq, version, 0, kind, record_id, op, cared, reason FROM news""")
#: Written only where something is new, so that a pull without news writes no position.
_KEEP = text("""
    INSERT INTO device_feed AS d (county_code, device_id, user_id, area_code, epoch, seq, asked_at)
    SELECT :county, :device, :user, p.area_code, p.epoch, p.seq, :now
      FROM unnest(CAST(:areas AS text[]), CAST(:epochs AS text[]), CAST(:seqs AS bigint[])) AS p (area_code, epoch, seq)
      LEFT JOIN device_feed k ON k.county_code = :county AND k.device_id = :device AND k.user_id = :user
            AND k.area_code = p.area_code
     WHERE (k.epoch, k.seq) IS DISTINCT FROM (p.epoch, p.seq) OR k.revoked_told_at IS NOT NULL
     ORDER BY p.area_code
        ON CONFLICT (county_code, device_id, user_id, area_code) DO UPDATE
       SET epoch = excluded.epoch, seq = excluded.seq, asked_at = excluded.asked_at,
           revoked_told_at = NULL, purged_at = NULL""")
_TELL = text("""
    UPDATE device_feed SET revoked_told_at = :now
     WHERE county_code = :county AND device_id = :device AND user_id = :user
       AND area_code = ANY (CAST(:areas AS text[])) AND revoked_told_at IS NULL""")


class Change(NamedTuple):
    """The newest change of one record in a feed; sorts by area and number."""

    area_code: str
    seq: int
    kind: str
    record_id: UUID
    op: str
    version: int
    cared: bool
    reason: str | None


@dataclass
class OwnFeed:
    """One feed of the asking user: where it stands, from which number on it was told, and what it holds by sort."""

    area_code: str
    epoch: int
    head: int
    after: int
    #: Kind and whether the reader looks after the person → how many, and the XOR of their marks.
    held: dict[tuple[str, bool], tuple[int, int]] = field(default_factory=dict)

    def tally(self, readable: Collection[tuple[str, bool]]) -> tuple[int, str]:
        """How many records of these sorts it holds, and their digest as 16 hexadecimal digits."""
        count = digest = 0
        for sort, (many, mark) in self.held.items():
            if sort in readable:
                count, digest = count + many, digest ^ (mark & _UNSIGNED)
        return count, f"{digest:016x}"


@dataclass(frozen=True)
class Asked:
    """From where a user's feeds are asked: areas with a readable epoch's number and the number held of it."""

    prefixes: Sequence[str]
    positions: Mapping[str, tuple[int, int]]
    limit: int


def read_news(work: Work, asked: Asked) -> tuple[list[OwnFeed], list[Change]]:
    """The user's feeds under these prefixes, and at most so many changes, by area and number: one statement."""
    areas = sorted(asked.positions)
    rows = work.session.execute(
        _NEWS,
        {
            "county": work.county_code, "reader": work.identity.user_id, "prefixes": list(asked.prefixes),
            "areas": areas, "epochs": [asked.positions[area][0] for area in areas],
            "seqs": [asked.positions[area][1] for area in areas], "limit": asked.limit,
        },
    )  # fmt: skip
    feeds: dict[str, OwnFeed] = {}
    held: list[tuple[str, tuple[str, bool], tuple[int, int]]] = []
    changes: list[Change] = []
    for part, area, first, second, third, kind, record_id, op, cared, reason in rows:
        if part == "news":
            changes.append(Change(area, first, kind, record_id, op, second, cared, reason))
        elif part == "feed":
            feeds[area] = OwnFeed(area, first, second, third)
        else:
            held.append((area, (kind, cared), (first, second)))
    for area, sort, sum_ in held:
        feeds[area].held[sort] = sum_
    return [feeds[area] for area in sorted(feeds)], sorted(changes)


def records_in_feed(work: Work, area_code: str) -> tuple[OwnFeed | None, list[Change]]:
    """One feed of the caller's with everything it holds; None where it never held anything."""
    feeds, changes = read_news(work, Asked([area_code], {}, 2**31 - 1))
    feed = next((one for one in feeds if one.area_code == area_code), None)
    return feed, [change for change in changes if change.area_code == area_code]


def keep_positions(work: Work, device_id: UUID, positions: Mapping[str, tuple[str, int]]) -> None:
    """Write down how far a tablet has come in feeds that the caller has, where that is new."""
    areas = sorted(positions)
    of_device = {"county": work.county_code, "device": device_id, "user": work.identity.user_id, "now": work.now}
    if areas:
        kept = {"epochs": [positions[area][0] for area in areas], "seqs": [positions[area][1] for area in areas]}
        work.session.execute(_KEEP, of_device | {"areas": areas} | kept)


def tell_revoked(work: Work, device_id: UUID, areas: Collection[str]) -> None:
    """Write down that a tablet was told to delete what it holds of these areas."""
    of_device = {"county": work.county_code, "device": device_id, "user": work.identity.user_id, "now": work.now}
    if areas:
        work.session.execute(_TELL, of_device | {"areas": sorted(areas)})


def note_purged(work: Work, device_id: UUID, user_id: UUID, area_code: str) -> None:
    """Write down that a tablet says it deleted what it held of an area for a user."""
    row = work.session.get(DeviceFeed, (work.county_code, device_id, user_id, area_code))
    if row is not None:
        row.purged_at = work.now


def forget_removals(work: Work) -> int:
    """Delete a batch of removals that every tablet which holds something of their feed has asked beyond; how many.

    A tablet with an earlier state of its own, as from a copy of its disk, learns of them by count and digest.
    """
    statement = text("SELECT linli_forget_removals(:county, :at_most)")
    forgotten: int = work.session.execute(statement, {"county": work.county_code, "at_most": _BATCH}).scalar_one()
    return forgotten


def feeds_on(work: Work, device_id: UUID) -> Sequence[tuple[DeviceFeed, int | None]]:
    """What a tablet holds, by area, with the number each feed has come to; see that the caller may see the tablet."""
    feed = and_(
        Feed.county_code == DeviceFeed.county_code,
        Feed.reader_id == DeviceFeed.user_id,
        Feed.area_code == DeviceFeed.area_code,
    )
    statement = select(DeviceFeed, Feed.head).outerjoin(Feed, feed)
    statement = statement.where(DeviceFeed.county_code == work.county_code, DeviceFeed.device_id == device_id)
    rows = work.session.execute(statement.order_by(DeviceFeed.area_code, DeviceFeed.user_id)).all()
    return [(row[0], row[1]) for row in rows]


def tablets_holding(work: Work, entry_id: UUID) -> list[tuple[DeviceFeed, Device]]:
    """Tablets whose user holds a visit or task of an entry, or that have not asked since it left the user's feed."""
    records = union(
        select(Visit.id).where(Visit.county_code == work.county_code, Visit.entry_id == entry_id),
        select(PlanItem.id).where(PlanItem.county_code == work.county_code, PlanItem.entry_id == entry_id),
    )
    held = exists().where(
        FeedChange.county_code == DeviceFeed.county_code,
        FeedChange.reader_id == DeviceFeed.user_id,
        FeedChange.area_code == DeviceFeed.area_code,
        FeedChange.kind.in_([FeedKind.VISIT.value, FeedKind.PLAN_ITEM.value]),
        FeedChange.record_id.in_(records),
        or_(FeedChange.op == "put", DeviceFeed.seq < FeedChange.seq),
    )
    device = and_(Device.county_code == DeviceFeed.county_code, Device.id == DeviceFeed.device_id)
    statement = select(DeviceFeed, Device).join(Device, device)
    statement = statement.where(DeviceFeed.county_code == work.county_code, DeviceFeed.purged_at.is_(None), held)
    order = (DeviceFeed.device_id, DeviceFeed.user_id, DeviceFeed.area_code)
    return [(row[0], row[1]) for row in work.session.execute(statement.order_by(*order))]
