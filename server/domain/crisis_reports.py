"""What somebody tells of an emergency, wherever they meet it: at a visit, over a form, on the hotline, anywhere."""

from dataclasses import dataclass

from server.domain.care_notes import check_plain
from server.domain.codes_care import SafetyKind
from server.domain.word_lists import WordList


@dataclass(frozen=True, repr=False)
class CrisisReport:
    """What is known of an emergency, and what was done already; has no readable ``repr``."""

    kind: SafetyKind
    facts: str
    actions: str | None = None

    def checked(self, words: WordList, within: str = "") -> "CrisisReport":
        """The report with its blanks tidied; ``within`` is what its fields stand under in the body.

        Raises Invalid ``diagnosis_in_text`` (guardrail G4).
        """
        actions = check_plain(self.actions, words, f"{within}actions") if self.actions else None
        return CrisisReport(self.kind, check_plain(self.facts, words, f"{within}facts"), actions or None)
