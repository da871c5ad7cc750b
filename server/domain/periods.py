"""The month as an explicit value, ``"YYYYMM"``, chosen when something is recorded and kept with it."""

import re
from datetime import date, timedelta
from typing import NewType

from server.errors import Invalid

Period = NewType("Period", str)

_PERIOD = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])")


def parse_period(text: str) -> Period:
    """The period as given; raises ``period_invalid`` unless it is a year from 2000 to 2099 and a month."""
    if not _PERIOD.fullmatch(text):
        raise Invalid("period_invalid")
    return Period(text)


def period_of(day: date) -> Period:
    """The month a calendar day (in China) lies in."""
    return Period(f"{day.year:04d}{day.month:02d}")


def first_day(period: Period) -> date:
    """The first calendar day."""
    return date(int(period[:4]), int(period[4:]), 1)


def last_day(period: Period) -> date:
    """The last calendar day."""
    return first_day(next_period(period)) - timedelta(days=1)


def next_period(period: Period) -> Period:
    """The month after."""
    return period_of(first_day(period) + timedelta(days=31))


def previous_period(period: Period) -> Period:
    """The month before."""
    return period_of(first_day(period) - timedelta(days=1))
