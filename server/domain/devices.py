"""What holds for field tablets: codes to enrol with, check numbers, versions of the app, and what needs a look."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from server.domain.area_codes import contains
from server.domain.codes_devices import Attention, DeviceState
from server.domain.permission_names import Permission

#: How long an enrolment code is good for, once.
CODE_LIFE = timedelta(hours=24)
#: Wrong check numbers after which an enrolment is void: somebody may have put a tablet of their own in its place.
WRONG_CHECKS = 3
#: How long after a revoked tablet's last lease ended without a word of it the township has to look into it.
UNACCOUNTED_DUE = timedelta(hours=24)
#: What a tablet's session reaches; the rest of the API is the office's.
TABLET_PERMISSIONS = frozenset(
    {
        Permission.SYNC_PULL,
        Permission.ACCOUNT_OWN,
        Permission.AREA_READ,
        Permission.AREA_LOCATE,
        Permission.CRISIS_CARD_READ,
    }
)
#: The newest app of this server.
NEWEST_APP = "1.0.0"
#: When a tablet needs a look: not heard of, work unsent, room left in MiB, clock away.
SILENT_AFTER = timedelta(days=7)
WAITING_TOO_LONG = timedelta(days=3)
LITTLE_STORAGE_MB = 200
CLOCK_FAR_OFF_MS = 2 * 60 * 60 * 1000

#: Letters and digits that nobody mistakes for one another (Crockford's base 32).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CODE = re.compile(rf"([1-9][0-9]{{5}})([{_ALPHABET}]{{8}})")
_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}")
_CHECK_BITS, _CHECK_DIGITS = 20, 7


@dataclass(frozen=True)
class Health:
    """How a tablet says it fares; what it did not say is None."""

    app_version: str | None = None
    waiting: int | None = None
    oldest_waiting_at: datetime | None = None
    clock_offset_ms: int | None = None
    storage_free_mb: int | None = None
    storage_persisted: bool | None = None


@dataclass(frozen=True)
class Standing:
    """What of a tablet decides whether it needs a look."""

    state: DeviceState
    unaccounted: bool
    #: Since when it has been silent: last heard of, or approved.
    heard_at: datetime
    missing: int
    health: Health


def new_code(county_code: str) -> str:
    """A fresh enrolment code, ``430902-7K3M-9QXA``: 40 random bits behind the county that can read it."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{county_code}-{letters[:4]}-{letters[4:]}"


def parse_code(text: str) -> tuple[str, str] | None:
    """County and letters of a code as somebody typed it; None for what cannot be one."""
    plain = re.sub(r"[\s\-]", "", text.upper()).translate(_MISREAD)
    found = _CODE.fullmatch(plain)
    return (found[1], found[2]) if found else None


def check_number(public_key: bytes) -> str:
    """The number both sides compare: the first 20 bits of the key's SHA-256, as seven decimal digits."""
    first = int.from_bytes(sha256(public_key).digest()[:4], "big") >> (32 - _CHECK_BITS)
    return f"{first:0{_CHECK_DIGITS}d}"


def is_version(text: str) -> bool:
    """Whether this is a version of the app: numbers with dots between them."""
    return bool(_VERSION.fullmatch(text))


def is_too_old(app_version: str | None, at_least: str) -> bool:
    """Whether an app is older than what may work here; one that never told its version is not held to it."""
    return app_version is not None and _numbers(app_version) < _numbers(at_least)


def works_there(granted_area: str, township_code: str) -> bool:
    """Whether a role's area and a tablet's township have ground in common."""
    return contains(granted_area, township_code) or contains(township_code, granted_area)


def attention(standing: Standing, now: datetime, app_at_least: str) -> tuple[Attention, ...]:
    """What about a tablet needs a look, the most pressing first; nothing once it is wiped."""
    if standing.state is DeviceState.WIPED:
        return ()
    if standing.state is DeviceState.REVOKED:
        return (Attention.UNACCOUNTED if standing.unaccounted else Attention.NOT_WIPED,)
    if standing.state is DeviceState.PENDING:
        return (Attention.TO_APPROVE,)
    found = {
        Attention.WORK_WAITS: _older(standing.health.oldest_waiting_at, now, WAITING_TOO_LONG),
        Attention.NUMBERS_MISSING: standing.missing > 0,
        Attention.SILENT: _older(standing.heard_at, now, SILENT_AFTER),
        Attention.STORAGE_SHORT: _is_short(standing.health),
        Attention.CLOCK_OFF: abs(standing.health.clock_offset_ms or 0) > CLOCK_FAR_OFF_MS,
        Attention.APP_OLD: is_too_old(standing.health.app_version, app_at_least),
    }
    return tuple(each for each, so in found.items() if so)


def _older(instant: datetime | None, now: datetime, than: timedelta) -> bool:
    return instant is not None and now - instant > than


def _is_short(health: Health) -> bool:
    few = health.storage_free_mb is not None and health.storage_free_mb < LITTLE_STORAGE_MB
    return few or health.storage_persisted is False


def _numbers(version: str) -> tuple[int, ...]:
    """The version's numbers, without zeros at the end: 1.0 is 1.0.0."""
    if not is_version(version):
        return ()
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
