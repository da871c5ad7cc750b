"""How the people of a demo month fare, over two months; and the servers its days are played on."""

import subprocess
import sys
from collections import Counter
from datetime import date, datetime

import pytest

from demo import moments
from demo.care_tables import table_of_indicators, table_of_trend
from demo.courses import Course, courses_of
from demo.crew import Crew
from demo.moments import NotStarted, moment
from demo.playing import play
from demo.stage import Stage
from server import clock
from server.domain.codes import ClosureReason, LedgerState
from server.domain.periods import first_day, next_period, previous_period
from tests.demo.staging import PASSWORD, PERIOD, asked_of, requests_of, written

EARLIER = previous_period(PERIOD)


@pytest.fixture
def crew(api, staffed) -> Crew:
    """Everybody, today."""
    return Crew(api, staffed.code, PASSWORD)


def entries_of(crew, staffed, period):
    """The people who were taken on in a month, by the course of their care."""
    lines = [
        line
        for township in (staffed.township, staffed.other_township)
        for line in crew.coordinator(township).all("/ledger-entries", township_code=township, period=period)
        if line["accepted_at"]
    ]
    by_course = {}
    for line in lines:
        by_course.setdefault(courses_of(lines)[line["id"]], []).append(line)
    return by_course


def test_two_months_come_out_as_dealt_and_a_second_run_adds_nothing(api, open_day, staffed, crew):
    first, second = Stage(api.calls), Stage(api.calls)
    asked = asked_of(staffed, share=1, months=2)
    played = play(api, open_day, asked, PASSWORD, first)
    earlier = entries_of(crew, staffed, EARLIER)
    assert set(earlier) == set(Course)
    expect_ends(earlier, resting=LedgerState.PLAN_ACTIVE)
    expect_ends(entries_of(crew, staffed, PERIOD), resting=LedgerState.PAUSED)
    for township in (staffed.township, staffed.other_township):
        coordinator = crew.coordinator(township)
        expect_answered(coordinator, township)
        expect_closed(coordinator, township)
    expect_visits(crew, earlier)
    expect_forgotten(crew, entries_of(crew, staffed, PERIOD)[Course.MISSED])
    expect_counted(played, first)

    again = play(api, open_day, asked, PASSWORD, second)
    assert (again.trend, again.frozen, again.figures) == (played.trend, played.frozen, played.figures)
    assert written(second) == {"POST /sessions", "POST /months"}


def expect_ends(people, resting):
    ends = {course: {(line["state"], line["closure_reason"]) for line in lines} for course, lines in people.items()}
    for course in (Course.PLAN, Course.SAFETY, Course.GREEN, Course.MISSED):
        assert ends[course] == {(LedgerState.PLAN_ACTIVE, None)}
    assert ends[Course.RESTS] == {(resting, None)}
    assert ends[Course.LEAVES] == {(LedgerState.CLOSED, ClosureReason.CONSENT_WITHDRAWN)}
    assert {state for state, _ in ends[Course.REFUSES]} == {LedgerState.SERVICE_DECLINED}
    assert {state for state, _ in ends[Course.NO_NEED]} == {LedgerState.CLOSED}


def expect_answered(coordinator, township):
    events = list(coordinator.all("/safety-events", township_code=township))
    assert {event["state"] for event in events} <= {"closed"}
    assert {each["state"] for each in coordinator.all("/referrals", township_code=township)} <= {"closed"}


def expect_closed(coordinator, township):
    for period in (EARLIER, PERIOD):
        (month,) = coordinator.all("/months", township_code=township, period=period)
        close = coordinator.get(f"/months/{month['id']}/figures")
        assert (month["state"], close["late"], close["intact"], len(close["digest"])) == (
            "meeting_held", False, True, 64,
        )  # fmt: skip
        (meeting,) = coordinator.all("/meetings", township_code=township, period=period)
        assert (meeting["held_on"], meeting["late"]) == (
            f"{next_period(period)[:4]}-{next_period(period)[4:]}-03",
            False,
        )


def states_of(crew, entry):
    visits = crew.coordinator(entry["township_code"]).all("/visits", entry_id=entry["id"])
    shown = [(visit["due_from"], visit["period"], visit["state"]) for visit in visits]
    return [
        (period, state) for _, period, state in sorted(shown) if period in {EARLIER, PERIOD} and state != "cancelled"
    ]


