"""What somebody searches for: exactly one of name, phone and document number, in comparable form."""

from dataclasses import dataclass
from typing import Literal

from server.domain.normalise import normalise_id_no, normalise_name, normalise_phone
from server.errors import Invalid

Field = Literal["name", "phone", "id_no"]
#: A part of a name is searched for from so many characters on; a single one would list half the town.
PART_AT_LEAST = 2
_DOCUMENT_AT_LEAST = 5


def sought_by(name: str | None = None, phone: str | None = None, id_no: str | None = None) -> "Sought":
    """What is sought, normalised; raises Invalid ``search_one_field``, or as the normalisers do."""
    given = {"name": name, "phone": phone, "id_no": id_no}
    if sum(text is not None for text in given.values()) != 1:
        raise Invalid("search_one_field")
    if name is not None:
        return Sought("name", normalise_name(name))
    if phone is not None:
        return Sought("phone", normalise_phone(phone))
    number = normalise_id_no(id_no or "")
    if len(number) < _DOCUMENT_AT_LEAST:
        raise Invalid("document_invalid", field="id_no")
    return Sought("id_no", number)


@dataclass(frozen=True, repr=False)
class Sought:
    """A field and its comparable text; has no readable ``repr``."""

    field: Field
    text: str

    def matches(self, stored: str, *, partly: bool) -> bool:
        """Whether a stored, shown text is meant; ``partly`` lets a name of two characters on match a part."""
        if self.field == "phone":
            return normalise_phone(stored) == self.text
        if self.field == "id_no":
            return normalise_id_no(stored) == self.text
        name = normalise_name(stored)
        return name == self.text or (partly and len(self.text) >= PART_AT_LEAST and self.text in name)
