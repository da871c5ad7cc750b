"""What an assessment must be before it is kept, and which of its words need a second look.

Guardrail G4: only a psychiatrist diagnoses. No field here holds a diagnosis; where a free text names one, its author
is stopped once and keeps it only by saying that it is told, not found (docs/decisions/0011-medical-words.md).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.domain.codes_assessments import AssessmentKind, AssessmentNeed, Recommendation, ResultBand
from server.domain.word_lists import WordCategory, WordList
from server.errors import FieldError, Invalid

STRENGTHS_MAXIMUM = 1000
NARRATIVE_MAXIMUM = 4000
INPUT_MAXIMUM = 2000


def medical_fields(texts: Mapping[str, str | None], words: WordList) -> tuple[str, ...]:
    """The fields whose text holds a word of diagnosis; the words themselves are not told."""
    return tuple(name for name, text in texts.items() if text and WordCategory.DIAGNOSIS in words.categories_in(text))


def check_medical_words(found: Collection[str], *, confirmed: bool) -> None:
    """Stop an author whose text names a diagnosis, unless they have confirmed that it is somebody else's.

    Raises Invalid ``medical_word_found``, naming each field.
    """
    if found and not confirmed:
        faults = tuple(FieldError(name, "medical_word_found") for name in found)
        raise Invalid("medical_word_found", field=faults[0].field, errors=faults)


def check_recommendations(
    band: ResultBand, recommendations: Collection[Recommendation], *, safety_concern: bool = False
) -> None:
    """Let "no service" stand alone, and only where no need was found; whoever is worried for somebody found a need.

    Raises Invalid ``recommendations_contradict`` or ``concern_without_need``.
    """
    if safety_concern and band is ResultBand.NO_NEED:
        raise Invalid("concern_without_need", field="safety_concern")
    if Recommendation.NO_SERVICE not in recommendations:
        return
    if len(set(recommendations)) > 1 or band is not ResultBand.NO_NEED:
        raise Invalid("recommendations_contradict", field="recommendations")


def check_held_on(held_on: date, agreed_on: date, today: date) -> None:
    """Nobody is assessed before they agreed (guardrail G3, invariant 3), nor in time to come.

    Raises Invalid ``assessment_before_consent`` or ``assessment_in_future``, on field ``held_on``.
    """
    if held_on < agreed_on:
        raise Invalid("assessment_before_consent", field="held_on")
    if held_on > today:
        raise Invalid("assessment_in_future", field="held_on")


@dataclass(frozen=True, repr=False)
class AssessmentDraft:
    """What an assessor writes; has no readable ``repr``."""

    kind: AssessmentKind
    held_on: date
    result_band: ResultBand
    safety_concern: bool
    recommendations: frozenset[Recommendation]
    needs: frozenset[AssessmentNeed] = frozenset()
    strengths: str | None = None
    narrative: str | None = None
    words_confirmed: bool = False
    id: UUID | None = None


@dataclass(frozen=True, repr=False)
class PartnerInput:
    """What another discipline knows; has no readable ``repr``."""

    discipline: str
    given_on: date
    text: str
    id: UUID | None = None
