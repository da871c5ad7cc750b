"""A tablet's states, played in any order on the real services: no way back, and no share but on an active one."""

from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from server.domain.codes_devices import DeviceState, RevokeReason
from server.domain.devices import WRONG_CHECKS, check_number
from server.services.devices import approve_device, list_users, read_device, revoke_device
from server.services.leases import lease, wiped
from server.store.transaction import Store
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_devices import APP, a_pending_tablet, as_tablet, office, refused
from tests.services.test_devices import somebody_on

PENDING, ACTIVE, REVOKED, WIPED = DeviceState


class OneTablet(RuleBasedStateMachine):
    """One tablet of a county of its own, and somebody who works on it."""

    shared: ClassVar[County]

    @initialize()
    def begin(self) -> None:
        self.tablet = a_pending_tablet(self.shared)
        self.worker = somebody_on(self.shared, self.tablet)
        self.state, self.wrong, self.share = PENDING, 0, b""

    @rule()
    def approve(self) -> None:
        right = check_number(self.tablet.public_key)
        code = refused(lambda: approve_device(office(self.shared), self.tablet.id, right))
        assert code == ("" if self.state is PENDING else "device_state_wrong")
        self.state = ACTIVE if self.state is PENDING else self.state

    @rule()
    def mistake(self) -> None:
        code = refused(lambda: approve_device(office(self.shared), self.tablet.id, "no number"))
        assert code == ("check_number_wrong" if self.state is PENDING else "device_state_wrong")
        if self.state is PENDING:
            self.wrong += 1
            self.state = REVOKED if self.wrong == WRONG_CHECKS else PENDING

    @rule()
    def take_lease(self) -> None:
        if self.state is ACTIVE:
            share = lease(self.worker, APP).share
            assert share == (self.share or share)
            self.share = share
        else:
            expected = "device_pending" if self.state is PENDING else "device_revoked"
            assert refused(lambda: lease(self.worker, APP)) == expected

    @rule()
    def revoke(self) -> None:
        version = read_device(office(self.shared), self.tablet.id).version
        code = refused(lambda: revoke_device(office(self.shared), self.tablet.id, version, RevokeReason.LOST))
        assert code == ("" if self.state in {PENDING, ACTIVE} else "device_state_wrong")
        self.state = REVOKED if self.state in {PENDING, ACTIVE} else self.state

    @rule()
    def say_wiped(self) -> None:
        code = refused(lambda: wiped(as_tablet(self.shared, self.tablet), 1))
        assert code == ("device_pending" if self.state is PENDING else "")
        self.state = self.state if self.state is PENDING else WIPED

    @invariant()
    def shares_are_held_on_an_active_tablet_alone(self) -> None:
        assert read_device(office(self.shared), self.tablet.id).state is self.state
        held = [user.share_held for user in list_users(office(self.shared), self.tablet.id)]
        assert held == ([self.state is ACTIVE] if self.share else [])


def test_any_order_of_acts_keeps_to_the_states_of_a_tablet(store: Store, owner_engine: Engine) -> None:
    class Here(OneTablet):
        shared = a_county(store, owner_engine, a_county_code())

    quick = settings(max_examples=8, stateful_step_count=9, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=quick)
