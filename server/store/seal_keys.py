"""The keys that tablets seal operations to: a new one each month, made by whoever needs it first, kept for good.

An operation may wait on a tablet for a long time, so no key that was ever given out is taken away. The public half is
reckoned from the opened key, not read from its row: whoever could write rows must not choose what tablets seal to.
"""

from uuid import UUID

from sqlalchemy import Boolean, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from server.crypto.errors import KeyRefused
from server.crypto.keys import KeyName
from server.crypto.operations import SealKey
from server.errors import NotFound
from server.models.sync_push import SealKeyRow
from server.store.transaction import Work, new_id

#: As in ``county_keys``: what the asking transaction made may yet be taken back, and is not kept for others.
_OF_THIS_TRANSACTION = literal_column(
    f"coalesce({SealKeyRow.__tablename__}.xmin = pg_current_xact_id_if_assigned()::xid, false)", Boolean
)
_UNCOMMITTED = _OF_THIS_TRANSACTION.label("uncommitted")


def current_seal_key(work: Work) -> tuple[UUID, bytes]:
    """This month's newest key to be given out: its id, and its public half of 65 bytes."""
    epoch, keys = work.now.strftime("%Y%m"), work.keys
    known = keys.current_seal_keys.get(epoch)
    if known is None:
        known = _newest(work, epoch) or make_seal_key(work)
    return known, seal_key(work, known).public_key


def seal_key(work: Work, key_id: UUID) -> SealKey:
    """An opened key by its id; raises NotFound ``seal_key_unknown``, SealBroken or KeyRefused ``seal_key_differs``."""
    kept = work.keys.seal_keys.get(key_id)
    if kept is not None:
        return kept
    columns = (SealKeyRow.id, SealKeyRow.epoch, SealKeyRow.wrapped, SealKeyRow.public_key, _UNCOMMITTED)
    statement = select(*columns).where(SealKeyRow.county_code == work.county_code, SealKeyRow.id == key_id)
    row = work.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("seal_key_unknown")
    opened = SealKey.unwrap(work.caller.store.keyring.provider, row.wrapped, _name(work, row.epoch, row.id))
    if opened.public_key != row.public_key:
        raise KeyRefused("seal_key_differs")
    if not row.uncommitted:
        work.keys.seal_keys[key_id] = opened
    return opened


def make_seal_key(work: Work) -> UUID:
    """Make another key of this month, to be given out from now on; of two made at once, one stands."""
    epoch, id_ = work.now.strftime("%Y%m"), new_id()
    of_month = SealKeyRow.county_code == work.county_code, SealKeyRow.epoch == epoch
    latest = work.session.scalar(select(func.max(SealKeyRow.number)).where(*of_month)) or 0
    fresh = SealKey.new(_name(work, epoch, id_))
    statement = insert(SealKeyRow).values(
        county_code=work.county_code, id=id_, epoch=epoch, number=latest + 1, public_key=fresh.public_key,
        wrapped=fresh.wrap(work.caller.store.keyring.provider), created_at=work.now,
    )  # fmt: skip
    work.session.execute(statement.on_conflict_do_nothing())
    number = SealKeyRow.number == latest + 1
    return work.session.scalars(select(SealKeyRow.id).where(*of_month, number)).one()


def open_every_seal_key(work: Work) -> int:
    """Open each of the county's keys, as a check; how many there were. Raises as ``seal_key`` does."""
    ids = work.session.scalars(select(SealKeyRow.id).where(SealKeyRow.county_code == work.county_code)).all()
    for key_id in ids:
        seal_key(work, key_id)
    return len(ids)


def _newest(work: Work, epoch: str) -> UUID | None:
    """The newest key of a month, kept as the one to give out unless this very transaction made it."""
    statement = select(SealKeyRow.id, _UNCOMMITTED)
    statement = statement.where(SealKeyRow.county_code == work.county_code, SealKeyRow.epoch == epoch)
    row = work.session.execute(statement.order_by(SealKeyRow.number.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    if not row.uncommitted:
        work.keys.current_seal_keys[epoch] = row.id
    newest: UUID = row.id
    return newest


def _name(work: Work, epoch: str, key_id: UUID) -> KeyName:
    """What a key is wrapped for: its month and its id, so that no two rows can change places."""
    return KeyName(work.caller.store.keyring.deployment, work.county_code, f"{epoch}/{key_id}")
