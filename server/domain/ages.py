"""Ages on which another rule holds, and how old somebody is."""

from datetime import date

#: Under this age the guardian decides alone; from here on the person's own word is needed too (guardrail G8).
YOUTH_AT = 14
#: From here on the person alone decides.
ADULT_AT = 18
#: From here on somebody counts as an elder.
ELDER_AT = 65


def age_on(today: date, born: date | None, birth_year: int | None) -> int | None:
    """Full years by the day of birth, else the years there will be at the year's end, else None."""
    if born is not None:
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return None if birth_year is None else today.year - birth_year


def is_minor(today: date, born: date | None, birth_year: int | None) -> bool:
    """Whether the person is surely under eighteen; unknown is not a minor."""
    age = age_on(today, born, birth_year)
    return age is not None and age < ADULT_AT
