"""What each stable code says to a person, in Chinese and English: what is wrong, and what to do.

The texts are data in ``seeds/messages/*.csv`` (one file per noun), so that they can be bettered without code.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
MESSAGES = SEEDS / "messages"
#: First word of an error's code → the list its ``state`` is a code of.
_STATES = {
    "ledger": "ledger_state",
    "sweep": "sweep_state",
    "month": "period_state",
    "observation": "observation_state",
    "consent": "consent_state",
    "plan": "plan_state",
    "visit": "visit_state",
    "referral": "referral_state",
    "safety": "safety_state",
    "site": "site_state",
    "team": "team_state",
    "device": "device_state",
}
#: Other values that are codes → their list; several are joined by ``、``.
_CODES = {"ground": "ground", "scope": "consent_scope", "gaps": "team_gap"}

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Message:
    """The prose of one code: the title says what is wrong, the rest what the person can do."""

    code: str
    status: int
    title_zh: str
    todo_zh: str
    title_en: str
    todo_en: str

    def title(self, language: Language, **params: str | int) -> str:
        """What is wrong, with the values filled in."""
        return _fill(self.title_zh if language == "zh" else self.title_en, self._named(params, language))

    def todo(self, language: Language, **params: str | int) -> str:
        """What the person can do next, with the values filled in."""
        return _fill(self.todo_zh if language == "zh" else self.todo_en, self._named(params, language))

    def _named(self, params: dict[str, str | int], language: Language) -> dict[str, str | int]:
        """Codes among the values by the names people know them by; the code lists are seeds as well."""
        lists = _CODES | {"state": _STATES.get(self.code.partition("_")[0], "")}
        return {
            name: _names(_code_names(lists[name], language), value, language) if name in lists else value
            for name, value in params.items()
        }


def _names(names: dict[str, str], value: str | int, language: Language) -> str:
    """What one code, or several, are called; what is no code stays as it is."""
    between = "、" if language == "zh" else ", "
    return between.join(names.get(code, code) for code in str(value).split("、"))


class _Missing(dict[str, str | int]):
    def __missing__(self, key: str) -> str:
        return "…"


def _fill(text: str, params: dict[str, str | int]) -> str:
    return text.format_map(_Missing(params))


@cache
def all_messages() -> dict[str, Message]:
    """Every code's prose; raises ValueError when two files claim one code."""
    found: dict[str, Message] = {}
    for path in sorted(MESSAGES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["code"] in found:
                    raise ValueError(f"{path.name}: the code {row['code']} is already taken")
                found[row["code"]] = Message(status=int(row.pop("status")), **row)
    return found


@cache
def _code_names(list_name: str, language: Language) -> dict[str, str]:
    """What the codes of one list are called."""
    found = {}
    for path in sorted((SEEDS / "codes").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found.update({row["code"]: row[language] for row in csv.DictReader(lines) if row["list"] == list_name})
    return found


def message_for(code: str) -> Message:
    """The prose of one code; an unlisted one speaks for itself, and a test sees to it that none is."""
    return all_messages().get(code) or Message(code, 500, code, "", code, "")
