"""Observed facts: who reads them, who decides about them, and that nobody is read unseen."""

import pytest

from server.domain.codes import Ground, Purpose, ReturnReason, Role
from server.domain.pages import PageAsked
from server.domain.returns import WordDecision
from server.errors import Conflict, Forbidden, Malformed, NotFound, Stale, TooMany
from server.models.access import DisclosureBudget
from server.services.observations import (
    ObservationFilter,
    ObservationView,
    decide_words,
    list_observations,
    read_observation,
    send_back,
)
from server.services.returns import file_return
from server.store.tasks import open_tasks
from server.store.transaction import Caller, transaction
from tests.make import County, a_caller, same_caller, user_id_of
from tests.sweeping import (
    FACT,
    FLAGGED_FACT,
    a_month,
    a_return,
    an_observation,
    coordinator,
    events_of,
    grid_worker,
    judicial,
    last_period,
    sweep_id_of,
    this_period,
    village_officer,
    villages_of,
)


def noted(county: County, worker: Caller, **changes: object) -> ObservationView:
    """One observation of the first grid."""
    sweep_id = sweep_id_of(a_month(county))
    file_return(worker, sweep_id, a_return(county.grid, an_observation(**changes)))
    return list_observations(worker, ObservationFilter(), PageAsked(10)).items[0]


def test_a_fact_is_read_by_its_author_and_by_those_who_review(county: County):
    worker = grid_worker(county)
    view = noted(county, worker)
    assert view.fact == FACT
    for caller in (worker, judicial(county), coordinator(county)):
        assert read_observation(caller, view.id) == view
        assert list_observations(caller, ObservationFilter(), PageAsked(10)).items == (view,)


def test_another_worker_and_another_township_see_nothing(county: County):
    view = noted(county, grid_worker(county))
    for caller in (
        grid_worker(county),
        judicial(county, county.other_township),
        coordinator(county, county.other_township),
    ):
        assert list_observations(caller, ObservationFilter(), PageAsked(10)).items == ()
        with pytest.raises(NotFound):
            read_observation(caller, view.id)


@pytest.mark.parametrize(
    "role", [Role.VILLAGE_OFFICER, Role.ASSESSOR, Role.COUNTY_SUPERVISOR, Role.AUDITOR, Role.SYSADMIN]
)
def test_other_roles_read_no_fact(county: County, role: Role):
    area = county.village if role is Role.VILLAGE_OFFICER else county.code
    with pytest.raises(Forbidden):
        list_observations(a_caller(county, role, area, Purpose.SWEEP), ObservationFilter(), PageAsked(10))


def test_a_fact_is_read_for_a_purpose(county: County):
    view = noted(county, grid_worker(county))
    with pytest.raises(Malformed) as refused:
        read_observation(a_caller(county, Role.JUDICIAL_OFFICER, county.township), view.id)
    assert refused.value.code == "purpose_required"
    with pytest.raises(Forbidden):
        read_observation(same_caller(judicial(county), Purpose.EXPORT), view.id)


def test_the_log_names_everybody_read_and_every_writing(county: County):
    worker = grid_worker(county)
    sweep_id = sweep_id_of(a_month(county))
    file_return(worker, sweep_id, a_return(county.grid, an_observation(), an_observation()))
    list_observations(judicial(county), ObservationFilter(), PageAsked(10))
    events = events_of(county)
    wrote = [one for one in events if one["action"] == "return:submit" and one.get("table") == "observation"]
    read = [one for one in events if one["action"] == "observation:read"][-1]
    assert [(len(one["subjects"]), one["after"]) for one in wrote] == [(1, 1), (1, 1)]
    assert sorted(read["subjects"]) == sorted(ref for one in wrote for ref in one["subjects"])
    assert (read["fields"], read["count"], read["purpose"]) == (["observation.fact"], 2, "sweep")
    assert {one["table"] for one in events if one["action"] == "sweep:collect"} == {"sweep"}
    assert FACT not in str(events)


def test_the_list_is_filtered(county: County):
    worker, second = grid_worker(county), villages_of(county.township)[1] + "001"
    month, before = a_month(county), a_month(county, last_period())
    flagged, urgent = an_observation(fact=FLAGGED_FACT), an_observation(ground=Ground.UNUSUAL_CONDUCT)
    file_return(worker, sweep_id_of(month), a_return(county.grid, flagged, urgent))
    file_return(
        grid_worker(county, second),
        sweep_id_of(before),
        a_return(second, an_observation(ground=Ground.CHARACTER_LABEL)),
    )
    office = judicial(county)

    def found(**wanted: object) -> list[str]:
        views = list_observations(office, ObservationFilter(**wanted), PageAsked(10)).items
        return sorted(view.ground for view in views)

    assert found() == ["2", "4", "5"]
    assert found(sweep_id=sweep_id_of(month)) == ["2", "4"]
    assert found(period=last_period()) == ["5"]
    assert found(period=this_period(), township_code=county.township) == ["2", "4"]
    assert found(township_code=county.other_township) == []
    assert found(state="returned") == ["5"]
    assert found(ground="4") == ["4"]
    assert found(needs_word_review=True) == ["2"]
    assert found(needs_word_review=False) == ["4", "5"]


