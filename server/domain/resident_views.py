"""A resident as opened, and as a caller is shown them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server.domain.codes import FieldGroup
from server.domain.id_number import mask_id_number
from server.domain.identity import Identity
from server.domain.normalise import mask_address, mask_name, mask_phone
from server.domain.visibility import Sight, sees_protected_address, sight_of

_SEALED = ("name", "birth_date", "id_no", "phone", "address", "guardian_name", "guardian_phone")


def resident_view(identity: Identity, plain: "ResidentPlain") -> "ResidentView":
    """What of the resident this caller is shown: everything, shortened forms, or codes alone.

    A protected address is shown to assessors only, in no form to anybody else.
    """
    sight = sight_of(identity, FieldGroup.IDENTITY, plain.area_code)
    values: dict[str, object] = dict(vars(plain))
    if plain.address_protected and not sees_protected_address(identity, plain.area_code):
        values["address"] = None
    if sight is not Sight.FULL:
        values |= {name: _shortened(name, values[name]) if sight is Sight.MASKED else None for name in _SEALED}
    return ResidentView(**values, sight=sight)  # type: ignore[arg-type]  # the fields are the plain one's own


def shown_name(identity: Identity, area_code: str, name: str) -> str | None:
    """The name as this caller is shown it in this area; None where they see no names."""
    sight = sight_of(identity, FieldGroup.IDENTITY, area_code)
    if sight is Sight.FULL:
        return name
    return mask_name(name) if sight is Sight.MASKED else None


def _shortened(name: str, value: object) -> str | None:
    """The masked form; a birth date has none, its year stands beside it."""
    shorten = _MASKS.get(name)
    return shorten(str(value)) if shorten and value is not None else None


_MASKS = {
    "name": mask_name,
    "id_no": mask_id_number,
    "phone": mask_phone,
    "address": mask_address,
    "guardian_name": mask_name,
    "guardian_phone": mask_phone,
}


@dataclass(frozen=True, repr=False, kw_only=True)
class ResidentPlain:
    """A resident's row with the sealed fields that were opened; has no readable ``repr``.

    A field that is absent or was not opened is None. It leaves the server only through ``resident_view``.
    """

    id: UUID
    area_code: str
    sex: str
    birth_year: int | None
    id_type: str
    guardian_relation: str | None
    guardian_conflict: bool
    language_need: str | None
    address_protected: bool
    deceased_at: datetime | None
    version: int
    name: str | None = None
    birth_date: date | None = None
    id_no: str | None = None
    phone: str | None = None
    address: str | None = None
    guardian_name: str | None = None
    guardian_phone: str | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class ResidentView(ResidentPlain):
    """A resident as one caller is shown them; ``sight`` says whether the values are whole or shortened."""

    sight: Sight
