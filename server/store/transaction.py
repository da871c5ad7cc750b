"""A caller's unit of work: one transaction, bound by row-level security, whose access events go in with it.

``transaction`` is the only place that commits. It sets the caller's county and areas with ``SET LOCAL`` first, so
that an unset context sees nothing, and stages what was noted before it commits; whatever a use case returns can
only leave the server after that. If staging fails, nothing is committed and the answer is 503. Its last act is to
settle the feeds of tablets that what was written concerns.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from server import clock
from server.config import Config
from server.crypto.keyring import Keyring
from server.domain.codes import Purpose
from server.domain.identity import Identity
from server.errors import Unavailable
from server.store.county_keys import CountyKeys, KeyCupboard
from server.store.events import AccessEvent, stage
from server.store.feeds import Settling, settle, was_stirred, watch

#: One statement for the scope and for how long a transaction may keep others waiting, itself or by doing nothing.
_BIND = text(
    "SELECT set_config('linli.county', :county, true), set_config('linli.areas', :areas, true),"
    " set_config('lock_timeout', '30s', true), set_config('statement_timeout', '60s', true),"
    " set_config('idle_in_transaction_session_timeout', '120s', true)"
)


@dataclass(frozen=True)
class Store:
    """A deployment's database and keys, opened once per process."""

    engine: Engine
    keyring: Keyring
    cupboard: KeyCupboard
    disclosure_budget_per_hour: int
    #: Settings of signing in; see ``server/config.py``.
    session_life: timedelta = timedelta(hours=10)
    sign_in_tries: int = 5
    sign_in_tries_per_address: int = 50
    #: The composition a case team must have; see ``server/domain/case_teams.py``.
    strict_teams: bool = False
    #: People a worker's tablet holds at most for their care.
    tablet_residents: int = 50
    #: Days of a lease, the oldest app that gets one, and where people reach this server.
    tablet_lease_days: int = 3
    tablet_app_at_least: str = "1.0.0"
    public_url: str = ""


@dataclass(frozen=True)
class Caller:
    """Who acts, and on which deployment's store: the first argument of every use case."""

    identity: Identity
    store: Store


@dataclass
class Work:
    """One open transaction of one caller. ``now`` is the same instant throughout."""

    caller: Caller
    session: Session
    now: datetime
    #: Events to be staged before the commit.
    noted: list[AccessEvent] = field(default_factory=list)

    @property
    def identity(self) -> Identity:
        """Who acts."""
        return self.caller.identity

    @property
    def county_code(self) -> str:
        """The county this transaction is bound to."""
        return self.caller.identity.county_code

    @property
    def keys(self) -> CountyKeys:
        """The county's keys, opened on first use and kept for some minutes."""
        return self.caller.store.cupboard.keys_of(self.session, self.county_code, self.now)

    def note(self, event: AccessEvent) -> None:
        """Have an event staged with this transaction."""
        self.noted.append(event)

    def flush_events(self) -> None:
        """Stage what was noted so far; raises Unavailable when that fails."""
        events, self.noted = self.noted, []
        if events:
            stage(self.session, self.identity, events, self.now)


def open_store(config: Config, keyring: Keyring, *, url: str | None = None) -> Store:
    """Open the store as the application's role (or at another address, for the job process)."""
    engine = create_engine(url or config.app_url, pool_pre_ping=True, pool_size=8, max_overflow=8)
    watch(engine)
    return Store(
        engine,
        keyring,
        KeyCupboard(keyring),
        config.disclosure_budget_per_hour,
        config.session_life,
        config.sign_in_tries,
        config.sign_in_tries_per_address,
        config.strict_teams,
        tablet_residents=config.tablet_residents,
        tablet_lease_days=config.tablet_lease_days,
        tablet_app_at_least=config.tablet_app_at_least,
        public_url=config.public_url,
    )


def new_id() -> UUID:
    """A fresh UUIDv7: sorted by the time it was made, unguessable in its random part."""
    return uuid7()


@contextmanager
def transaction(caller: Caller) -> Iterator[Work]:
    """One transaction within the caller's county and areas; commits at the end, or rolls back on any error."""
    with Session(caller.store.engine, expire_on_commit=False) as session, session.begin():
        bind(session, caller.identity.county_code, caller.identity.area_codes)
        work = Work(caller, session, clock.now())
        yield work
        session.flush()
        work.flush_events()
        if was_stirred(session):
            bind(session, caller.identity.county_code, (caller.identity.county_code,))
            settle(session, settling_of(work))


@contextmanager
def looking(store: Store) -> Iterator[Session]:
    """A short look at the database before anybody is known to act; nothing is written.

    It ends with a commit all the same: after a rollback the driver forgets every statement it has prepared, and each
    request would have the database plan all of its own anew.
    """
    with Session(store.engine, expire_on_commit=False) as session, session.begin():
        yield session


def settling_of(work: Work) -> Settling:
    """What feeds are settled by in this transaction."""
    return Settling(work.county_code, work.now, work.caller.store.tablet_residents)


def bind(session: Session, county_code: str, area_codes: tuple[str, ...]) -> None:
    """Set what row-level security lets this transaction see. An empty prefix would be everything: refused."""
    if not county_code or not all(area_codes):
        raise Unavailable("scope_unset")
    # What waits to be written is still written within the scope it was made in. The rest of what a session does for
    # each statement is not needed here, a dozen times in a push.
    session.flush()
    session.connection().execute(_BIND, {"county": county_code, "areas": ",".join(area_codes)})


@contextmanager
def widened(work: Work) -> Iterator[None]:
    """See the whole county for a while, to find duplicates; what is found must not leave without a scope check."""
    bind(work.session, work.county_code, (work.county_code,))
    held = False
    try:
        yield
        held = True
    finally:
        # Binding writes what waits, and what cannot be written is told. But after an error, what the database or its
        # session has given up cannot be bound, nor read from: the first error goes on.
        with nullcontext() if held else suppress(SQLAlchemyError):
            bind(work.session, work.county_code, work.identity.area_codes)


def for_purpose(work: Work, purpose: Purpose) -> Work:
    """The same transaction, for a purpose that nobody had to state; flush its events when done with it."""
    identity = replace(work.identity, purpose=purpose)
    return replace(work, caller=replace(work.caller, identity=identity), noted=[])


def in_county(caller: Caller, county_code: str) -> Caller:
    """The same caller bound to another county of the same city, for figures of a city supervisor."""
    return replace(caller, identity=replace(caller.identity, county_code=county_code))


def is_reachable(store: Store) -> bool:
    """Whether the database answers: what readiness means."""
    try:
        with store.engine.connect() as connection:
            return connection.scalar(text("SELECT true")) is True
    except SQLAlchemyError:
        return False