def test_the_list_comes_by_pages(county: County):
    worker = grid_worker(county)
    items = [an_observation() for _ in range(3)]
    file_return(worker, sweep_id_of(a_month(county)), a_return(county.grid, *items))
    first = list_observations(worker, ObservationFilter(), PageAsked(2))
    rest = list_observations(worker, ObservationFilter(), PageAsked(2, first.next_keys))
    assert (len(first.items), len(rest.items), rest.next_keys) == (2, 1, None)
    with pytest.raises(Malformed) as refused:
        list_observations(worker, ObservationFilter(), PageAsked(2, ("no id",)))
    assert refused.value.code == "cursor_malformed"


def test_an_urgent_fact_calls_the_township_within_two_hours(county: County):
    view = noted(county, grid_worker(county), urgent=True)
    with transaction(coordinator(county)) as work:
        (task,) = (row.task for row in open_tasks(work, None, PageAsked(10)).items)
        seconds = (task.due_at - view.created_at).total_seconds()
    assert (task.kind, task.role, task.area_code, task.entry_id) == (
        "urgent_report",
        "township_coordinator",
        county.grid,
        None,
    )
    assert seconds == 2 * 3600


def test_a_fact_that_is_not_urgent_calls_nobody(county: County):
    noted(county, grid_worker(county))
    with transaction(coordinator(county)) as work:
        assert open_tasks(work, None, PageAsked(10)).items == ()


def test_a_forbidden_word_waits_for_somebody_else_to_look(county: County):
    office = judicial(county)
    view = noted(county, office, fact=FLAGGED_FACT)
    assert (view.needs_word_review, view.state) == (True, "noted")
    with pytest.raises(NotFound):
        decide_words(office, view.id, view.version, WordDecision.CLEARED)
    cleared = decide_words(coordinator(county), view.id, view.version, WordDecision.CLEARED)
    assert (cleared.needs_word_review, cleared.state, cleared.version) == (False, "noted", 2)
    with pytest.raises(Conflict) as refused:
        decide_words(coordinator(county), view.id, cleared.version, WordDecision.CLEARED)
    assert refused.value.code == "word_review_not_due"


def test_a_forbidden_ground_is_returned_and_stays_so(county: County):
    worker = grid_worker(county)
    view = noted(county, worker, fact=FLAGGED_FACT)
    found = decide_words(judicial(county), view.id, view.version, WordDecision.FORBIDDEN_GROUND)
    assert (found.state, found.return_reason, found.needs_word_review) == ("returned", "forbidden_ground", True)
    assert read_observation(worker, view.id) == found
    with pytest.raises(Conflict):
        decide_words(coordinator(county), view.id, found.version, WordDecision.CLEARED)
    assert list_observations(judicial(county), ObservationFilter(needs_word_review=True), PageAsked(9)).items == ()


def test_a_fact_without_forbidden_words_has_nothing_to_decide(county: County):
    view = noted(county, grid_worker(county))
    with pytest.raises(Conflict):
        decide_words(judicial(county), view.id, view.version, WordDecision.CLEARED)


def test_an_observation_is_returned_with_a_reason_once(county: County):
    worker = grid_worker(county)
    view = noted(county, worker)
    with pytest.raises(Stale):
        send_back(judicial(county), view.id, 7, ReturnReason.HEARSAY_ONLY)
    found = send_back(judicial(county), view.id, view.version, ReturnReason.HEARSAY_ONLY)
    assert (found.state, found.return_reason, found.version) == ("returned", "hearsay_only", 2)
    assert list_observations(worker, ObservationFilter(state="returned"), PageAsked(9)).items == (found,)
    with pytest.raises(Conflict) as refused:
        send_back(judicial(county), view.id, found.version, ReturnReason.NEEDS_FACT)
    assert refused.value.code == "observation_not_noted"
    decided = [one for one in events_of(county) if one["action"] == "observation:clear"]
    assert [(one["before"], one["after"], len(one["subjects"])) for one in decided] == [(1, 2, 1)]


def test_deciding_is_not_for_workers_villages_or_other_townships(county: County):
    view = noted(county, grid_worker(county))
    for caller in (grid_worker(county), village_officer(county)):
        with pytest.raises(Forbidden):
            send_back(caller, view.id, view.version, ReturnReason.NEEDS_FACT)
    with pytest.raises(NotFound):
        send_back(judicial(county, county.other_township), view.id, view.version, ReturnReason.NEEDS_FACT)


def test_reading_spends_the_hours_budget(county: County):
    noted(county, grid_worker(county))
    reader = judicial(county)
    limit = county.store.disclosure_budget_per_hour
    with transaction(reader) as work:
        hour = work.now.replace(minute=0, second=0, microsecond=0)
        work.session.add(DisclosureBudget(county_code=county.code, user_id=user_id_of(reader), hour=hour, opened=limit))
    with pytest.raises(TooMany):
        list_observations(reader, ObservationFilter(), PageAsked(10))
