"""Counties as tenants: joining, by the owner's hand; which have joined, and whether their keys open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from server.crypto.suites import Suite
from server.errors import Invalid
from server.models.area import Area
from server.models.key import CountySettings, MasterKeyRow
from server.store.areas import in_force
from server.store.county_keys import KeyCupboard
from server.store.scope import under
from server.store.transaction import Store, bind


@dataclass(frozen=True)
class Place:
    """An area's code, name and digits."""

    code: str
    name: str
    level: int


def join(connection: Connection, cupboard: KeyCupboard, code: str, suite: Suite, now: datetime) -> bool:
    """Make a county's settings and keys in the owner's transaction; False if it had joined before.

    Raises:
        Invalid: ``county_area_unknown``, there is no such county, nor a city with such a code.
    """
    city = code.removesuffix("00")
    known = select(Area.code).where(Area.code == code if len(city) == len(code) else under(Area.code, city)).limit(1)
    if connection.scalar(known) is None:
        raise Invalid("county_area_unknown")
    with Session(connection) as session:
        bind(session, code, (code,))
        if session.get(CountySettings, code) is not None:
            return False
        cupboard.join(session, code, suite, now)
    return True


def every_county(engine: Engine) -> list[str]:
    """Every county that joined; only the job process's role sees more than a bound one."""
    with Session(engine) as session:
        return list(session.scalars(select(CountySettings.county_code).order_by(CountySettings.county_code)))


def places_under(connection: Connection, county_code: str, level: int, day: date) -> Sequence[Place]:
    """The areas of one level in a county, in force on a day, by code."""
    statement = select(Area.code, Area.name, Area.level).where(under(Area.code, county_code), Area.level == level)
    rows = connection.execute(statement.where(in_force(day)).order_by(Area.code))
    return [Place(row.code, row.name, row.level) for row in rows]


def check_county_keys(store: Store, now: datetime) -> tuple[int, int]:
    """Open every county's keys and compare each month's canary; how many counties and master keys there were.

    Needs the job process's store, which alone sees every county. Raises KeyRefused or SealBroken at the first that
    does not open.
    """
    counties, months = every_county(store.engine), 0
    for county_code in counties:
        with Session(store.engine) as session:
            bind(session, county_code, (county_code,))
            keys = store.cupboard.keys_of(session, county_code, now)
            epochs = session.scalars(select(MasterKeyRow.epoch).where(MasterKeyRow.county_code == county_code)).all()
            for epoch in epochs:
                store.cupboard.master_key(session, keys, epoch)
            months += len(epochs)
    return len(counties), months


def county_name(connection: Connection, code: str) -> str:
    """The county's name; its code where it has none, as cities do."""
    return connection.scalar(select(func.max(Area.name)).where(Area.code == code)) or code
