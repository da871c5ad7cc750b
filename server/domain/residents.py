"""What may be written about who a resident is, and by whom."""

import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from server.domain.ages import is_minor
from server.domain.area_codes import Level, level_of, parse_area_code, village_of
from server.domain.codes import GuardianRelation, IdType, Role, Sex
from server.domain.duplicates import Likeness
from server.domain.id_number import IdNumber, parse_id_number, warnings_for
from server.domain.normalise import NAME_AT_MOST, normalise_id_no, normalise_name, normalise_phone
from server.errors import Forbidden, Invalid

OLDEST = 130
ADDRESS_AT_MOST, NEED_AT_MOST = 200, 60
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})
_DOCUMENT_AT_LEAST, _DOCUMENT_AT_MOST = 5, 20
_ASSESSING = frozenset({Role.ASSESSOR, Role.CLINICIAN})

#: Fields that not everyone who may enter a resident may give.
WRITERS: Mapping[str, frozenset[Role]] = {
    "id_no": _ASSESSING | {Role.JUDICIAL_OFFICER},
    "address_protected": _ASSESSING | {Role.TOWNSHIP_COORDINATOR},
}

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def checked_resident(new: "NewResident", today: date, regions: Collection[str] | None = None) -> "CheckedResident":
    """The resident in stored form, with warnings; ``regions`` are the known county codes, None asks nothing of them.

    Raises Invalid naming the field: ``area_level_wrong``, ``name_invalid``, ``phone_invalid``,
    ``resident_code_unknown``, ``id_type_required``, ``document_invalid``, ``id_no_*``, ``birth_date_invalid``,
    ``birth_year_invalid``, ``resident_text_too_long``, ``guardian_required``.
    """
    _check_area(new.area_code)
    id_no, number = _document(new)
    checked = replace(
        new,
        name=_named("name", _shown_name, new.name) or "",
        sex=_code("sex", Sex, new.sex) or Sex.UNKNOWN,
        birth_year=_birth_year(new, number, today),
        id_type=_code("id_type", IdType, new.id_type) or IdType.NONE,
        id_no=id_no,
        phone=_named("phone", normalise_phone, new.phone),
        address=_short("address", new.address, ADDRESS_AT_MOST),
        guardian_name=_named("guardian_name", _shown_name, new.guardian_name),
        guardian_phone=_named("guardian_phone", normalise_phone, new.guardian_phone),
        guardian_relation=_code("guardian_relation", GuardianRelation, new.guardian_relation or None),
        language_need=_short("language_need", new.language_need, NEED_AT_MOST),
    )
    _check_guardian(checked, number, today)
    return CheckedResident(checked, _warnings(checked, number, today, regions))


def likeness_of(shown: Likeness) -> Likeness:
    """The comparable form of values as they are stored and shown: name folded, area cut to its village."""
    return replace(shown, name=normalise_name(shown.name), village_code=village_of(parse_area_code(shown.village_code)))


def printable(text: str) -> str:
    """NFKC without control characters, marks that nobody sees, and halves of characters."""
    folded = unicodedata.normalize("NFKC", " ".join(text.split()))
    return "".join(char for char in folded if unicodedata.category(char) not in _UNPRINTABLE)


def refuse_fields_not_for(roles: Collection[Role], given: Collection[str]) -> None:
    """Raise Forbidden ``field_not_for_role`` for a field that none of these roles may give."""
    for name in sorted(set(given) & WRITERS.keys()):
        if not WRITERS[name] & set(roles):
            raise Forbidden("field_not_for_role", field=name, name=name)


def _check_area(text: str) -> None:
    try:
        level = level_of(parse_area_code(text))
    except Invalid as error:
        raise Invalid(error.code, field="area_code") from None
    if level not in {Level.VILLAGE, Level.GRID}:
        raise Invalid("area_level_wrong", field="area_code", level=Level.VILLAGE.name.lower())


