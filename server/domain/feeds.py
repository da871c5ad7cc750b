"""What of a feed a user may read, when a tablet must begin one anew, and how long tablets wait between two pulls."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import MappingProxyType
from uuid import UUID

from server.domain.codes import LedgerState, Purpose
from server.domain.codes_sync import FeedKind
from server.domain.devices import Health
from server.domain.identity import Identity
from server.domain.permissions import Facts, Permission, allowances, may
from server.errors import Forbidden

#: Seconds a tablet waits before its next pull: ordinarily, and at most.
BACKOFF_S = 60
LONGEST_BACKOFF_S = 900
#: What one answer brings at most: changes, and sealed bytes of the records in them unless a single one is larger.
CHANGES_AT_MOST, PAGE_BYTES = 1000, 1024 * 1024
#: A number that no feed has, for an epoch that cannot be read.
NO_EPOCH = 0
_EPOCH = re.compile(r"([1-9][0-9]{0,8})\.([0-9a-f]{12})")


@dataclass(frozen=True)
class Reading:
    """By which permission a kind is read, and for which purpose; no header states it on a tablet."""

    permission: Permission
    purpose: Purpose


READINGS: Mapping[FeedKind, Reading] = MappingProxyType(
    {
        FeedKind.VISIT: Reading(Permission.VISIT_READ, Purpose.CARE),
        FeedKind.PLAN_ITEM: Reading(Permission.PLAN_ITEM_DO, Purpose.CARE),
        FeedKind.RETURN: Reading(Permission.RETURN_READ, Purpose.SWEEP),
        FeedKind.OBSERVATION: Reading(Permission.OBSERVATION_READ, Purpose.SWEEP),
        FeedKind.SAFETY_EVENT: Reading(Permission.SAFETY_READ, Purpose.CARE),
        FeedKind.REVIEW: Reading(Permission.SYNC_REVIEW_READ, Purpose.CARE),
    }
)


@dataclass(frozen=True)
class FeedPosition:
    """How far a tablet has come in one feed: nothing yet with a number of 0."""

    epoch: str
    seq: int


@dataclass(frozen=True)
class HeldRecord:
    """A record as a tablet says that it holds it."""

    kind: str
    id: UUID
    version: int


@dataclass(frozen=True)
class PullAsked:
    """What a tablet asks for: its position in each feed it holds, at most so many changes, and how it fares."""

    device_id: UUID
    limit: int = 500
    feeds: Mapping[str, FeedPosition] = field(default_factory=dict)
    health: Health | None = None


@dataclass(frozen=True)
class RepairAsked:
    """A feed to be compared record by record, with what the tablet holds of it."""

    device_id: UUID
    area_code: str
    held: Sequence[HeldRecord] = ()


def pull_prefixes(identity: Identity) -> tuple[str, ...]:
    """The areas whose feeds a user may hold: those of roles that work in the field. Raises as ``allowances`` does."""
    return tuple(sorted({allowance.prefix for allowance in allowances(identity, Permission.SYNC_PULL)}))


def is_readable(identity: Identity, area_code: str, kind: str, *, cared: bool) -> bool:
    """Whether a user may read a record of theirs of this kind in this area; ``cared``: they look after the person.

    A feed holds only what is somebody's own, in states in which that is reached, so nothing else decides.
    """
    reading = READINGS[FeedKind(kind)]
    carers = frozenset({identity.user_id}) if cared else frozenset[UUID]()
    facts = Facts(area_code, identity.user_id, LedgerState.PLAN_ACTIVE, carers)
    try:
        return may(replace(identity, purpose=reading.purpose), reading.permission, facts)
    except Forbidden:
        return False


def epoch_text(identity: Identity, area_code: str, number: int) -> str:
    """The epoch as a tablet is told it: what the roles held over the area decide goes into it.

    So whoever gains or loses a role there begins the feed anew, and sees every record as that role does.
    """
    return f"{number}.{_roles_over(identity, area_code)}"


def epoch_number(identity: Identity, area_code: str, text: str) -> int:
    """The number in an epoch that was told for the roles held now; ``NO_EPOCH`` for every other text."""
    found = _EPOCH.fullmatch(text)
    return int(found[1]) if found and found[2] == _roles_over(identity, area_code) else NO_EPOCH


def backoff_s(at_once: int, took_s: float) -> int:
    """How long to wait: a minute, longer as more pulls run at once and as they take longer."""
    crowd = BACKOFF_S * max(1, at_once)
    return min(LONGEST_BACKOFF_S, max(crowd, round(BACKOFF_S * took_s)))


def _roles_over(identity: Identity, area_code: str) -> str:
    roles = sorted({grant.role.value for grant in identity.grants if area_code.startswith(grant.area_code)})
    return sha256(",".join(roles).encode()).hexdigest()[:12]
