from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from demo import month as demo_month
from demo.api import Unexpected
from demo.crew import Crew, read_county
from demo.days import sweep
from demo.month import main
from demo.people import Place
from demo.plan import Fate, code_of, make_plan
from demo.playing import SWEEP_DAY, Played, play
from demo.stage import Stage
from demo.sweeping import file_returns, month_of, observations_of, open_month, return_of
from server.domain.area_codes import Level
from server.domain.codes import Urgency
from server.domain.normalise import mask_name
from server.domain.periods import first_day, next_period, parse_period, period_of
from server.models.area import Area
from tests.demo.staging import PASSWORD, PERIOD, SHARE, TODAY, asked_of, requests_of, written

IN_CARE = {Fate.ACCEPT, Fate.BETTER}
NOT_IN_CARE = {Fate.RETURN: "returned", Fate.DECLINE: "declined"}
SWEPT = first_day(PERIOD).replace(day=SWEEP_DAY)


def expect_as_planned(played: Played) -> None:
    plan = played.plan
    for month in played.months:
        found = {code: each for code, each in plan.found.items() if code.startswith(month.code)}
        disputes = {code: each for code, each in plan.disputes.items() if code.startswith(month.code)}
        assert (month.villages, month.confirmed) == (3, 6)
        assert (month.due, month.returned, month.completeness) == (12, 12, 100)
        assert month.nil == 12 - len(found) - len(disputes)
        assert month.late == 0
        assert month.observations == sum(len(one.facts) for each in found.values() for one in each)
        assert month.disputes == sum(len(each) for each in disputes.values())
        fates = Counter(one.fate for each in found.values() for one in each)
        left = {fate: month.entries[state] for fate, state in NOT_IN_CARE.items()}
        assert left == {fate: fates[fate] for fate in NOT_IN_CARE}
        assert month.entries.total() == fates.total()
        assert "accepted" not in month.entries
        assert month.sweeps == ("closed", "closed")


def test_a_played_month_comes_out_as_planned_and_a_second_run_adds_nothing(
    api, open_day, staffed, tmp_path, monkeypatch
):
    first, second = Stage(api.calls), Stage(api.calls)
    played = play(api, open_day, asked_of(staffed), PASSWORD, first)
    assert len(played.plan.found) == len(played.plan.disputes) == 6
    expect_as_planned(played)
    expect_names_by_role(played)
    expect_figures_hide_the_few(played)
    assert requests_of(first)["POST /tasks/…/acknowledgement"] >= 1
    assert requests_of(first)["POST /ledger-entries/…/resubmission"] == 1

    again = play(api, open_day, asked_of(staffed), PASSWORD, second)
    assert (again.months, again.figures, again.lines) == (played.months, played.figures, played.lines)
    assert (again.frozen, again.dashboard) == (played.frozen, played.dashboard)
    assert written(second) == {"POST /sessions", "POST /months"}

    monkeypatch.setattr(demo_month, "moment", lambda day, calls: open_day(day))
    shown = run_main(
        *("--base-url", api.base_url, "--county", staffed.code, "--period", PERIOD, "--seed", "seed"),
        *("--share", str(SHARE)),
        password_file=a_password(tmp_path),
    )
    assert shown.exit_code == 0, shown.output
    assert played.county.name in shown.output
    assert "together" in shown.output


def expect_names_by_role(played: Played) -> None:
    fates = [played.plan.fate_of(line.entry["area_code"], line.coordinator) for line in played.lines]
    assert Fate.RETURN in fates
    assert IN_CARE & set(fates)
    for fate, line in zip(fates, played.lines, strict=True):
        assert line.office == (line.coordinator if fate is Fate.RETURN else None)
        assert line.village == (mask_name(line.coordinator) if fate is Fate.RETURN else None)


def expect_figures_hide_the_few(played: Played) -> None:
    county, *townships = played.figures
    assert {figure["source"] for figure in played.figures} == {"released"}
    assert not county["exact"]
    shown = [count for figure in played.figures for count in figure["observations"]["cells"].values()]
    assert all(count is None or count == 0 or count >= 5 for count in shown)
    assert None in shown
    assert sum(each["due"] for each in county["returns"]) == 24
    assert len(townships) == 2


