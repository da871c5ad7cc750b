"""A county's keys: made when the county joins, opened once per process and kept for some minutes.

Every opening checks the canary, so a wrong key-encryption key is found before anything is sealed with it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from sqlalchemy import Boolean, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.crypto.keyring import Keyring
from server.crypto.keys import IndexKey, KeyName, MasterKey, RowMacKey, check_canary, make_canary
from server.crypto.links import LinkKey
from server.crypto.operations import SealKey
from server.crypto.suites import Suite
from server.errors import Unavailable
from server.models.key import CountySettings, MasterKeyRow

#: How long opened county keys stay in a process before they are asked for again.
KEPT_FOR = timedelta(minutes=15)
#: Index, row and link keys have no monthly epoch; this stands in its place when they are wrapped.
NO_EPOCH = "000000"
#: A master key that the asking transaction made itself and may yet take back: used there, never kept for others.
_OF_THIS_TRANSACTION = literal_column(
    f"coalesce({MasterKeyRow.__tablename__}.xmin = pg_current_xact_id_if_assigned()::xid, false)", Boolean
)


@dataclass
class CountyKeys:
    """The opened keys of one county; master keys by epoch (``YYYYMM``), keys that tablets seal to by their id."""

    county_code: str
    suite: Suite
    index_key: IndexKey
    row_key: RowMacKey
    link_key: LinkKey
    opened_at: datetime
    master_keys: dict[str, MasterKey] = field(default_factory=dict)
    seal_keys: dict[UUID, SealKey] = field(default_factory=dict)
    #: The one to be given out, by epoch.
    current_seal_keys: dict[str, UUID] = field(default_factory=dict)


class KeyCupboard:
    """Keeps opened county keys for a process; thread-safe."""

    def __init__(self, keyring: Keyring) -> None:
        """Start empty."""
        self._keyring = keyring
        self._kept: dict[str, CountyKeys] = {}
        self._lock = Lock()

    def keys_of(self, session: Session, county_code: str, now: datetime) -> CountyKeys:
        """The county's keys; raises Unavailable ``county_unknown`` for a county that never joined."""
        with self._lock:
            kept = self._kept.get(county_code)
            if kept is None or now - kept.opened_at > KEPT_FOR:
                kept = self._open(session, county_code, now)
                self._kept[county_code] = kept
            return kept

    def master_key(self, session: Session, keys: CountyKeys, epoch: str) -> MasterKey:
        """The master key of an epoch; raises KeyRefused unless its canary agrees."""
        found = keys.master_keys.get(epoch)
        if found is None:
            statement = select(MasterKeyRow.wrapped, MasterKeyRow.canary, _OF_THIS_TRANSACTION.label("uncommitted"))
            row = session.execute(
                statement.where(MasterKeyRow.county_code == keys.county_code, MasterKeyRow.epoch == epoch)
            ).one_or_none()
            if row is None:
                raise Unavailable("key_missing")
            found = MasterKey.unwrap(self._keyring.provider, row.wrapped, self._name(keys.county_code, epoch))
            check_canary(found, row.canary)
            if not row.uncommitted:
                keys.master_keys[epoch] = found
        return found

    def current_master_key(self, session: Session, keys: CountyKeys, now: datetime) -> MasterKey:
        """This month's master key, made by whoever needs it first."""
        epoch = now.strftime("%Y%m")
        if epoch in keys.master_keys:
            return keys.master_keys[epoch]
        fresh = MasterKey.new(self._name(keys.county_code, epoch))
        values = {
            "county_code": keys.county_code,
            "epoch": epoch,
            "wrapped": fresh.wrap(self._keyring.provider),
            "canary": make_canary(fresh),
            "created_at": now,
        }
        session.execute(insert(MasterKeyRow).values(values).on_conflict_do_nothing())
        statement = select(MasterKeyRow.canary).where(
            MasterKeyRow.county_code == keys.county_code, MasterKeyRow.epoch == epoch
        )
        # Not kept before the transaction commits: read again next time, so a rolled-back key is never used.
        ours = session.execute(statement).scalar_one() == values["canary"]
        return fresh if ours else self.master_key(session, keys, epoch)

    def join(self, session: Session, county_code: str, suite: Suite, now: datetime) -> None:
        """Make a county's index, row and link keys, once; nothing happens if it has joined already."""
        name = self._name(county_code, NO_EPOCH)
        statement = insert(CountySettings).values(
            county_code=county_code,
            suite=int(suite),
            wrapped_index_key=IndexKey.new(name).wrap(self._keyring.provider),
            wrapped_row_key=RowMacKey.new(name).wrap(self._keyring.provider),
            wrapped_link_key=LinkKey.new(name).wrap(self._keyring.provider),
            created_at=now,
        )
        session.execute(statement.on_conflict_do_nothing())

    def _open(self, session: Session, county_code: str, now: datetime) -> CountyKeys:
        row = session.get(CountySettings, county_code)
        if row is None:
            raise Unavailable("county_unknown")
        name, provider = self._name(county_code, NO_EPOCH), self._keyring.provider
        index_key = IndexKey.unwrap(provider, row.wrapped_index_key, name)
        row_key = RowMacKey.unwrap(provider, row.wrapped_row_key, name)
        link_key = LinkKey.unwrap(provider, row.wrapped_link_key, name)
        return CountyKeys(county_code, Suite(row.suite), index_key, row_key, link_key, now)

    def _name(self, county_code: str, epoch: str) -> KeyName:
        return KeyName(self._keyring.deployment, county_code, epoch)
