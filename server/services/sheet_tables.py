"""The tables a sheet is held against, as the seeds give them; read once per process."""

from functools import cache
from pathlib import Path

from server.domain.code_lists import CodeEntry, parse_code_entries
from server.domain.forbidden_columns import parse_forbidden_columns
from server.domain.sheet_cells import Labels, parse_labels
from server.domain.sheet_columns import Field, HeadingTables, parse_sheet_columns

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
#: The lists whose names people write into cells.
LISTS = frozenset({"sex", "id_type", "guardian_relation", "ground", "observation_source"})


@cache
def heading_tables() -> HeadingTables:
    """The columns a sheet may have, and those it may not."""
    return HeadingTables(
        parse_sheet_columns(_text("sheet-columns.csv")), parse_forbidden_columns(_text("forbidden-columns.csv"))
    )


@cache
def headings_shown() -> dict[Field, str]:
    """Each column's heading as the template writes it."""
    return {column.field: column.zh for column in heading_tables().columns}


@cache
def labels() -> Labels:
    """What people write for a code."""
    return parse_labels((entry for entry in code_entries() if entry.list in LISTS), _text("sheet-values.csv"))


@cache
def code_entries() -> tuple[CodeEntry, ...]:
    """Every code list, in the order of the files."""
    paths = sorted((SEEDS / "codes").glob("*.csv"))
    return tuple(entry for path in paths for entry in parse_code_entries(path.read_text("utf-8")))


def name_of(list_name: str, code: str) -> str:
    """A code's Chinese name; the code itself where the list does not have it."""
    found = (entry.zh for entry in code_entries() if entry.list == list_name and entry.code == code)
    return next(found, code)


def _text(name: str) -> str:
    return (SEEDS / name).read_text("utf-8-sig")
