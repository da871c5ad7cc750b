"""Counting tries at signing in and what tablets ask, and pausing when there were too many.

A try is counted before the password is looked at, in one statement, so that however many arrive at once no more
passwords are compared than the limit. A good sign-in takes its own tries back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, update
from sqlalchemy.dialects.postgresql import insert

from server.crypto.canonical import canonical_bytes, sha256
from server.crypto.row_mac import row_mac
from server.errors import Unavailable
from server.models.user import SignInAttempt
from server.store.transaction import Work

#: How long tries are counted together, and so how long a pause lasts at most.
WINDOW = timedelta(minutes=15)
#: Where tries at counties that never joined are counted.
NOWHERE = "000000"


@dataclass(frozen=True)
class Counter:
    """What tries are counted under, by digest, and how many there may be."""

    digest: bytes
    limit: int


@dataclass(frozen=True)
class Pause:
    """Too many tries: until when, and whether this very try was the first too many."""

    until: datetime
    begins: bool


def has_joined(work: Work) -> bool:
    """Whether the county that was named has keys of its own; tries at one that has none are counted ``NOWHERE``."""
    try:
        return bool(work.keys)
    except Unavailable as error:
        if error.code != "county_unknown":
            raise
        return False


def counter(work: Work, kind: str, value: str, limit: int, *, joined: bool) -> Counter:
    """The counter of a login, address or tablet; keyed by the county, so that the digest is worth nothing elsewhere.

    A county that never joined has no key: its digest is bound to the deployment alone.
    """
    said = {"table": "sign_in_attempt", "county": work.county_code, "kind": kind, "value": value}
    if joined:
        return Counter(row_mac(work.keys.row_key, said), limit)
    return Counter(sha256(canonical_bytes(said | {"deployment": work.caller.store.keyring.deployment})), limit)


def count_try(work: Work, counters: Sequence[Counter], amount: int = 1) -> Pause | None:
    """Count a try, or so many, under every counter; the pause when one of them is over its limit.

    The rows stay locked until the transaction ends.
    """
    by_digest = {each.digest: each for each in counters}
    rows = [
        {"county_code": work.county_code, "key_digest": digest, "failures": amount, "window_started_at": work.now}
        for digest in sorted(by_digest)
    ]
    # One row alone is written as itself: for a list of rows the statement would be made anew each time.
    statement = insert(SignInAttempt).values(rows[0] if len(rows) == 1 else rows)
    over = SignInAttempt.window_started_at <= work.now - WINDOW
    counted = statement.on_conflict_do_update(
        index_elements=["county_code", "key_digest"],
        set_={
            "failures": case((over, amount), else_=SignInAttempt.failures + amount),
            "window_started_at": case((over, work.now), else_=SignInAttempt.window_started_at),
        },
    ).returning(SignInAttempt.key_digest, SignInAttempt.failures, SignInAttempt.window_started_at)
    found = [(row, by_digest[row.key_digest].limit) for row in work.session.execute(counted)]
    pauses = [
        Pause(row.window_started_at + WINDOW, begins=row.failures - amount <= limit)
        for row, limit in found
        if row.failures > limit
    ]
    return max(pauses, key=lambda pause: pause.until, default=None)


def settle_tries(work: Work, login: Counter, address: Counter) -> None:
    """Start a login's count anew, and take one try of its address back: many people sign in from one office.

    In the order in which ``count_try`` takes the rows, so that two sign-ins of one person never wait in a ring.
    """
    acts = {login.digest: (forget_tries, login), address.digest: (take_back_try, address)}
    for digest in sorted(acts):
        act, counted = acts[digest]
        act(work, counted)


def forget_tries(work: Work, login: Counter) -> None:
    """Start a login's count anew."""
    statement = delete(SignInAttempt).where(SignInAttempt.county_code == work.county_code)
    work.session.execute(statement.where(SignInAttempt.key_digest == login.digest))


def take_back_try(work: Work, address: Counter) -> None:
    """Uncount one try of an address that turned out to be good."""
    statement = update(SignInAttempt).where(SignInAttempt.county_code == work.county_code)
    statement = statement.where(SignInAttempt.key_digest == address.digest)
    work.session.execute(statement.values(failures=func.greatest(SignInAttempt.failures - 1, 0)))
