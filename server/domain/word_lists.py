"""Lists of words that a written fact is held against, and the folding that undoes simple disguises.

The words are data under ``seeds/words``; a deployment adds its own. A word counts even when written in
full-width letters, in traditional characters, or with blanks and dots between its characters. Each word
may name exceptions: longer phrases inside which it means something else (信教 inside 相信教育).
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import add

from server.errors import Malformed

#: By so many characters words are looked up; ``categories_in`` joins as many.
_BEGINNING = 2
_DISGUISES = frozenset(".·•・‧∙●○*_-~|/\\+^=#`'")
_HIDDEN_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})


class _Folding(dict[int, str]):
    """For ``str.translate``: simplifies, takes disguises and characters nobody sees away; each is looked at once."""

    def __init__(self, traditional: dict[int, str]) -> None:
        """Simplify by this table."""
        super().__init__()
        self._traditional = traditional

    def __missing__(self, code: int) -> str:
        """What a character seen for the first time becomes."""
        simplified = self._traditional.get(code, chr(code))
        self[code] = "".join(char for char in simplified if not _is_hidden(char))
        return self[code]


def _is_hidden(char: str) -> bool:
    return char in _DISGUISES or unicodedata.category(char) in _HIDDEN_CATEGORIES


def parse_words(text: str) -> "tuple[WordEntry, ...]":
    """The entries of one CSV (category, word, exceptions split by ``|``); raises ``word_list_invalid``."""
    entries = []
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            category = WordCategory(row["category"])
            word, exceptions = row["word"].strip(), row["exceptions"] or ""
        except (KeyError, ValueError, AttributeError):
            raise Malformed("word_list_invalid", line=line) from None
        if not word:
            raise Malformed("word_list_invalid", line=line)
        entries.append(WordEntry(category, word, tuple(filter(None, exceptions.split("|")))))
    return tuple(entries)


def parse_traditional(text: str) -> dict[str, str]:
    """Traditional to simplified characters from CSV (traditional, simplified), as far as the words need them."""
    return {row["traditional"]: row["simplified"] for row in csv.DictReader(io.StringIO(text))}


def make_word_list(texts: Iterable[str], traditional: str) -> "WordList":
    """One list from several CSV texts, every word and exception folded as the facts will be."""
    table = str.maketrans(parse_traditional(traditional))
    found = WordList((), table)
    entries = tuple(
        WordEntry(entry.category, found.fold(entry.word), tuple(map(found.fold, entry.exceptions)))
        for text in texts
        for entry in parse_words(text)
    )
    return WordList(entries, table)


class WordCategory(StrEnum):
    """What a listed word points at."""

    PETITION = "petition"
    """Petitions, complaints, lawsuits: never a ground."""
    RELIGION = "religion"
    """Belief: never a ground."""
    ETHNICITY = "ethnicity"
    """Ethnic group: never a ground."""
    POLITICS = "politics"
    """Political status or opinion: never a ground."""
    MEDIA = "media"
    """Contact with the press or posts: never a ground."""
    ORIENTATION = "orientation"
    """Sexual orientation: never a ground."""
    HIV = "hiv"
    """HIV: never a ground."""
    DIAGNOSIS = "diagnosis"
    """A diagnosis, which only a psychiatrist makes."""
    CHARACTER = "character"
    """A judgement of character."""
    ACT = "act"
    """A word by which an act or an utterance is told."""


FORBIDDEN_CATEGORIES = (
    WordCategory.PETITION,
    WordCategory.RELIGION,
    WordCategory.ETHNICITY,
    WordCategory.POLITICS,
    WordCategory.MEDIA,
    WordCategory.ORIENTATION,
    WordCategory.HIV,
)


@dataclass(frozen=True)
class WordEntry:
    """One word, its category, and the phrases inside which it does not count."""

    category: WordCategory
    word: str
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class WordList:
    """All entries, folded, and the character table that folds."""

    entries: tuple[WordEntry, ...]
    traditional: dict[int, str]

    def fold(self, text: str) -> str:
        """The text as it is compared: NFKC, lower case, simplified, without blanks, dots and hidden marks.

        Sentence punctuation and quotation marks stay, so that two sentences never join into a word.
        """
        return unicodedata.normalize("NFKC", text).casefold().translate(self._folding)

    def categories_in(self, text: str) -> frozenset[WordCategory]:
        """The categories with at least one word in the text; the words themselves are not told."""
        folded = self.fold(text)
        beginnings = {*folded, *map(add, folded, folded[1:])}
        standing = (entry for begun in beginnings & self._by_beginning.keys() for entry in self._by_beginning[begun])
        return frozenset(entry.category for entry in standing if _counts(entry, folded))

    @cached_property
    def _folding(self) -> _Folding:
        return _Folding(self.traditional)

    @cached_property
    def _by_beginning(self) -> "dict[str, tuple[WordEntry, ...]]":
        """The entries by the two characters they begin with, or the one they are: few stand in a fact."""
        found: dict[str, tuple[WordEntry, ...]] = {}
        for entry in self.entries:
            found[entry.word[:_BEGINNING]] = (*found.get(entry.word[:_BEGINNING], ()), entry)
        return found


def _counts(entry: WordEntry, folded: str) -> bool:
    """Whether the word stands somewhere outside all of its exceptions."""
    if entry.word not in folded:
        return False
    allowed = [span for phrase in entry.exceptions for span in _spans(phrase, folded)]
    return any(
        not any(start <= at and end <= until for start, until in allowed) for at, end in _spans(entry.word, folded)
    )


def _spans(phrase: str, text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every occurrence, overlapping ones too."""
    at = text.find(phrase)
    while at >= 0:
        yield at, at + len(phrase)
        at = text.find(phrase, at + 1)