def _document(new: "NewResident") -> tuple[str | None, IdNumber | None]:
    """The number as stored, and what it tells if it is of a resident identity card."""
    if not new.id_no:
        return None, None
    if new.id_type == IdType.NONE:
        raise Invalid("id_type_required", field="id_type")
    if new.id_type == IdType.RESIDENT_ID:
        number = parse_id_number(new.id_no)
        return number.text, number
    text = normalise_id_no(new.id_no)
    if not (text.isascii() and text.isalnum() and _DOCUMENT_AT_LEAST <= len(text) <= _DOCUMENT_AT_MOST):
        raise Invalid("document_invalid", field="id_no")
    return text, None


def _birth_year(new: "NewResident", number: IdNumber | None, today: date) -> int | None:
    """The year of the date given, else the year given, else that of the number."""
    if new.birth_date:
        if new.birth_date > today or today.year - new.birth_date.year > OLDEST:
            raise Invalid("birth_date_invalid", field="birth_date")
        return new.birth_date.year
    if new.birth_year is not None:
        if not 0 <= today.year - new.birth_year <= OLDEST:
            raise Invalid("birth_year_invalid", field="birth_year")
        return new.birth_year
    return number.birth_date.year if number else None


def _check_guardian(checked: "NewResident", number: IdNumber | None, today: date) -> None:
    born = checked.birth_date or (
        number.birth_date if number and number.birth_date.year == checked.birth_year else None
    )
    if is_minor(today, born, checked.birth_year) and not (checked.guardian_name or checked.guardian_conflict):
        raise Invalid("guardian_required", field="guardian_name")


def _warnings(
    checked: "NewResident", number: IdNumber | None, today: date, regions: Collection[str] | None
) -> tuple[str, ...]:
    if number is None:
        return ()
    known = (number.region,) if regions is None else regions
    found = warnings_for(number, known, sex=Sex(checked.sex), birth_date=checked.birth_date, today=today)
    return tuple(str(warning) for warning in found)


def _shown_name(text: str) -> str:
    """NFKC with single blanks and nothing invisible, as shown; checked by the form it is compared in."""
    name = printable(text).strip()
    normalise_name(name)
    if len(name) > NAME_AT_MOST:
        raise Invalid("name_invalid", field="name")
    return name


def _named(field: str, check: Callable[[str], T], text: str | None) -> T | None:
    """The checked text, with the field's own name on a refusal; an empty text is absent unless it is the name."""
    if not text and field != "name":
        return None
    try:
        return check(text or "")
    except Invalid as error:
        raise Invalid(error.code, field=field) from None


def _code(field: str, codes: type[E], text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return codes(text)
    except ValueError:
        raise Invalid("resident_code_unknown", field=field) from None


def _short(field: str, text: str | None, limit: int) -> str | None:
    short = printable(text or "").strip()
    if len(short) > limit:
        raise Invalid("resident_text_too_long", field=field, limit=limit)
    return short or None


@dataclass(frozen=True, repr=False)
class NewResident:
    """Who a resident is, as somebody typed it, in the codes of the lists; no readable ``repr``."""

    id: UUID
    #: Village (12 digits) or grid (15) of residence.
    area_code: str
    name: str
    sex: str = Sex.UNKNOWN
    birth_date: date | None = None
    birth_year: int | None = None
    id_type: str = IdType.NONE
    id_no: str | None = None
    phone: str | None = None
    address: str | None = None
    guardian_name: str | None = None
    guardian_phone: str | None = None
    guardian_relation: str | None = None
    #: A minor without a guardian here, since a conflict of interest was stated.
    guardian_conflict: bool = False
    language_need: str | None = None
    address_protected: bool = False

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the fields that somebody filled in."""
        return tuple(name for name, value in vars(self).items() if value not in {None, "", False})


@dataclass(frozen=True, repr=False)
class CheckedResident:
    """A resident in stored form; made by ``checked_resident`` alone."""

    facts: NewResident
    #: Codes of ``IdWarning``: what to ask about, never a refusal.
    warnings: tuple[str, ...] = ()

    @property
    def id(self) -> UUID:
        """The resident's id, which is also the subject whose keys seal what is known of them."""
        return self.facts.id

    @property
    def likeness(self) -> Likeness:
        """What is compared to find the same person entered twice."""
        return likeness_of(
            Likeness(
                self.facts.name,
                self.facts.area_code,
                self.facts.id_no,
                self.facts.birth_date,
                self.facts.birth_year,
                self.facts.phone,
            )
        )
