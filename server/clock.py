"""The only reader of time. Everything else takes ``now`` or ``today`` as an argument, or asks here."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
#: Clocks differ: an instant this far ahead still counts as now.
LEEWAY = timedelta(minutes=5)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present calendar day in China, where every working day and deadline is counted."""
    return now().astimezone(CHINA).date()


def day_of(instant: datetime) -> date:
    """The calendar day in China on which an instant falls."""
    return instant.astimezone(CHINA).date()
