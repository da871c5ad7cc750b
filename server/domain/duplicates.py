"""When two residents may be one: a question put to a person, never a merge and never a score."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


def likely_same(a: "Likeness", b: "Likeness") -> "MatchOn | None":
    """What the two share, the strongest kind first; None when nothing suggests one person."""
    same_name = _same(a.name, b.name)
    neighbours = same_name and a.village_code == b.village_code
    shared = {
        MatchOn.ID_NO: _same(a.id_no, b.id_no),
        MatchOn.NAME_BIRTH_VILLAGE: neighbours and _same_birth(a, b),
        MatchOn.NAME_PHONE: same_name and _same(a.phone, b.phone),
        MatchOn.NAME_VILLAGE: neighbours and None in {a.year, b.year},
    }
    return next((match for match, applies in shared.items() if applies), None)


def _same(a: str | None, b: str | None) -> bool:
    """Equal and known; unknown equals nothing, itself included."""
    return bool(a) and a == b


def _same_birth(a: "Likeness", b: "Likeness") -> bool:
    """Equal dates where both are known, else equal years; unknown is never equal."""
    if a.birth_date and b.birth_date:
        return a.birth_date == b.birth_date
    return a.year is not None and a.year == b.year


class MatchOn(StrEnum):
    """What two records share."""

    ID_NO = "id_no"
    """The same document number."""
    NAME_BIRTH_VILLAGE = "name_birth_village"
    """Name, birth (date, or year where a date is missing) and village."""
    NAME_PHONE = "name_phone"
    """Name and phone."""
    NAME_VILLAGE = "name_village"
    """Name and village, where the birth of one is not known."""


class Decision(StrEnum):
    """What a person found out about a pair."""

    SAME_PERSON = "same_person"
    """Both records are about one person; merging them is another act."""
    DIFFERENT_PEOPLE = "different_people"
    """Two people who happen to agree."""


@dataclass(frozen=True, repr=False)
class Likeness:
    """What is compared, each value already normalised; has no readable ``repr``."""

    name: str
    village_code: str
    id_no: str | None = None
    birth_date: date | None = None
    birth_year: int | None = None
    phone: str | None = None

    @property
    def year(self) -> int | None:
        """The birth year, from the date if there is one."""
        return self.birth_date.year if self.birth_date else self.birth_year
