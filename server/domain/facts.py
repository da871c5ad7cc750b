"""What a written fact must be: long enough to be concrete, short enough to be minimal, and no judgement.

Guardrail G1: a judgement of character without a told act is refused. Guardrail G4: a diagnosis by anyone
but a clinician is refused. Guardrail G2: words of a forbidden ground are flagged by category, and the entry
cannot be reported until a person has looked. What matched is never repeated to a log or an answer.
"""

import unicodedata
from dataclasses import dataclass

from server.domain.word_lists import FORBIDDEN_CATEGORIES, WordCategory, WordList
from server.errors import Invalid

FACT_MINIMUM = 20
FACT_MAXIMUM = 500


def check_fact(text: str, words: WordList, *, clinical: bool = False) -> "FactFlags":
    """The flags of an acceptable fact; ``clinical`` is true for a clinician (R6) alone.

    Raises Invalid on field ``fact``: ``fact_too_short``, ``fact_too_long``, ``fact_diagnosis``,
    ``fact_character``.
    """
    check_length(text)
    found = words.categories_in(text)
    if WordCategory.DIAGNOSIS in found and not clinical:
        raise Invalid("fact_diagnosis", field="fact")
    if WordCategory.CHARACTER in found and WordCategory.ACT not in found:
        raise Invalid("fact_character", field="fact")
    return FactFlags(
        forbidden=tuple(category for category in FORBIDDEN_CATEGORIES if category in found),
        diagnosis=WordCategory.DIAGNOSIS in found,
        character_adjective=WordCategory.CHARACTER in found,
    )


def check_length(text: str) -> None:
    """Hold the fact to 20 to 500 characters after NFKC; runs of blanks count as one, ends not at all."""
    length = len(unicodedata.normalize("NFKC", tidy_fact(text)))
    if length < FACT_MINIMUM:
        raise Invalid("fact_too_short", field="fact", length=length, minimum=FACT_MINIMUM)
    if length > FACT_MAXIMUM:
        raise Invalid("fact_too_long", field="fact", length=length, maximum=FACT_MAXIMUM)


def tidy_fact(text: str) -> str:
    """The fact as it is stored: every run of blanks one blank, none at the ends, punctuation as written."""
    return " ".join(text.split())


@dataclass(frozen=True)
class FactFlags:
    """What a person must look at: categories of forbidden words, a diagnosis, a judgement beside an act."""

    forbidden: tuple[WordCategory, ...]
    diagnosis: bool
    character_adjective: bool

    @property
    def needs_human_review(self) -> bool:
        """Whether someone must resolve a forbidden word before the entry can be reported."""
        return bool(self.forbidden)
