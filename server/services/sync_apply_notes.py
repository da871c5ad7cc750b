"""What tablets tell that changes no record: who looked at what, and what was deleted."""

from collections.abc import Sequence
from uuid import UUID

from server.domain.tablet_data import PurgeData, ViewData, read_data
from server.domain.tablet_operations import Opened, Outcome, applied
from server.store.disclosure import refs_of
from server.store.events import AccessEvent
from server.store.feed_reading import note_purged
from server.store.operation_records import people_of
from server.store.transaction import Work

_TABLES = {"return": "sweep_return", "review": "sync_review"}


def apply_views(work: Work, run: Sequence[Opened]) -> list[Outcome]:
    """Write looks into the access log, naming whom they showed; also of records that have moved or gone since.

    The time is the tablet's, corrected, and never later than now. Raises Invalid ``operation_malformed``.
    """
    views = [(one, read_data(one, ViewData)) for one in run]
    refs = _shown(work, views)
    for one, view in views:
        kind, id_ = str(view.kind), one.sent.record_id
        event = AccessEvent(
            "record:view_on_tablet",
            subject_refs=refs.get((kind, id_), ()),
            table=_TABLES.get(kind, kind),
            record_id=id_,
            happened_at=one.sent.corrected(view.viewed_at, work.now),
        )
        work.note(event)
    return [applied() for _ in run]


def _shown(work: Work, views: Sequence[tuple[Opened, ViewData]]) -> dict[tuple[str, UUID], tuple[UUID, ...]]:
    """Whom each record looked at is about, by pseudonym; a statement for each kind."""
    people: dict[tuple[str, UUID], UUID] = {}
    for kind in {str(view.kind) for _, view in views}:
        ids = {one.sent.record_id for one, view in views if view.kind == kind}
        people |= {(kind, id_): who for id_, who in people_of(work, kind, ids).items()}
    refs = refs_of(work, set(people.values())) if people else {}
    return {seen: (refs[who],) for seen, who in people.items() if who in refs}


def apply_purge(work: Work, opened: Opened) -> Outcome:
    """Write down that a tablet deleted what it held of an area; raises Invalid ``operation_malformed``."""
    data, device_id = read_data(opened, PurgeData), work.identity.device_id
    if device_id is not None:
        note_purged(work, device_id, opened.sent.author_id, data.area_code)
    work.note(AccessEvent("feed:purge", table="feed", record_id=device_id, count=data.rows, happened_at=opened.moment))
    return applied()
