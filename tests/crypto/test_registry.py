"""Field numbers are for ever: what is pinned here may be added to, never changed."""

import pytest

from server.crypto.registry import FIELDS, Retention, SealedField, _registry

FROZEN = {
    100: ("resident.name", "id"),
    101: ("resident.birth_date", "id"),
    102: ("resident.id_no", "id"),
    103: ("resident.phone", "id"),
    104: ("resident.address", "id"),
    105: ("resident.guardian_name", "id"),
    106: ("resident.guardian_phone", "id"),
    200: ("observation.fact", "case"),
    300: ("dispute.parties", "case"),
    400: ("user.display_name", "id"),
    401: ("user.phone", "id"),
    500: ("statement.reason", "evid"),
}


def test_numbers_names_and_classes_are_as_they_were_first_given():
    assert {field.number: (field.name, field.retention.value) for field in FIELDS.values()} == FROZEN


def test_each_field_is_found_by_its_own_name():
    assert all(name == field.name for name, field in FIELDS.items())


def test_retention_codes_are_as_ciphertexts_hold_them():
    assert [member.value for member in Retention] == ["id", "case", "evid"]


def test_the_registry_cannot_be_changed_at_run_time():
    with pytest.raises(TypeError):
        FIELDS["resident.name"] = FIELDS["resident.phone"]
    with pytest.raises(AttributeError):
        FIELDS["resident.name"].number = 7


@pytest.mark.parametrize(
    "fields",
    [
        (SealedField(1, "a.b", Retention.ID), SealedField(1, "a.c", Retention.ID)),
        (SealedField(1, "a.b", Retention.ID), SealedField(2, "a.b", Retention.ID)),
        (SealedField(0, "a.b", Retention.ID),),
        (SealedField(65_536, "a.b", Retention.ID),),
    ],
    ids=["number twice", "name twice", "zero", "too large"],
)
def test_a_registry_with_an_ambiguous_field_is_refused(fields: tuple):
    with pytest.raises(ValueError, match="distinct"):
        _registry(*fields)
