"""Codes of screening instruments: where they come from, under which licence, who may hand them out."""

from enum import StrEnum


class InstrumentStatus(StrEnum):
    """How an instrument came to a county."""

    BUNDLED = "bundled"
    """Ships with the software and may be used from the first day."""
    OPTIONAL = "optional"
    """Ships with the software and waits for the county to accept its licence."""
    LOADED = "loaded"
    """Brought by the county under a licence of its own."""


class LicenceKind(StrEnum):
    """What an instrument's licence allows."""

    FREE = "free"
    """Copying, translating and showing need no permission."""
    ATTRIBUTION = "attribution"
    """Free, with the holder and the source named."""
    NON_COMMERCIAL = "non_commercial"
    """Free, but not for sale or commercial use."""
    PUBLIC_DOMAIN = "public_domain"
    """Nobody holds a right to it."""
    PERMISSION = "permission"
    """Only with the holder's permission, which the county must have."""


class TranslationStatus(StrEnum):
    """Whether a wording may be taken for the published one."""

    REVIEWED = "reviewed"
    """The published wording."""
    UNREVIEWED = "unreviewed"
    """Not yet held against a published wording; whoever uses it must be told."""


class ScreeningMode(StrEnum):
    """Who reads the questions and ticks the answers."""

    SELF = "self"
    """The person, alone with the form."""
    INTERVIEW = "interview"
    """A trained person asks."""
