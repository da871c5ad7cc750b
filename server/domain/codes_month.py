"""Codes of the month's end: reopening, meetings, who came, and the kinds of late data."""

from enum import StrEnum


class MonthReopenReason(StrEnum):
    """Why a closed month is opened again before its meeting."""

    LATE_RETURN = "late_return"
    """A grid's return came after the close."""
    CORRECTION = "correction"
    """Something was counted wrongly."""
    AREA_CHANGE = "area_change"
    """Villages or grids changed."""
    SUPERVISOR_ASKED = "supervisor_asked"
    """The county asked for another look."""


class MeetingKind(StrEnum):
    """What a meeting is for."""

    ANALYSIS = "analysis"
    """The monthly analysis of service risks: one for each month."""
    LEADING_GROUP = "leading_group"
    """The leading group's own meeting."""
    TEAM = "team"
    """The township's service staff among themselves."""


class MeetingUnit(StrEnum):
    """Who sat at the table, and who owns an action item: units, never persons."""

    GOVERNANCE_CENTRE = "governance_centre"
    """The township's governance centre."""
    JUDICIAL_OFFICE = "judicial_office"
    """The judicial office."""
    POLICE_STATION = "police_station"
    """The police station."""
    HEALTH_CENTRE = "health_centre"
    """The township's health centre."""
    CIVIL_AFFAIRS = "civil_affairs"
    """Civil affairs and social assistance."""
    SCHOOLS = "schools"
    """Schools."""
    WOMENS_FEDERATION = "womens_federation"
    """The women's federation."""
    DISABLED_FEDERATION = "disabled_federation"
    """The disabled persons' federation."""
    SOCIAL_WORK = "social_work"
    """The social-work station and service sites."""
    VILLAGE_COMMITTEES = "village_committees"
    """Villages' and residents' committees."""
    HOSPITAL = "hospital"
    """A hospital or clinic outside the township."""
    OTHER = "other"
    """Another unit."""


class LateKind(StrEnum):
    """What came after its month was closed."""

    OBSERVATIONS = "observations"
    """Seen in the month, filed with a later one."""
    VISITS = "visits"
    """Due in the month, recorded after its close."""
