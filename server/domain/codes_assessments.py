"""Codes of assessments: what they are for, what they found, and what they recommend."""

from enum import StrEnum


class AssessmentKind(StrEnum):
    """What an assessment is made for."""

    INITIAL = "initial"
    """The first one after the person agreed."""
    REVIEW = "review"
    """A look back while the service runs."""
    POST_CRISIS = "post_crisis"
    """After a crisis."""
    JOINT = "joint"
    """Together with other disciplines."""


class AssessmentState(StrEnum):
    """Where one version of an assessment stands."""

    DRAFT = "draft"
    """Being written."""
    SIGNED = "signed"
    """Signed: it never changes again."""
    CORRECTED = "corrected"
    """A later version was signed; this one stays as it was."""


class ResultBand(StrEnum):
    """What an assessment found; never a diagnosis."""

    NO_NEED = "no_need"
    """No service is needed."""
    LIGHT = "light"
    """Light need."""
    MODERATE = "moderate"
    """Moderate need."""
    SPECIALIST = "specialist"
    """A specialist's help is needed."""


class AssessmentNeed(StrEnum):
    """What somebody needs help with."""

    PRACTICAL = "practical"
    """Practical things."""
    FAMILY = "family"
    """The family."""
    GRIEF = "grief"
    """Grief."""
    CONFLICT = "conflict"
    """A conflict."""
    WORK = "work"
    """Work."""
    HEALTH = "health"
    """Health."""
    SAFETY = "safety"
    """Safety."""
    LONELINESS = "loneliness"
    """Loneliness."""
    OTHER = "other"
    """Something else."""


class Recommendation(StrEnum):
    """What an assessment recommends; the person decides."""

    GUIDANCE_PLAN = "guidance_plan"
    """An individual guidance plan with visits."""
    COUNSELLING = "counselling"
    """Talks with a counsellor."""
    MEDICAL_ADVICE = "medical_advice"
    """Go and see a doctor: only a psychiatrist diagnoses (guardrail G4)."""
    REFERRAL = "referral"
    """Be referred to an agency."""
    FAMILY_SUPPORT = "family_support"
    """Have the family advised and supported."""
    SOCIAL_AID = "social_aid"
    """Apply for social aid."""
    MEDIATION = "mediation"
    """Be put in touch with people's mediation."""
    LEGAL_AID = "legal_aid"
    """Be put in touch with legal aid."""
    GROUP_ACTIVITY = "group_activity"
    """Join a group or an activity."""
    SELF_HELP = "self_help"
    """Self-help with a leaflet."""
    NO_SERVICE = "no_service"
    """No service is needed; stands alone."""


class CorrectionReason(StrEnum):
    """Why a signed assessment is written anew."""

    WRITING_ERROR = "writing_error"
    """A slip of the pen."""
    WRONG_FACT = "wrong_fact"
    """A fact was wrong."""
    MISSING_FACT = "missing_fact"
    """Something was left out."""
    PERSON_ASKED = "person_asked"
    """The person asked for a correction."""
