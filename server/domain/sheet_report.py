"""What is said about a sheet: row by row in codes and Chinese, with no cell's content in it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from server.errors import FieldError


class Outcome(StrEnum):
    """What became, or would become, of a row."""

    NEW = "new"
    """A new entry."""
    POSSIBLE_DUPLICATE = "possible_duplicate"
    """A new entry; somebody much alike is registered already, and a person decides whether they are one."""
    RETURNED = "returned"
    """Kept as an observation and returned for facts; no entry."""
    DUPLICATE_IN_FILE = "duplicate_in_file"
    """The same person stands in an earlier row; the file is not imported."""
    OPEN_ENTRY_EXISTS = "open_entry_exists"
    """A person with this very document number has an open entry; the file is not imported."""
    REFUSED = "refused"
    """A rule refuses the row; the file is not imported."""


#: One such row keeps the whole file out.
BLOCKING = frozenset({Outcome.REFUSED, Outcome.DUPLICATE_IN_FILE, Outcome.OPEN_ENTRY_EXISTS})


def outcome_of(codes: Collection[str], *, returned: bool) -> Outcome:
    """The outcome of a row that no rule refuses, the gravest first."""
    for outcome in (Outcome.DUPLICATE_IN_FILE, Outcome.OPEN_ENTRY_EXISTS):
        if outcome in codes:
            return outcome
    if returned:
        return Outcome.RETURNED
    return Outcome.POSSIBLE_DUPLICATE if Outcome.POSSIBLE_DUPLICATE in codes else Outcome.NEW


@dataclass(frozen=True)
class RowReport:
    """One row: its number in the sheet, what became of it, and why; ``notes`` name columns, never cells."""

    row: int
    outcome: Outcome
    notes: tuple[FieldError, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the notes, each once."""
        return tuple(dict.fromkeys(note.code for note in self.notes))
