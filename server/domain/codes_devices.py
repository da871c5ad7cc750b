"""Codes of field tablets: where one stands, why one is taken back, and what about it needs a look."""

from enum import StrEnum


class DeviceState(StrEnum):
    """Where a tablet stands."""

    PENDING = "pending"
    """It has sent its key; the office has not compared the check number yet."""
    ACTIVE = "active"
    """Approved: people sign in on it and work."""
    REVOKED = "revoked"
    """Taken back: it may send what waits, must then delete everything, and say so."""
    WIPED = "wiped"
    """It has said that it deleted everything: because it was taken back, or because somebody emptied it by hand."""


class RevokeReason(StrEnum):
    """Why a tablet is taken back."""

    LOST = "lost"
    """Nobody knows where it is."""
    STOLEN = "stolen"
    """Somebody took it."""
    HANDED_IN = "handed_in"
    """Its user gave it back, or left."""
    BROKEN = "broken"
    """It no longer works, or goes for repair."""
    REPLACED = "replaced"
    """Another one stands in its place."""
    MISUSED = "misused"
    """It was used against the rules, or somebody may have got at its key."""


#: Whoever sends from a tablet that was taken back for this may not be who it seems.
DOUBTED = frozenset({RevokeReason.STOLEN, RevokeReason.MISUSED})
#: Set by the server alone: three wrong check numbers.
CHECK_FAILED = "check_failed"


class Attention(StrEnum):
    """What about a tablet needs a look, the most pressing first."""

    UNACCOUNTED = "unaccounted"
    """Revoked, its last lease has ended, and it never said that it deleted what it held."""
    NOT_WIPED = "not_wiped"
    """Revoked, and it has not said yet that it deleted what it held."""
    TO_APPROVE = "to_approve"
    """It waits for the office to compare the check number."""
    WORK_WAITS = "work_waits"
    """Work of several days waits on it."""
    NUMBERS_MISSING = "numbers_missing"
    """Operations of it never arrived: its numbers have gaps."""
    SILENT = "silent"
    """It has not been heard of for several days."""
    STORAGE_SHORT = "storage_short"
    """It has little room left, or its browser may drop what it keeps."""
    CLOCK_OFF = "clock_off"
    """Its clock is hours away from the server's."""
    APP_OLD = "app_old"
    """Its app is too old to work on: it may only send."""
