from datetime import date

import pytest

from server.domain.ages import is_minor
from server.domain.codes import Role
from server.domain.residents import checked_resident, refuse_fields_not_for
from server.errors import Forbidden, Invalid
from tests.residents import ID_NO, OTHER_ID_NO, TODAY, a_new_resident

GRID = "430999101201001"


def test_what_is_stored_is_in_one_form() -> None:
    typed = {
        "name": " Ａnna\u200b  李 ",
        "phone": "+86 138-0000-1234",
        "id_no": "4309991990-0307 0023",
        "address": "  一村\n3组 ",
    }
    stored = checked_resident(a_new_resident(GRID, **typed), TODAY).facts
    assert (stored.name, stored.phone, stored.id_no, stored.address) == ("Anna 李", "13800001234", ID_NO, "一村 3组")


def test_the_birth_year_comes_from_the_date_else_the_year_else_the_number() -> None:
    none = {"birth_date": None, "birth_year": None}
    for changes, year in (
        ({"birth_date": date(1990, 3, 7), "birth_year": 1989}, 1990),
        (none | {"birth_year": 1989}, 1989),
        (none, 1990),
        (none | {"id_no": None}, None),
    ):
        assert checked_resident(a_new_resident(GRID, **changes), TODAY).facts.birth_year == year


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"area_code": "430999101"}, "area_level_wrong", "area_code"),
        ({"area_code": "4309"}, "area_level_wrong", "area_code"),
        ({"area_code": "43"}, "area_code_invalid", "area_code"),
        ({"name": ""}, "name_invalid", "name"),
        ({"name": "\u200b"}, "name_invalid", "name"),
        ({"name": "长" * 41}, "name_invalid", "name"),
        ({"guardian_name": "·"}, "name_invalid", "guardian_name"),
        ({"phone": "12"}, "phone_invalid", "phone"),
        ({"guardian_phone": "电话"}, "phone_invalid", "guardian_phone"),
        ({"id_no": "430999190001010019"}, "id_no_check", "id_no"),
        ({"id_no": "43099919000101001"}, "id_no_length", "id_no"),
        ({"id_no": ID_NO, "id_type": "09"}, "id_type_required", "id_type"),
        ({"id_no": "护照", "id_type": "03"}, "document_invalid", "id_no"),
        ({"birth_date": date(2026, 11, 21)}, "birth_date_invalid", "birth_date"),
        ({"birth_date": date(1895, 1, 1)}, "birth_date_invalid", "birth_date"),
        ({"birth_date": None, "birth_year": 2027}, "birth_year_invalid", "birth_year"),
        ({"sex": "3"}, "resident_code_unknown", "sex"),
        ({"guardian_relation": "0"}, "resident_code_unknown", "guardian_relation"),
        ({"address": "长" * 201}, "resident_text_too_long", "address"),
        ({"birth_date": date(2008, 11, 21), "id_no": None}, "guardian_required", "guardian_name"),
        ({"birth_date": None, "birth_year": 2009, "id_no": None}, "guardian_required", "guardian_name"),
        ({"birth_date": None, "id_no": "430999201602290052"}, "guardian_required", "guardian_name"),
    ],
)
def test_what_cannot_be_is_refused_by_field(changes: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_resident(a_new_resident(**({"area_code": GRID} | changes)), TODAY)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_eighteen_today_needs_no_guardian() -> None:
    assert not is_minor(TODAY, date(2008, 11, 20), None)
    assert is_minor(TODAY, date(2008, 11, 21), None)
    assert not is_minor(TODAY, None, 2008)
    assert is_minor(TODAY, None, 2009)
    assert not is_minor(TODAY, None, None)


def test_what_surprises_is_a_warning_and_no_refusal() -> None:
    odd = a_new_resident(GRID, sex="1", birth_date=date(1990, 3, 8))
    assert checked_resident(odd, TODAY, {"430903"}).warnings == (
        "id_no_region_unknown", "id_no_sex_differs", "id_no_birth_date_differs",
    )  # fmt: skip
    assert checked_resident(a_new_resident(GRID), TODAY, {"430999"}).warnings == ()
    assert checked_resident(a_new_resident(GRID), TODAY).warnings == ()


def test_no_document_is_a_full_answer() -> None:
    stored = checked_resident(a_new_resident(GRID, id_no=None, id_type="09"), TODAY)
    assert (stored.facts.id_no, stored.warnings) == (None, ())


@pytest.mark.parametrize(
    ("role", "field", "allowed"),
    [
        (Role.GRID_WORKER, "id_no", False),
        (Role.JUDICIAL_OFFICER, "id_no", True),
        (Role.ASSESSOR, "id_no", True),
        (Role.GRID_WORKER, "phone", True),
        (Role.JUDICIAL_OFFICER, "address_protected", False),
        (Role.TOWNSHIP_COORDINATOR, "address_protected", True),
        (Role.ASSESSOR, "address_protected", True),
    ],
)
def test_who_may_give_which_field(role: Role, field: str, allowed: bool) -> None:
    if allowed:
        refuse_fields_not_for({role}, {field})
        return
    with pytest.raises(Forbidden) as refused:
        refuse_fields_not_for({role}, {field, "name"})
    assert (refused.value.code, refused.value.field) == ("field_not_for_role", field)


def test_two_residents_with_one_number_look_alike_however_it_was_typed() -> None:
    first = checked_resident(a_new_resident(GRID, id_no=OTHER_ID_NO.lower(), birth_date=None), TODAY)
    second = checked_resident(
        a_new_resident(GRID, id_no=f" {OTHER_ID_NO[:6]} {OTHER_ID_NO[6:]}", birth_date=None), TODAY
    )
    assert first.likeness.id_no == second.likeness.id_no
    assert first.likeness.village_code == GRID[:12]
