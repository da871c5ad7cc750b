"""Frozen months: written once, found by month, released county by county."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text

from server.domain.area_codes import Level
from server.domain.codes import PeriodState
from server.domain.periods import Period
from server.domain.workdays import Deadline
from server.models.area import Area
from server.models.month import MonthClose
from server.models.sweep import Month
from server.store.completeness import valid_in
from server.store.events import AccessEvent
from server.store.month_frozen import digest_of
from server.store.records import found
from server.store.transaction import Work, new_id, widened

_RELEASING = text("SELECT pg_advisory_xact_lock(hashtextextended('linli/release/' || :key, 0))")


@dataclass(frozen=True)
class Closing:
    """What is written of a close beside the figures."""

    due: Deadline
    late: bool


def add_close(work: Work, month: Month, figures: str, closing: Closing) -> MonthClose:
    """Freeze a month's figures as its next number, and have their digest logged."""
    row = MonthClose(
        county_code=work.county_code,
        id=new_id(),
        area_code=month.area_code,
        month_id=month.id,
        period=month.period,
        number=_next_number(work, month.id),
        figures=figures,
        digest=digest_of(figures),
        closed_by=work.identity.user_id,
        closed_at=work.now,
        due_on=closing.due.on,
        due_provisional=closing.due.provisional,
        late=closing.late,
    )
    work.session.add(row)
    work.session.flush()
    work.note(
        AccessEvent("month:freeze", table="month_close", record_id=row.id, version_after=row.number, digest=row.digest)
    )
    return row


def close_of(work: Work, month: Month, number: int | None = None) -> MonthClose:
    """One freezing of a month the caller has been found to see, the newest unless told; raises NotFound."""
    statement = select(MonthClose).where(MonthClose.county_code == work.county_code, MonthClose.month_id == month.id)
    if number is not None:
        statement = statement.where(MonthClose.number == number)
    return found(work.session.scalar(statement.order_by(MonthClose.number.desc()).limit(1)))


def townships_in(work: Work, period: Period) -> set[str]:
    """The county's townships of a month."""
    statement = select(Area.code).where(
        Area.level == Level.TOWNSHIP.value, Area.parent_code == work.county_code, valid_in(period)
    )
    return set(work.session.scalars(statement))


def lock_releases(work: Work, period: str) -> None:
    """Wait until nobody else is at closing or releasing the county's period: of two who close at once, one is last."""
    work.session.execute(_RELEASING, {"key": f"{work.county_code}/{period}"})


def closed_in(work: Work, period: str) -> dict[str, MonthClose]:
    """Township → its newest close of a period that stands (was not opened again), kept from others until the end."""
    statement = (
        select(MonthClose)
        .join(Month, (Month.county_code == MonthClose.county_code) & (Month.id == MonthClose.month_id))
        .where(MonthClose.county_code == work.county_code, MonthClose.period == period)
        .where(MonthClose.reopened_at.is_(None), Month.state != PeriodState.OPEN.value)
        .order_by(MonthClose.number)
        .with_for_update(of=MonthClose)
    )
    with widened(work):
        return {row.area_code: row for row in work.session.scalars(statement)}


def released_in(work: Work, period: str) -> dict[int, list[MonthClose]]:
    """Release → the closes told in it, of the whole county; no exact count of theirs may leave unsuppressed."""
    statement = (
        select(MonthClose)
        .where(MonthClose.county_code == work.county_code, MonthClose.period == period)
        .where(MonthClose.release.is_not(None))
        .order_by(MonthClose.release, MonthClose.area_code)
    )
    releases: dict[int, list[MonthClose]] = defaultdict(list)
    with widened(work):
        for row in work.session.scalars(statement):
            releases[row.release or 0].append(row)
    return dict(releases)


def release(work: Work, rows: list[MonthClose], number: int) -> None:
    """Let these closes be told together from now on, for good."""
    with widened(work):
        for row in rows:
            row.release, row.released_at = number, work.now
        work.session.flush()
    for row in rows:
        work.note(AccessEvent("month:release", table="month_close", record_id=row.id, version_after=number))


def periods_to_release(work: Work) -> list[str]:
    """Periods in which something is closed and not told yet."""
    statement = (
        select(MonthClose.period)
        .where(MonthClose.county_code == work.county_code)
        .where(MonthClose.release.is_(None), MonthClose.reopened_at.is_(None))
        .distinct()
    )
    with widened(work):
        return sorted(work.session.scalars(statement))


def _next_number(work: Work, month_id: UUID) -> int:
    statement = select(func.coalesce(func.max(MonthClose.number), 0))
    statement = statement.where(MonthClose.county_code == work.county_code, MonthClose.month_id == month_id)
    return work.session.execute(statement).scalar_one() + 1
