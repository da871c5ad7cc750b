"""Villages confirm, the judicial office submits, the township opens again."""

from datetime import date
from uuid import UUID

import pytest

from server.domain.pages import PageAsked
from server.domain.periods import first_day, last_day
from server.domain.returns import ReopenReason
from server.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from server.services.months import close_month
from server.services.returns import add_observation, file_return
from server.services.sweeps import confirm_village, list_confirmations, read_sweep, reopen_sweep, submit_sweep
from tests.make import County, user_id_of
from tests.sweeping import (
    a_month,
    a_return,
    an_observation,
    complete,
    coordinator,
    end_area,
    filed,
    grid_worker,
    judicial,
    last_period,
    sweep_id_of,
    this_period,
    village_officer,
    villages_of,
)


def returned_village(county: County) -> UUID:
    """A sweep whose first village has returned."""
    sweep_id = sweep_id_of(a_month(county))
    for number in ("001", "002"):
        file_return(judicial(county), sweep_id, a_return(county.village + number))
    return sweep_id


def test_a_village_with_every_grid_returned_is_confirmed(county: County):
    sweep_id = returned_village(county)
    officer = village_officer(county)
    said = confirm_village(officer, sweep_id, county.village)
    assert (said.village_code, said.return_count, said.item_count, said.confirmed_by) == (
        county.village,
        2,
        0,
        user_id_of(officer),
    )
    assert list_confirmations(officer, sweep_id, PageAsked(10)).items == (said,)
    assert list_confirmations(judicial(county), sweep_id, PageAsked(10)).items == (said,)
    with pytest.raises(Conflict) as refused:
        confirm_village(officer, sweep_id, county.village)
    assert refused.value.code == "record_exists"


def test_a_village_with_a_grid_missing_is_not(county: County):
    sweep_id = sweep_id_of(a_month(county))
    filed(county, sweep_id)
    with pytest.raises(Conflict) as refused:
        confirm_village(village_officer(county), sweep_id, county.village)
    assert (refused.value.code, refused.value.params) == ("village_grids_missing", {"missing": 1})


def test_an_officer_confirms_the_own_village_only(county: County):
    sweep_id = returned_village(county)
    for village in (villages_of(county.township)[1], county.other_grid[:12], county.township + "999"):
        with pytest.raises(NotFound):
            confirm_village(village_officer(county), sweep_id, village)
    with pytest.raises(NotFound):
        confirm_village(village_officer(county, county.other_grid[:12]), sweep_id, county.other_grid[:12])
    with pytest.raises(Invalid):
        confirm_village(village_officer(county), sweep_id, county.grid)
    for caller in (judicial(county), grid_worker(county)):
        with pytest.raises(Forbidden):
            confirm_village(caller, sweep_id, county.village)


def test_an_item_added_later_takes_the_confirmation_back(county: County):
    sweep_id = sweep_id_of(a_month(county))
    first = filed(county, sweep_id)
    file_return(judicial(county), sweep_id, a_return(county.village + "002"))
    confirm_village(village_officer(county), sweep_id, county.village)
    add_observation(grid_worker(county), first.id, first.version, an_observation())
    assert list_confirmations(judicial(county), sweep_id, PageAsked(10)).items == ()
    assert confirm_village(village_officer(county), sweep_id, county.village).item_count == 1


def test_a_return_leaves_other_villages_confirmed(county: County):
    sweep_id = returned_village(county)
    said = confirm_village(village_officer(county), sweep_id, county.village)
    file_return(judicial(county), sweep_id, a_return(villages_of(county.township)[1] + "001"))
    assert list_confirmations(judicial(county), sweep_id, PageAsked(10)).items == (said,)


def test_a_village_without_grids_returns_and_confirms_itself(county: County):
    for number in ("001", "002"):
        end_area(county, county.village + number, date(2024, 1, 1))
    sweep_id = sweep_id_of(a_month(county))
    with pytest.raises(Conflict):
        confirm_village(village_officer(county), sweep_id, county.village)
    file_return(grid_worker(county, county.village), sweep_id, a_return(county.village))
    assert confirm_village(village_officer(county), sweep_id, county.village).return_count == 1


def test_a_grid_that_ended_during_the_month_still_returns(county: County):
    end_area(county, county.village + "002", first_day(this_period()))
    sweep_id = sweep_id_of(a_month(county))
    filed(county, sweep_id)
    with pytest.raises(Conflict):
        confirm_village(village_officer(county), sweep_id, county.village)
    file_return(judicial(county), sweep_id, a_return(county.village + "002"))
    assert confirm_village(village_officer(county), sweep_id, county.village).return_count == 2


