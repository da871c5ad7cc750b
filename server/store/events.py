"""Access events: what is written down of every read, write and refusal, and how it is staged.

Bytes are made once, in canonical form, and stored; the sequencer moves and hashes them as they are. An event
holds ids, codes, counts and times only: no free text, and people by ``subject_ref`` alone, so that after an
erasure the log still verifies and points to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from server.crypto.canonical import Json, canonical_beside
from server.domain.identity import Identity
from server.errors import Unavailable
from server.models.access import AccessStage
from server.store.bulk import insert_rows

EVENT_VERSION = 1
#: Largest number of subjects one event names; longer lists go into several events of the same request.
SUBJECTS_PER_EVENT = 1000


@dataclass(frozen=True)
class AccessEvent:
    """One thing that was done or refused."""

    #: The permission exercised (``ledger:review``) or the happening (``session:sign_in``).
    action: str
    decision: Literal["allowed", "refused"] = "allowed"
    #: Code of the refusal.
    code: str = ""
    #: Everyone whose data was shown, by pseudonym.
    subject_refs: tuple[UUID, ...] = ()
    #: Names of the sealed fields opened, from the frozen registry.
    fields: tuple[str, ...] = ()
    table: str = ""
    record_id: UUID | None = None
    version_before: int | None = None
    version_after: int | None = None
    #: How many records were looked through or returned.
    count: int | None = None
    #: What was frozen, by its SHA-256 in hexadecimal.
    digest: str = ""
    #: When it happened, where that is told later: by a tablet's corrected clock.
    happened_at: datetime | None = None


def stage(session: Session, identity: Identity, events: Sequence[AccessEvent], now: datetime) -> None:
    """Insert the events in the caller's transaction; raises Unavailable ``access_log_unavailable`` if it fails."""
    stage_rows(session, event_rows(identity, events, now))


def event_rows(identity: Identity, events: Sequence[AccessEvent], now: datetime) -> list[dict[str, object]]:
    """The rows of these events as this identity's doing, for ``stage_rows``."""
    bytes_of = canonical_beside(_common(identity, now))
    return [
        {"county_code": identity.county_code, "id": event_id, "event": bytes_of(_own(part, event_id))}
        for event in events
        for part in _parts(event)
        for event_id in (uuid7(),)
    ]


def stage_rows(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Insert events that may be of several identities; raises as ``stage`` does."""
    try:
        insert_rows(session, AccessStage, rows)
    except SQLAlchemyError as error:
        raise Unavailable("access_log_unavailable") from error


def event_bytes(identity: Identity, event: AccessEvent, event_id: UUID, now: datetime) -> bytes:
    """The canonical bytes of one event, with who, when, from where and why. Times are whole microseconds."""
    return canonical_beside(_common(identity, now))(_own(event, event_id))


def _common(identity: Identity, now: datetime) -> dict[str, Json]:
    """What every event of one transaction says alike."""
    said: dict[str, Json] = {
        "v": EVENT_VERSION,
        "at_us": int(now.timestamp() * 1_000_000),
        "county": identity.county_code,
        "actor": str(identity.user_id),
        "roles": sorted(identity.roles),
        "grants": [str(grant.id) for grant in identity.grants],
        "session": str(identity.session_id),
        "request": str(identity.request_id),
        "address": identity.address_prefix,
        "purpose": identity.purpose or "",
    }
    if identity.device_id is not None:
        said["device"] = str(identity.device_id)
    return said


def _own(event: AccessEvent, event_id: UUID) -> dict[str, Json]:
    """What one event says by itself."""
    return {"event": str(event_id), "action": event.action, "decision": event.decision} | _particulars(event)


def _particulars(event: AccessEvent) -> dict[str, Json]:
    """What this event has beyond the common part; what it lacks is left out."""
    every: dict[str, Json] = {
        "code": event.code,
        "subjects": [str(ref) for ref in event.subject_refs],
        "fields": list(event.fields),
        "table": event.table,
        "record": str(event.record_id or ""),
        "before": event.version_before,
        "after": event.version_after,
        "count": event.count,
        "digest": event.digest,
        "happened_us": int(event.happened_at.timestamp() * 1_000_000) if event.happened_at else None,
    }
    return {name: value for name, value in every.items() if value not in (None, "", [])}


def _parts(event: AccessEvent) -> list[AccessEvent]:
    refs = event.subject_refs
    if len(refs) <= SUBJECTS_PER_EVENT:
        return [event]
    starts = range(0, len(refs), SUBJECTS_PER_EVENT)
    return [replace(event, subject_refs=refs[start : start + SUBJECTS_PER_EVENT]) for start in starts]
