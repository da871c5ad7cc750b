"""Codes of safety events: who is told of one, and what telling them needs."""

from enum import StrEnum


class SafetyRecipient(StrEnum):
    """Who was told of a safety event."""

    AMBULANCE = "ambulance_120"
    """The ambulance: rescue itself."""
    CLINICIAN = "clinician"
    """A doctor of the care team or on duty: care itself."""
    FAMILY = "family"
    """The person's family."""
    GUARDIAN = "guardian"
    """The person's guardian."""
    POLICE = "police_110"
    """The police: people call them, never the system."""
    SCHOOL = "school"
    """A school."""
    EMPLOYER = "employer"
    """An employer."""
    CIVIL_AFFAIRS = "civil_affairs"
    """Civil affairs, for somebody's protection."""
    VILLAGE = "village"
    """Village officers."""


#: Whoever rescues or treats; telling them is the help itself.
RESCUERS = frozenset({SafetyRecipient.AMBULANCE, SafetyRecipient.CLINICIAN})
#: Whom the person can agree to have told (``ConsentScope.FAMILY_CONTACT``).
RELATIVES = frozenset({SafetyRecipient.FAMILY, SafetyRecipient.GUARDIAN})
