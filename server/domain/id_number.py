"""Resident identity numbers (GB 11643): 6 digits region, 8 birth date, 3 sequence, 1 check character.

A number that breaks the standard is refused; a number that merely surprises (region unknown to us, other
sex or birth date than typed) gives a warning, for region codes change and people are entered in a hurry.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.domain.codes import Sex
from server.domain.normalise import normalise_id_no
from server.errors import Invalid

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LENGTH = 18
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_KNOWN_SEX = frozenset({Sex.MALE, Sex.FEMALE})


def parse_id_number(text: str) -> "IdNumber":
    """The number in canonical form with what it tells; accepts blanks, hyphens, full-width and a small x.

    Raises Invalid on field ``id_no``: ``id_no_length``, ``id_no_check``, ``id_no_date``.
    """
    number = normalise_id_no(text)
    if len(number) != _LENGTH:
        raise Invalid("id_no_length", field="id_no")
    if not _SHAPE.fullmatch(number):
        raise Invalid("id_no_check", field="id_no")
    birth_date = _birth_date(number[6:14])
    if check_character(number[:17]) != number[17]:
        raise Invalid("id_no_check", field="id_no")
    return IdNumber(number, number[:6], birth_date, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def check_character(first_17: str) -> str:
    """The eighteenth character that belongs to seventeen digits."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11]


def warnings_for(
    number: "IdNumber", regions: Collection[str], *, sex: Sex | None, birth_date: date | None, today: date
) -> "tuple[IdWarning, ...]":
    """What to ask about; ``regions`` are the known county codes, None means not typed."""
    found = {
        IdWarning.REGION_UNKNOWN: number.region not in regions,
        IdWarning.SEX_DIFFERS: sex in _KNOWN_SEX and sex is not number.sex,
        IdWarning.BIRTH_DATE_DIFFERS: birth_date not in {None, number.birth_date},
        IdWarning.BIRTH_IN_FUTURE: number.birth_date > today,
    }
    return tuple(warning for warning, applies in found.items() if applies)


def mask_id_number(text: str) -> str:
    """The first and last four characters with stars between; all stars when shorter than twelve."""
    number = normalise_id_no(text)
    shown = 4
    if len(number) < 3 * shown:
        return "*" * len(number)
    return number[:shown] + "*" * (len(number) - 2 * shown) + number[-shown:]


def _birth_date(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Invalid("id_no_date", field="id_no") from None


class IdWarning(StrEnum):
    """What is surprising about a valid number."""

    REGION_UNKNOWN = "id_no_region_unknown"
    """The first six digits are no county the registry knows."""
    SEX_DIFFERS = "id_no_sex_differs"
    """The sequence tells another sex than typed."""
    BIRTH_DATE_DIFFERS = "id_no_birth_date_differs"
    """The number tells another birth date than typed."""
    BIRTH_IN_FUTURE = "id_no_birth_in_future"
    """The birth date lies ahead."""


@dataclass(frozen=True, repr=False)
class IdNumber:
    """A valid number and what it says; has no readable ``repr``, so that it cannot slip into a log."""

    text: str
    region: str
    birth_date: date
    sex: Sex
