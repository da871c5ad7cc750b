"""Codes of what tablets hold."""

from enum import StrEnum


class FeedKind(StrEnum):
    """What a feed carries."""

    VISIT = "visit"
    """A visit to be made, due within two weeks or overdue."""
    PLAN_ITEM = "plan_item"
    """An undone task of a running plan."""
    RETURN = "return"
    """A sweep's return, until its month is closed."""
    OBSERVATION = "observation"
    """A fact that was sent back, until its month is closed."""
    SAFETY_EVENT = "safety_event"
    """An emergency one raised, until it is closed."""
    REVIEW = "review"
    """An operation of one's own that needs attention."""


class FeedState(StrEnum):
    """Whether a feed may still be held."""

    ACTIVE = "active"
    """The user has the area."""
    REVOKED = "revoked"
    """The user no longer has the area: what is held of it must be deleted."""
