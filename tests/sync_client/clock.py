"""The tablet's clock, which may be wrong, and what it has learnt about that."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


def machine_seconds() -> float:
    """Seconds since 1970 as this machine has them."""
    return time.time()


@dataclass
class DeviceClock:
    """A clock that is ``skew`` seconds ahead of its source; nobody on the tablet knows by how much."""

    source: Callable[[], float] = machine_seconds
    skew: float = 0

    def seconds(self) -> float:
        return self.source() + self.skew

    def instant(self) -> str:
        """The time as the tablet shows it, uncorrected."""
        return datetime.fromtimestamp(self.seconds(), UTC).isoformat(timespec="seconds")

    def offset_to(self, server_time: str) -> int:
        """Server minus tablet, in milliseconds."""
        return round((datetime.fromisoformat(server_time).timestamp() - self.seconds()) * 1000)

    def new_id(self) -> str:
        """A UUIDv7 of the tablet's time (RFC 9562 §5.7)."""
        number = int(self.seconds() * 1000) << 80 | int.from_bytes(os.urandom(10))
        number = number & ~(0xF << 76) | 0x7 << 76
        return str(UUID(int=number & ~(0b11 << 62) | 0b10 << 62))
