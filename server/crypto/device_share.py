"""A tablet's share of its storage key: 32 random bytes the server gives for the length of a lease.

Together with what the person brings it opens what a tablet holds; without it nothing does. It is wrapped by the key
provider in a context that names deployment, county, tablet and user, so that nobody's share can stand for another's.
"""

from dataclasses import dataclass
from uuid import UUID

from server.crypto.framing import frame
from server.crypto.kek import KekProvider
from server.crypto.secret import Secret

_LABEL = b"linli/device-share/v1"


@dataclass(frozen=True, slots=True)
class ShareName:
    """Whose share: of one user on one tablet."""

    deployment: str
    county_code: str
    device_id: UUID
    user_id: UUID

    def context(self) -> bytes:
        """The bytes a wrapped share is authenticated by."""
        named = (self.deployment.encode(), self.county_code.encode())
        return frame(_LABEL, *named, self.device_id.bytes, self.user_id.bytes)


def new_share(provider: KekProvider, name: ShareName) -> bytes:
    """A fresh share, wrapped."""
    return provider.wrap(Secret.random().expose(), name.context())


def open_share(provider: KekProvider, wrapped: bytes, name: ShareName) -> bytes:
    """The 32 bytes; raises SealBroken unless they were wrapped for exactly this user on this tablet."""
    return provider.unwrap(wrapped, name.context())