def test_a_grid_that_ended_before_the_month_does_not_count(county: County):
    end_area(county, county.village + "002", last_day(last_period()))
    sweep_id = sweep_id_of(a_month(county))
    filed(county, sweep_id)
    with pytest.raises(NotFound):
        file_return(judicial(county), sweep_id, a_return(county.village + "002"))
    assert confirm_village(village_officer(county), sweep_id, county.village).return_count == 1


def test_a_sweep_with_every_village_confirmed_is_submitted(county: County):
    sweep_id, office = sweep_id_of(a_month(county)), judicial(county)
    complete(county, sweep_id)
    sweep = submit_sweep(office, sweep_id, read_sweep(office, sweep_id).version)
    assert (sweep.state, sweep.submitted_by, sweep.version) == ("submitted", user_id_of(office), 3)
    assert sweep.submitted_at is not None
    assert read_sweep(coordinator(county), sweep_id) == sweep
    with pytest.raises(Conflict) as refused:
        file_return(office, sweep_id, a_return(county.grid))
    assert refused.value.code == "sweep_not_taking_returns"
    with pytest.raises(Conflict):
        confirm_village(village_officer(county), sweep_id, county.village)
    with pytest.raises(Conflict) as again:
        submit_sweep(office, sweep_id, sweep.version)
    assert again.value.code == "sweep_transition_forbidden"


def test_a_sweep_with_a_village_unconfirmed_is_not(county: County):
    sweep_id = returned_village(county)
    confirm_village(village_officer(county), sweep_id, county.village)
    with pytest.raises(Conflict) as refused:
        submit_sweep(judicial(county), sweep_id, 2)
    assert (refused.value.code, refused.value.params) == ("sweep_villages_missing", {"missing": 2})


def test_submitting_is_the_judicial_offices_and_of_the_version_read(county: County):
    sweep_id = sweep_id_of(a_month(county))
    complete(county, sweep_id)
    with pytest.raises(Stale):
        submit_sweep(judicial(county), sweep_id, 1)
    with pytest.raises(NotFound):
        submit_sweep(judicial(county, county.other_township), sweep_id, 2)
    for caller in (coordinator(county), village_officer(county), grid_worker(county)):
        with pytest.raises(Forbidden):
            submit_sweep(caller, sweep_id, 2)


def test_a_submitted_sweep_is_opened_again_with_a_reason_while_the_month_is_open(county: County):
    month = a_month(county, last_period())
    sweep_id = sweep_id_of(month)
    complete(county, sweep_id)
    submit_sweep(judicial(county), sweep_id, 2)
    with pytest.raises(Forbidden):
        reopen_sweep(judicial(county), sweep_id, 3, ReopenReason.CORRECTION)
    with pytest.raises(Stale):
        reopen_sweep(coordinator(county), sweep_id, 2, ReopenReason.CORRECTION)
    sweep = reopen_sweep(coordinator(county), sweep_id, 3, ReopenReason.CORRECTION)
    assert (sweep.state, sweep.reopen_reason, sweep.version) == ("reopened", "correction", 4)
    assert submit_sweep(judicial(county), sweep_id, 4).state == "submitted"


def test_a_sweep_of_a_closed_month_stays_closed(county: County):
    month = a_month(county, last_period())
    for sweep in month.sweeps:
        complete(county, sweep.id)
        submit_sweep(judicial(county), sweep.id, 2)
    close_month(coordinator(county), month.id, month.version)
    with pytest.raises(Conflict) as refused:
        reopen_sweep(coordinator(county), month.sweeps[0].id, 4, ReopenReason.OTHER)
    assert refused.value.code == "month_not_open"


def test_a_sweep_that_collects_is_not_reopened(county: County):
    sweep_id = returned_village(county)
    with pytest.raises(Conflict) as refused:
        reopen_sweep(coordinator(county), sweep_id, 2, ReopenReason.OTHER)
    assert refused.value.code == "sweep_transition_forbidden"


def test_another_townships_sweep_is_not_there(county: County):
    sweep_id = sweep_id_of(a_month(county))
    away = county.other_township
    for caller in (judicial(county, away), coordinator(county, away), grid_worker(county, county.other_grid)):
        with pytest.raises(NotFound):
            read_sweep(caller, sweep_id)
    with pytest.raises(NotFound):
        list_confirmations(judicial(county, away), sweep_id, PageAsked(10))
