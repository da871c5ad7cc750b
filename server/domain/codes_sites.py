"""The codes of sites and of what belongs to them."""

from enum import StrEnum


class SiteType(StrEnum):
    """What kind of place a site is (the plans of Yiyang and Yantai)."""

    VILLAGE_ROOM = "01"
    """Village or community room."""
    TOWNSHIP_ROOM = "02"
    """Township counselling or social-work room."""
    COUNTY_CENTRE = "03"
    """County centre."""
    UNIT_ROOM = "04"
    """Room of an organ or enterprise."""
    POLICE_SITE = "05"
    """Police supervision site."""
    PRISON = "06"
    """Prison."""
    TRANSITION_BASE = "07"
    """Transition base for people released."""
    DRUG_REHAB_OFFICE = "08"
    """Community drug-rehabilitation office."""
    JUDICIAL_OFFICE = "09"
    """Judicial office."""
    CORRECTIONS = "10"
    """Community corrections site."""
    RESCUE_STATION = "11"
    """Rescue station."""
    RECEPTION = "12"
    """Petition reception: facts of the site only, never of whoever comes there (guardrail G2)."""
    REHABILITATION = "13"
    """Community rehabilitation."""
    OUTPATIENT = "14"
    """Psychiatric outpatient clinic."""
    HOSPITAL_ROOM = "15"
    """A hospital's consulting room."""
    TOWNSHIP_HOSPITAL = "16"
    """A township hospital's department or room."""
    UNIVERSITY = "17"
    """University centre."""
    SCHOOL_ROOM = "18"
    """School room."""
    HOTLINE = "19"
    """Aid hotline."""
    FAMILY_SCHOOL = "20"
    """Family school."""
    MOTHER_AND_CHILD = "21"
    """Mother-and-child health institution."""
    SOCIAL_INSTITUTION = "22"
    """Social service institution."""


#: The eight sectors' sites whose bodies are listed (indicator YY-I6).
SECTOR_TYPES = tuple(SiteType(f"{number:02d}") for number in range(5, 13))
#: Sites that make a village count as served (indicator YT-I10).
ROOM_TYPES = (SiteType.VILLAGE_ROOM, SiteType.TOWNSHIP_ROOM, SiteType.COUNTY_CENTRE)
#: Sites whose staff is medical (indicator YT-I13).
MEDICAL_TYPES = (SiteType.OUTPATIENT, SiteType.HOSPITAL_ROOM, SiteType.TOWNSHIP_HOSPITAL, SiteType.MOTHER_AND_CHILD)


class SiteState(StrEnum):
    """Where a site stands."""

    PLANNED = "planned"
    """Decided on."""
    BUILT = "built"
    """The room is there."""
    OPERATING = "operating"
    """People are seen there."""
    SUSPENDED = "suspended"
    """Closed for a while."""
    CLOSED = "closed"
    """Given up; a new site is a new record."""


class SiteReason(StrEnum):
    """Why a site moved on."""

    SCHEDULED = "scheduled"
    """As planned."""
    COMPLETED = "completed"
    """The works are finished."""
    STAFF_READY = "staff_ready"
    """Staff and opening hours are settled."""
    STAFF_MISSING = "staff_missing"
    """There is nobody to work there."""
    PREMISES = "premises"
    """The rooms cannot be used."""
    MOVED = "moved"
    """It moved to another place."""
    MERGED = "merged"
    """It became part of another site."""
    OTHER = "other"
    """Another reason."""


class CheckItem(StrEnum):
    """What is looked at in a site (after GB/T 33200-2016, paraphrased)."""

    PRIVATE_ROOM = "private_room"
    """A room in which nobody outside hears what is said."""
    SIGN_AND_HOURS = "sign_and_hours"
    """Sign, hours and phone number are put up."""
    STAFF_PRESENT = "staff_present"
    """Somebody is there in the hours put up."""
    RECORDS_LOCKED = "records_locked"
    """Records are locked away."""
    CRISIS_CARD = "crisis_card"
    """Whom to call in a crisis is put up."""
    ACCESSIBLE = "accessible"
    """A wheelchair gets in."""
    LEAFLETS = "leaflets"
    """Leaflets lie there, that of consent among them."""


class CheckResult(StrEnum):
    """What a check came to."""

    FIT = "fit"
    """As it should be."""
    TO_IMPROVE = "to_improve"
    """Something must be bettered."""
    UNFIT = "unfit"
    """Nobody can be received there."""


class Qualification(StrEnum):
    """What a member of staff is trained as."""

    PSYCHIATRIST = "psychiatrist"
    """Psychiatrist."""
    THERAPIST = "therapist"
    """Psychotherapist."""
    COUNSELLOR = "counsellor"
    """Counsellor."""
    SOCIAL_WORKER = "social_worker"
    """Social worker."""
    SMD_DOCTOR = "smd_doctor"
    """Prevention doctor for severe mental disorder."""
    PHYSICIAN = "physician"
    """Another doctor."""
    NURSE = "nurse"
    """Nurse."""
    TEACHER = "teacher"
    """Teacher of mental health."""
    OTHER = "other"
    """Somebody else."""


#: Who may help people with their troubles by their own training (indicator YY-I6).
QUALIFIED = (
    Qualification.PSYCHIATRIST,
    Qualification.THERAPIST,
    Qualification.COUNSELLOR,
    Qualification.SOCIAL_WORKER,
)


class Employment(StrEnum):
    """How much of the time somebody works at a site."""

    FULL_TIME = "full_time"
    """Full time."""
    PART_TIME = "part_time"
    """Part of the time."""


class TrainingTopic(StrEnum):
    """What a training was about."""

    BASICS = "basics"
    """Basics of counselling."""
    RECOGNITION = "recognition"
    """Noticing trouble and referring people on."""
    CRISIS = "crisis"
    """Crisis intervention."""
    SMD = "smd"
    """Severe mental disorder."""
    FAMILY = "family"
    """Teaching families."""
    ETHICS = "ethics"
    """Ethics and keeping silence."""
    VILLAGE_CADRES = "village_cadres"
    """For village cadres."""
