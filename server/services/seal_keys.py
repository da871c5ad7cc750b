"""The keys that tablets seal to, in the operator's hands: changed before the month is over, and tried."""

from uuid import UUID

from server.services.operator import operator
from server.store.events import AccessEvent
from server.store.seal_keys import make_seal_key, open_every_seal_key
from server.store.tenancy import every_county
from server.store.transaction import Store, transaction


def change_seal_key(store: Store, county_code: str) -> UUID:
    """Make a new key of a county, to be given out from now on; the id of it. Raises Unavailable ``county_unknown``."""
    with transaction(operator(store, county_code)) as work:
        key_id = make_seal_key(work)
        work.note(AccessEvent("seal_key:change", table="seal_key", record_id=key_id))
        return key_id


def check_seal_keys(store: Store) -> int:
    """Open every key of every county that operations were ever sealed to; how many there were.

    Needs the job process's store, which alone sees every county. Raises KeyRefused or SealBroken at the first that
    does not open.
    """
    opened = 0
    for county_code in every_county(store.engine):
        with transaction(operator(store, county_code)) as work:
            opened += open_every_seal_key(work)
    return opened
