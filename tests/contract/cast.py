"""Everybody who can be given a role, signed in: once where the records are, once elsewhere."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from server.domain.codes import Purpose, Role
from server.domain.codes_devices import DeviceState
from server.domain.identity import Grant, Identity
from server.domain.permissions import AREA_LEVELS, POLICY, Permission
from server.http.tokens import make_tokens
from server.services.access import SessionClaim
from server.store.sessions import open_session
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_devices import Tablet, a_tablet
from tests.signed_in import Signed, a_user

#: Every role that can be given.
ROLES = tuple(AREA_LEVELS)


@dataclass
class Cast:
    """The people of one county, those of its other township and village, and those of another county."""

    app: Flask
    county: County
    elsewhere: County
    people: dict[tuple[Role, bool], Signed] = field(default_factory=dict)
    with_tablets: dict[Role, Signed] = field(default_factory=dict)

    @property
    def client(self) -> FlaskClient:
        """Somebody who has not signed in."""
        return self.app.test_client(use_cookies=False)

    @cached_property
    def revoked_tablet(self) -> Tablet:
        """A tablet that was taken back: it may still push, and say that it is wiped."""
        return a_tablet(self.county, state=DeviceState.REVOKED)

    def of(self, role: Role, *, inside: bool = True) -> Signed:
        """The one with this role whose area holds the records, or the one whose area does not."""
        if (role, inside) not in self.people:
            area = area_of(self.county if inside else self.elsewhere, role, inside=inside)
            if not inside and len(area) > len(self.county.code):
                area = area_of(self.county, role, inside=False)
            county = self.county if area.startswith(self.county.code[:4]) else self.elsewhere
            self.people[role, inside] = let_in(self.app, county, role, area)
        return self.people[role, inside]

    def on_tablet(self, role: Role) -> Signed:
        """The one with this role inside the area, signed in on a tablet."""
        if role not in self.with_tablets:
            self.with_tablets[role] = _one_on_a_tablet(self, role)
        return self.with_tablets[role]


def _one_on_a_tablet(cast: Cast, role: Role) -> Signed:
    return let_in(cast.app, cast.county, role, area_of(cast.county, role), on_tablet=True)


def area_of(county: County, role: Role, *, inside: bool = True) -> str:
    """The narrowest area the role can be given, around the county's first grid or around its other one."""
    digits = max(AREA_LEVELS[role])
    return (county.grid if inside else county.other_grid)[:digits]


def let_in(app: Flask, county: County, role: Role, area: str, *, on_tablet: bool = False) -> Signed:
    """A new person with this role and area and a session, on a tablet of their township where that is asked for.

    The password, slow on purpose, is not asked for.
    """
    user_id, login = a_user(county, (role, area))
    township = area[:9] if len(area) > len(county.code) else county.township
    tablet = a_tablet(county, township) if on_tablet else None
    opener = a_caller(county, Role.SYSADMIN, county.code)
    if tablet:
        opener = replace(opener, identity=replace(opener.identity, device_id=tablet.id))
    with transaction(opener) as work:
        session = open_session(work, new_id(), user_id, county.store.session_life)
        claim = SessionClaim(county.code, user_id, session.id, session.device_id)
        until, refresh_id = session.expires_at, session.refresh_token_id
    with app.app_context():
        tokens = vars(make_tokens(claim, refresh_id, until)) | {"session_id": str(claim.session_id)}
    return Signed(app.test_client(use_cookies=False), user_id, login, tokens, tablet=tablet)


def caller_of(county: County, user_id: UUID, role: Role, area: str, purpose: Purpose | None = None) -> Caller:
    """The same person as the services know them."""
    grants = (Grant(new_id(), role, area),)
    return Caller(Identity(user_id, county.code, new_id(), new_id(), grants, purpose), county.store)


def purposes_for(permission: Permission, role: Role) -> tuple[Purpose, ...]:
    """The purposes this role may state for this permission."""
    found = [rule.purposes for rule in POLICY if rule.permission is permission and role in rule.roles]
    return tuple(sorted({purpose for purposes in found for purpose in purposes}))


def stated(purpose: Purpose | None) -> dict[str, Any]:
    """The header that states a purpose."""
    return {"X-Purpose": str(purpose)} if purpose else {}
