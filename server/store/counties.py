"""Counties as tenants: joining, and listing those that joined."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from server.crypto.suites import Suite
from server.models.key import CountySettings
from server.store.county_keys import KeyCupboard
from server.store.transaction import bind


def join_county(engine: Engine, cupboard: KeyCupboard, county_code: str, suite: Suite, now: datetime) -> None:
    """Make a county's settings and keys, as the owner; nothing happens if it has joined already."""
    with Session(engine) as session, session.begin():
        bind(session, county_code, (county_code,))
        cupboard.join(session, county_code, suite, now)


def every_county(engine: Engine) -> list[str]:
    """Every county that joined; only the job process's role sees more than a bound one."""
    with Session(engine) as session:
        return list(session.scalars(select(CountySettings.county_code).order_by(CountySettings.county_code)))
