"""Codes of guidance plans, visits and the advice given to families."""

from enum import StrEnum


class VisitFrequency(StrEnum):
    """How often somebody is visited."""

    MONTHLY = "monthly"
    """Once in every calendar month: what the plan of Yiyang asks for."""
    FORTNIGHTLY = "fortnightly"
    """Once in each half of a month."""
    QUARTERLY = "quarterly"
    """Once in every third month; only for people who are stable."""


class AgreedBy(StrEnum):
    """Who agreed to a plan."""

    SELF = "self"
    """The person."""
    GUARDIAN = "guardian"
    """Whoever acts for the person."""
    BOTH = "both"
    """The person, and whoever acts for them."""


class ItemFrequency(StrEnum):
    """How often a task of a plan is done."""

    ONCE = "once"
    """Once, by its day."""
    WEEKLY = "weekly"
    """Every week."""
    FORTNIGHTLY = "fortnightly"
    """Every two weeks."""
    MONTHLY = "monthly"
    """Every month."""
    AS_NEEDED = "as_needed"
    """When the person asks for it."""


class ReviewOutcome(StrEnum):
    """What a look back at a plan came to."""

    CONTINUE = "continue"
    """Go on as agreed."""
    CHANGE = "change"
    """Go on, with another version to be agreed."""
    SETTLE = "settle"
    """Three calm months: the person is stable."""


class PlanEndReason(StrEnum):
    """Why a version of a plan is over."""

    REPLACED = "replaced"
    """Another version was agreed."""
    CLOSED = "closed"
    """The entry was closed."""
    WITHDRAWN = "withdrawn"
    """The person took their agreement back."""
    EXPIRED = "expired"
    """Time ended the entry."""


class PauseReason(StrEnum):
    """Why a plan rests."""

    HOSPITAL = "hospital"
    """The person is in hospital."""
    AWAY = "away"
    """The person is away from home."""
    PERSON_ASKED = "person_asked"
    """The person asked for a rest."""
    OTHER = "other"
    """Something else."""


class ResumeReason(StrEnum):
    """Why a plan goes on."""

    BACK = "back"
    """The person is back."""
    PERSON_ASKED = "person_asked"
    """The person asked for it."""
    WORSE = "worse"
    """Things got worse again."""
    TIME_OVER = "time_over"
    """The rest is over."""


class VisitType(StrEnum):
    """How a visit was made."""

    HOME = "1"
    """At home."""
    SITE = "2"
    """At a site."""
    PHONE = "3"
    """By phone."""
    VIDEO = "4"
    """By video."""
    ACCOMPANIED = "5"
    """The person was accompanied to a clinic."""
    JOINT = "6"
    """By a team."""


class VisitOutcome(StrEnum):
    """How a visit went."""

    STABLE = "1"
    """Seen, stable."""
    CONCERN = "2"
    """Seen, some concern."""
    WORSE = "3"
    """Seen, worse."""
    SAFETY_EVENT = "4"
    """Seen, and something happened that must be answered within two hours."""
    NOT_SEEN = "5"
    """Not seen."""
    DECLINED = "6"
    """The person did not want it that day: an answer like any other."""
    WITHDRAWN = "7"
    """The person wants no more visits: nothing further is planned from that moment."""


class NotSeenReason(StrEnum):
    """Why somebody was not seen."""

    WORK_AWAY = "1"
    """Away for work."""
    MOVED = "2"
    """Moved."""
    HOSPITAL = "3"
    """In hospital."""
    NOT_HOME = "4"
    """Not at home."""
    ADDRESS_WRONG = "5"
    """The address is wrong."""
    REFUSED = "6"
    """The door was not opened."""
    DETAINED = "7"
    """Detained, or absent by law."""
    DECEASED = "8"
    """Deceased."""
    UNSAFE = "9"
    """Unsafe for the worker."""
    WEATHER = "10"
    """Weather or a disaster."""


class RescheduleReason(StrEnum):
    """Why a visit is moved."""

    PERSON_ASKED = "person_asked"
    """The person asked for another day."""
    PERSON_AWAY = "person_away"
    """The person is away."""
    WORKER_AWAY = "worker_away"
    """The worker cannot come."""
    WEATHER = "weather"
    """Weather or a disaster."""


class VisitDue(StrEnum):
    """Where a planned visit stands against today."""

    UPCOMING = "upcoming"
    """Its first day has not come."""
    DUE = "due"
    """To be made now."""
    OVERDUE = "overdue"
    """Its last day has passed."""


class AdviceCode(StrEnum):
    """What a family was advised."""

    SEE_DOCTOR = "see_doctor"
    """Go to a medical institution with the person (guardrail G4)."""
    KEEP_COMPANY = "keep_company"
    """Do not leave the person alone for now."""
    REMOVE_MEANS = "remove_means"
    """Put away what the person could hurt themselves with."""
    CALL_12356 = "call_12356"
    """Call the mental health line 12356 at any hour."""
    FAMILY_SCHOOL = "family_school"
    """Come to the family school."""
    CARER_REST = "carer_rest"
    """Rest, and let others help with the care."""


class FamilyReply(StrEnum):
    """What a family answered."""

    WILL_DO = "will_do"
    """Will do so."""
    PARTLY = "partly"
    """Will do some of it."""
    WILL_THINK = "will_think"
    """Wants to think about it."""
    CANNOT = "cannot"
    """Would, but cannot without help."""
    DECLINED = "declined"
    """Does not want to."""
