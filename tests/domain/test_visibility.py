from datetime import date
from uuid import UUID

import pytest

from server.domain.codes import FieldGroup, Role
from server.domain.identity import Grant, Identity
from server.domain.resident_views import ResidentPlain, resident_view, shown_name
from server.domain.visibility import VISIBILITY, Sight, sees_protected_address, sight_of

HERE, THERE = "430999101201001", "430999102201001"
SEALED = ("name", "birth_date", "id_no", "phone", "address", "guardian_name", "guardian_phone")
PLAIN = ResidentPlain(
    id=UUID(int=1), area_code=HERE, sex="2", birth_year=1990, id_type="01", guardian_relation="51",
    guardian_conflict=False, language_need="方言", address_protected=False, deceased_at=None, version=3,
    name="欧阳试验", birth_date=date(1990, 3, 7), id_no="430999199003070023", phone="13800001234",
    address="试验镇试验村3组12号", guardian_name="李试验", guardian_phone="07371234567",
)  # fmt: skip
#: What each sight shows of the sealed fields, in the order of ``SEALED``.
SHOWN = {
    Sight.FULL: tuple(getattr(PLAIN, name) for name in SEALED),
    Sight.MASKED: ("欧阳**", None, "4309**********0023", "138****1234", "试验镇试验村***", "李**", "073****4567"),
    Sight.OWN: (None,) * 7,
    Sight.NONE: (None,) * 7,
}
#: The reference's matrix once more, written as it prints it; the product's table must say the same.
PRINTED = """
identity        ◐ ◐ ✓ ✓ ✓ ✓ ✓ ◐ ◐ – – ◐ –
observation     o ◐ ✓ ✓ ✓ ✓ ◐ – – – – – –
care_category   – – o ◐ ✓ ✓ – – – – – – –
assessment_band – – – ✓ ✓ ✓ ✓ – ◐ – – – –
screening       – – – – ✓ ✓ o – – – – – –
plan_visits     o – ◐ ✓ ✓ ✓ ✓ o – – – – –
smd             – – – ◐ ◐ ✓ – – – – – – –
referral        – – – ◐ ✓ ✓ ✓ – ✓ – – – –
safety_event    o – o ✓ ✓ ✓ o o ◐ – – ✓ –
aggregates      o o ✓ ✓ ✓ ✓ – – – ✓ ✓ ✓ ✓
consent_log     – – ◐ ◐ ✓ ✓ ◐ – – – – ✓ ✓
"""
COLUMNS = ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R11+R12", "R13", "R15", "R16"]
SIGNS = {"✓": Sight.FULL, "◐": Sight.MASKED, "o": Sight.OWN, "–": Sight.NONE}


def somebody(*grants: tuple[Role, str]) -> Identity:
    held = tuple(Grant(UUID(int=9), role, area) for role, area in grants)
    return Identity(UUID(int=2), "430999", UUID(int=3), UUID(int=4), held)


def printed_cells() -> list[tuple[str, str, Sight]]:
    rows = [line.split() for line in PRINTED.strip().splitlines()]
    return [
        (group, number, SIGNS[sign])
        for group, *signs in rows
        for column, sign in zip(COLUMNS, signs, strict=True)
        for number in column.split("+")
    ]


def test_the_table_says_what_the_reference_prints() -> None:
    numbers = {role.number: role for role in Role}
    for group, number, sight in printed_cells():
        assert VISIBILITY[FieldGroup(group)][numbers[number]] is sight, (group, number)
    assert {group for group, _, _ in printed_cells()} == set(FieldGroup)


def test_roles_without_a_column_see_nothing() -> None:
    for role in (Role.SITE_MANAGER, Role.HOTLINE_OPERATOR, Role.SYSADMIN, Role.RESIDENT):
        assert {VISIBILITY[group][role] for group in FieldGroup} == {Sight.NONE}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_shown_the_identity_as_the_table_says(role: Role) -> None:
    caller = somebody((role, HERE[:9]))
    view = resident_view(caller, PLAIN)
    sight = VISIBILITY[FieldGroup.IDENTITY][role]
    assert view.sight is sight
    assert tuple(getattr(view, name) for name in SEALED) == SHOWN[sight]
    assert (view.sex, view.birth_year, view.version) == ("2", 1990, 3)
    assert shown_name(caller, HERE, "欧阳试验") == SHOWN[sight][0]


@pytest.mark.parametrize("role", list(Role))
def test_a_protected_address_is_for_assessors_alone(role: Role) -> None:
    guarded = ResidentPlain(**(vars(PLAIN) | {"address_protected": True}))
    view = resident_view(somebody((role, HERE[:9])), guarded)
    assert view.address == (PLAIN.address if role is Role.ASSESSOR else None)


def test_the_widest_sight_counts_but_only_where_the_role_is_held() -> None:
    caller = somebody((Role.VILLAGE_OFFICER, HERE[:12]), (Role.JUDICIAL_OFFICER, THERE[:9]))
    assert sight_of(caller, FieldGroup.IDENTITY) is Sight.FULL
    assert sight_of(caller, FieldGroup.IDENTITY, HERE) is Sight.MASKED
    assert sight_of(caller, FieldGroup.IDENTITY, THERE) is Sight.FULL
    assert sight_of(caller, FieldGroup.IDENTITY, "430999103") is Sight.NONE
    assert not sees_protected_address(somebody((Role.ASSESSOR, THERE[:9])), HERE)


def test_opened_people_have_no_readable_repr() -> None:
    view = resident_view(somebody((Role.ASSESSOR, HERE[:9])), PLAIN)
    for shown in (repr(PLAIN), repr(view)):
        assert "欧阳" not in shown
        assert "430999" not in shown
