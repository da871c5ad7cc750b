"""A month's sheet, row by row: cells to a resident and a fact under the same rules as everywhere else.

Nothing of a cell is repeated in what is said about a row: a column's heading, a code, and limits.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from server.domain.codes import Ground, IdType, ObservationSource, Sex
from server.domain.facts import check_fact, tidy_fact
from server.domain.periods import Period
from server.domain.residents import CheckedResident, NewResident, checked_resident
from server.domain.returns import ObservationDraft, check_observed_on
from server.domain.sheet_cells import Cell, Labels, birth_of, date_of, number_of, short_of, text_of
from server.domain.sheet_columns import Field
from server.domain.sheet_places import Places
from server.domain.word_lists import WordList
from server.errors import FieldError, Invalid

T = TypeVar("T")
F = Field

#: Field of a refusal → column it is about, where the names differ.
_COLUMN_OF = {"area_code": F.VILLAGE, "birth_year": F.BIRTH_DATE, "relation": F.GUARDIAN_RELATION}


def read_row(cells: Mapping[Field, Cell], rules: "SheetRules", resident_id: UUID) -> "RowRead":
    """One row as draft or as what is wrong with it; every column is looked at, whatever the others say."""
    row = _Row(cells, rules)
    resident = _resident(row, resident_id)
    observation = _observation(row)
    if row.faults or resident is None or observation is None:
        return RowRead(None, tuple(row.faults))
    return RowRead(RowDraft(resident, *observation), ())


def is_blank(cells: Iterable[Cell]) -> bool:
    """Whether nothing stands in the columns that are read."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def twice_in_file(drafts: "Sequence[tuple[int, RowDraft]]") -> dict[int, int]:
    """Rows about a person who stands in an earlier row, with that row's number.

    Sure means the same document number, or the same in everything that is written of the person and the fact;
    people who are merely alike become possible duplicates, which somebody decides about.
    """
    first: dict[object, int] = {}
    twice: dict[int, int] = {}
    for number, draft in drafts:
        same = [first[key] for key in draft.identities if key in first]
        if same:
            twice[number] = min(same)
        for key in draft.identities:
            first.setdefault(key, number)
    return twice


def _resident(row: "_Row", resident_id: UUID) -> CheckedResident | None:
    area, name = _area(row), row.required(F.NAME, short_of)
    born, year = row.read(F.BIRTH_DATE, lambda cell: birth_of(cell, row.rules.origin)) or (None, None)
    id_no = row.read(F.ID_NO, number_of)
    new = NewResident(
        id=resident_id,
        area_code=area or "",
        name=name or "",
        sex=row.label(F.SEX, "sex", Sex.UNKNOWN),
        birth_date=born,
        birth_year=year,
        id_type=row.label(F.ID_TYPE, "id_type", IdType.RESIDENT_ID if id_no else IdType.NONE),
        id_no=id_no,
        phone=row.read(F.PHONE, short_of),
        address=row.read(F.ADDRESS, text_of),
    )
    new = _with_guardian(row, new)
    if row.faults:
        return None
    return row.checked(lambda: checked_resident(new, row.rules.today, row.rules.regions), F.NAME)


def _with_guardian(row: "_Row", new: NewResident) -> NewResident:
    return replace(
        new,
        guardian_name=row.read(F.GUARDIAN_NAME, short_of),
        guardian_phone=row.read(F.GUARDIAN_PHONE, short_of),
        guardian_relation=row.label(F.GUARDIAN_RELATION, "guardian_relation", "") or None,
        guardian_conflict=row.label(F.GUARDIAN_CONFLICT, "yes_no", "no") == "yes",
    )


def _area(row: "_Row") -> str | None:
    """The grid where one is named, else the village."""
    village = row.required(F.VILLAGE, lambda cell: row.rules.places.village_of(short_of(cell)))
    if village is None:
        return None
    return row.read(F.GRID, lambda cell: row.rules.places.grid_of(village, short_of(cell))) or village


