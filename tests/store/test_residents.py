import pytest
from sqlalchemy import select

from server.domain.codes import Purpose, Role
from server.errors import Forbidden, Invalid, NotFound
from server.models.resident import PossibleDuplicate, Resident
from server.store.events import AccessEvent
from server.store.residents import open_residents, register, resident_view
from server.store.transaction import Caller, transaction, widened
from tests.make import County, a_caller
from tests.residents import OTHER_ID_NO, a_resident, registered

READ = AccessEvent("resident:read")


@pytest.fixture
def officer(county: County) -> Caller:
    return a_caller(county, Role.JUDICIAL_OFFICER, county.township, Purpose.SWEEP)


def test_a_registered_resident_opens_as_they_were_entered(county: County, officer: Caller) -> None:
    registered(officer, a_resident(county.grid, guardian_name="李 四", guardian_relation="51"))
    with transaction(officer) as work:
        plain = open_residents(work, READ, list(work.session.scalars(select(Resident))))[0]
    assert (plain.name, str(plain.birth_date), plain.id_no, plain.phone, plain.guardian_name) == (
        "欧阳试验", "1990-03-07", "430999199003070023", "13800001234", "李 四",
    )  # fmt: skip
    assert resident_view(officer.identity, plain).name == "欧阳试验"
    worker = a_caller(county, Role.GRID_WORKER, county.grid)
    assert resident_view(worker.identity, plain).name == "欧阳**"


def test_nobody_registers_outside_their_area_or_where_there_is_none(county: County, officer: Caller) -> None:
    for area, error in ((county.other_grid, NotFound), (county.village + "009", Invalid)):
        with pytest.raises(error), transaction(officer) as work:
            register(work, [a_resident(area)])


def test_a_grid_worker_gives_no_document_number(county: County) -> None:
    worker = a_caller(county, Role.GRID_WORKER, county.grid, Purpose.SWEEP)
    with pytest.raises(Forbidden) as refused, transaction(worker) as work:
        register(work, [a_resident(county.grid)])
    assert (refused.value.code, refused.value.field) == ("field_not_for_role", "id_no")
    registered(worker, a_resident(county.grid, id_no=None, id_type="09"))


def test_the_same_person_in_two_townships_is_one_question(county: County, officer: Caller) -> None:
    elsewhere = a_caller(county, Role.JUDICIAL_OFFICER, county.other_township, Purpose.SWEEP)
    (first,) = registered(elsewhere, a_resident(county.other_grid))
    second, _ = registered(officer, a_resident(county.grid), a_resident(county.grid, name="旁人", id_no=OTHER_ID_NO))
    with transaction(officer) as work, widened(work):
        (pair,) = work.session.scalars(select(PossibleDuplicate))
    assert (pair.resident_id, pair.other_resident_id, pair.matched_on) == (second, first, "id_no")
    assert pair.area_code == county.grid


def test_alike_in_one_batch_are_found_too(county: County, officer: Caller) -> None:
    first, second = registered(
        officer, a_resident(county.grid, id_no=None), a_resident(county.village, id_no=None, phone=None)
    )
    with transaction(officer) as work:
        (pair,) = work.session.scalars(select(PossibleDuplicate))
    assert {pair.resident_id, pair.other_resident_id} == {first, second}
    assert pair.matched_on == "name_birth_village"