def test_a_month_that_was_begun_is_gone_on_with(api, open_day, staffed):
    with open_day(SWEPT):
        crew = Crew(api, staffed.code, PASSWORD)
        places = read_county(crew, PERIOD)
        plan = make_plan("seed", PERIOD, SWEPT, places.places, SHARE)
        open_month(crew, staffed.township, PERIOD)
        file_returns(crew, plan, staffed.grid, {"concern", "dispute"}, SWEPT)
        sweep(Stage(api.calls), crew, plan, places, SWEPT)

    stage = Stage(api.calls)
    expect_as_planned(play(api, open_day, asked_of(staffed), PASSWORD, stage))
    assert requests_of(stage)["POST /sweeps/…/returns"] == 0
    assert requests_of(stage)["POST /sweeps/…/submission"] == 4


def test_a_return_that_came_meanwhile_is_left_as_it_is(api, staffed):
    crew = Crew(api, staffed.code, PASSWORD)
    plan = make_plan("seed", PERIOD, SWEPT, read_county(crew, PERIOD).places, SHARE)
    open_month(crew, staffed.township, PERIOD)
    for _ in range(2):
        file_returns(crew, plan, staffed.grid, {"concern", "dispute"}, TODAY)
    (month,) = crew.office(staffed.township).all("/months", period=PERIOD)
    for each in month["sweeps"]:
        assert crew.office(staffed.township).get("/returns", sweep_id=each["id"])["next_cursor"] is None
        assert len(list(crew.office(staffed.township).all("/returns", sweep_id=each["id"]))) == 1


def test_an_answer_nobody_planned_for_tells_whose_it_was_and_the_server_s_words(api, staffed):
    worker = Crew(api, staffed.code, PASSWORD).filer(staffed.grid)
    with pytest.raises(
        Unexpected, match=r"^grid-101201001@\d{6}: POST /months: 403 role_forbidden · .+ · .+; request "
    ):
        worker.post("/months", {"township_code": staffed.township, "period": PERIOD})
    with pytest.raises(Unexpected, match=r"422 fields_invalid .*; period: "):
        worker.get("/months", period="2026")


def test_a_month_that_is_not_there_asks_for_the_right_database(api, staffed):
    with pytest.raises(Unexpected, match=f"{staffed.township} has no month {PERIOD}: does this server work on another"):
        month_of(Crew(api, staffed.code, PASSWORD).office(staffed.township), staffed.township, PERIOD)


def test_nobody_answering_ends_with_one_and_the_way_to_start(tmp_path):
    run = run_main("--base-url", "http://127.0.0.1:1", password_file=a_password(tmp_path))
    assert run.exit_code == 1
    assert run.output.count("\n") == 1
    assert "make run" in run.output


@pytest.mark.parametrize("period", ["2026", "202613", "209901", "next"])
def test_a_month_that_is_none_or_has_not_begun_is_a_usage_error(period, tmp_path):
    run = run_main("--period", period, password_file=a_password(tmp_path))
    assert run.exit_code == 2
    assert f"--period {period}" in run.output


def test_a_month_that_cannot_be_closed_yet_is_a_usage_error(tmp_path):
    run = run_main("--period", period_of(TODAY), password_file=tmp_path / "none")
    assert run.exit_code == 2
    assert "cannot be closed yet" in run.output


def test_a_missing_password_file_is_a_usage_error(tmp_path):
    run = run_main(password_file=tmp_path / "none")
    assert run.exit_code == 2
    assert "make run" in run.output


def test_a_refusal_of_the_server_ends_with_three_and_its_code(address, open_day, staffed, tmp_path, monkeypatch):
    monkeypatch.setattr(demo_month, "moment", lambda day, calls: open_day(day))
    wrong = a_password(tmp_path, "something else")
    run = run_main("--base-url", address, "--county", staffed.code, password_file=wrong)
    assert run.exit_code == 3
    assert "401 sign_in_refused" in run.output


