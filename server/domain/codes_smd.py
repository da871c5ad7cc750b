"""Codes of the summary of a severe mental disorder, as the national follow-up form has them."""

from enum import StrEnum


class Stability(StrEnum):
    """The class a contact ended with; the more stable, the larger the digit."""

    UNSTABLE = "1"
    """Unstable."""
    BASICALLY_STABLE = "2"
    """Basically stable."""
    STABLE = "3"
    """Stable."""
    NOT_SEEN = "not_seen"
    """Nobody met the person: the class is not known."""


class SmdSign(StrEnum):
    """What a clinician found beside the danger level. It holds the class to the form and is not kept."""

    MARKED_SYMPTOMS = "marked_symptoms"
    """Marked psychotic symptoms."""
    INSIGHT_ABSENT = "insight_absent"
    """Insight is absent."""
    ADVERSE_REACTION = "adverse_reaction"
    """A serious adverse reaction to a medicine."""
    PHYSICAL_ILLNESS = "physical_illness"
    """A serious physical illness."""
    SOME_SYMPTOMS = "some_symptoms"
    """Symptoms that are less than marked and more than mostly gone."""
    INSIGHT_PARTIAL = "insight_partial"
    """Insight is not mostly back."""
    FUNCTION_POOR = "function_poor"
    """Daily life, work or company is poor."""


class ContactInterval(StrEnum):
    """How soon after a contact the next one is due at the latest."""

    TWO_WEEKS = "two_weeks"
    """Fourteen days."""
    ONE_MONTH = "one_month"
    """One month, after advice by a specialist."""
    THREE_MONTHS = "three_months"
    """Three months."""


class SmdDiagnosis(StrEnum):
    """Diagnoses, which stand nowhere but in this summary (guardrail G4); 01 to 06 are the six registered ones."""

    SCHIZOPHRENIA = "01"
    """Schizophrenia."""
    SCHIZOAFFECTIVE = "02"
    """Schizoaffective disorder."""
    DELUSIONAL = "03"
    """Persistent delusional disorder."""
    BIPOLAR = "04"
    """Bipolar disorder."""
    EPILEPSY = "05"
    """Mental disorder due to epilepsy."""
    INTELLECTUAL = "06"
    """Intellectual disability with mental disorder."""
    DEPRESSIVE = "07"
    """Severe depressive episode."""
    SUBSTANCE = "08"
    """Disorder due to psychoactive substances."""
    OTHER = "99"
    """Another one."""


class Adherence(StrEnum):
    """Whether medicine is taken."""

    REGULAR = "1"
    """Regularly."""
    INTERMITTENT = "2"
    """Now and then."""
    NONE = "3"
    """Not at all."""
    NOT_PRESCRIBED = "4"
    """None was prescribed."""
