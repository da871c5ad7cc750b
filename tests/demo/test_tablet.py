"""The office's part of an enrolment as `make tablet` plays it; the tablet's part is played by the client of the tests."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from demo.crew import Crew
from demo.tablet import main
from server.domain.codes import Role
from server.domain.periods import period_of
from tests.demo.staging import PASSWORD, TODAY
from tests.sync_client import feeds
from tests.sync_client.arrange_world import Worker, World
from tests.sync_client.calls import Line
from tests.sync_client.engine import Tablet
from tests.sync_client.keys import DeviceKey
from tests.sync_client.store import Store
from tests.sync_client.transport import over_http

ROOT = Path(__file__).resolve().parents[2]
#: Sign-ins are slow on purpose, and the machine may be busy.
PATIENCE_S = 120


@pytest.fixture
def password_file(tmp_path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n", "utf-8")
    return path


@pytest.fixture
def crew(api, staffed) -> Crew:
    return Crew(api, staffed.code, PASSWORD)


@pytest.fixture
def tablet(address, tmp_path) -> Tablet:
    """A tablet on its way to the server, not enrolled yet."""
    where = urlsplit(address)
    return Tablet(Line(Store(tmp_path / "tablet.db"), over_http(where.hostname, where.port)))


@pytest.fixture
def office(address, staffed, password_file):
    """`make tablet` at a terminal, its address read: the process, and the code to bring."""
    started = []

    def begun(*more: str) -> tuple[subprocess.Popen[str], str]:
        said = ["--base-url", address, "--county", staffed.code, "--password-file", str(password_file), *more]
        terminal = subprocess.Popen(
            [sys.executable, "-m", "demo.tablet", *said],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(terminal)
        link = next(line.strip() for line in terminal.stdout if "#enrol=" in line)
        assert link.startswith(f"{address}/tablet/#enrol={staffed.code}-")
        return terminal, link.partition("=")[2]

    yield begun
    for terminal in started:
        terminal.kill()
        terminal.communicate()


def test_a_tablet_is_approved_by_its_number_and_brings_its_worker_the_day(office, tablet, crew, staffed, app):
    busy = crew.of(Role.GRID_WORKER, staffed.grid)
    visited = World(staffed, app).visited(Worker(staffed, busy.user_id, busy.login, (staffed.grid,)))
    terminal, code = office()
    number = tablet.enrol(code)
    said, wrong = typed(terminal, "12", another(number), f"{number[:3]} {number[3:]}")
    assert (terminal.returncode, wrong) == (0, "")
    assert "Error: '12' is no check number: it has seven digits" in said
    assert "The check number is another one (2 tries left)." in said
    assert re.search(rf"login       {busy.login}   \([1-9] visits to make\)", said)
    assert f"revoke {tablet.device_id} --county {staffed.code}" in said

    worker = tablet.sign_in(busy.login, PASSWORD)
    assert worker == busy.user_id
    tablet.lease(worker)
    tablet.sync(worker)
    assert ("visit", visited.visit_id) in feeds.held(tablet.store, worker)
    months = crew.office(staffed.township).all("/months", township_code=staffed.township)
    assert [month["period"] for month in months] == [period_of(TODAY)]


def test_without_visits_it_is_the_first_grids_worker_and_a_script_may_bring_the_number(office, tablet, staffed):
    number = tablet_key_of(tablet, staffed)
    terminal, code = office("--township", staffed.township, "--check-number", number)
    assert tablet.enrol(code) == number
    said, wrong = typed(terminal)
    assert (terminal.returncode, wrong) == (0, "")
    assert f"grid-{staffed.grid[6:]}@{staffed.code}   (no visits yet" in said
    assert tablet.standing()["state"] == "active"


def test_the_third_wrong_number_approves_nothing_and_says_to_begin_again(office, tablet):
    terminal, code = office()
    wrong_number = another(tablet.enrol(code))
    _, wrong = typed(terminal, wrong_number, wrong_number, wrong_number)
    assert_ended(terminal, wrong, "Nothing is approved: run this again for a new code")
    assert tablet.standing()["wipe"]


def test_a_wrong_number_of_a_script_lets_the_tablet_go_to_be_enrolled_anew(office, tablet):
    terminal, code = office("--check-number", "0000000")
    tablet.enrol(code)
    _, wrong = typed(terminal)
    assert_ended(terminal, wrong, "The check number is another one (2 tries left). Nothing is approved")
    assert tablet.standing()["state"] == "revoked"


def test_a_code_that_nobody_brings_is_taken_back_in_time(address, staffed, crew, password_file):
    run = run_main("--base-url", address, "--county", staffed.code, "--wait", "1", password_file=password_file)
    assert (run.exit_code, run.stderr) == (
        4, "no tablet came within 1 seconds; the code is taken back: run this again\n",
    )  # fmt: skip
    assert list(crew.coordinator(staffed.township).all("/devices/enrolments")) == []


def test_what_is_wrong_before_anything_began_is_said_in_one_line(address, staffed, password_file, tmp_path):
    nobody = run_main("--base-url", "http://127.0.0.1:1", password_file=password_file)
    assert (nobody.exit_code, nobody.output.count("\n"), "make run" in nobody.output) == (1, 1, True)
    no_file = run_main(password_file=tmp_path / "none")
    assert (no_file.exit_code, "make run" in no_file.output) == (2, True)
    nowhere = run_main(
        "--base-url", address, "--county", staffed.code, "--township", staffed.code + "999", password_file=password_file
    )
    assert (nowhere.exit_code, nowhere.output.count("\n")) == (3, 1)


def typed(terminal: subprocess.Popen[str], *numbers: str) -> tuple[str, str]:
    """Type these numbers; what the terminal then says, and what it says is wrong."""
    return terminal.communicate("".join(f"{number}\n" for number in numbers), timeout=PATIENCE_S)


def another(number: str) -> str:
    return f"{(int(number) + 1) % 2**20:07d}"


def tablet_key_of(tablet: Tablet, staffed) -> str:
    """The check number of a tablet that has made its key and asked nobody yet."""
    tablet.store.say(key=DeviceKey.fresh().pem, county=staffed.code, device_id=tablet.line.clock.new_id())
    return tablet.line.key.check_number


def assert_ended(terminal: subprocess.Popen[str], wrong: str, words: str) -> None:
    assert (terminal.returncode, wrong.count("\n")) == (4, 1)
    assert words in wrong


def run_main(*arguments: str, password_file: Path):
    return CliRunner().invoke(main, [*arguments, "--password-file", str(password_file)])
