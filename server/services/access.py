"""What the edge asks before and after every use case: who calls, whether there is a database, and to log a refusal."""

from uuid import UUID

from server.domain.identity import NOBODY, Identity
from server.store.events import AccessEvent
from server.store.identities import Request, SessionClaim, identity_of
from server.store.known_devices import KnownDevice, known_device
from server.store.transaction import Caller, Store, is_reachable, transaction

__all__ = [
    "Caller",
    "KnownDevice",
    "Request",
    "SessionClaim",
    "Store",
    "as_device",
    "identify",
    "is_ready",
    "known_device",
    "record_refusal",
]


def identify(store: Store, claim: SessionClaim, request: Request) -> Caller:
    """The caller behind a token; raises Unauthenticated ``session_ended``."""
    identity: Identity = identity_of(store, claim, request)
    return Caller(identity, store)


def as_device(store: Store, county_code: str, device_id: UUID, request: Request) -> Caller:
    """A tablet itself as the caller, whoever works on it: no user and no role, so the policy shows it nobody."""
    identity = Identity(
        NOBODY,
        county_code,
        NOBODY,
        request.request_id,
        (),
        purpose=request.purpose,
        address_prefix=request.address_prefix,
        device_id=device_id,
    )
    return Caller(identity, store)


def record_refusal(caller: Caller, action: str, code: str, record_id: UUID | None) -> None:
    """Write down that something was refused, in a transaction of its own."""
    with transaction(caller) as work:
        work.note(AccessEvent(action, "refused", code, record_id=record_id))


def is_ready(store: Store) -> bool:
    """Whether the database answers."""
    return is_reachable(store)
