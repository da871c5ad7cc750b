"""A grid's return: one per sweep and place, nil or with items, late only with a reason."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from server import clock
from server.domain.codes import Ground
from server.domain.pages import PageAsked
from server.domain.periods import first_day, next_period
from server.domain.returns import LateReason
from server.errors import Conflict, Forbidden, Invalid, LinliError, NotFound, Stale
from server.services.observations import ObservationFilter, list_observations
from server.services.returns import (
    add_dispute,
    add_observation,
    file_return,
    list_returns,
    read_return,
)
from server.services.sweeps import read_sweep
from server.store.transaction import new_id
from tests.make import County, user_id_of
from tests.sweeping import (
    CHARACTER_FACT,
    DIAGNOSIS_FACT,
    FACT,
    a_dispute,
    a_month,
    a_resident,
    a_return,
    an_observation,
    coordinator,
    filed,
    grid_worker,
    judicial,
    last_period,
    sweep_id_of,
    this_period,
    village_officer,
)


def refusal_of(county: County, *items, kind: str = "concern", **changes) -> LinliError:
    with pytest.raises(LinliError) as refused:
        filed(county, sweep_id_of(a_month(county), kind), *items, **changes)
    return refused.value


def test_a_nil_return_is_a_whole_answer(county: County):
    sweep_id = sweep_id_of(a_month(county))
    view = filed(county, sweep_id)
    assert (view.nil, view.item_count, view.area_code, view.version) == (True, 0, county.grid, 1)
    assert read_sweep(judicial(county), sweep_id).state == "collecting"


def test_a_return_keeps_its_observations_sealed_and_readable(county: County):
    sweep_id = sweep_id_of(a_month(county))
    worker = grid_worker(county)
    view = file_return(worker, sweep_id, a_return(county.grid, an_observation(), an_observation(fact="  " + FACT)))
    found = list_observations(worker, ObservationFilter(sweep_id=sweep_id), PageAsked(10)).items
    assert (view.nil, view.item_count) == (False, 2)
    assert [(one.fact, one.ground, one.state, one.return_id, one.created_by) for one in found] == [
        (FACT, "2", "noted", view.id, user_id_of(worker))
    ] * 2


@pytest.mark.parametrize(
    ("items", "nil", "code"),
    [((), False, "return_empty_not_nil"), ((an_observation(),), True, "return_nil_with_items")],
)
def test_nil_means_exactly_no_items(county: County, items, nil: bool, code: str):
    assert refusal_of(county, *items, nil=nil).code == code


@pytest.mark.parametrize(("kind", "item"), [("concern", a_dispute()), ("dispute", an_observation())])
def test_each_sweep_takes_its_own_items_only(county: County, kind: str, item):
    assert refusal_of(county, item, kind=kind).code == "return_items_wrong"


def test_a_grid_returns_once(county: County):
    sweep_id = sweep_id_of(a_month(county))
    draft = a_return(county.grid, id=new_id())
    file_return(grid_worker(county), sweep_id, draft)
    with pytest.raises(Conflict) as again:
        file_return(grid_worker(county), sweep_id, draft)
    with pytest.raises(Conflict) as other:
        file_return(judicial(county), sweep_id, a_return(county.grid))
    assert (again.value.code, other.value.code) == ("record_exists", "return_exists")


def test_of_two_workers_filing_a_grid_at_once_one_wins(county: County):
    sweep_id = sweep_id_of(a_month(county))
    file_return(judicial(county), sweep_id, a_return(county.village + "002"))  # collecting: both share the lock

    def file(_: int) -> str:
        try:
            file_return(grid_worker(county), sweep_id, a_return(county.grid, an_observation()))
        except Conflict as refused:
            return refused.code
        return "filed"

    with ThreadPoolExecutor(4) as workers:
        outcomes = sorted(workers.map(file, range(4)))
    assert outcomes == ["filed", "return_exists", "return_exists", "return_exists"]
    assert len(list_returns(judicial(county), sweep_id, PageAsked(10)).items) == 2


def test_first_returns_at_once_all_arrive(county: County):
    sweep_id = sweep_id_of(a_month(county))
    grids = [county.village + number for number in ("001", "002")]
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda grid: file_return(grid_worker(county, grid), sweep_id, a_return(grid)), grids))
    assert len(list_returns(judicial(county), sweep_id, PageAsked(10)).items) == 2
    assert read_sweep(judicial(county), sweep_id).version == 2


def test_a_worker_files_for_the_own_grid_only(county: County):
    sweep_id = sweep_id_of(a_month(county))
    for area in (county.village + "002", county.other_grid, county.village + "777"):
        with pytest.raises(NotFound):
            file_return(grid_worker(county), sweep_id, a_return(area))
    with pytest.raises(NotFound):
        file_return(grid_worker(county, county.other_grid), sweep_id, a_return(county.other_grid))


def test_the_judicial_office_files_for_any_grid_of_its_township(county: County):
    sweep_id = sweep_id_of(a_month(county))
    assert file_return(judicial(county), sweep_id, a_return(county.grid)).area_code == county.grid
    with pytest.raises(NotFound):
        file_return(judicial(county), sweep_id, a_return(county.other_grid))


def test_a_village_with_grids_does_not_return_itself(county: County):
    sweep_id = sweep_id_of(a_month(county))
    with pytest.raises(Invalid) as refused:
        file_return(judicial(county), sweep_id, a_return(county.village))
    assert (refused.value.code, refused.value.params) == ("return_by_grid", {"grids": 2})


def test_who_only_reads_does_not_file(county: County):
    sweep_id = sweep_id_of(a_month(county))
    for caller in (village_officer(county), coordinator(county)):
        with pytest.raises(Forbidden):
            file_return(caller, sweep_id, a_return(county.grid))


def test_a_late_return_needs_a_reason_and_keeps_it(county: County):
    sweep_id = sweep_id_of(a_month(county, last_period()))
    early = first_day(last_period())
    with pytest.raises(Invalid) as refused:
        filed(county, sweep_id, late_reason=None)
    view = filed(county, sweep_id, an_observation(observed_on=early), late_reason=LateReason.OFFLINE)
    assert refused.value.code == "late_reason_missing"
    assert (view.late, view.late_reason) == (True, "offline")


def test_nothing_is_filed_before_the_month_begins(county: County):
    month = a_month(county, next_period(this_period()))
    with pytest.raises(Conflict) as refused:
        filed(county, sweep_id_of(month))
    assert refused.value.code == "sweep_not_begun"


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ("太短了", "fact_too_short"),
        (FACT * 20, "fact_too_long"),
        (DIAGNOSIS_FACT, "fact_diagnosis"),
        (CHARACTER_FACT, "fact_character"),
    ],
)
def test_a_fact_that_is_none_is_refused_and_nothing_is_kept(county: County, fact: str, code: str):
    sweep_id = sweep_id_of(a_month(county))
    with pytest.raises(Invalid) as refused:
        filed(county, sweep_id, an_observation(), an_observation(fact=fact))
    assert (refused.value.code, refused.value.field) == (code, "observations.1.fact")
    assert list_returns(judicial(county), sweep_id, PageAsked(10)).items == ()
    assert read_sweep(judicial(county), sweep_id).state == "open"


def test_every_fault_is_told_at_once(county: County):
    error = refusal_of(county, an_observation(fact="短"), an_observation(observed_on=clock.today() + timedelta(days=1)))
    assert [(fault.field, fault.code) for fault in error.errors] == [
        ("observations.0.fact", "fact_too_short"),
        ("observations.1.observed_on", "observed_in_future"),
    ]


def test_an_observation_is_recent(county: County):
    oldest = first_day(this_period()) - timedelta(days=31)
    error = refusal_of(county, an_observation(observed_on=oldest - timedelta(days=1)))
    assert error.code == "observed_too_early"
    assert (
        filed(county, sweep_id_of(a_month(county, last_period())), an_observation(observed_on=oldest)).item_count == 1
    )


def test_a_judgement_of_character_is_kept_as_returned_for_facts(county: County):
    sweep_id = sweep_id_of(a_month(county))
    filed(county, sweep_id, an_observation(ground=Ground.CHARACTER_LABEL))
    (found,) = list_observations(judicial(county), ObservationFilter(sweep_id=sweep_id), PageAsked(10)).items
    assert (found.state, found.return_reason) == ("returned", "needs_fact")


def test_each_observation_names_one_resident_in_one_way(county: County):
    both = replace(an_observation(), resident_id=new_id())
    neither = replace(an_observation(), resident=None)
    assert refusal_of(county, both, neither).errors[1].code == "resident_one_of"


def test_a_grid_worker_gives_no_id_number_but_the_judicial_office_may(county: County):
    sweep_id = sweep_id_of(a_month(county))
    numbered = an_observation(resident=a_resident(id_type="01", id_no="430999199003070023", birth_year=1990))
    with pytest.raises(Forbidden) as refused:
        filed(county, sweep_id, numbered)
    assert refused.value.code == "field_not_for_role"
    assert file_return(judicial(county), sweep_id, a_return(county.grid, numbered)).item_count == 1


def test_a_resident_of_wrong_shape_is_told_by_item(county: County):
    error = refusal_of(county, an_observation(), an_observation(resident=a_resident(phone="12")))
    assert (error.code, error.field) == ("phone_invalid", "observations.1.resident.phone")


def test_two_facts_about_one_person_name_them_once(county: County):
    sweep_id = sweep_id_of(a_month(county))
    person = a_resident()
    filed(county, sweep_id, an_observation(resident=person), an_observation(resident_id=person.id))
    found = list_observations(judicial(county), ObservationFilter(sweep_id=sweep_id), PageAsked(10)).items
    assert {one.resident_id for one in found} == {person.id}
    assert len(found) == 2


def test_a_known_resident_is_named_by_those_who_may_read_them(county: County):
    month, person = a_month(county), a_resident()
    worker = grid_worker(county)
    file_return(worker, sweep_id_of(month), a_return(county.grid, an_observation(resident=person)))
    again = an_observation(resident_id=person.id)
    other_grid = county.village + "002"
    with pytest.raises(NotFound):
        file_return(grid_worker(county, other_grid), sweep_id_of(month), a_return(other_grid, again))
    assert file_return(judicial(county), sweep_id_of(month), a_return(other_grid, again)).item_count == 1


def test_a_resident_of_another_township_is_not_named(county: County):
    person, other = a_resident(), a_month(county, township=county.other_township)
    away = grid_worker(county, county.other_grid)
    file_return(away, sweep_id_of(other), a_return(county.other_grid, an_observation(resident=person)))
    assert isinstance(refusal_of(county, an_observation(resident_id=person.id)), NotFound)


def test_an_item_sent_twice_is_a_conflict(county: County):
    twice = an_observation(id=new_id())
    assert refusal_of(county, twice, replace(twice, resident=a_resident())).code == "record_exists"


def test_an_added_item_ends_a_nil_return_and_is_counted(county: County):
    sweep_id = sweep_id_of(a_month(county))
    worker = grid_worker(county)
    nil = file_return(worker, sweep_id, a_return(county.grid))
    one = add_observation(worker, nil.id, nil.version, an_observation())
    two = add_observation(worker, nil.id, one.version, an_observation())
    assert (one.nil, one.item_count, two.item_count, two.version) == (False, 1, 2, 3)
    assert read_return(worker, nil.id) == two
    with pytest.raises(Stale):
        add_observation(worker, nil.id, nil.version, an_observation())
    with pytest.raises(Invalid) as refused:
        add_dispute(worker, nil.id, two.version, a_dispute())
    assert refused.value.code == "return_items_wrong"
    with pytest.raises(Invalid):
        add_observation(worker, nil.id, two.version, an_observation(fact="短"))
    assert read_return(worker, nil.id) == two


def test_two_items_added_at_once_to_one_version_are_not_both_taken(county: County):
    sweep_id = sweep_id_of(a_month(county))
    nil = filed(county, sweep_id)

    def add(_: int) -> str:
        try:
            add_observation(grid_worker(county), nil.id, nil.version, an_observation())
        except Stale as refused:
            return refused.code
        return "added"

    with ThreadPoolExecutor(2) as workers:
        assert sorted(workers.map(add, range(2))) == ["added", "record_changed"]
    assert read_return(judicial(county), nil.id).item_count == 1


def test_disputes_are_added_to_a_dispute_return(county: County):
    sweep_id = sweep_id_of(a_month(county), "dispute")
    worker = grid_worker(county)
    view = file_return(worker, sweep_id, a_return(county.grid, a_dispute()))
    assert add_dispute(worker, view.id, view.version, a_dispute(parties="张某、李某")).item_count == 2


def test_returns_are_seen_by_who_filed_them_and_by_those_above(county: County):
    sweep_id = sweep_id_of(a_month(county))
    worker = grid_worker(county)
    view = file_return(worker, sweep_id, a_return(county.grid))
    for caller in (worker, village_officer(county), judicial(county), coordinator(county)):
        assert list_returns(caller, sweep_id, PageAsked(10)).items == (view,)
        assert read_return(caller, view.id) == view
    assert list_returns(grid_worker(county), sweep_id, PageAsked(10)).items == ()
    for stranger in (grid_worker(county), judicial(county, county.other_township)):
        with pytest.raises(NotFound):
            read_return(stranger, view.id)
    with pytest.raises(NotFound):
        list_returns(judicial(county, county.other_township), sweep_id, PageAsked(10))


def test_returns_come_by_pages(county: County):
    sweep_id = sweep_id_of(a_month(county))
    office = judicial(county)
    views = [file_return(office, sweep_id, a_return(county.village + number)) for number in ("001", "002")]
    page = list_returns(office, sweep_id, PageAsked(1))
    assert (page.items, list_returns(office, sweep_id, PageAsked(1, page.next_keys)).items) == (
        (views[0],),
        (views[1],),
    )
