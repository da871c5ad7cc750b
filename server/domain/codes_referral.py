"""Codes of referrals: which way, how fast, why, and what came of it."""

from enum import StrEnum


class Direction(StrEnum):
    """Which way somebody is referred."""

    OUT = "out"
    """From the registry to an agency."""
    IN = "in"
    """From an agency to a township."""


class ReferralUrgency(StrEnum):
    """How fast the other side must answer."""

    ROUTINE = "routine"
    """Within three working days."""
    SOON = "soon"
    """By the next working day."""
    GREEN_CHANNEL = "green_channel"
    """Within two hours, seen within a day: relapse in rehabilitation, and what cannot wait."""
    EMERGENCY = "emergency"
    """As the green channel, for danger to life."""

    @property
    def at_once(self) -> bool:
        """Whether it runs by the hour, day and night."""
        return self in {ReferralUrgency.GREEN_CHANNEL, ReferralUrgency.EMERGENCY}


class ReferralReason(StrEnum):
    """Why somebody is referred."""

    SPECIALIST = "specialist"
    """Specialist assessment."""
    CRISIS = "crisis"
    """A crisis."""
    RELAPSE = "relapse"
    """Relapse in rehabilitation: green channel."""
    MEDICATION = "medication"
    """Medication review."""
    CHILD_PROTECTION = "child_protection"
    """Protection of a minor."""
    BEYOND_COMPETENCE = "beyond_competence"
    """More is needed than the sender may or can do."""
    REHAB_PLACE = "rehab_place"
    """A place in rehabilitation."""
    SOCIAL_AID = "social_aid"
    """Social aid."""
    BACK = "back"
    """Sent back to the community."""


class ReferralRejection(StrEnum):
    """Why an agency does not take somebody."""

    NO_CAPACITY = "no_capacity"
    """It is full."""
    NOT_COMPETENT = "not_competent"
    """It does not do what is needed."""
    WRONG_AREA = "wrong_area"
    """It serves another area."""
    NOT_REACHED = "not_reached"
    """The person could not be reached."""
    PERSON_DECLINED = "person_declined"
    """The person did not want it."""


class ReferralOutcome(StrEnum):
    """What came of a referral: all that goes back to whoever sent it, beside dates."""

    SERVICE_STARTED = "service_started"
    """Help has begun."""
    ADMITTED = "admitted"
    """The person was taken in, by their own will or as a law provides."""
    ADVICE_GIVEN = "advice_given"
    """One conversation was enough."""
    REFERRED_ON = "referred_on"
    """Sent on to another place."""
    NO_NEED = "no_need"
    """Nothing is needed."""
    PERSON_DECLINED = "person_declined"
    """The person did not want it: an answer like any other."""
    NOT_REACHED = "not_reached"
    """The person did not come or was not reached."""
    GIVEN_UP = "given_up"
    """The sender ended it: no answer came, or consent was taken back."""


class Destination(StrEnum):
    """What kind of place an agency is: site types 02 to 22 that take people, and the others of §4.12."""

    TOWNSHIP_ROOM = "02"
    """Township counselling or social-work room."""
    COUNTY_CENTRE = "03"
    """County centre."""
    REHABILITATION = "13"
    """Community rehabilitation."""
    OUTPATIENT = "14"
    """Psychiatric outpatient clinic."""
    HOSPITAL_ROOM = "15"
    """Hospital consulting room."""
    TOWNSHIP_HOSPITAL = "16"
    """Township hospital room."""
    SCHOOL_ROOM = "18"
    """School room."""
    HOTLINE = "19"
    """Aid hotline."""
    MOTHER_AND_CHILD = "21"
    """Mother-and-child health institution."""
    SOCIAL_INSTITUTION = "22"
    """Social service institution."""
    WOMENS_FEDERATION = "womens_federation"
    """Women's federation."""
    YOUTH_SERVICE = "youth_service"
    """Youth service line."""
    MEDIATION = "mediation"
    """People's mediation."""
    LEGAL_AID = "legal_aid"
    """Legal aid."""
    MEDICAL_AID = "medical_aid"
    """Medical aid desk."""
    RESCUE_STATION = "rescue_station"
    """Rescue station."""
    POLICE = "police"
    """Police: in an emergency only, and nobody of theirs reads a packet here (guardrail G10)."""
    AMBULANCE = "ambulance"
    """Ambulance: in an emergency only."""

    @property
    def emergency_only(self) -> bool:
        """Whether people are sent there in an emergency alone."""
        return self in {Destination.POLICE, Destination.AMBULANCE}
