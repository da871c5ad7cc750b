"""Codes of care that several nouns share: consent, plans and visits, referrals, safety events."""

from enum import StrEnum


class ConsentScope(StrEnum):
    """What somebody is asked to agree to; each is asked for by itself (guardrail G8). Photos are never asked for."""

    CONTACT = "contact"
    """To be called or visited about the service."""
    ASSESSMENT = "assessment"
    """To be assessed, with or without a screening form."""
    PLAN_VISIT = "plan_visit"
    """To have a guidance plan and home visits."""
    REFERRAL_SHARE = "referral_share"
    """To have the minimum passed on to one agency."""
    FAMILY_CONTACT = "family_contact"
    """To have the family told and advised."""


class ConsentState(StrEnum):
    """Where one question stands."""

    REQUESTED = "requested"
    """Asked; the person is deciding."""
    GIVEN = "given"
    """Agreed."""
    REFUSED = "refused"
    """Not agreed: an answer like any other."""
    WITHDRAWN = "withdrawn"
    """Agreed once, and taken back."""
    EXPIRED = "expired"
    """Ended by time, or with the entry."""


class PlanState(StrEnum):
    """Where a version of a plan stands."""

    DRAFT = "draft"
    """Being written."""
    AGREED = "agreed"
    """The person agreed and has a copy."""
    ACTIVE = "active"
    """Running."""
    ENDED = "ended"
    """Over, or followed by another version."""


class VisitState(StrEnum):
    """What became of a visit; due and overdue follow from its dates."""

    PLANNED = "planned"
    """Not made yet."""
    DONE = "done"
    """The person was seen or spoken to."""
    NOT_SEEN = "not_seen"
    """The worker came, the person was not met."""
    DECLINED = "declined"
    """The person did not want it that day: valid like any other."""
    CANCELLED = "cancelled"
    """Called off with the plan."""


class ReferralState(StrEnum):
    """Where a referral stands."""

    DRAFTED = "drafted"
    """Written; nobody outside has it."""
    CONSENT_OK = "consent_ok"
    """May be sent: the person agreed, or a legal basis stands."""
    SENT = "sent"
    """The agency can see it."""
    NO_ACK = "no_ack"
    """The agency did not answer in time."""
    RECEIVED = "received"
    """The agency took it."""
    REJECTED = "rejected"
    """The agency cannot; another is named."""
    APPOINTED = "appointed"
    """There is a day."""
    ATTENDED = "attended"
    """The person came."""
    NOT_ATTENDED = "not_attended"
    """The person did not come."""
    FEEDBACK = "feedback"
    """The agency told what came of it."""
    CLOSED = "closed"
    """Done."""
    CANCELLED = "cancelled"
    """Called off before it was sent."""


class SafetyKind(StrEnum):
    """What a safety event is about."""

    SELF_HARM_THOUGHT = "self_harm_thought"
    """Thoughts of self-harm or suicide."""
    ATTEMPT = "attempt"
    """An attempt."""
    VIOLENCE_THREAT = "violence_threat"
    """A threat of violence."""
    VIOLENCE = "violence"
    """Violence."""
    CHILD_PROTECTION = "child_protection"
    """Suspected harm to a minor."""
    DOMESTIC_VIOLENCE = "domestic_violence"
    """Violence at home."""
    MISSING = "missing"
    """Somebody is missing."""
    ACUTE_STATE = "acute_state"
    """An acute state that needs a doctor at once."""


class SafetySource(StrEnum):
    """Where a safety event came up."""

    VISIT = "visit"
    """At a visit."""
    SCREENING = "screening"
    """A crisis item was answered positively."""
    STAFF = "staff"
    """Somebody raised it, from any screen, without a score."""
    HOTLINE = "hotline"
    """A call."""
    REFERRAL = "referral"
    """An agency told it."""


class SafetyState(StrEnum):
    """Where a safety event stands."""

    RAISED = "raised"
    """Nobody has taken it in hand yet."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody has."""
    REVIEWED = "reviewed"
    """Looked back at within 72 hours."""
    CLOSED = "closed"
    """Over."""
