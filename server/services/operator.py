"""Whoever runs commands on the server itself: they stand behind the database anyway, and the log says so."""

from server.domain.codes import Role
from server.domain.identity import NOBODY, Grant, Identity
from server.store.transaction import Caller, Store, new_id


def operator(store: Store, county_code: str) -> Caller:
    """A caller with an administrator's role in one county, and no person's sight."""
    return _acting(store, county_code, Role.SYSADMIN)


def tablet_keeper(store: Store, county_code: str) -> Caller:
    """A caller who keeps a whole county's tablets, as its townships do; states no purpose, so no person is reached."""
    return _acting(store, county_code, Role.TOWNSHIP_COORDINATOR)


def _acting(store: Store, county_code: str, role: Role) -> Caller:
    grant = Grant(NOBODY, role, county_code)
    identity = Identity(NOBODY, county_code, NOBODY, new_id(), (grant,), address_prefix="cli")
    return Caller(identity, store)
