"""Codes of the month's work: sweeps, observations, disputes, and the ledger with its reasons and states."""

from enum import StrEnum


class Ground(StrEnum):
    """Why an entry may be made; needs a dated, first-hand fact beside it (guardrail G1)."""

    ACUTE_CONFLICT = "1"
    """Party to an ongoing dispute and showing distress."""
    LIFE_SETBACK = "2"
    """Lost work, family, health or home."""
    IMBALANCE = "3"
    """Says or shows lasting distress, hopelessness, fear or anger."""
    UNUSUAL_CONDUCT = "4"
    """A described act out of keeping with the person's usual self."""
    CHARACTER_LABEL = "5"
    """A judgement of character met in old sheets: imported only to be returned for facts."""
    SELF_REFERRAL = "6"
    """The person asked for help."""
    REFERRED = "7"
    """Family, school or clinic referred the person, who agrees."""

    @property
    def import_only(self) -> bool:
        """True for the one code that no entry may rest on and that is always returned as ``needs_fact``."""
        return self is Ground.CHARACTER_LABEL


class ReturnReason(StrEnum):
    """Why the township sends an entry back to its reporter."""

    NEEDS_FACT = "needs_fact"
    """No concrete act or words, only an opinion."""
    HEARSAY_ONLY = "hearsay_only"
    """Nobody who saw or heard it is named."""
    WRONG_TOWNSHIP = "wrong_township"
    """The person belongs to another township."""
    FORBIDDEN_GROUND = "forbidden_ground"
    """Rests on something that is never a ground."""
    DUPLICATE = "duplicate"
    """The same person is already reported."""
    NOT_RESIDENT = "not_resident"
    """The person does not live here."""
    CONSENT_CONFLICT = "consent_conflict"
    """The stated consent contradicts what is on record."""


class DeclineReason(StrEnum):
    """Why the township ends an entry without service; identifiers are purged after thirty days."""

    NO_GROUND = "no_ground"
    """The fact shows no ground."""
    ALREADY_SERVED = "already_served"
    """Another service already answers the need."""
    MEDIATION_ONLY = "mediation_only"
    """A dispute for mediators, without need of this service."""
    PERSON_DECLINED = "person_declined"
    """The person does not want it."""
    FORBIDDEN_GROUND = "forbidden_ground"
    """Rests on something that is never a ground."""


class Urgency(StrEnum):
    """How soon someone should answer."""

    ROUTINE = "routine"
    """Within the ordinary working days."""
    SOON = "soon"
    """Before routine ones, same deadlines."""
    URGENT = "urgent"
    """A call at once; acknowledged within two hours."""


class ObservationSource(StrEnum):
    """How the observer knows."""

    SEEN = "seen"
    """Saw or heard it in person."""
    TOLD_BY_PERSON = "told_by_person"
    """The person said so."""
    TOLD_BY_RELATIVE = "told_by_relative"
    """A relative said so."""
    NEIGHBOUR = "neighbour"
    """A neighbour who saw it said so."""
    SERVICE_STAFF = "service_staff"
    """Staff of a service who met the person said so."""


class DisputeType(StrEnum):
    """What a dispute is about."""

    FAMILY = "family"
    """Marriage or family."""
    NEIGHBOURS = "neighbours"
    """Between neighbours."""
    LAND_HOUSING = "land_housing"
    """Land or housing."""
    INHERITANCE = "inheritance"
    """An inheritance."""
    DEBT = "debt"
    """Money owed."""
    LABOUR = "labour"
    """Work and wages."""
    MEDICAL = "medical"
    """Medical treatment."""
    CONSUMER = "consumer"
    """Goods or services bought."""
    SCHOOL = "school"
    """At or about a school."""
    OTHER = "other"
    """Anything else."""


class DisputeOutcome(StrEnum):
    """Where a dispute stands."""

    SETTLED = "settled"
    """The parties agreed."""
    MEDIATION = "mediation"
    """Handed to people's mediation."""
    COURT_LEGAL_AID = "court_legal_aid"
    """Taken to court or legal aid."""
    ONGOING = "ongoing"
    """Still going on."""
    WITHDRAWN = "withdrawn"
    """Given up by the parties."""


class SweepKind(StrEnum):
    """The two sweeps of every month."""

    DISPUTE = "dispute"
    """Residents' disputes of all kinds."""
    CONCERN = "concern"
    """People who may need support, each with an observed fact."""


class SweepState(StrEnum):
    """Where a township's sweep of one kind and month stands."""

    OPEN = "open"
    """Opened, no return yet."""
    COLLECTING = "collecting"
    """At least one return is in."""
    SUBMITTED = "submitted"
    """The judicial office handed it to the township."""
    CLOSED = "closed"
    """Frozen with the month."""
    REOPENED = "reopened"
    """Opened again before the meeting, with a reason; a new version."""


class PeriodState(StrEnum):
    """Where a township's month stands."""

    OPEN = "open"
    """Sweeps run."""
    CLOSED = "closed"
    """Counts are frozen."""
    MEETING_HELD = "meeting_held"
    """The analysis meeting took place; no reopening."""
    ARCHIVED = "archived"
    """Done."""


class LedgerState(StrEnum):
    """Where a ledger entry stands; moves are in ``ledger_states.py``."""

    DRAFT = "draft"
    """Being written by the judicial office."""
    REPORTED = "reported"
    """Waiting for the township's review."""
    IN_REVIEW = "in_review"
    """A coordinator has opened it."""
    RETURNED = "returned"
    """Sent back with a reason."""
    LAPSED = "lapsed"
    """Ended: returned and not resubmitted in time."""
    DECLINED = "declined"
    """Ended: not taken on; identifiers are purged."""
    ACCEPTED = "accepted"
    """Taken on; the first contact is due."""
    AWAITING_CONSENT = "awaiting_consent"
    """The person was told and is deciding."""
    SERVICE_DECLINED = "service_declined"
    """Ended: the person said no, which is no negative mark."""
    CONSENTED = "consented"
    """The person agreed to be assessed."""
    ASSESSED = "assessed"
    """The assessment is signed."""
    PLAN_ACTIVE = "plan_active"
    """A plan the person agreed to is running."""
    PAUSED = "paused"
    """The plan rests, ninety days at most."""
    STABLE = "stable"
    """Three calm monthly contacts; about to leave."""
    CLOSED = "closed"
    """Ended with a closure reason."""
    EXPIRED = "expired"
    """Ended by time."""


class ClosureReason(StrEnum):
    """Why an entry ended."""

    NEED_MET = "1"
    """The need is met."""
    NO_NEED = "2"
    """No need was found."""
    PERSON_DECLINED = "3"
    """The person declined."""
    CONSENT_WITHDRAWN = "4"
    """The person withdrew consent."""
    MOVED = "5"
    """Moved away; handed over only with consent."""
    CLINICAL_CARE = "6"
    """Now in clinical care."""
    EXPIRED = "7"
    """Time ran out."""
    DUPLICATE = "8"
    """The same person has another entry."""
    ERROR = "9"
    """Entered in error."""
    FORBIDDEN_GROUND = "10"
    """Rests on a forbidden ground: purged at once and told to the privacy officer."""
    DECEASED = "11"
    """The person died."""
    LOST_CONTACT = "12"
    """No contact for ninety days."""
