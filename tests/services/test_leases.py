"""Leases: a share that is the same until somebody may no longer work on the tablet, and then is gone for good."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text

from server import clock
from server.config import Config
from server.crypto.author_token import author_check
from server.domain.codes import Role
from server.domain.codes_devices import DeviceState, RevokeReason
from server.domain.identity import Grant
from server.errors import Forbidden, LinliError, Unavailable
from server.models.device import DeviceUser
from server.services.device_nights import forget_shares
from server.services.devices import list_users, read_device, revoke_device
from server.services.grants import end_role, give_role
from server.services.leases import LeaseView, lease, standing_of, wiped
from server.services.nightly import do_parts
from server.services.users import deactivate_user
from server.store.device_users import FIELD_ROLES
from server.store.grants import GrantSpec, standing_grants
from server.store.known_devices import known_device
from server.store.transaction import Caller, Store, new_id, open_store, transaction
from tests.make import County, a_caller
from tests.make_devices import APP, Tablet, a_tablet, as_tablet, later, office, refused
from tests.services.test_devices import somebody_on


def admin(county: County) -> Caller:
    return a_caller(county, Role.SYSADMIN, county.code)


def shares(county: County) -> dict[object, bytes | None]:
    with transaction(office(county)) as work:
        rows = work.session.scalars(select(DeviceUser).where(DeviceUser.county_code == county.code)).all()
        return {row.user_id: row.wrapped_share for row in rows}


def grants_of(worker: Caller) -> list[object]:
    with transaction(worker) as work:
        return [grant.id for grant in standing_grants(work, [worker.identity.user_id])[worker.identity.user_id]]


def on(tablet: Tablet, worker: Caller) -> Caller:
    """The same person, signed in on another tablet."""
    return replace(worker, identity=replace(worker.identity, device_id=tablet.id))


def test_the_field_roles_are_those_that_may_pull() -> None:
    assert FIELD_ROLES == ("case_member", "counsellor", "grid_worker")


def test_a_lease_tells_everything_a_tablet_works_with(county: County) -> None:
    tablet = a_tablet(county)
    worker = somebody_on(county, tablet)
    first = lease(worker, "1.2.0")
    assert (first.user_id, first.county_code, first.days) == (worker.identity.user_id, county.code, 3)
    assert (first.residents_at_most, len(first.share), len(first.seal_key.public_key)) == (50, 32, 65)
    assert timedelta(days=2, hours=23) < first.expires_at - clock.now() < timedelta(days=3)
    with transaction(worker) as work:
        key = work.keys.row_key
        issued_at = author_check(key, tablet.id, worker.identity.user_id)(first.author_token)
        assert author_check(key, tablet.id, office(county).identity.user_id)(first.author_token) is None
    assert issued_at is not None
    assert timedelta() <= first.expires_at - timedelta(days=3) - issued_at < timedelta(seconds=1)
    assert read_device(office(county), tablet.id).app_version == "1.2.0"


def test_the_share_is_the_same_for_one_person_on_one_tablet_and_nobody_elses(county: County) -> None:
    tablet, second = a_tablet(county), a_tablet(county)
    worker, colleague = somebody_on(county, tablet), somebody_on(county, tablet)
    mine = [lease(worker, APP).share for _ in range(2)]
    with later(days=2):
        mine.append(lease(worker, APP).share)
    others = {lease(colleague, APP).share, lease(on(second, worker), APP).share}
    assert len(set(mine)) == 1
    assert len(others | set(mine)) == 3
    seen = {user.user_id: user.lease_count for user in list_users(office(county), tablet.id)}
    assert seen == {worker.identity.user_id: 3, colleague.identity.user_id: 1}


def test_the_share_is_kept_wrapped_and_cannot_be_put_on_somebody_else(county: County) -> None:
    tablet = a_tablet(county)
    worker, colleague = somebody_on(county, tablet), somebody_on(county, tablet)
    shown = lease(worker, APP).share
    lease(colleague, APP)
    kept = shares(county)
    assert all(shown not in (wrapped or b"") for wrapped in kept.values())
    with transaction(worker) as work:
        work.session.execute(
            text("UPDATE device_user SET wrapped_share = :share WHERE user_id = :user"),
            {"share": kept[worker.identity.user_id], "user": colleague.identity.user_id},
        )
    with pytest.raises(Unavailable, match="seal_broken"):
        lease(colleague, APP)


def test_whoever_is_shut_out_loses_the_share_at_once(county: County) -> None:
    tablet, second = a_tablet(county), a_tablet(county)
    worker, colleague = somebody_on(county, tablet), somebody_on(county, tablet)
    for each in (worker, colleague, on(second, worker)):
        lease(each, APP)
    deactivate_user(admin(county), worker.identity.user_id)
    kept = shares(county)
    assert kept[worker.identity.user_id] is None
    assert kept[colleague.identity.user_id] is not None


def test_whoever_loses_the_last_field_role_loses_the_share_and_a_new_one_is_another(county: County) -> None:
    tablet = a_tablet(county)
    worker = somebody_on(county, tablet)
    user_id = worker.identity.user_id
    before = lease(worker, APP).share
    give_role(admin(county), user_id, GrantSpec(Role.COUNSELLOR, county.township, clock.today()))
    give_role(admin(county), user_id, GrantSpec(Role.TOWNSHIP_COORDINATOR, county.township, clock.today()))
    first, second, _ = grants_of(worker)
    end_role(admin(county), user_id, first)  # type: ignore[arg-type]
    assert shares(county)[user_id] is not None
    end_role(admin(county), user_id, second)  # type: ignore[arg-type]
    assert shares(county)[user_id] is None
    assert refused(lambda: lease(worker, APP)) == "device_not_of_area"
    give_role(admin(county), user_id, GrantSpec(Role.GRID_WORKER, county.grid, clock.today()))
    assert lease(worker, APP).share != before


def test_the_night_takes_the_shares_of_whoever_was_only_lent(county: County, config: Config, store: Store) -> None:
    tablet = a_tablet(county)
    lent, stays = somebody_on(county, tablet), somebody_on(county, tablet)
    last_day = clock.today() + timedelta(days=1)
    spec = GrantSpec(Role.COUNSELLOR, county.township, clock.today(), last_day)
    (own,) = grants_of(lent)
    give_role(admin(county), lent.identity.user_id, spec)
    end_role(admin(county), lent.identity.user_id, own)  # type: ignore[arg-type]
    view = lease(lent, APP)
    assert view.expires_at == datetime.combine(last_day + timedelta(days=1), datetime.min.time(), clock.CHINA)
    lease(stays, APP)
    jobs = open_store(config, store.keyring, url=config.jobs_url)
    try:
        with later(days=1):
            assert do_parts(jobs, county.code, clock.now(), ("shares_forgotten",)) == {"shares_forgotten": 0}
        with later(days=2):
            assert do_parts(jobs, county.code, clock.now(), ("shares_forgotten", "devices_unaccounted")) == {
                "shares_forgotten": 1, "devices_unaccounted": 0,
            }  # fmt: skip
            assert refused(lambda: lease(lent, APP)) == "device_not_of_area"
    finally:
        jobs.engine.dispose()
    kept = shares(county)
    assert (kept[lent.identity.user_id], kept[stays.identity.user_id] is None) == (None, False)


def test_a_worker_who_changed_township_gets_no_lease_on_the_old_tablet(county: County) -> None:
    tablet = a_tablet(county)
    worker = somebody_on(county, tablet)
    lease(worker, APP)
    user_id = worker.identity.user_id
    give_role(admin(county), user_id, GrantSpec(Role.GRID_WORKER, county.other_grid, clock.today()))
    end_role(admin(county), user_id, grants_of(worker)[0])  # type: ignore[arg-type]
    moved = replace(worker, identity=replace(worker.identity, grants=(_grant(county.other_grid),)))
    assert refused(lambda: lease(moved, APP)) == "device_not_of_area"
    assert lease(on(a_tablet(county, county.other_township), moved), APP).days == 3


def _grant(area: str) -> Grant:
    return Grant(new_id(), Role.GRID_WORKER, area)


@pytest.mark.parametrize(("said", "at_least", "good"), [
    ("1.0.0", "1.0.0", True), ("1.0", "1.0.0", True), ("1.10.0", "1.9.9", True), ("0.9.9", "1.0.0", False),
    ("1.9.9", "1.10", False),
])  # fmt: skip
def test_an_app_that_is_too_old_gets_no_lease(county: County, said: str, at_least: str, good: bool) -> None:
    worker = somebody_on(county, a_tablet(county))
    held = replace(worker, store=replace(county.store, tablet_app_at_least=at_least))
    if good:
        assert lease(held, said).days == 3
        return
    with pytest.raises(Forbidden, match="app_too_old") as told:
        lease(held, said)
    assert told.value.params["at_least"] == at_least


def test_days_and_residents_are_settings(county: County) -> None:
    worker = somebody_on(county, a_tablet(county))
    held = replace(worker, store=replace(county.store, tablet_lease_days=1, tablet_residents=7))
    view = lease(held, None)
    assert (view.days, view.residents_at_most) == (1, 7)
    assert view.expires_at - clock.now() < timedelta(days=1)


def test_a_standing_is_told_in_any_state_and_notes_that_the_tablet_was_heard_of(county: County) -> None:
    for state, told, wipe in (
        (DeviceState.PENDING, "pending", False),
        (DeviceState.ACTIVE, "active", False),
        (DeviceState.REVOKED, "revoked", True),
        (DeviceState.WIPED, "revoked", False),
    ):
        tablet = a_tablet(county, state=state)
        known = known_device(county.store, county.code, tablet.id)
        assert known is not None
        with later(days=1) as instant:
            standing = standing_of(as_tablet(county, tablet), known)
            assert (standing.state, standing.wipe, standing.server_time) == (told, wipe, instant)
            assert read_device(office(county), tablet.id).last_seen_at == instant


def test_a_wiped_tablet_says_so_once(county: County) -> None:
    tablet = a_tablet(county, state=DeviceState.REVOKED)
    wiped(as_tablet(county, tablet), 40)
    wiped(as_tablet(county, tablet), 0)
    view = read_device(office(county), tablet.id)
    assert (view.state, view.wiped_rows, view.version) == (DeviceState.WIPED, 40, 4)


def test_a_lease_and_a_revocation_at_once_never_leave_a_share(county: County) -> None:
    for _ in range(6):
        tablet = a_tablet(county)
        workers = [somebody_on(county, tablet) for _ in range(3)]

        def take(worker: Caller) -> LeaseView | str:
            try:
                return lease(worker, APP)
            except LinliError as error:
                return error.code

        with ThreadPoolExecutor(4) as threads:
            taken = [threads.submit(take, worker) for worker in workers]
            threads.submit(revoke_device, office(county), tablet.id, 2, RevokeReason.LOST).result()
            results = [each.result() for each in taken]
        assert {each for each in results if isinstance(each, str)} <= {"device_revoked"}
        held = [user.share_held for user in list_users(office(county), tablet.id)]
        assert held == [False] * len([each for each in results if not isinstance(each, str)])


def test_shares_of_nobody_are_left_alone(county: County, owner_engine: Engine) -> None:
    with transaction(office(county)) as work:
        assert forget_shares(work, work.now) == 0
