"""Freezing a month: counting it once, in one canonical text, whose digest the access log keeps."""

from secrets import token_hex

from server import clock
from server.domain import deadlines
from server.domain.month_figures import MonthFigures
from server.domain.periods import Period
from server.models.month import MonthClose
from server.models.sweep import Month
from server.services.releases import release_if_due
from server.store import month_figures as counting
from server.store.holidays import work_calendar
from server.store.month_close import Closing, add_close
from server.store.month_frozen import frozen_text
from server.store.operations import operations_of
from server.store.transaction import Work

_NONCE_BYTES = 16


def freeze(work: Work, month: Month) -> MonthClose:
    """Count a month that was just closed and keep the counts; release the county's figures if it was the last one."""
    due = deadlines.month_close(work_calendar(work.session), Period(month.period))
    today = clock.day_of(work.now)
    figures = count_month(work, month.area_code, month.period, token_hex(_NONCE_BYTES))
    row = add_close(work, month, frozen_text(figures), Closing(due, late=today > due.on))
    release_if_due(work, month.period, today)
    return row


def count_month(work: Work, township: str, period: str, nonce: str) -> MonthFigures:
    """A township's month as it stands at this moment: a constant number of statements, nobody's row leaving it."""
    work.session.flush()
    return MonthFigures(
        township=township,
        period=period,
        nonce=nonce,
        returns=counting.returns_of(work, township, period),
        groups=counting.groups_of(work, township, period),
        feedback_median_days=counting.feedback_median_days(work, township, period),
        late=counting.late_in(work, township, period),
        operations=operations_of(work, township, period),
    )
