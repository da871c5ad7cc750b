"""`linli devices`: a lost tablet taken back where no office page is at hand."""

from server.config import Config
from server.domain.codes_devices import DeviceState
from server.services.devices import read_device
from tests.cli.linli import linli
from tests.make import County
from tests.make_devices import a_pending_tablet, a_tablet, office


def test_every_tablet_of_the_county_is_listed_with_what_needs_a_look(config: Config, county: County) -> None:
    active, other = a_tablet(county), a_tablet(county, county.other_township)
    pending = a_pending_tablet(county)
    lines = linli(config, "devices", "list", "--county", county.code).output.splitlines()
    shown = [line.split()[0] for line in lines if "一号平板" in line]
    assert shown[0] == str(pending.id)
    assert set(shown[1:]) == {str(active.id), str(other.id)}
    assert "to_approve" in next(line for line in lines if str(pending.id) in line)


def test_a_lost_tablet_is_taken_back_once(config: Config, county: County) -> None:
    tablet = a_tablet(county)
    command = ("devices", "revoke", str(tablet.id), "--county", county.code, "--reason", "lost")
    first = linli(config, *command)
    assert (first.exit_code, str(tablet.id) in first.output) == (0, True)
    view = read_device(office(county), tablet.id)
    assert (view.state, view.revoke_reason) == (DeviceState.REVOKED, "lost")
    again = linli(config, *command)
    assert (again.exit_code, "[device_state_wrong]" in again.output) == (1, True)


def test_a_tablet_of_another_county_is_not_found(config: Config, county: County) -> None:
    tablet = a_tablet(county)
    result = linli(config, "devices", "revoke", str(tablet.id), "--county", "111111", "--reason", "lost")
    assert (result.exit_code, "[not_found]" in result.output) == (1, True)
