"""Who is asking: a value cut loose from the session, carried as the first argument of every store query."""

from dataclasses import dataclass
from uuid import UUID

from server.domain.codes import Purpose, Role

#: Actor, session and grant of what no signed-in user does: the clockwork, a command, a try to sign in.
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Grant:
    """One role in one area, valid at the moment the identity was read."""

    id: UUID
    role: Role
    #: Prefix of every area code the grant reaches: 4 city, 6 county, 9 township, 12 village, 15 grid digits.
    area_code: str


@dataclass(frozen=True)
class Identity:
    """The caller of one request, with the grants in force now and the purpose stated for this request."""

    user_id: UUID
    county_code: str
    session_id: UUID
    request_id: UUID
    grants: tuple[Grant, ...]
    purpose: Purpose | None = None
    #: First 24 bits of an IPv4 or 48 of an IPv6 address: enough to see an odd place, too little to follow a person.
    address_prefix: str = ""
    must_change_password: bool = False
    #: The tablet this session or push is bound to; none at an office desk.
    device_id: UUID | None = None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def area_codes(self) -> tuple[str, ...]:
        """The prefixes held by any role, sorted: what row-level security lets through."""
        return tuple(sorted({grant.area_code for grant in self.grants}))
