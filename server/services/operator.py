"""Whoever runs commands on the server itself: they stand behind the database anyway, and the log says so."""

from uuid import UUID

from server.domain.codes import Role
from server.domain.identity import Grant, Identity
from server.store.transaction import Caller, Store, new_id

#: Actor, session and grant of what is done by command: nobody who could sign in.
COMMAND_LINE = UUID(int=0)


def operator(store: Store, county_code: str) -> Caller:
    """A caller with an administrator's role in one county, and no person's sight."""
    grant = Grant(COMMAND_LINE, Role.SYSADMIN, county_code)
    identity = Identity(COMMAND_LINE, county_code, COMMAND_LINE, new_id(), (grant,), address_prefix="cli")
    return Caller(identity, store)
