"""What the edge asks before and after every use case: who calls, whether there is a database, and to log a refusal."""

from uuid import UUID

from server.domain.identity import Identity
from server.store.events import AccessEvent
from server.store.identities import Request, SessionClaim, identity_of
from server.store.transaction import Caller, Store, is_reachable, transaction

__all__ = [
    "Caller",
    "Request",
    "SessionClaim",
    "Store",
    "identify",
    "is_ready",
    "record_refusal",
]


def identify(store: Store, claim: SessionClaim, request: Request) -> Caller:
    """The caller behind a token; raises Unauthenticated ``session_ended``."""
    identity: Identity = identity_of(store, claim, request)
    return Caller(identity, store)


def record_refusal(caller: Caller, action: str, code: str, record_id: UUID | None) -> None:
    """Write down that something was refused, in a transaction of its own."""
    with transaction(caller) as work:
        work.note(AccessEvent(action, "refused", code, record_id=record_id))


def is_ready(store: Store) -> bool:
    """Whether the database answers."""
    return is_reachable(store)
