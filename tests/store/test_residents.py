from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import create_engine, event, select, update

from server import clock
from server.config import Config
from server.crypto.buckets import require_budget
from server.domain.codes import Purpose, Role
from server.domain.resident_views import resident_view
from server.domain.sought import sought_by
from server.errors import Forbidden, Invalid, NotFound
from server.models.area import Area
from server.models.key import SearchBucket
from server.models.resident import PossibleDuplicate, Resident
from server.services.expiry import system_caller
from server.store import search_residents
from server.store.events import AccessEvent
from server.store.residents import open_residents, register
from server.store.search import INDEXED, NAME, PLANNED_COUNTY, buckets_of, ids_in, rebuild
from server.store.search_residents import matching
from server.store.transaction import Caller, transaction, widened
from tests.make import County, a_caller
from tests.residents import OTHER_ID_NO, a_resident, registered

READ = AccessEvent("resident:read")


@pytest.fixture
def officer(county: County) -> Caller:
    return a_caller(county, Role.JUDICIAL_OFFICER, county.township, Purpose.SWEEP)


def test_a_grid_takes_residents_until_its_last_day_and_no_longer(county: County, officer: Caller) -> None:
    def end(day: date) -> None:
        with county.owner_engine.begin() as connection:
            connection.execute(update(Area).where(Area.code == county.grid).values(valid_to=day))

    end(clock.today())
    registered(officer, a_resident(county.grid))
    end(clock.today() - timedelta(days=1))
    with pytest.raises(Invalid, match="resident_area_unknown"):
        registered(officer, a_resident(county.grid))


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


def test_two_transactions_that_enter_one_person_at_once_ask_once(county: County, officer: Caller) -> None:
    elsewhere = a_caller(county, Role.JUDICIAL_OFFICER, county.other_township, Purpose.SWEEP)
    both_ready = Barrier(2)

    def enter(caller: Caller, area: str) -> None:
        with transaction(caller) as work:
            both_ready.wait(timeout=20)
            register(work, [a_resident(area)])

    with ThreadPoolExecutor(2) as pool:
        places = ((officer, county.grid), (elsewhere, county.other_grid))
        for done in [pool.submit(enter, *place) for place in places]:
            done.result(timeout=30)
    with transaction(officer) as work, widened(work):
        assert len(work.session.scalars(select(PossibleDuplicate)).all()) == 1


def test_a_resident_costs_no_statements_of_their_own(county: County, officer: Caller) -> None:
    def statements_for(count: int) -> int:
        phones = ("13800001234", None)
        people = [
            a_resident(county.grid, name=f"试验{count}号{number}", id_no=None, phone=phones[number % 2])
            for number in range(count)
        ]
        seen: list[str] = []
        listen = partial(_count, seen)
        event.listen(county.store.engine, "before_cursor_execute", listen)
        try:
            registered(officer, *people)
        finally:
            event.remove(county.store.engine, "before_cursor_execute", listen)
        return len(seen)

    statements_for(1)  # makes the month's master key
    statements_for(2)  # opens it, once and for all
    assert statements_for(60) == statements_for(3)


def _count(seen: list[str], *said: object) -> None:
    seen.append(str(said[2]))


def test_the_index_keeps_within_its_budget_and_no_further_field_fits(county: County, officer: Caller) -> None:
    registered(officer, a_resident(county.grid))
    with transaction(officer) as work:
        kept = {row.field_number: row.bucket for row in work.session.scalars(select(SearchBucket))}
    assert kept.keys() == {100, 102}
    assert kept[100] < 2**3
    assert kept[102] < 2**5
    with pytest.raises(Invalid):
        require_budget([*INDEXED, replace(INDEXED[0], number=999)], PLANNED_COUNTY)


def test_a_wide_scope_is_searched_by_bucket_and_whole_names(
    county: County, officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        a_resident(county.grid, name=f"欧阳试{number:03d}", id_no=None, phone=f"1380000{number:04d}")
        for number in range(40)
    ]
    registered(officer, *people)
    monkeypatch.setattr(search_residents, "LOOKED_THROUGH_AT_MOST", 30)
    with transaction(officer) as work:
        assert [row.id for row in matching(work, sought_by(name="欧阳试007"), None)] == [people[7].id]
        assert matching(work, sought_by(name="欧阳"), None) == []
        with pytest.raises(Invalid) as refused:
            matching(work, sought_by(phone="13800000007"), None)
    assert refused.value.code == "search_area_too_wide"


def test_buckets_join_with_nobody_and_are_made_anew_in_random_order(
    county: County, officer: Caller, config: Config
) -> None:
    """Promise 6: with the database and the index key alone, no bucket row tells whom it is about."""
    people = [a_resident(county.grid, name=f"试验{number}") for number in range(8)]
    registered(officer, *people)
    with transaction(officer) as work:
        rows = work.session.scalars(select(SearchBucket)).all()
        ids = {str(person.id).replace("-", "") for person in people}
        assert not any(id_ in (row.id.hex + row.blind_link.hex()) for row in rows for id_ in ids)
    jobs = replace(county.store, engine=create_engine(config.jobs_url))
    with transaction(system_caller(jobs, county.code)) as work, widened(work):
        assert rebuild(work) == len(people)
    with transaction(officer) as work:
        fresh = work.session.scalars(select(SearchBucket)).all()
        found = {row.id for row in matching(work, sought_by(name="试验3"), None)}
    assert len(fresh) == len(rows)
    assert {row.id for row in fresh}.isdisjoint({row.id for row in rows})
    assert found == {people[3].id}
    jobs.engine.dispose()


def test_whoever_registers_while_the_index_is_made_anew_stays_findable(
    county: County, officer: Caller, config: Config
) -> None:
    registered(officer, a_resident(county.grid, name="试验一"))
    late = a_resident(county.grid, name="试验二", id_no=None)
    jobs = replace(county.store, engine=create_engine(config.jobs_url))
    waiting = [late]

    def register_late(*said: object) -> None:
        if str(said[2]).startswith("DELETE FROM search_bucket") and waiting:
            registered(officer, waiting.pop())

    event.listen(jobs.engine, "before_cursor_execute", register_late)
    with transaction(system_caller(jobs, county.code)) as work, widened(work):
        rebuild(work)
    assert waiting == []
    with transaction(officer) as work:
        assert late.id in ids_in(work, NAME, {buckets_of(work, late.likeness)[NAME.number]})
    jobs.engine.dispose()