def run_main(*arguments: str, password_file: Path):
    return CliRunner().invoke(main, [*arguments, "--password-file", str(password_file)])


def a_password(folder: Path, password: str = PASSWORD) -> Path:
    path = folder / "password"
    path.write_text(password + "\n", "utf-8")
    return path


GRIDS = [
    Place(f"4309031022{village:02d}", f"第{village}村", "试验镇", f"4309031022{village:02d}00{grid}", f"第{grid}网格")
    for village in range(1, 31)
    for grid in (1, 2, 3)
]


@pytest.mark.parametrize(("share", "expected"), [(0, 0), (0.001, 1), (0.05, 5), (1, 90)])
def test_the_share_says_how_many_grids_find_somebody_rounded_up(share, expected):
    plan = make_plan("seed", parse_period("202611"), TODAY, GRIDS, share)
    assert (len(plan.found), len(plan.disputes)) == (expected, expected)
    assert all(1 <= sum(len(one.facts) for one in each) <= 2 for each in plan.found.values())


def test_the_same_seed_plans_the_same_month_in_whatever_order_and_on_whatever_day():
    plan = make_plan("seed", parse_period("202611"), TODAY, GRIDS, 0.2)
    assert make_plan("seed", parse_period("202611"), TODAY, GRIDS[::-1], 0.2) == plan
    assert make_plan("other", parse_period("202611"), TODAY, GRIDS, 0.2) != plan
    later = make_plan("seed", parse_period("202611"), TODAY.replace(year=TODAY.year + 1), GRIDS, 0.2)
    assert people_of(later) == people_of(plan)


def people_of(plan):
    return [(code, one.person, one.fate) for code, each in plan.found.items() for one in each]


def test_every_plan_has_an_urgent_finding_and_every_fate():
    plan = make_plan("seed", parse_period("202611"), TODAY, GRIDS, 0.2)
    found = [one for each in plan.found.values() for one in each]
    assert found[0].facts[0].urgency is Urgency.URGENT
    assert {one.fate for one in found} == set(Fate)
    assert all(len(one.facts) == (2 if one.fate is Fate.BETTER else 1) for one in found)
    for code, each in plan.found.items():
        assert [plan.fate_of(code, one.person.name) for one in each] == [one.fate for one in each]
    assert plan.fate_of(code_of(GRIDS[0]), "谁也不是") is Fate.ACCEPT


def test_a_return_is_nil_exactly_when_nothing_was_found_and_brings_each_person_once():
    plan = make_plan("seed", parse_period("202611"), TODAY, GRIDS, 0.2)
    for grid in map(code_of, GRIDS):
        assert return_of(plan, grid, "concern")["nil"] == (grid not in plan.found)
        assert return_of(plan, grid, "dispute")["nil"] == (grid not in plan.disputes)
    twice = next(one for each in plan.found.values() for one in each if one.fate is Fate.BETTER)
    first, second = observations_of(twice)
    assert first["resident"]["id"] == second["resident_id"]
    assert "resident" not in second
    assert not {"id_no", "id_type"} & first["resident"].keys()


def test_a_month_before_the_grids_is_played_by_the_villages(api, open_day, staffed):
    with staffed.owner_engine.begin() as connection:
        grids = Area.code.startswith(staffed.code), Area.level == Level.GRID
        connection.execute(update(Area).where(*grids).values(valid_from=first_day(next_period(PERIOD))))
    stage = Stage(api.calls)
    played = play(api, open_day, asked_of(staffed), PASSWORD, stage)
    assert {len(code) for code in played.plan.found} == {Level.VILLAGE}
    assert [(month.due, month.returned, month.late) for month in played.months] == [(6, 6, 0)] * 2
    swept = next(phase for phase in stage.phases if phase.name == "village officers confirm")
    assert Counter(call.what for call in swept.calls)["POST /sessions"] == 6
    filed = next(phase for phase in stage.phases if phase.name == "grid workers file both returns")
    assert "POST /sessions" not in {call.what for call in filed.calls}
