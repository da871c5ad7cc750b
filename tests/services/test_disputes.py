"""Disputes: found by the dispute sweep, followed up by the judicial office, parties sealed."""

import pytest
from sqlalchemy import text

from server.domain.codes import DisputeOutcome, DisputeType
from server.domain.pages import PageAsked
from server.errors import Conflict, Forbidden, NotFound, Stale
from server.services.disputes import (
    DisputeChange,
    DisputeFilter,
    DisputeView,
    change_dispute,
    list_disputes,
    read_dispute,
)
from server.services.returns import file_return
from server.store.transaction import Caller, new_id
from tests.make import County
from tests.sweeping import (
    a_dispute,
    a_month,
    a_return,
    coordinator,
    events_of,
    grid_worker,
    judicial,
    sweep_id_of,
    this_period,
    village_officer,
)

PARTIES = "张建军、李国强"


def found_by(county: County, worker: Caller, **changes: object) -> DisputeView:
    sweep_id = sweep_id_of(a_month(county), "dispute")
    file_return(worker, sweep_id, a_return(county.grid, a_dispute(**changes)))
    return list_disputes(worker, DisputeFilter(), PageAsked(10)).items[0]


def test_a_dispute_is_read_with_its_parties_by_those_who_work_on_it(county: County):
    worker = grid_worker(county)
    view = found_by(county, worker, parties=PARTIES, mediation_body="镇人民调解委员会")
    assert (view.parties, view.mediation_body, view.outcome, view.area_code) == (
        PARTIES,
        "镇人民调解委员会",
        "ongoing",
        county.grid,
    )
    for caller in (worker, judicial(county), coordinator(county)):
        assert read_dispute(caller, view.id) == view


def test_parties_are_stored_sealed_and_kept_out_of_the_log(county: County):
    found_by(county, grid_worker(county), parties=PARTIES)
    with county.owner_engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('linli.county', :code, true), set_config('linli.areas', :code, true)"),
            {"code": county.code},
        )
        (row,) = connection.execute(text("SELECT * FROM dispute")).mappings()
    assert PARTIES.encode() not in bytes(row["sealed_parties"])
    assert PARTIES not in str(dict(row))
    assert PARTIES not in str(events_of(county))


def test_the_log_names_the_disputes_whose_parties_were_read(county: County):
    worker, sweep_id = grid_worker(county), sweep_id_of(a_month(county), "dispute")
    file_return(worker, sweep_id, a_return(county.grid, a_dispute(parties=PARTIES), a_dispute()))
    views = list_disputes(judicial(county), DisputeFilter(), PageAsked(10)).items
    read = [one for one in events_of(county) if one["action"] == "dispute:read"][-1]
    assert sorted(str(view.parties) for view in views) == sorted([PARTIES, "None"])
    assert (len(read["subjects"]), read["fields"]) == (1, ["dispute.parties"])


def test_strangers_read_no_dispute(county: County):
    view = found_by(county, grid_worker(county))
    for caller in (grid_worker(county), judicial(county, county.other_township)):
        assert list_disputes(caller, DisputeFilter(), PageAsked(10)).items == ()
        with pytest.raises(NotFound):
            read_dispute(caller, view.id)
    with pytest.raises(Forbidden):
        read_dispute(village_officer(county), view.id)


def test_the_list_is_filtered_and_paged(county: County):
    sweep_id = sweep_id_of(a_month(county), "dispute")
    items = (a_dispute(), a_dispute(dispute_type=DisputeType.LABOUR, outcome=DisputeOutcome.SETTLED))
    file_return(grid_worker(county), sweep_id, a_return(county.grid, *items))
    office = judicial(county)

    def types(**wanted: object) -> list[str]:
        return sorted(one.dispute_type for one in list_disputes(office, DisputeFilter(**wanted), PageAsked(9)).items)

    assert types() == types(sweep_id=sweep_id) == types(period=this_period()) == ["debt", "labour"]
    assert types(dispute_type="labour") == types(outcome="settled") == ["labour"]
    assert types(sweep_id=new_id()) == types(township_code=county.other_township) == []
    first = list_disputes(office, DisputeFilter(), PageAsked(1))
    assert first.next_keys is not None
    assert len(list_disputes(office, DisputeFilter(), PageAsked(1, first.next_keys)).items) == 1


def test_how_a_dispute_went_on_is_recorded_with_its_version(county: County):
    view = found_by(county, grid_worker(county))
    office = judicial(county)
    change = DisputeChange(DisputeOutcome.MEDIATION, "县人民调解委员会", PARTIES)
    found = change_dispute(office, view.id, view.version, change)
    assert (found.outcome, found.mediation_body, found.parties, found.version) == (
        "mediation",
        "县人民调解委员会",
        PARTIES,
        2,
    )
    renamed = change_dispute(office, view.id, 2, DisputeChange(parties="赵立新"))
    assert (renamed.outcome, renamed.parties, read_dispute(office, view.id)) == ("mediation", "赵立新", renamed)
    with pytest.raises(Stale):
        change_dispute(office, view.id, 2, DisputeChange(DisputeOutcome.SETTLED))
    changes = [
        (one["before"], one["after"])
        for one in events_of(county)
        if one["action"] == "dispute:update" and "after" in one
    ]
    assert changes == [(1, 2), (2, 3)]


def test_a_dispute_is_followed_up_by_its_own_judicial_office_only(county: County):
    view = found_by(county, grid_worker(county))
    change = DisputeChange(DisputeOutcome.SETTLED)
    for caller in (grid_worker(county), coordinator(county), village_officer(county)):
        with pytest.raises(Forbidden):
            change_dispute(caller, view.id, 1, change)
    with pytest.raises(NotFound):
        change_dispute(judicial(county, county.other_township), view.id, 1, change)


def test_a_dispute_sent_twice_is_a_conflict(county: County):
    sweep_id, twice = sweep_id_of(a_month(county), "dispute"), a_dispute(id=new_id())
    with pytest.raises(Conflict) as refused:
        file_return(grid_worker(county), sweep_id, a_return(county.grid, twice, twice))
    assert refused.value.code == "record_exists"
