"""What people write in the course of care: short, told as facts, and no diagnosis.

Guardrail G4: only a clinician names a diagnosis. Guardrails G1 and G2: no judgement of character without a told act,
nothing of belief, petitions, opinions. Here nobody looks the words over afterwards, so they are refused at once.
"""

import unicodedata
from collections.abc import Mapping

from server.domain.facts import tidy_fact
from server.domain.word_lists import FORBIDDEN_CATEGORIES, WordCategory, WordList
from server.errors import Invalid

NOTE_MAXIMUM = 500


def checked_notes(notes: Mapping[str, str | None], words: WordList, *, clinical: bool) -> dict[str, str | None]:
    """The notes tidied, by their fields; an empty one is none. ``clinical`` is true for a clinician (R6) alone.

    Raises Invalid on the note's field: ``note_too_long``, ``note_diagnosis``, ``note_character``, ``note_forbidden``.
    """
    tidy = {field: tidy_fact(text) or None if text is not None else None for field, text in notes.items()}
    for field, text in tidy.items():
        if text is not None:
            _check(field, text, words, clinical=clinical)
    return tidy


def check_plain(text: str, words: WordList, field: str) -> str:
    """One text without a diagnosis, its blanks tidied; raises Invalid ``diagnosis_in_text`` (guardrail G4)."""
    tidy = " ".join(text.split())
    if WordCategory.DIAGNOSIS in words.categories_in(tidy):
        raise Invalid("diagnosis_in_text", field=field)
    return tidy


def _check(field: str, text: str, words: WordList, *, clinical: bool) -> None:
    length = len(unicodedata.normalize("NFKC", text))
    if length > NOTE_MAXIMUM:
        raise Invalid("note_too_long", field=field, length=length, maximum=NOTE_MAXIMUM)
    found = words.categories_in(text)
    if WordCategory.DIAGNOSIS in found and not clinical:
        raise Invalid("note_diagnosis", field=field)
    if WordCategory.CHARACTER in found and WordCategory.ACT not in found:
        raise Invalid("note_character", field=field)
    if not found.isdisjoint(FORBIDDEN_CATEGORIES):
        raise Invalid("note_forbidden", field=field)
