"""Synthetic residents of given places: deterministic in the seed, true to form, and nobody.

ID numbers carry the region codes 430999 and 370699, which no county has. Phone numbers begin with 102: a
Chinese mobile number begins with 13 to 19, so none of these can ever be a person's.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.names import make_name, surname_of
from server.domain.codes import GuardianRelation, IdType, Sex
from server.domain.deadlines import add_months
from server.domain.id_number import check_character

PHONE_PREFIX = "102"
ADULT_AT = 18
_HUNAN = "43"
_VILLAGERS = re.compile("村?村(?:民委员会|委会)$")
_RESIDENTS = re.compile("(?:居民委员会|居委会)$")
_AGE_GROUPS = (((8, 17), 6), ((18, 34), 22), ((35, 59), 42), ((60, 88), 30))
_GUARDIANS = (
    (GuardianRelation.FATHER, Sex.MALE, 26),
    (GuardianRelation.MOTHER, Sex.FEMALE, 24),
    (GuardianRelation.GRANDPARENTS, Sex.FEMALE, 52),
)


def make_person(seed: str, place: "Place", number: int, today: date) -> "Person":
    """The ``number``-th resident of a place; the same arguments always give the same person."""
    chance = chance_for(seed, place, f"person-{number}")
    sex = chance.choice((Sex.MALE, Sex.FEMALE))
    born = _birth_date(chance, today)
    name = make_name(chance, sex, born.year)
    has_id = chance.random() < 0.8
    return Person(
        name=name,
        sex=sex,
        birth_date=born,
        id_type=IdType.RESIDENT_ID if has_id else IdType.NONE,
        id_no=_id_number(chance, place, born, sex) if has_id else None,
        phone=_phone(chance) if chance.random() < 0.85 else None,
        address=_address(chance, place),
        guardian=_guardian(chance, name, born) if _is_minor(born, today) else None,
    )


def make_people(seed: str, place: "Place", count: int, today: date) -> "tuple[Person, ...]":
    """The first ``count`` residents of a place."""
    return tuple(make_person(seed, place, number, today) for number in range(1, count + 1))


def everyday_name(village_name: str) -> str:
    """What people call the village: 三岔堤村 for 三岔堤村村民委员会, 友谊街社区 for 友谊街社区居民委员会."""
    if _RESIDENTS.search(village_name):
        return _RESIDENTS.sub("", village_name).removesuffix("社区") + "社区"
    return _VILLAGERS.sub("村", village_name)


def chance_for(seed: str, place: "Place", thing: str) -> Random:
    """The source of chance for one thing of one place; text seeds are stable over runs and versions."""
    return Random(f"{seed}/{place.grid_code or place.village_code}/{thing}")


def _birth_date(chance: Random, today: date) -> date:
    """A day that makes the person of an age in one of the groups, all ages of a group equally likely."""
    (youngest, oldest), _ = chance.choices(_AGE_GROUPS, [weight for _, weight in _AGE_GROUPS])[0]
    first, last = add_months(today, -12 * (oldest + 1)) + timedelta(days=1), add_months(today, -12 * youngest)
    return first + timedelta(days=chance.randint(0, (last - first).days))


def _is_minor(born: date, today: date) -> bool:
    return add_months(born, 12 * ADULT_AT) > today


def _id_number(chance: Random, place: "Place", born: date, sex: Sex) -> str:
    region = "430999" if place.village_code.startswith(_HUNAN) else "370699"
    sequence = 2 * chance.randint(0, 499) + (sex is Sex.MALE)
    first_17 = f"{region}{born:%Y%m%d}{sequence:03d}"
    return first_17 + check_character(first_17)


def _phone(chance: Random) -> str:
    return f"{PHONE_PREFIX}{chance.randint(0, 99_999_999):08d}"


def _address(chance: Random, place: "Place") -> str:
    """Township, village and grid as given, then group and house in a village, building and room in a community."""
    village = everyday_name(place.village_name)
    before = f"{place.township_name}{village}{place.grid_name}"
    if village.endswith("社区"):
        floor, room = chance.randint(1, 6), chance.randint(1, 4)
        return f"{before}{chance.randint(1, 28)}栋{chance.randint(1, 4)}单元{floor}0{room}室"
    return f"{before}{chance.randint(1, 18)}组{chance.randint(1, 96)}号"


def _guardian(chance: Random, child: str, born: date) -> "Guardian":
    relation, sex, older = chance.choice(_GUARDIANS)
    surname = surname_of(child) if relation is GuardianRelation.FATHER else ""
    name = make_name(chance, sex, born.year - older, surname)
    return Guardian(name, _phone(chance), relation)


@dataclass(frozen=True)
class Place:
    """Where synthetic people live: codes and names as the area table has them; the grid may be left out."""

    village_code: str
    village_name: str
    township_name: str
    grid_code: str = ""
    grid_name: str = ""


@dataclass(frozen=True)
class Guardian:
    """A minor's guardian."""

    name: str
    phone: str
    relation: GuardianRelation


@dataclass(frozen=True)
class Person:
    """A synthetic resident; some give no document and some no phone, as in life; minors have a guardian."""

    name: str
    sex: Sex
    birth_date: date
    id_type: IdType
    id_no: str | None
    phone: str | None
    address: str
    guardian: Guardian | None
