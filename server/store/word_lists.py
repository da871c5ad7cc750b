"""The deployment's lists of words that facts are held against, read once per process."""

from functools import cache
from pathlib import Path

from server.domain.word_lists import WordList, make_word_list

WORDS = Path(__file__).resolve().parents[2] / "seeds" / "words"
_TRADITIONAL = "traditional.csv"


@cache
def word_list() -> WordList:
    """Every list under ``seeds/words`` as one; raises Malformed ``word_list_invalid``."""
    lists = [path.read_text("utf-8") for path in sorted(WORDS.glob("*.csv")) if path.name != _TRADITIONAL]
    return make_word_list(lists, (WORDS / _TRADITIONAL).read_text("utf-8"))