def expect_visits(crew, earlier):
    twice_met = [(EARLIER, "done"), (EARLIER, "done"), (PERIOD, "done"), (PERIOD, "done")]
    for course in (Course.PLAN, Course.SAFETY, Course.GREEN):
        assert [states_of(crew, entry) for entry in earlier[course]] == [twice_met] * len(earlier[course])
    for entry in earlier[Course.MISSED]:
        assert states_of(crew, entry) == [(EARLIER, "not_seen"), *twice_met[1:]]
    for entry in earlier[Course.RESTS]:
        assert states_of(crew, entry)[:2] == twice_met[:2]


def expect_forgotten(crew, missed):
    for entry in missed:
        assert states_of(crew, entry) == [(PERIOD, "not_seen"), (PERIOD, "planned")]
        overdue = crew.coordinator(entry["township_code"]).all("/visits", entry_id=entry["id"], due="overdue")
        assert PERIOD in {visit["period"] for visit in overdue}


def expect_counted(played, stage):
    assert [period for period, _ in played.trend] == [EARLIER, PERIOD]
    assert table_of_trend(played.county, played.trend_of, played.trend).row_count == 2
    groups = Counter()
    for _, close in played.frozen:
        groups.update({"overdue": close["figures"]["groups"]["visits"]["overdue"]})
    assert groups["overdue"] >= 1
    by_indicator = {line["indicator"]: line for line in played.dashboard["items"]}
    assert [by_indicator["YY-I8"][part] for part in ("num", "den")] == [3, 4]
    assert [by_indicator["YY-I1"][part] for part in ("num", "den")] == [1, 2]
    assert table_of_indicators(played.county, played.dashboard).row_count >= 3
    for once in (
        "POST /ledger-entries/…/screenings",
        "POST /ledger-entries/…/family-advice",
        "POST /referrals/…/feedback",
    ):
        assert requests_of(stage)[once] >= 1


@pytest.fixture
def deployed(config, monkeypatch):
    """The settings of this database in the environment, as `make run` leaves them for a day's own server."""
    for name, value in (
        ("LINLI_DATABASE_URL", config.owner_url),
        ("LINLI_APP_DATABASE_URL", config.app_url),
        ("LINLI_JOBS_DATABASE_URL", config.jobs_url),
        ("LINLI_KEY_DIR", str(config.key_dir)),
    ):
        monkeypatch.setenv(name, value)


@pytest.fixture
def servers(monkeypatch):
    """The servers that were started."""
    started = []
    start = moments._start
    monkeypatch.setattr(moments, "_start", lambda *said: started.append(start(*said)) or started[-1])
    return started


def interrupt_after(act):
    act()
    raise KeyboardInterrupt


def asked_on(api, staffed):
    """The day in China on which something is written down there."""
    worker = Crew(api, staffed.code, PASSWORD).filer(staffed.grid)
    report = {"area_code": staffed.grid, "kind": "missing", "facts": "家里人找不到他，手机也打不通。"}
    raised = worker.do("/safety-events", report)["raised_at"]
    return datetime.fromisoformat(raised).astimezone(clock.CHINA).date()


@pytest.mark.usefixtures("store", "deployed")
def test_a_day_s_server_lives_on_that_day_and_is_stopped_even_after_a_fault(staffed, servers, capfd):
    day, told_days = first_day(PERIOD).replace(day=14), []
    with pytest.raises(KeyboardInterrupt), moment(day, []) as api:
        interrupt_after(lambda: told_days.append(asked_on(api, staffed)))
    assert told_days == [day]
    assert [server.poll() is not None for server in servers] == [True]
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("deployed")
def test_a_server_that_does_not_come_up_tells_its_last_words(servers, monkeypatch, capfd):
    monkeypatch.setenv("LINLI_KEY_DIR", "/nowhere")
    with pytest.raises(NotStarted, match=r"\w"), moment(date(2026, 1, 5), []):
        raise AssertionError("it came up")
    assert [server.poll() is not None for server in servers] == [True]
    assert capfd.readouterr() == ("", "")


def test_a_server_that_does_not_stop_is_killed(monkeypatch):
    monkeypatch.setattr(moments, "STOP_S", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as server:
        assert server.stdout.readline() == b"up\n"
        moments._stop(server)
        assert server.returncode == -9


def test_the_same_entries_get_the_same_courses_in_whatever_order():
    lines = [{"id": str(number), "entry_no": f"{number:04d}"} for number in range(12)]
    dealt = courses_of(lines)
    assert courses_of(lines[::-1]) == dealt
    assert set(dealt.values()) == set(Course)
