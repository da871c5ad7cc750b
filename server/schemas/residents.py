"""The shapes of residents. Codes are those of the lists; a field that is absent or not shown is null."""

from typing import Any

from marshmallow import fields, validate

from server.domain.codes import GuardianRelation, IdType, Sex
from server.domain.residents import ADDRESS_AT_MOST, NEED_AT_MOST
from server.domain.visibility import Sight
from server.schemas.shape import Shape, area_code_field

#: An invented person: the region of the number is given to no place.
EXAMPLE: dict[str, Any] = {
    "id": "01936f3e-0000-7000-8000-000000000101",
    "area_code": "430903102203001",
    "name": "欧阳试验",
    "sex": "2",
    "birth_date": "1990-03-07",
    "birth_year": 1990,
    "id_type": "01",
    "id_no": "430999199003070023",
    "phone": "13800001234",
    "address": "试验镇试验村3组12号",
    "guardian_name": None,
    "guardian_phone": None,
    "guardian_relation": None,
    "guardian_conflict": False,
    "language_need": "方言",
    "address_protected": False,
    "deceased_at": None,
    "version": 1,
    "sight": "full",
}


def _text(most: int, about: str, example: str, **said: Any) -> fields.String:
    return fields.String(validate=validate.Length(1, most), metadata={"description": about, "example": example}, **said)


def _code(codes: type[Sex] | type[IdType] | type[GuardianRelation], about: str, **said: Any) -> fields.String:
    known = [str(code) for code in codes]
    return fields.String(validate=validate.OneOf(known), metadata={"description": about, "example": known[1]}, **said)


class ChangeResidentSchema(Shape):
    """What is to be changed; null takes an optional value away."""

    area_code = area_code_field(required=False, digits="12,15")
    name = _text(40, "Name as written on documents.", EXAMPLE["name"])
    sex = _code(Sex, "GB/T 2261.1; 0 is a full answer.")
    birth_date = fields.Date(
        allow_none=True, metadata={"description": "Birth date, if known.", "example": EXAMPLE["birth_date"]}
    )
    birth_year = fields.Integer(
        allow_none=True,
        validate=validate.Range(1850, 2200),
        metadata={"description": "Birth year where the date is unknown; a date rules over it.", "example": 1990},
    )
    id_type = _code(IdType, "Kind of document; 09 is none or not given.")
    id_no = _text(40, "Number of the document. Not to be given by grid workers.", EXAMPLE["id_no"], allow_none=True)
    phone = _text(40, "Phone of 7 to 15 digits.", EXAMPLE["phone"], allow_none=True)
    address = _text(ADDRESS_AT_MOST, "Where the person lives.", EXAMPLE["address"], allow_none=True)
    guardian_name = _text(40, "Guardian; needed under eighteen.", "李试验", allow_none=True)
    guardian_phone = _text(40, "The guardian's phone.", "13900005678", allow_none=True)
    guardian_relation = _code(GuardianRelation, "GB/T 4761, and G1 to G3.", allow_none=True)
    guardian_conflict = fields.Boolean(
        metadata={"description": "No guardian named: a conflict of interest was stated.", "example": False}
    )
    language_need = _text(NEED_AT_MOST, "Language or help in talking the person needs.", "方言", allow_none=True)
    address_protected = fields.Boolean(
        metadata={"description": "The address is shown to assessors only.", "example": False}
    )


class NewResidentSchema(ChangeResidentSchema):
    """Somebody to be entered."""

    id = fields.UUID(
        metadata={"description": "UUIDv7 made by the caller, so that it may be sent again.", "example": EXAMPLE["id"]}
    )
    area_code = area_code_field(digits="12,15")
    name = _text(40, "Name as written on documents.", EXAMPLE["name"], required=True)
    sex = _code(Sex, "GB/T 2261.1; 0 is a full answer.", required=True)


class EnteredSchema(Shape):
    """What became of somebody entered or corrected; nothing of what was typed is sent back."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    warnings = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Codes of the list id_warning: what to look at again, never a refusal."},
    )
    possible_duplicates = fields.List(
        fields.UUID(), required=True, metadata={"description": "Open questions whether this is somebody already there."}
    )


class FoundResidentSchema(Shape):
    """A resident as a list shows them: enough to tell people of one name apart."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    sex = fields.String(required=True)
    birth_date = fields.Date(required=True, allow_none=True)
    birth_year = fields.Integer(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    sight = fields.Enum(
        Sight, by_value=True, required=True, metadata={"description": "Whether values are whole or shortened."}
    )


class ResidentSchema(FoundResidentSchema):
    """A resident as the caller's role is shown them."""

    id_type = fields.String(required=True)
    id_no = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    guardian_name = fields.String(required=True, allow_none=True)
    guardian_phone = fields.String(required=True, allow_none=True)
    guardian_relation = fields.String(required=True, allow_none=True)
    guardian_conflict = fields.Boolean(required=True)
    language_need = fields.String(required=True, allow_none=True)
    address_protected = fields.Boolean(required=True)
    deceased_at = fields.AwareDateTime(required=True, allow_none=True)
