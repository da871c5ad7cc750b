"""Feeds begun anew: a feed's next epoch has every tablet delete what it holds of it and fetch it again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, update

from server.models.sync import Feed
from server.store.transaction import Work


def new_epochs(work: Work, reader_ids: Collection[UUID]) -> int:
    """Give every feed of these users its next epoch, locked in one order; how many there were."""
    mine = Feed.county_code == work.county_code, Feed.reader_id == func.any(list(reader_ids))
    locked = select(Feed.area_code).where(*mine).order_by(Feed.reader_id, Feed.area_code).with_for_update()
    count = len(work.session.execute(locked).all())
    statement = update(Feed).where(*mine).values(epoch=Feed.epoch + 1)
    work.session.execute(statement.execution_options(synchronize_session=False))
    return count