def _observation(row: "_Row") -> tuple[ObservationDraft, bool] | None:
    ground = row.required_label(F.GROUND, "ground")
    source = row.required_label(F.SOURCE, "observation_source")
    observed_on = row.required(F.OBSERVED_ON, lambda cell: date_of(cell, row.rules.origin))
    fact = row.required(F.FACT, text_of)
    urgent = row.label(F.URGENT, "yes_no", "no") == "yes"
    flags = row.checked(lambda: check_fact(fact, row.rules.words), F.FACT) if fact else None
    if observed_on:
        row.checked(lambda: check_observed_on(row.rules.period, row.rules.today, observed_on), F.OBSERVED_ON)
    if not (ground and source and observed_on and fact and flags):
        return None
    draft = ObservationDraft(observed_on, Ground(ground), tidy_fact(fact), ObservationSource(source), urgent)
    return draft, flags.needs_human_review


@dataclass(frozen=True)
class SheetRules:
    """Everything a row is held against; ``headings`` are the columns' names as a report shows them."""

    period: Period
    today: date
    places: Places
    labels: Labels
    words: WordList
    headings: Mapping[Field, str]
    regions: frozenset[str]
    #: Day 0 of the workbook's date system.
    origin: date


@dataclass(frozen=True, repr=False)
class RowDraft:
    """One good row: who, and what was observed; has no readable ``repr``."""

    resident: CheckedResident
    observation: ObservationDraft
    needs_word_review: bool

    @property
    def returned(self) -> bool:
        """Whether the row names a judgement of character, which goes back for facts and makes no entry."""
        return self.observation.ground.import_only

    @property
    def identities(self) -> tuple[object, ...]:
        """What makes two rows surely one person's."""
        like, seen = self.resident.likeness, self.observation
        whole = (like.name, like.village_code, like.id_no, like.birth_date, like.birth_year, like.phone, seen.fact)
        return (whole, ("id_no", like.id_no)) if like.id_no else (whole,)


@dataclass(frozen=True)
class RowRead:
    """A row as read: a draft, or its faults by column."""

    draft: RowDraft | None
    faults: tuple[FieldError, ...]


@dataclass
class _Row:
    """One row being read, gathering what is wrong with it."""

    cells: Mapping[Field, Cell]
    rules: SheetRules
    faults: list[FieldError] = field(default_factory=list)

    def read(self, name: Field, parse: Callable[[Cell], T]) -> T | None:
        """The cell's value; None where it is empty or was refused."""
        cell = self.cells.get(name)
        if is_blank((cell,)):
            return None
        return self.checked(lambda: parse(cell), name)

    def required(self, name: Field, parse: Callable[[Cell], T]) -> T | None:
        """As ``read``; an empty cell is a fault."""
        if is_blank((self.cells.get(name),)):
            self._fault(name, Invalid("cell_missing"))
            return None
        return self.read(name, parse)

    def label(self, name: Field, list_name: str, absent: str) -> str:
        """The code that the cell's word stands for; ``absent`` for an empty cell, or one that was refused."""
        return self.read(name, lambda cell: self.rules.labels.code_of(list_name, cell)) or absent

    def required_label(self, name: Field, list_name: str) -> str | None:
        """As ``label``; an empty cell is a fault."""
        return self.required(name, lambda cell: self.rules.labels.code_of(list_name, cell))

    def checked(self, check: Callable[[], T], name: Field) -> T | None:
        """What the check gives; its refusal becomes a fault of the column it names."""
        try:
            return check()
        except Invalid as error:
            self._fault(name, error)
            return None

    def _fault(self, name: Field, error: Invalid) -> None:
        about = _COLUMN_OF.get(error.field or "", error.field or name)
        column = Field(about) if about in set(Field) else name
        self.faults.append(FieldError(self.rules.headings.get(column, column), error.code, error.params))
