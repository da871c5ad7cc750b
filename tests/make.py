"""Builders: one per noun, with everything a test does not care about filled in."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Engine, insert

from server import clock
from server.crypto.suites import Suite
from server.domain.codes import Purpose, Role
from server.domain.identity import Grant, Identity
from server.models.area import Area
from server.store.tenancy import join
from server.store.transaction import Caller, Store, new_id


@dataclass(frozen=True)
class County:
    """A county made for one test, with its codes."""

    code: str
    store: Store
    owner_engine: Engine

    @property
    def township(self) -> str:
        """The first township."""
        return self.code + "101"

    @property
    def other_township(self) -> str:
        """The second township."""
        return self.code + "102"

    @property
    def village(self) -> str:
        """The first village of the first township."""
        return self.township + "201"

    @property
    def grid(self) -> str:
        """The first grid of the first village."""
        return self.village + "001"

    @property
    def other_grid(self) -> str:
        """A grid of the other township."""
        return self.other_township + "201001"


def a_county(store: Store, owner_engine: Engine, code: str, suite: Suite = Suite.AES_256_GCM) -> County:
    """A county with two townships, three villages in each and two grids in each village; keys made."""
    townships = [code + number for number in ("101", "102")]
    villages = [township + number for township in townships for number in ("201", "202", "203")]
    grids = [village + number for village in villages for number in ("001", "002")]
    with owner_engine.begin() as connection:
        connection.execute(insert(Area), [an_area(each) for each in (code, *townships, *villages, *grids)])
        join(connection, store.cupboard, code, suite, clock.now())
    return County(code, store, owner_engine)


def an_area(code: str, **changes: object) -> dict[str, object]:
    """A row of the area table; the name carries the code's last digits."""
    parents = {6: code[:4], 9: code[:6], 12: code[:9], 15: code[:12]}
    kinds = {6: "", 9: "town", 12: "committee", 15: ""}
    return {
        "code": code,
        "name": {6: "试验县", 9: "试验镇", 12: "试验村", 15: "网格"}[len(code)] + code[-3:],
        "level": len(code),
        "parent_code": parents[len(code)],
        "admin_type": "gb",
        "kind": kinds[len(code)],
        "counts_in_indicator": True,
        "valid_from": date(2023, 6, 30),
    } | changes


def an_identity(county: County, *grants: tuple[Role, str], purpose: Purpose | None = None) -> Identity:
    """Somebody with these roles in these areas; a new user each time."""
    return Identity(
        user_id=new_id(),
        county_code=county.code,
        session_id=new_id(),
        request_id=new_id(),
        grants=tuple(Grant(new_id(), role, area) for role, area in grants),
        purpose=purpose,
    )


def a_caller(county: County, role: Role, area: str, purpose: Purpose | None = None) -> Caller:
    """Somebody with one role in one area."""
    return Caller(an_identity(county, (role, area), purpose=purpose), county.store)


def same_caller(caller: Caller, purpose: Purpose) -> Caller:
    """The same person with another purpose."""
    return replace(caller, identity=replace(caller.identity, purpose=purpose))


def user_id_of(caller: Caller) -> UUID:
    """The caller's user id."""
    return caller.identity.user_id
