"""Everybody who can be given a role, signed in: once where the records are, once elsewhere."""

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from server.domain.codes import Purpose, Role
from server.domain.permissions import AREA_LEVELS, POLICY, Permission
from tests.make import County
from tests.signed_in import Signed, sign_in

#: Every role that can be given.
ROLES = tuple(AREA_LEVELS)


@dataclass
class Cast:
    """The people of one county, those of its other township and village, and those of another county."""

    client: FlaskClient
    county: County
    elsewhere: County
    people: dict[tuple[Role, bool], Signed] = field(default_factory=dict)

    def of(self, role: Role, *, inside: bool = True) -> Signed:
        """The one with this role whose area holds the records, or the one whose area does not."""
        if (role, inside) not in self.people:
            self.people[role, inside] = self.another(role, inside=inside)
        return self.people[role, inside]

    def another(self, role: Role, *, inside: bool = True) -> Signed:
        """A new person with the same role and area."""
        area = self.area_of(role, inside=inside)
        county = self.county if area.startswith(self.county.code[:4]) else self.elsewhere
        return sign_in(self.client, county, role, area)

    def area_of(self, role: Role, *, inside: bool = True) -> str:
        """The narrowest area the role can be given, in the records' place or beside it."""
        digits = max(AREA_LEVELS[role])
        if digits <= 6:
            return (self.county if inside else self.elsewhere).code[:digits]
        return (self.county.grid if inside else self.county.other_grid)[:digits]


def purposes_for(permission: Permission, role: Role) -> tuple[Purpose, ...]:
    """The purposes this role may state for this permission."""
    found = [rule.purposes for rule in POLICY if rule.permission is permission and role in rule.roles]
    return tuple(sorted({purpose for purposes in found for purpose in purposes}))


def stated(purpose: Purpose | None) -> dict[str, Any]:
    """The header that states a purpose."""
    return {"X-Purpose": str(purpose)} if purpose else {}
