"""Codes of consent, of leaving, and of acting without consent."""

from enum import StrEnum


class GivenBy(StrEnum):
    """Who answered."""

    SELF = "self"
    """The person."""
    GUARDIAN = "guardian"
    """The guardian, for the person."""
    BOTH = "both"
    """The person and the guardian."""


class ConsentAnswer(StrEnum):
    """What was answered."""

    GIVEN = "given"
    """Yes."""
    REFUSED = "refused"
    """No: an answer like any other, never held against anybody (guardrail G3)."""


class ConsentMethod(StrEnum):
    """How an answer was given."""

    PAPER = "paper"
    """Signed on paper."""
    E_SIGN = "e_sign"
    """Signed electronically."""
    WITNESSED = "witnessed"
    """Said aloud before a witness; who that was is recorded."""


class WithdrawalChannel(StrEnum):
    """How somebody took their consent back. Any way counts; none needs a form or a reason."""

    PERSON_SAID = "person_said"
    """Said so, at a visit or anywhere else."""
    PHONE = "phone"
    """Called."""
    LETTER = "letter"
    """Wrote."""
    HOTLINE = "hotline"
    """Told the hotline 12356."""
    GUARDIAN = "guardian"
    """The guardian said so."""
    REQUEST = "request"
    """In a request to the privacy officer."""


class BasisAct(StrEnum):
    """What was done without consent."""

    SAFETY_EVENT = "safety_event"
    """A safety event was answered."""
    REFERRAL = "referral"
    """The minimum was passed on to an agency."""
    CONTACT = "contact"
    """The person was called or visited."""
    FAMILY_CONTACT = "family_contact"
    """The family was told."""
    ASSESSMENT = "assessment"
    """Never: known only so that it can be refused (Mental Health Law art. 27)."""


class BasisFinding(StrEnum):
    """What the privacy officer found in an act without consent."""

    UPHELD = "upheld"
    """The basis bore it."""
    NOT_UPHELD = "not_upheld"
    """It did not."""
