"""The codes of activities, surveys, evaluations, emergencies and hotline contacts."""

from enum import StrEnum


class OutreachType(StrEnum):
    """How science is brought to people."""

    MEDIA = "media"
    """Newspaper, radio, television, network."""
    INTO_VILLAGE = "into_village"
    """In a village or community."""
    INTO_SCHOOL = "into_school"
    """In a school."""
    INTO_UNIT = "into_unit"
    """In an organ or enterprise."""
    INTO_FAMILY = "into_family"
    """With families."""
    THEME_DAY = "theme_day"
    """A theme day."""
    ADVERTISEMENT = "advertisement"
    """A public advertisement."""
    VOLUNTEERS = "volunteers"
    """Volunteers on the way."""


class SurveyAmong(StrEnum):
    """Whom a survey asks."""

    RESIDENTS = "residents"
    """Residents."""
    EMPLOYEES = "employees"
    """Employees."""
    PUPILS = "pupils"
    """Pupils."""


class SurveyMethod(StrEnum):
    """How knowledge is counted."""

    PASSED = "passed"
    """People with four right answers in five, of those asked."""
    ANSWERS = "answers"
    """Right answers, of all answers."""


class Residence(StrEnum):
    """Where somebody asked lives."""

    URBAN = "urban"
    """In a town."""
    RURAL = "rural"
    """In the country."""


class EvaluationResult(StrEnum):
    """What an evaluation of a provider came to."""

    PASSED = "passed"
    """Good."""
    TO_IMPROVE = "to_improve"
    """Something must be bettered."""
    FAILED = "failed"
    """Not good enough."""


class EmergencyKind(StrEnum):
    """What befell an area (Emergency Response Law, art. 3)."""

    NATURAL_DISASTER = "natural_disaster"
    """Natural disaster."""
    ACCIDENT = "accident"
    """Accident or disaster of works and traffic."""
    PUBLIC_HEALTH = "public_health"
    """Public health event."""
    SOCIAL_SAFETY = "social_safety"
    """Event of public safety."""


class EmergencyGrade(StrEnum):
    """How grave it was (Emergency Response Law, art. 3)."""

    EXTRAORDINARY = "extraordinary"
    """Especially major."""
    MAJOR = "major"
    """Major."""
    LARGER = "larger"
    """Larger."""
    GENERAL = "general"
    """General."""


#: From this grade on, psychological aid is expected (indicator YT-I20).
GRAVE = (EmergencyGrade.EXTRAORDINARY, EmergencyGrade.MAJOR)


class HotlineChannel(StrEnum):
    """By which channel somebody turned to the hotline."""

    PHONE = "phone"
    """By phone."""
    MESSAGE = "message"
    """By short message or message service."""
    WEB = "web"
    """On the network."""
    VISIT = "visit"
    """In person."""


class HotlineTopic(StrEnum):
    """What a contact was about."""

    FAMILY = "family"
    """Family and relationships."""
    GRIEF = "grief"
    """Loss and grief."""
    WORK_STUDY = "work_study"
    """Work or study."""
    HEALTH = "health"
    """Health and sleep."""
    CONFLICT = "conflict"
    """A conflict with others."""
    LONELINESS = "loneliness"
    """Loneliness."""
    CHILD = "child"
    """A child."""
    CRISIS = "crisis"
    """Danger to oneself or others."""
    INFORMATION = "information"
    """A question where to turn to."""
    OTHER = "other"
    """Something else."""
