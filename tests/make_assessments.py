"""Assessments for tests, written and signed through the services."""

from server import clock
from server.domain.assessments import AssessmentDraft
from server.domain.codes_assessments import AssessmentKind, Recommendation, ResultBand
from server.services.assessments import draft_assessment, sign_assessment
from server.services.assessments_reading import AssessmentView
from tests.make_care import InCare

NARRATIVE = "本人愿意谈失业后的打算，希望先把作息调回来。"


def a_draft(**changes: object) -> AssessmentDraft:
    """What an assessor writes after a first talk: a light need."""
    values: dict[str, object] = {
        "kind": AssessmentKind.INITIAL,
        "held_on": clock.today(),
        "result_band": ResultBand.LIGHT,
        "safety_concern": False,
        "recommendations": frozenset({Recommendation.GUIDANCE_PLAN}),
        "narrative": NARRATIVE,
    }
    return AssessmentDraft(**values | changes)  # type: ignore[arg-type]


def drafted(person: InCare, **changes: object) -> AssessmentView:
    """A draft by the person's assessor."""
    return draft_assessment(person.assessor, person.entry_id, a_draft(**changes))


def signed(person: InCare, **changes: object) -> AssessmentView:
    """An assessment signed by the person's assessor."""
    draft = drafted(person, **changes)
    return sign_assessment(person.assessor, draft.id, draft.version).assessment
