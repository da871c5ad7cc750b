"""Codes of what tablets deliver: what was done, what became of it, and how the township decides."""

from enum import StrEnum


class OperationKind(StrEnum):
    """What somebody did on a tablet (``mobile_api_spec/SYNC.md`` §5)."""

    RETURN = "return"
    """Filed a grid's return."""
    OBSERVATION = "observation"
    """Wrote down one fact, for the return of its place."""
    VISIT = "visit"
    """Recorded how a visit went."""
    FAMILY_ADVICE = "family_advice"
    """Wrote down what a family was told."""
    SAFETY_EVENT = "safety_event"
    """Raised an emergency."""
    PLAN_ITEM = "plan_item"
    """Did a task of a plan."""
    CONTACT = "contact"
    """Learnt that somebody is reached otherwise than the registry says."""
    VIEW = "view"
    """Looked at a record, offline or online."""
    PURGE = "purge"
    """Deleted what the tablet held of an area."""


class OperationResult(StrEnum):
    """What became of an operation."""

    APPLIED = "applied"
    """Written."""
    MERGED = "merged"
    """Written, beside changes made meanwhile."""
    DUPLICATE = "duplicate"
    """It was so already."""
    CONFLICT = "conflict"
    """Another value was there: a question to the township."""
    QUARANTINED = "quarantined"
    """Kept by the server, not yet applied: the township decides."""
    REJECTED = "rejected"
    """It cannot be kept: unreadable, or its author is not proven."""


class ReviewState(StrEnum):
    """Where an operation that waits for the township stands."""

    OPEN = "open"
    """Nobody has decided."""
    APPLIED = "applied"
    """It was applied after all."""
    KEPT = "kept"
    """The registry stays as it is."""
    RETURNED = "returned"
    """Its author is asked to look again."""
    REPLACED = "replaced"
    """Its author has sent a better one."""


class ReviewReason(StrEnum):
    """Why an operation was not taken, or goes back."""

    KNOWN_ALREADY = "known_already"
    """The registry knows it, from elsewhere."""
    OUT_OF_DATE = "out_of_date"
    """It has been overtaken by what came later."""
    NOT_HERE = "not_here"
    """It does not belong to this place, person or month."""
    NEEDS_FACTS = "needs_facts"
    """Something is missing or unclear: please complete it."""
    NOT_ALLOWED = "not_allowed"
    """It may not be kept: no consent, no duty, or a forbidden ground."""
    OTHER = "other"
    """Anything else; see the note."""
