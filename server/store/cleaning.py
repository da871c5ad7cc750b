"""Rows that only counted something and no longer do."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, Engine, delete
from sqlalchemy.orm import Session

from server.models.access import DisclosureBudget
from server.models.user import SignInAttempt
from server.store.transaction import bind


def drop_stale_counters(engine: Engine, county_code: str, before: datetime) -> int:
    """Delete budgets and failed sign-ins counted before a time; returns how many rows went."""
    with Session(engine) as session, session.begin():
        bind(session, county_code, (county_code,))
        budgets = session.execute(
            delete(DisclosureBudget).where(DisclosureBudget.county_code == county_code, DisclosureBudget.hour < before)
        )
        attempts = session.execute(
            delete(SignInAttempt).where(
                SignInAttempt.county_code == county_code, SignInAttempt.window_started_at < before
            )
        )
        return sum(cast("CursorResult[object]", result).rowcount for result in (budgets, attempts))
